// SPDX-License-Identifier: BSL-1.0
// What runs beside the application.
//   work make ROWS     the table, with the migration expanded
//   work backfill      the library: ranges of keys, so that its cursor tells the application where it is
//   work one-update    the whole table in one statement
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <exception>
#include <string>
#include <string_view>

#include <fmt/format.h>

#include <online_migration/online_migration.hpp>

namespace om = online_migration;

namespace {

struct users
    : om::table<"users", om::column<"id", om::bigint, om::primary_key>, om::column<"email", om::text, om::not_null>,
                om::column<"display_name", om::text, om::not_null>> {};
struct canonical
    : om::migration<"canonical", users,
                    om::add_column<"canonical_name", om::text, om::ascii_lower(om::trim(om::col<"display_name">))>> {};

void make(std::int64_t rows) {
  om::database source{""};
  om::connection on = source.connect();
  auto run = [&](const std::string& sql) { on.run_script(om::statement{"script", sql.c_str()}); };
  run("SET client_min_messages = warning; DROP SCHEMA public CASCADE; CREATE SCHEMA public");
  run(fmt::format(
      "CREATE TABLE users (id bigint PRIMARY KEY, email text NOT NULL, display_name text NOT NULL, about text); "
      "INSERT INTO users SELECT g, 'user' || g || '@example.com', '  Display Name ' || g || ' ', "
      "repeat('x', 74) FROM generate_series(1, {}) AS g; CREATE INDEX ON users (email)",
      rows));
  om::toolkit tools{source};
  tools.ensure_state_tables();
  om::expand<canonical>(tools);
  run("VACUUM (ANALYZE, FREEZE) users");
  run("CHECKPOINT");
}

}  // namespace

int main(int count, char** words) {
  try {
    std::string_view what = count > 1 ? words[1] : "";
    if (what == "make" && count == 3) {
      make(std::stoll(words[2]));
    } else if (what == "backfill") {
      om::backfill_options options;
      options.walk = om::walk_by::keys;
      om::database source{""};
      if (!om::backfill_runner<canonical>{source, options}.run().finished()) return 1;
    } else if (what == "one-update") {
      om::connection on{"", {.deadline = std::chrono::hours{1}}};
      on.execute(om::statement{"one_update",
                               "UPDATE users SET canonical_name = "
                               "pg_catalog.lower(pg_catalog.btrim(display_name) COLLATE \"C\")"});
    } else {
      return 2;
    }
  } catch (const std::exception& problem) {
    std::fprintf(stderr, "%s\n", problem.what());
    return 1;
  }
}
