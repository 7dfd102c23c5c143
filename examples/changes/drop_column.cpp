// SPDX-License-Identifier: BSL-1.0
// A column goes: inserts may leave it out first, then it is renamed away, then it is dropped.
#include "place.hpp"

namespace {

// clang-format off
struct orders : om::table<"orders", om::in_schema<"changes">,
    om::column<"id",      om::bigint, om::primary_key>,
    om::column<"user_id", om::bigint>,
    om::column<"total",   om::integer>,
    om::column<"note",    om::text>> {};

struct without_note : om::migration<"changes-drop-column", orders, om::drop_column<"note">> {};
// clang-format on

void walk(place& here) {
  here.run(
      "CREATE TABLE changes.orders (id bigint PRIMARY KEY, user_id bigint, total integer, note text);"
      "INSERT INTO changes.orders SELECT g, g % 10, g, 'note ' || g FROM generate_series(1, 100) AS g");
  here.run("ALTER TABLE changes.orders ALTER note SET NOT NULL");
  om::expand_contract<without_note>{here.app}.run();
  here.contract<without_note>();
  here.run("INSERT INTO changes.orders (id) VALUES (101)");                             // a new program
  here.run("INSERT INTO changes.orders (id, note) VALUES (102, 'by an old program')");  // an old one
  om::retire<without_note>(here.toolkit, {.acknowledged = {om::risk::dual_writers}});
  here.refuses("an old program after it was retired", "SELECT note FROM changes.orders", "42703");
  om::revive<without_note>(here.toolkit);
  here.finds("after revive", "SELECT count(note)::text FROM changes.orders", "101");
  om::expand_contract<without_note>{here.app}.run();
  here.contract<without_note>();
  here.retire_and_drop<without_note>();
  here.finds("columns after the drop",
             "SELECT string_agg(attname, ' ' ORDER BY attnum) FROM pg_attribute "
             "WHERE attrelid = 'changes.orders'::regclass AND attnum > 0 AND NOT attisdropped",
             "id user_id total");
}

}  // namespace

int main(int count, char** words) { return show("A column goes", count, words, walk); }
