// SPDX-License-Identifier: BSL-1.0
// A column with one value for every row, which no row is written for.
#include "place.hpp"

namespace {

// clang-format off
struct orders : om::table<"orders", om::in_schema<"changes">,
    om::column<"id",      om::bigint, om::primary_key>,
    om::column<"user_id", om::bigint>,
    om::column<"total",   om::integer>,
    om::column<"note",    om::text>> {};

struct with_state : om::migration<"changes-add-constant-column", orders,
    om::add_constant_column<"state", om::text, om::lit<"new">, om::not_null>> {};
// clang-format on

void walk(place& here) {
  here.run(
      "CREATE TABLE changes.orders (id bigint PRIMARY KEY, user_id bigint, total integer, note text);"
      "INSERT INTO changes.orders SELECT g, g % 10, g, 'note ' || g FROM generate_series(1, 100) AS g");
  const char* file = "SELECT pg_relation_filenode('changes.orders')::text";
  std::string before{here.on.execute(om::statement{"file", file}).text(0, 0)};
  om::expand_contract<with_state>{here.app}.run();
  here.finds("the file of the table, as before", file, before);
  here.run("INSERT INTO changes.orders (id) VALUES (101)");  // an old program
  here.finds("rows with the value", "SELECT count(*)::text FROM changes.orders WHERE state = 'new'", "101");
  here.contract<with_state>();
}

}  // namespace

int main(int count, char** words) { return show("A column with a constant", count, words, walk); }
