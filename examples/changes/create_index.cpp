// SPDX-License-Identifier: BSL-1.0
// Indexes, built beside readers and writers: over columns, partial, over an expression, with an operator class and a
// storage parameter, unique.
#include "place.hpp"

namespace {

// clang-format off
struct orders : om::table<"orders", om::in_schema<"changes">,
    om::column<"id",      om::bigint, om::primary_key>,
    om::column<"user_id", om::bigint>,
    om::column<"total",   om::integer>,
    om::column<"note",    om::text>> {};

struct indexes : om::migration<"changes-create-index", orders,
    om::create_index<"orders_by_user", om::columns<"user_id", "id">, om::descending<"id">, om::include<"total">>,
    om::create_index<"orders_large", om::columns<"total">, om::where<om::sql<"{} > 90", om::boolean>(om::col<"total">)>>,
    om::create_index<"orders_by_note", om::expressions<om::lower(om::col<"note">)>>,
    om::create_index<"orders_like_note", om::columns<"note">, om::operator_class<"text_pattern_ops", "note">,
        om::storage<"fillfactor", 70>>,
    om::create_index<"orders_once", om::columns<"note">, om::unique>> {};
// clang-format on

void walk(place& here) {
  here.run(
      "CREATE TABLE changes.orders (id bigint PRIMARY KEY, user_id bigint, total integer, note text);"
      "INSERT INTO changes.orders SELECT g, g % 10, g, 'note ' || g FROM generate_series(1, 100) AS g");
  const char* built =
      "SELECT string_agg(c.relname, ' ' ORDER BY c.relname) FROM pg_index AS i JOIN pg_class AS c ON c.oid = "
      "i.indexrelid WHERE i.indrelid = 'changes.orders'::regclass AND i.indisvalid";
  om::expand_contract<indexes>{here.app}.run();
  here.finds("before contract, without the one that refuses writes", built,
             "orders_by_note orders_by_user orders_large orders_like_note orders_pkey");
  here.contract<indexes>();
  here.finds("after contract", built,
             "orders_by_note orders_by_user orders_large orders_like_note orders_once orders_pkey");
  om::revive<indexes>(here.toolkit);
  here.finds("after revive", built, "orders_pkey");
}

}  // namespace

int main(int count, char** words) { return show("Indexes come", count, words, walk); }
