// SPDX-License-Identifier: BSL-1.0
// Constraints, NOT NULL and an index go, and a constraint gets another name: what they were is kept in the run.
#include "place.hpp"

namespace {

// clang-format off
struct orders : om::table<"orders", om::in_schema<"changes">,
    om::column<"id",      om::bigint, om::primary_key>,
    om::column<"user_id", om::bigint>,
    om::column<"total",   om::integer, om::not_null>,
    om::column<"note",    om::text>> {};

struct loose_orders : om::migration<"changes-drop-constraints", orders,
    om::drop_constraint<"orders_total_check">,
    om::drop_constraint<"orders_user_fkey">,
    om::drop_constraint<"orders_note_key">,
    om::rename_constraint<"orders_id_check", "orders_id_positive">,
    om::drop_not_null<"total">,
    om::drop_index<"orders_by_user">> {};
// clang-format on

void walk(place& here) {
  here.run(
      "CREATE TABLE changes.orders (id bigint PRIMARY KEY, user_id bigint, total integer, note text);"
      "INSERT INTO changes.orders SELECT g, g % 10, g, 'note ' || g FROM generate_series(1, 100) AS g");
  here.run(
      "CREATE TABLE changes.users (id bigint PRIMARY KEY); INSERT INTO changes.users SELECT generate_series(0, 9);"
      "ALTER TABLE changes.orders ALTER total SET NOT NULL, ADD CONSTRAINT orders_total_check CHECK (total > 0),"
      "  ADD CONSTRAINT orders_user_fkey FOREIGN KEY (user_id) REFERENCES changes.users,"
      "  ADD CONSTRAINT orders_note_key UNIQUE (note), ADD CONSTRAINT orders_id_check CHECK (id > 0);"
      "CREATE INDEX orders_by_user ON changes.orders (user_id)");
  const char* there =
      "SELECT string_agg(name, ' ' ORDER BY name) FROM (SELECT conname AS name FROM pg_constraint WHERE conrelid = "
      "'changes.orders'::regclass AND contype <> 'n' UNION SELECT indexrelid::regclass::text FROM pg_index "
      "WHERE indrelid = 'changes.orders'::regclass AND indexrelid::regclass::text LIKE '%by_user') AS names";
  om::expand_contract<loose_orders>{here.app}.run();
  std::string all =
      "changes.orders_by_user orders_id_check orders_note_key orders_pkey orders_total_check orders_user_fkey";
  here.finds("before contract", there, all);
  here.contract<loose_orders>();
  here.finds("after contract", there, "orders_id_positive orders_pkey");
  here.run("INSERT INTO changes.orders VALUES (101, 99, NULL, 'note 1'), (102, 99, -1, 'note 1')");
  here.run("DELETE FROM changes.orders WHERE id > 100");
  om::revive<loose_orders>(here.toolkit);
  here.finds("after revive", there, all);
}

}  // namespace

int main(int count, char** words) { return show("Constraints and an index go", count, words, walk); }
