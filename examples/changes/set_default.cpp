// SPDX-License-Identifier: BSL-1.0
// A default comes, and another one goes: each is kept in the run, for the way back.
#include "place.hpp"

namespace {

// clang-format off
struct orders : om::table<"orders", om::in_schema<"changes">,
    om::column<"id",      om::bigint, om::primary_key>,
    om::column<"user_id", om::bigint>,
    om::column<"total",   om::integer>,
    om::column<"note",    om::text>> {};

struct defaults : om::migration<"changes-set-default", orders,
    om::set_default<"note", om::lit<"none">>,
    om::drop_default<"total">> {};
// clang-format on

void walk(place& here) {
  here.run(
      "CREATE TABLE changes.orders (id bigint PRIMARY KEY, user_id bigint, total integer, note text);"
      "INSERT INTO changes.orders SELECT g, g % 10, g, 'note ' || g FROM generate_series(1, 100) AS g");
  here.run("ALTER TABLE changes.orders ALTER total SET DEFAULT 7");
  const char* newest = "SELECT concat_ws(' ', total, note) FROM changes.orders ORDER BY id DESC LIMIT 1";
  om::expand_contract<defaults>{here.app}.run();
  here.run("INSERT INTO changes.orders (id) VALUES (101)");
  here.finds("before contract", newest, "7 none");
  here.contract<defaults>();
  here.run("INSERT INTO changes.orders (id) VALUES (102)");
  here.finds("after contract", newest, "none");
  om::revive<defaults>(here.toolkit);
  here.run("INSERT INTO changes.orders (id) VALUES (103)");
  here.finds("after revive", newest, "7");
}

}  // namespace

int main(int count, char** words) { return show("Defaults come and go", count, words, walk); }
