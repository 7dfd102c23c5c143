// SPDX-License-Identifier: BSL-1.0
// The table of the benchmarks, 164 bytes a row, and the two migrations of it that they measure.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

#include <fmt/format.h>

#include <online_migration/online_migration.hpp>

namespace om = online_migration;

struct users
    : om::table<"users", om::column<"id", om::bigint, om::primary_key>, om::column<"email", om::text, om::not_null>,
                om::column<"display_name", om::text, om::not_null>> {};

struct by_server
    : om::migration<"by-server", users,
                    om::add_column<"canonical_name", om::text, om::ascii_lower(om::trim(om::col<"display_name">))>> {};

inline om::text_value lowered(std::string_view name) {
  std::size_t first = name.find_first_not_of(' ');
  if (first == std::string_view::npos) return om::text_value{std::string{}};
  std::string text{name.substr(first, name.find_last_not_of(' ') - first + 1)};
  for (char& each : text) {
    if (each >= 'A' && each <= 'Z') each = static_cast<char>(each - 'A' + 'a');
  }
  return om::text_value{std::move(text)};
}

struct by_client
    : om::migration<
          "by-client", users,
          om::add_column<"canonical_name", om::text, om::computed<&lowered, "lowered/1">(om::col<"display_name">)>> {};

/// Makes the table anew, in a schema with nothing else in it.
inline void make_users(om::connection& on, std::int64_t rows) {
  std::string sql = fmt::format(
      "SET client_min_messages = warning; DROP SCHEMA public CASCADE; CREATE SCHEMA public;"
      "CREATE TABLE users (id bigint PRIMARY KEY, email text NOT NULL, display_name text NOT NULL, about text);"
      "INSERT INTO users SELECT g, 'user' || g || '@example.com', '  Display Name ' || g || ' ', repeat('x', 74) "
      "FROM generate_series(1, {}) AS g; CREATE INDEX ON users (email)",
      rows);
  on.run_script(om::statement{"make_users", sql});
}
