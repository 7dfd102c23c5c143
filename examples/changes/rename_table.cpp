// SPDX-License-Identifier: BSL-1.0
// A table gets another name. Until contract both names work, the old one as a view.
#include "place.hpp"

namespace {

// clang-format off
struct orders : om::table<"orders", om::in_schema<"changes">,
    om::column<"id",      om::bigint, om::primary_key>,
    om::column<"user_id", om::bigint>,
    om::column<"total",   om::integer>,
    om::column<"note",    om::text>> {};

struct purchases : om::migration<"changes-rename-table", orders, om::rename_table<"purchases">> {};
// clang-format on

void walk(place& here) {
  here.run(
      "CREATE TABLE changes.orders (id bigint PRIMARY KEY, user_id bigint, total integer, note text);"
      "INSERT INTO changes.orders SELECT g, g % 10, g, 'note ' || g FROM generate_series(1, 100) AS g");
  om::expand_contract<purchases>{here.app}.run();
  here.run("INSERT INTO changes.orders (id) VALUES (101)");     // an old program
  here.run("INSERT INTO changes.purchases (id) VALUES (102)");  // a new one
  here.finds("rows by the old name", "SELECT count(*)::text FROM changes.orders", "102");
  here.finds("rows by the new name", "SELECT count(*)::text FROM changes.purchases", "102");
  here.contract<purchases>();
  here.refuses("the old name after contract", "SELECT FROM changes.orders", "42P01");
  om::revive<purchases>(here.toolkit);
  here.finds("rows by the old name after revive", "SELECT count(*)::text FROM changes.orders", "102");
}

}  // namespace

int main(int count, char** words) { return show("A table of another name", count, words, walk); }
