// SPDX-License-Identifier: BSL-1.0
// A column that has NULLs becomes NOT NULL, with a value in their place. Programs that write NULL still live until
// contract.
#include "place.hpp"

namespace {

// clang-format off
struct orders : om::table<"orders", om::in_schema<"changes">,
    om::column<"id",    om::bigint, om::primary_key>,
    om::column<"total", om::integer>> {};

struct filled_total : om::migration<"changes-fill-nulls", orders,
    om::replace_column<"total", "total_v2", om::integer,
        om::coalesce(om::col<"total">, om::lit<0>), om::col<"total_v2">, om::not_null>> {};
// clang-format on

void walk(place& here) {
  here.run(
      "CREATE TABLE changes.orders (id bigint PRIMARY KEY, total integer);"
      "INSERT INTO changes.orders VALUES (1, 7), (2, NULL)");
  om::expand<filled_total>(here.toolkit);
  here.run("INSERT INTO changes.orders VALUES (3, NULL)");              // an old program
  here.run("INSERT INTO changes.orders (id, total_v2) VALUES (4, 9)");  // a new one
  om::expand_contract<filled_total>{here.app}.run();
  here.finds("new = old", "SELECT string_agg(concat(total_v2, '=', total), ' ' ORDER BY id) FROM changes.orders",
             "7=7 0= 0= 9=9");
  here.contract<filled_total>();
  here.refuses("NULL after contract", "UPDATE changes.orders SET total_v2 = NULL WHERE id = 1", "23502");
  here.retire_and_drop<filled_total>();
}

}  // namespace

int main(int count, char** words) {
  return show("A column becomes NOT NULL, and NULLs get a value", count, words, walk);
}
