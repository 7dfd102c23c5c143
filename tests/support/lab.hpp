// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>
#include <thread>

#include <online_migration/online_migration.hpp>

#include "integration/postgres_support.hpp"

namespace test {

namespace om = online_migration;
using namespace std::chrono_literals;

/// For waits between tries: tests wait for what the server says, and do not time anything.
inline constexpr retry_settings hasty{{5ms, 50ms}, 30s};

/// Waits until something is true; fails the test when it never is.
template <class Condition>
void eventually(Condition condition) {
  auto begin = std::chrono::steady_clock::now();
  while (!condition()) {
    if (std::chrono::steady_clock::now() - begin > 30s) FAIL("it never came true");
    std::this_thread::sleep_for(2ms);
  }
}

/// A database without any table of the tests or of the library, and a session in it.
struct lab {
  database source{""};
  connection on = source.connect();
  toolkit tools{source, {hasty, 200ms}};

  lab() { run("SET client_min_messages = warning; DROP SCHEMA public CASCADE; CREATE SCHEMA public"); }

  std::string ask(const std::string& sql) { return test::ask(on, sql); }
  std::int64_t count(const std::string& sql) { return std::stoll(ask(sql)); }

  /// Whether the server is of this major version, or newer.
  bool since(int version) { return on.facts().version >= version * 10'000; }
  void run(const std::string& sql) { script(on, sql); }

  /// All rows of the state tables, and all that the catalog says about the schema `public`: to see that nothing changed.
  std::string everything() {
    std::string all = ask(R"(SELECT string_agg(line, E'\n' ORDER BY line) FROM (
SELECT format('column %s.%s %s %s', a.attrelid::regclass, a.attname, format_type(a.atttypid, a.atttypmod), a.attnotnull) AS line
  FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid
  WHERE c.relnamespace = 'public'::regnamespace AND a.attnum > 0 AND NOT a.attisdropped
UNION ALL SELECT format('relation %s %s %s', relname, relkind, relacl) FROM pg_class WHERE relnamespace = 'public'::regnamespace
UNION ALL SELECT format('trigger %s %s', pg_get_triggerdef(g.oid), g.tgenabled) FROM pg_trigger g JOIN pg_class c ON c.oid = g.tgrelid
  WHERE c.relnamespace = 'public'::regnamespace
UNION ALL SELECT pg_get_functiondef(oid) FROM pg_proc WHERE pronamespace = 'public'::regnamespace
UNION ALL SELECT format('constraint %s %s %s', conrelid::regclass, pg_get_constraintdef(oid), convalidated) FROM pg_constraint
  WHERE connamespace = 'public'::regnamespace) AS lines)");
    result tables = on.execute(statement{"tables", R"(SELECT oid::regclass FROM pg_class WHERE relkind = 'r'
      AND relname LIKE 'online\_migration\_%' ORDER BY relname)"});
    for (int row = 0; row < tables.rows(); ++row) {
      std::string name{tables.text(row, 0)};
      all +=
          "\n" + name + ": " + ask("SELECT string_agg(t::text, E'\n' ORDER BY t::text) FROM public." + name + " AS t");
    }
    return all;
  }

  /// The server process of a session with this application_name waits for a lock.
  void until_blocked(std::string_view application) {
    eventually([&] {
      return count("SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND application_name = '" +
                   std::string{application} + "'") > 0;
    });
  }
};

/// A session of somebody else's, with a name by which `until_blocked` finds it.
inline connection somebody(std::string_view application = "somebody") {
  return database{"application_name=" + std::string{application}}.connect();
}

/// The table that most tests work on.
struct people : table<"people", column<"id", bigint, primary_key>, column<"name", text, not_null>> {};

/// What most tests do to it. In SQL of their own: `lower(btrim(name) COLLATE "C")`, for names of these tests.
struct lower_name
    : om::migration<"lower-name", people, add_column<"name_lower", text, ascii_lower(trim(col<"name">))>> {};

/// The same with a new column that is NOT NULL.
struct required_name
    : om::migration<"required-name", people, add_column<"name_lower", text, ascii_lower(trim(col<"name">)), not_null>> {
};

inline constexpr const char* make_people = "CREATE TABLE people (id bigint PRIMARY KEY, name text NOT NULL)";

/// Rows of `people` that are not right, by SQL that has nothing to do with the library's.
inline constexpr const char* wrong_people =
    "SELECT count(*) FROM people WHERE name_lower IS DISTINCT FROM lower(btrim(name) COLLATE \"C\")";

}  // namespace test
