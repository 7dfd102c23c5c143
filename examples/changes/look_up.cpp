// SPDX-License-Identifier: BSL-1.0
// A column that is looked up in another table, which changes meanwhile.
#include "place.hpp"

namespace {

// clang-format off
struct countries : om::table<"countries", om::in_schema<"changes">,
    om::column<"code", om::text, om::primary_key>,
    om::column<"name", om::text, om::not_null>> {};

struct orders : om::table<"orders", om::in_schema<"changes">,
    om::column<"id",           om::bigint, om::primary_key>,
    om::column<"country_code", om::text>> {};

struct country_name : om::migration<"changes-look-up", orders,
    om::add_column<"country_name", om::text, om::lookup<countries, "name">(om::col<"country_code">),
        om::kept_by_application>> {};
// clang-format on

void walk(place& here) {
  here.run(
      "CREATE TABLE changes.countries (code text PRIMARY KEY, name text NOT NULL);"
      "INSERT INTO changes.countries VALUES ('TR', 'Turkey'), ('CZ', 'Czech Republic');"
      "CREATE TABLE changes.orders (id bigint PRIMARY KEY, country_code text);"
      "INSERT INTO changes.orders VALUES (1, 'TR'), (2, 'CZ'), (3, NULL)");
  here.stops("expand, without a foreign key", [&] { om::expand<country_name>(here.toolkit); });
  here.run(
      "ALTER TABLE changes.orders ADD FOREIGN KEY (country_code) REFERENCES changes.countries;"
      "CREATE INDEX ON changes.orders (country_code, id)");
  om::expand<country_name>(here.toolkit);
  here.run("INSERT INTO changes.orders VALUES (4, 'CZ')");  // an old program, and the trigger
  const char* names = "SELECT string_agg(coalesce(country_name, '-'), ', ' ORDER BY id) FROM changes.orders";
  here.finds("after expand", names, "-, -, -, Czech Republic");
  here.run("UPDATE changes.countries SET name = 'Czechia' WHERE code = 'CZ'");
  here.finds("keys that wait", "SELECT count(*)::text FROM online_migration_dirty_keys", "1");
  om::expand_contract<country_name>{here.app}.run();  // the backfill, the queue, and the proof
  here.finds("after the backfill", names, "Turkey, Czechia, -, Czechia");

  here.run("UPDATE changes.countries SET name = 'Türkiye' WHERE code = 'TR'");
  here.stops("contract, while a key waits", [&] { here.contract<country_name>(); });
  om::backfill_runner<country_name>{here.app}.run();
  here.contract<country_name>();
  // From here on the program that changes a country changes its orders, too.
  here.run(
      "UPDATE changes.countries SET name = 'Bohemia' WHERE code = 'CZ';"
      "UPDATE changes.orders SET country_name = 'Bohemia' WHERE country_code = 'CZ'");
  here.finds("after contract", names, "Türkiye, Bohemia, -, Bohemia");
}

}  // namespace

int main(int count, char** words) { return show("A column is looked up in another table", count, words, walk); }
