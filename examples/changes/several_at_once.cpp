// SPDX-License-Identifier: BSL-1.0
// Several structural changes in one migration: one unit, in force together or not at all.
#include "place.hpp"

namespace {

// clang-format off
struct users : om::table<"users", om::in_schema<"changes">, om::column<"id", om::bigint, om::primary_key>> {};

struct orders : om::table<"orders", om::in_schema<"changes">,
    om::column<"id",      om::bigint, om::primary_key>,
    om::column<"user_id", om::bigint>,
    om::column<"total",   om::integer>,
    om::column<"note",    om::text>> {};

struct tidy_orders : om::migration<"changes-several-at-once", orders,
    om::set_not_null<"user_id">,
    om::add_check<"orders_total_positive", om::sql<"{} >= 0", om::boolean>(om::col<"total">)>,
    om::add_foreign_key<"orders_user_fkey", om::columns<"user_id">, om::references<users, "id">>,
    om::create_index<"orders_by_user", om::columns<"user_id">>,
    om::drop_column<"note">> {};
// clang-format on

void walk(place& here) {
  here.run(
      "CREATE TABLE changes.orders (id bigint PRIMARY KEY, user_id bigint, total integer, note text);"
      "INSERT INTO changes.orders SELECT g, g % 10, g, 'note ' || g FROM generate_series(1, 100) AS g");
  here.run(
      "CREATE TABLE changes.users (id bigint PRIMARY KEY); INSERT INTO changes.users SELECT generate_series(0, 9)");
  const char* constraints =
      "SELECT count(*)::text FROM pg_constraint WHERE conrelid = 'changes.orders'::regclass AND contype IN ('c', 'f')";
  om::expand_contract<tidy_orders>{here.app}.run();
  here.run("INSERT INTO changes.orders (id, user_id, total) VALUES (101, 5, -1)");  // legal until contract
  here.stops("contract, by that row", [&] { here.contract<tidy_orders>(); });
  here.finds("constraints that it left behind", constraints, "0");
  here.run("DELETE FROM changes.orders WHERE id = 101");
  here.contract<tidy_orders>();
  here.finds("constraints after contract", constraints, "2");
  here.retire_and_drop<tidy_orders>();
  for (const om::planned_step& planned : om::plan<tidy_orders>) {
    here.tells(planned.run.name, om::to_string(planned.step->lock));
  }
}

}  // namespace

int main(int count, char** words) { return show("Several changes as one unit", count, words, walk); }
