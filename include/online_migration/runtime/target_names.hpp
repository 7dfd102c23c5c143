// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <string>
#include <string_view>

#include <online_migration/migration/description.hpp>

namespace online_migration::detail {

/// A name in double quotes, and what is a quote in it twice.
inline std::string quoted_name(std::string_view name) {
  std::string result = "\"";
  for (char letter : name) {
    if (letter == '"') result += '"';
    result += letter;
  }
  return result + '"';
}

/// The new columns of a migration as its run records them: the name of the only one, or of several each in quotes.
inline std::string target_names(const migration_description& migration) {
  // A column of another table is none that somebody else's migration of this one could read.
  if (migration.elsewhere) return quoted_name(migration.home->schema) + '.' + quoted_name(migration.home->name);
  if (!has_parts(migration)) return std::string{migration.target};
  std::string result;
  each_target(migration, [&](const migration_description& part, std::size_t number) {
    if (number > 0) result += ", ";
    result += quoted_name(part.target);
  });
  return result;
}

/// Whether a run fills a column, by what it has recorded.
inline bool is_target(std::string_view recorded, std::string_view column) {
  return recorded == column || recorded.find(quoted_name(column)) != std::string_view::npos;
}

}  // namespace online_migration::detail
