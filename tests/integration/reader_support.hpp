// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

#include <online_migration/runtime/environment.hpp>
#include <online_migration/runtime/reader.hpp>
#include <online_migration/runtime/state_setup.hpp>
#include <online_migration/static.hpp>

#include "postgres_support.hpp"

namespace test {

namespace om = online_migration;

/// A source of flags whose answer a test sets.
struct set_flag {
  read_flag flag;
  read_flag operator()() const { return flag; }
};

/// A table of people, a migration of it for each world that a transform can have a meaning in, and rows in which the
/// new column says something else, so that a value tells where it comes from.
struct folk : om::table<"folk", om::column<"id", om::bigint, om::primary_key>,
                        om::column<"name", om::text, om::not_null>, om::column<"nick", om::text>> {};

struct portable
    : om::migration<"portable", folk, om::add_column<"derived", om::text, om::ascii_lower(om::trim(om::col<"name">))>> {
};
struct server_only
    : om::migration<"server-only", folk, om::add_column<"derived", om::text, om::lower(om::trim(om::col<"name">))>> {};

inline std::string low(std::string_view name) {
  std::string text{om::transform<portable>(name)};
  return text;
}
struct client_only : om::migration<"client-only", folk,
                                   om::add_column<"derived", om::text, om::computed<&low, "low/1">(om::col<"name">)>> {
};

template <class Migration>
connection fresh_folk() {
  connection on{""};
  script(on, "DROP TABLE IF EXISTS folk; CREATE TABLE folk (id bigint PRIMARY KEY, name text NOT NULL, nick text)");
  on.run_script(om::statements<Migration>::add_column);
  script(on,
         "INSERT INTO folk SELECT g, '  Name ' || g, NULL, 'new ' || g FROM generate_series(1, 200) AS g; "
         "INSERT INTO folk VALUES (1000, 'Ada', NULL, NULL), (-7, '', NULL, '')");
  on.facts();
  return on;
}

/// A clock that stands still until a test moves it.
struct stepped_clock : om::system_environment {
  static inline std::atomic<std::int64_t> milliseconds = 0;
  static std::chrono::steady_clock::time_point now() {
    return std::chrono::steady_clock::time_point{std::chrono::milliseconds{milliseconds.load()}};
  }
};

/// The state tables, made anew, with a run of a migration whose flag is set by SQL of the test.
template <class Migration>
void begin_run(connection& on, const std::string& phase, const std::string& flag, int percent = 0) {
  script(on,
         "DROP TABLE IF EXISTS online_migration_version, online_migration_runs, online_migration_backfill_state, "
         "online_migration_parity_passes, online_migration_parity_samples, online_migration_dirty_keys, "
         "online_migration_quarantine CASCADE");
  om::detail::set_up_state_tables(on);
  script(on,
         "INSERT INTO online_migration_runs (migration, attempt, fingerprint, table_schema, table_name, target_column, "
         "phase, safety_net, read_flag, read_percent) VALUES ('" +
             std::string{Migration::name.view()} + "', 1, '', 'public', 'folk', 'derived', '" + phase +
             "', 'sync-trigger', '" + flag + "', " + std::to_string(percent) + ")");
}

inline void set_run(connection& on, const std::string& phase, const std::string& flag, int percent = 0) {
  script(on, "UPDATE online_migration_runs SET phase = '" + phase + "', read_flag = '" + flag +
                 "', read_percent = " + std::to_string(percent));
}

}  // namespace test
