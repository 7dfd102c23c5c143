// SPDX-License-Identifier: BSL-1.0
// A UNIQUE constraint: duplicates are counted before anything is created, the index is built beside writers.
#include "place.hpp"

namespace {

// clang-format off
struct orders : om::table<"orders", om::in_schema<"changes">,
    om::column<"id",      om::bigint, om::primary_key>,
    om::column<"user_id", om::bigint>,
    om::column<"total",   om::integer>,
    om::column<"note",    om::text>> {};

struct unique_note : om::migration<"changes-add-unique", orders, om::add_unique<"orders_note_key", "note">> {};

// One NULL is the same as another: from PostgreSQL 15 on.
struct unique_total : om::migration<"changes-add-unique-nulls", orders,
    om::add_unique_nulls_not_distinct<"orders_total_key", "total">> {};
// clang-format on

void walk(place& here) {
  here.run(
      "CREATE TABLE changes.orders (id bigint PRIMARY KEY, user_id bigint, total integer, note text);"
      "INSERT INTO changes.orders SELECT g, g % 10, g, 'note ' || g FROM generate_series(1, 100) AS g");
  here.run("UPDATE changes.orders SET note = 'note 1' WHERE id IN (2, 3)");
  om::expand<unique_note>(here.toolkit);
  om::violation_report report = om::verify<unique_note>(here.toolkit);
  here.finds("rows too many, by the query of the report", report.found.at(0).query, "2");
  here.run("UPDATE changes.orders SET note = 'note ' || id WHERE id IN (2, 3)");
  om::expand_contract<unique_note>{here.app}.run();
  here.contract<unique_note>();
  here.refuses("a duplicate", "INSERT INTO changes.orders (id, note) VALUES (101, 'note 1')", "23505");
  if (here.on.facts().version < 150'000) return;
  om::expand_contract<unique_total>{here.app}.run();
  here.contract<unique_total>();
  here.run("INSERT INTO changes.orders (id, note) VALUES (101, 'without a total')");
  here.refuses("a second order without a total", "INSERT INTO changes.orders (id) VALUES (102)", "23505");
}

}  // namespace

int main(int count, char** words) { return show("A UNIQUE constraint comes", count, words, walk); }
