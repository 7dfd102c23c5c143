// SPDX-License-Identifier: BSL-1.0
// Comments, and what logical replication sends of a row that goes: both as they were on the way back.
#include "place.hpp"

namespace {

// clang-format off
struct orders : om::table<"orders", om::in_schema<"changes">,
    om::column<"id",      om::bigint, om::primary_key>,
    om::column<"user_id", om::bigint>,
    om::column<"total",   om::integer>,
    om::column<"note",    om::text>> {};

struct described : om::migration<"changes-comments", orders,
    om::comment_table<"what was bought">,
    om::comment_column<"total", "in cents">,
    om::set_replica_identity<om::replica_identity_full>> {};
// clang-format on

void walk(place& here) {
  here.run(
      "CREATE TABLE changes.orders (id bigint PRIMARY KEY, user_id bigint, total integer, note text);"
      "INSERT INTO changes.orders SELECT g, g % 10, g, 'note ' || g FROM generate_series(1, 100) AS g");
  here.run("COMMENT ON COLUMN changes.orders.total IS 'in euros'");
  const char* words =
      "SELECT concat_ws(', ', obj_description(oid), col_description(oid, 3), relreplident) FROM pg_class "
      "WHERE oid = 'changes.orders'::regclass";
  om::expand_contract<described>{here.app}.run();
  here.finds("before contract", words, "what was bought, in cents, d");
  here.contract<described>();
  here.finds("after contract", words, "what was bought, in cents, f");
  om::revive<described>(here.toolkit);
  here.finds("after revive", words, "in euros, d");
}

}  // namespace

int main(int count, char** words) { return show("Comments and the replica identity", count, words, walk); }
