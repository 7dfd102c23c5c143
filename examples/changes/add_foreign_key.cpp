// SPDX-License-Identifier: BSL-1.0
// A FOREIGN KEY: NOT VALID for new rows, then validated for all beside writers.
#include "place.hpp"

namespace {

// clang-format off
struct users : om::table<"users", om::in_schema<"changes">, om::column<"id", om::bigint, om::primary_key>> {};

struct orders : om::table<"orders", om::in_schema<"changes">,
    om::column<"id",      om::bigint, om::primary_key>,
    om::column<"user_id", om::bigint>,
    om::column<"total",   om::integer>,
    om::column<"note",    om::text>> {};

struct owned_orders : om::migration<"changes-add-foreign-key", orders,
    om::add_foreign_key<"orders_user_fkey", om::columns<"user_id">, om::references<users, "id">, om::on_delete_cascade>> {};
// clang-format on

void walk(place& here) {
  here.run(
      "CREATE TABLE changes.orders (id bigint PRIMARY KEY, user_id bigint, total integer, note text);"
      "INSERT INTO changes.orders SELECT g, g % 10, g, 'note ' || g FROM generate_series(1, 100) AS g");
  here.run(
      "CREATE TABLE changes.users (id bigint PRIMARY KEY); INSERT INTO changes.users SELECT generate_series(1, 9)");
  om::expand<owned_orders>(here.toolkit);
  om::violation_report report = om::verify<owned_orders>(here.toolkit);
  here.finds("orders of nobody, by the query of the report", report.found.at(0).query, "10");
  here.run("INSERT INTO changes.users VALUES (0)");
  om::expand_contract<owned_orders>{here.app}.run();
  here.contract<owned_orders>();
  here.refuses("an order of nobody", "INSERT INTO changes.orders (id, user_id) VALUES (101, 99)", "23503");
  here.run("DELETE FROM changes.users WHERE id = 0");
  here.finds("orders go with their user", "SELECT count(*)::text FROM changes.orders", "90");
}

}  // namespace

int main(int count, char** words) { return show("A FOREIGN KEY comes", count, words, walk); }
