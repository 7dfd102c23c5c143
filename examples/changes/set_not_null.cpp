// SPDX-License-Identifier: BSL-1.0
// A column becomes NOT NULL: a CHECK for new rows, validated for all beside writers, then NOT NULL without a scan.
#include "place.hpp"

namespace {

// clang-format off
struct orders : om::table<"orders", om::in_schema<"changes">,
    om::column<"id",      om::bigint, om::primary_key>,
    om::column<"user_id", om::bigint>,
    om::column<"total",   om::integer>,
    om::column<"note",    om::text>> {};

struct required_user : om::migration<"changes-set-not-null", orders, om::set_not_null<"user_id">> {};
// clang-format on

void walk(place& here) {
  here.run(
      "CREATE TABLE changes.orders (id bigint PRIMARY KEY, user_id bigint, total integer, note text);"
      "INSERT INTO changes.orders SELECT g, g % 10, g, 'note ' || g FROM generate_series(1, 100) AS g");
  here.run("UPDATE changes.orders SET user_id = NULL WHERE id = 7");
  om::expand<required_user>(here.toolkit);
  om::violation_report report = om::verify<required_user>(here.toolkit);
  here.finds("rows in the way, by the query of the report", report.found.at(0).query, "1");
  here.run("UPDATE changes.orders SET user_id = 7 WHERE id = 7");
  om::expand_contract<required_user>{here.app}.run();
  here.run("INSERT INTO changes.orders (id) VALUES (101); DELETE FROM changes.orders WHERE id = 101");  // legal until
                                                                                                        // contract
  here.contract<required_user>();
  here.refuses("NULL after contract", "INSERT INTO changes.orders (id) VALUES (101)", "23502");
}

}  // namespace

int main(int count, char** words) { return show("A column becomes NOT NULL", count, words, walk); }
