// SPDX-License-Identifier: BSL-1.0
#include <chrono>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <exception>
#include <string>

#include <fmt/format.h>

#include "application.hpp"
#include "migration.hpp"

namespace {

using namespace std::chrono_literals;

constexpr int orders_at_first = 2'000;

constexpr om::statement clean_up{"clean_up", R"(
  DROP SCHEMA IF EXISTS bigint_key CASCADE;
  DO $$ BEGIN IF to_regclass('public.online_migration_runs') IS NOT NULL THEN
    DELETE FROM public.online_migration_parity_samples AS s USING public.online_migration_runs AS r
      WHERE r.run_id = s.run_id AND r.migration IN ('bigint-key', 'bigint-key-lines');
    DELETE FROM public.online_migration_parity_passes AS s USING public.online_migration_runs AS r
      WHERE r.run_id = s.run_id AND r.migration IN ('bigint-key', 'bigint-key-lines');
    DELETE FROM public.online_migration_backfill_state AS s USING public.online_migration_runs AS r
      WHERE r.run_id = s.run_id AND r.migration IN ('bigint-key', 'bigint-key-lines');
    DELETE FROM public.online_migration_runs WHERE migration IN ('bigint-key', 'bigint-key-lines'); END IF; END $$)"};

constexpr om::statement is_strange{"is_strange", R"(
  SELECT to_regnamespace('bigint_key') IS NOT NULL
    AND obj_description(to_regnamespace('bigint_key'), 'pg_namespace') IS DISTINCT FROM 'made by an example')"};

constexpr om::statement make_shop{"make_shop", R"(
  CREATE SCHEMA bigint_key;
  COMMENT ON SCHEMA bigint_key IS 'made by an example';
  CREATE TABLE bigint_key.orders (id serial PRIMARY KEY, note text);
  CREATE TABLE bigint_key.order_lines (line bigserial PRIMARY KEY,
    order_id integer NOT NULL REFERENCES bigint_key.orders ON DELETE CASCADE, amount integer NOT NULL);
  INSERT INTO bigint_key.orders (note) SELECT 'first' FROM generate_series(1, 2000);
  INSERT INTO bigint_key.order_lines (order_id, amount) SELECT 1 + g % 2000, 5 FROM generate_series(1, 4000) AS g)"};

/// The shop has come to the end of its numbers.
constexpr om::statement near_the_end{"near_the_end",
                                     "SELECT setval(pg_get_serial_sequence('bigint_key.orders', 'id_v2'), 2147483600)"};

/// SQL written by hand: orders; lines that have no order; orders that do not have their two lines; those past the end
/// of
/// `integer`; the columns, and what refers to what.
constexpr om::statement look{"look", R"(
  SELECT (SELECT count(*) FROM bigint_key.orders),
    (SELECT count(*) FROM bigint_key.order_lines AS l WHERE NOT EXISTS
      (SELECT FROM bigint_key.orders AS o WHERE o.id_v2 = l.order_id_v2)),
    (SELECT count(*) FROM bigint_key.orders AS o LEFT JOIN
      (SELECT order_id_v2, count(*) AS lines FROM bigint_key.order_lines GROUP BY order_id_v2) AS l ON l.order_id_v2 = o.id_v2
      WHERE l.lines IS DISTINCT FROM 2),
    (SELECT count(*) FROM bigint_key.orders WHERE id_v2 > 2147483647),
    (SELECT string_agg(pg_get_constraintdef(oid), ', ' ORDER BY conname) FROM pg_constraint
      WHERE connamespace = 'bigint_key'::regnamespace AND contype IN ('p', 'f')))"};

constexpr const char* right_keys =
    "FOREIGN KEY (order_id_v2) REFERENCES bigint_key.orders(id_v2) ON DELETE CASCADE, PRIMARY KEY (line), "
    "PRIMARY KEY (id_v2)";

void say(const char* step, const std::string& what) { fmt::print("  {:<10} {}\n", step, what); }

/// Takes the key from integer to bigint while three versions of the application come and go. Whether all is right.
bool walk(const om::database& shop) {
  om::connection connection = shop.connect();
  om::toolkit toolkit{shop};
  connection.run_script(clean_up);
  connection.run_script(make_shop);
  toolkit.ensure_state_tables();

  application first{shop, legacy_version};
  first.take_orders(50);
  om::expand<wide_id>(toolkit);
  om::expand<wide_order_id>(toolkit);
  say("expand", "orders.id_v2, order_lines.order_id_v2, each with its trigger");
  om::backfill_runner<wide_id>{shop}.run();
  om::backfill_runner<wide_order_id>{shop}.run();
  say("backfill", "both are filled, while the legacy version goes on");

  application second{shop, dual_version};
  second.take_orders(50);
  first.end();
  // The passes that contract relies on begin when nobody writes the old way any more.
  om::expand_contract<wide_id>{shop}.run();
  om::expand_contract<wide_order_id>{shop}.run();
  say("validate", "both columns are the same in every row");
  om::prepare_key<wide_id>(toolkit);
  say("prepare", "the unique index of the new key, and the foreign key to it");

  // This application reads both columns alike. One that caches the flag needs its time, a minute by default.
  toolkit.set_read_flag<wide_order_id>(om::read_flag::new_column);
  toolkit.set_read_flag<wide_id>(om::read_flag::new_column);
  om::contract_options sure{.acknowledged = {om::risk::legacy_instances}, .flag_settle = 0ms};
  om::contract(toolkit, om::prove<wide_order_id>(toolkit, sure));
  om::contract(toolkit, om::prove<wide_id>(toolkit, sure));
  say("contract", "id_v2 is the primary key, and numbers the orders");
  second.take_orders(50);

  application third{shop, new_version};
  third.take_orders(50);
  second.end();
  connection.execute(near_the_end);
  third.take_orders(200);
  om::retire<wide_order_id>(toolkit, {.acknowledged = {om::risk::dual_writers}});
  om::retire<wide_id>(toolkit, {.acknowledged = {om::risk::dual_writers}});
  third.take_orders(50);
  // Outside an example it waits for a day, so that somebody may still miss it.
  om::drop_retired<wide_order_id>(toolkit, {.acknowledged = {om::risk::dropped_column}, .least_age = 0s});
  om::drop_retired<wide_id>(toolkit, {.acknowledged = {om::risk::dropped_column}, .least_age = 0s});
  say("drop", "the old columns are gone");
  third.take_orders(50);
  third.end();

  om::result found = connection.execute(look);
  std::int64_t kept = orders_at_first + first.kept() + second.kept() + third.kept();
  std::int64_t failures = first.failures() + second.failures() + third.failures();
  fmt::print("\n  {} orders of {}, {} lines without an order, {} orders without their lines, {} past 2147483647\n",
             found.integer(0, 0), kept, found.integer(0, 1), found.integer(0, 2), found.integer(0, 3));
  fmt::print("  {}\n\n", found.text(0, 4));
  return found.integer(0, 0) == kept && found.integer(0, 1) == 0 && found.integer(0, 2) == 0 &&
         found.integer(0, 3) > 0 && found.text(0, 4) == right_keys && failures == 0;
}

}  // namespace

int main(int count, char** words) {
  try {
    std::string dsn;
    bool only_clean = false;
    for (int i = 1; i < count; ++i) {
      if (std::strcmp(words[i], "--dsn") == 0 && i + 1 < count) {
        dsn = words[++i];
      } else if (std::strcmp(words[i], "--clean") == 0) {
        only_clean = true;
      } else {
        fmt::print(
            "bigint_key [--dsn CONNINFO] [--clean]\n"
            "Takes the key of a table from integer to bigint, with what refers to it, while orders come in.\n");
        return 2;
      }
    }
    om::database shop{dsn};
    if (shop.connect().execute(is_strange).boolean(0, 0)) {
      fmt::print(stderr, "There is a schema bigint_key that this example did not make.\n");
      return 2;
    }
    if (only_clean) {
      shop.connect().run_script(clean_up);
      return EXIT_SUCCESS;
    }
    bool right = walk(shop);
    fmt::print("  {}\n",
               right ? "every order is there with its lines, and not one transaction failed" : "THE CHECK FAILED");
    return right ? EXIT_SUCCESS : EXIT_FAILURE;
  } catch (const std::exception& problem) {
    fmt::print(stderr, "{}\n", problem.what());
    return EXIT_FAILURE;
  }
}
