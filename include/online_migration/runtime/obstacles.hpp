// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <algorithm>
#include <iterator>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include <online_migration/migration/description.hpp>
#include <online_migration/postgres/array.hpp>
#include <online_migration/postgres/concepts.hpp>
#include <online_migration/postgres/error.hpp>
#include <online_migration/runtime/ask.hpp>
#include <online_migration/runtime/declared.hpp>
#include <online_migration/runtime/report.hpp>
#include <online_migration/sql/dirty_keys.hpp>
#include <online_migration/sql/guard.hpp>
#include <online_migration/sql/key_guard.hpp>
#include <online_migration/sql/obstacles.hpp>
#include <online_migration/sql/quarantine.hpp>

namespace online_migration::detail {

/// The triggers that a migration may have made itself, and the index that a replaced key goes on with.
inline std::vector<std::string> own_triggers(const migration_description& migration) {
  std::vector<std::string> own;
  for (std::string_view prefix : {trigger_prefix, guard_prefix, report_prefix, late_prefix, dirty_trigger_prefixes[0],
                                  dirty_trigger_prefixes[1], dirty_trigger_prefixes[2]}) {
    own.push_back(object_name(prefix, migration.name));
  }
  own.push_back(object_name(legacy_key_prefix, migration.name));
  return own;
}

/// Everything that depends on a column, but for these triggers and indexes: kind and description.
template <transactional Connection>
auto dependents_of(Connection& on, const table_description& table, std::string_view column,
                   const std::vector<std::string>& own) {
  array_builder<text> names;
  for (const std::string& name : own) names.push(name);
  return ask(on, catalog::column_dependents,
             {text_of(table.schema), text_of(table.name), text_of(column), names.as_parameter()});
}

/// What uses a column that is to go, one description each. Its own default and constraints go with it. Triggers of
/// ours do not count.
template <transactional Connection>
std::vector<std::string> users_of_column(Connection& on, const table_description& table, std::string_view column,
                                         const std::vector<std::string>& own) {
  std::vector<std::string> found;
  auto users = dependents_of(on, table, column, own);
  for (int row = 0; row < users.rows(); ++row) {
    std::string_view kind = users.text(row, 0);
    if (kind == "check" || kind == "not null" || kind == "own foreign key") continue;
    found.emplace_back(users.text(row, 1));
  }
  return found;
}

/// Whether something that depends on the old column stops contract. Constraints, indexes and the default of the old
/// column itself are relaxed, and come back with it.
inline bool stops_contract(std::string_view kind) {
  constexpr std::string_view kinds[]{"foreign key",      "primary key",   "exclusion",
                                     "replica identity", "partition key", "generated column",
                                     "identity",         "policy",        "migration"};
  return std::find(std::begin(kinds), std::end(kinds), kind) != std::end(kinds);
}

/// Of a replaced key contract moves these.
constexpr bool moves_with_key(const migration_description& migration, std::string_view kind) {
  return replaces_its_key(migration) && (kind == "primary key" || kind == "identity");
}

/// What to do about it.
inline std::string_view advice_on_obstacle(std::string_view kind) {
  if (kind == "foreign key") return "drop that foreign key of the other table, or point it to the new column";
  if (kind == "replica identity") return "ALTER TABLE … REPLICA IDENTITY USING another index";
  if (kind == "identity") return "ALTER TABLE … ALTER COLUMN … DROP IDENTITY, and give the new column its own";
  if (kind == "migration") return "another migration follows from it: end that one first, or give it up";
  return "change it to the new column first";
}

/// Functions that may use a column: those with its name in their text.
template <transactional Connection>
std::vector<std::string> functions_that_mention(Connection& on, const table_description& table,
                                                std::string_view column) {
  std::vector<std::string> found;
  auto functions =
      ask(on, catalog::mentioning_functions, {text_of(table.schema), text_of(table.name), text_of(column)});
  for (int row = 0; row < functions.rows(); ++row) found.emplace_back(functions.text(row, 0));
  return found;
}

inline bool is_acknowledged(const std::vector<risk>& acknowledged, risk about) {
  return std::find(acknowledged.begin(), acknowledged.end(), about) != acknowledged.end();
}

/// Throws: `refused` unless somebody has said that a risk was thought about.
inline void require_acknowledged(const std::vector<risk>& acknowledged, risk about, std::string_view migration,
                                 std::string_view what) {
  if (is_acknowledged(acknowledged, about)) return;
  throw refused{fmt::format("\"{}\": {}. If that is so, acknowledge om::risk::{}. Nothing was changed.", migration,
                            what, to_string(about))};
}

/// Throws: `refused` with the list of what uses a column that is to go.
template <transactional Connection>
void require_unused(Connection& on, const migration_description& migration, std::string_view column,
                    std::string_view step) {
  std::vector<std::string> users = users_of_column(on, migration.table, column, own_triggers(migration));
  if (users.empty()) return;
  throw refused{
      fmt::format("\"{}\": the column \"{}\" cannot be {} while these use it: change or drop them first, nothing "
                  "is dropped with CASCADE. Nothing was changed.\n  {}",
                  migration.name, column, step, fmt::join(users, "\n  "))};
}

}  // namespace online_migration::detail
