// SPDX-License-Identifier: BSL-1.0
// A CHECK: in force for new rows and validated for all at contract, which is all or nothing.
#include "place.hpp"

namespace {

// clang-format off
struct orders : om::table<"orders", om::in_schema<"changes">,
    om::column<"id",      om::bigint, om::primary_key>,
    om::column<"user_id", om::bigint>,
    om::column<"total",   om::integer>,
    om::column<"note",    om::text>> {};

struct positive_total : om::migration<"changes-add-check", orders,
    om::add_check<"orders_total_positive", om::sql<"{} >= 0", om::boolean>(om::col<"total">)>> {};
// clang-format on

void walk(place& here) {
  here.run(
      "CREATE TABLE changes.orders (id bigint PRIMARY KEY, user_id bigint, total integer, note text);"
      "INSERT INTO changes.orders SELECT g, g % 10, g, 'note ' || g FROM generate_series(1, 100) AS g");
  om::expand_contract<positive_total>{here.app}.run();
  here.run("INSERT INTO changes.orders (id, total) VALUES (101, -1)");  // legal until contract
  here.stops("contract, by that row", [&] { here.contract<positive_total>(); });
  here.finds("what it left behind", "SELECT count(*)::text FROM pg_constraint WHERE conname = 'orders_total_positive'",
             "0");
  here.run("DELETE FROM changes.orders WHERE id = 101");
  here.contract<positive_total>();
  here.refuses("a negative total", "INSERT INTO changes.orders (id, total) VALUES (101, -1)", "23514");
}

}  // namespace

int main(int count, char** words) { return show("A CHECK comes", count, words, walk); }
