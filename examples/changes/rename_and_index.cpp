// SPDX-License-Identifier: BSL-1.0
// A column gets another name, with an index and a condition over it, as one unit: what breaks the condition is legal
// until contract, and again after revive.
#include "place.hpp"

namespace {

// clang-format off
struct orders : om::table<"orders", om::in_schema<"changes">,
    om::column<"id",   om::bigint, om::primary_key>,
    om::column<"note", om::text>> {};

struct remark : om::migration<"changes-rename-and-index", orders,
    om::rename_column<"note", "remark", om::text>,
    om::create_index<"orders_by_remark", om::columns<"remark">>,
    om::add_check<"orders_remark_given", om::sql<"{} <> ''", om::boolean>(om::col<"remark">)>> {};
// clang-format on

void walk(place& here) {
  here.run(
      "CREATE TABLE changes.orders (id bigint PRIMARY KEY, note text);"
      "INSERT INTO changes.orders VALUES (1, 'by hand'), (2, '')");
  here.stops("a row is in the way of the condition", [&] { om::expand_contract<remark>{here.app}.run(); });
  here.run("UPDATE changes.orders SET note = NULL WHERE id = 2");  // an old program
  om::expand_contract<remark>{here.app}.run();
  here.finds("the index is there before contract",
             "SELECT count(*)::text FROM pg_indexes WHERE indexname = 'orders_by_remark'", "1");
  here.contract<remark>();
  here.refuses("what breaks the condition", "INSERT INTO changes.orders (id, remark) VALUES (3, '')", "23514");
  om::revive<remark>(here.toolkit);  // contract can be undone until the drop
  here.run("INSERT INTO changes.orders (id, note) VALUES (3, '')");
  here.finds("the same after revive", "SELECT count(*)::text FROM changes.orders WHERE remark = ''", "1");
}

}  // namespace

int main(int count, char** words) {
  return show("A column of another name with an index and a condition, as one unit", count, words, walk);
}
