// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <online_migration/migration/description.hpp>

namespace online_migration::detail {

/// What an application's own write does. `assignments` are the SET clause of an update that the user writes.
enum class write_kind : unsigned char { insert, update, upsert, erase, assignments };

/// Whether a write adds a row where there is none.
constexpr bool adds_rows(write_kind kind) { return kind == write_kind::insert || kind == write_kind::upsert; }

/// Whether a write changes a row that is there.
constexpr bool changes_rows(write_kind kind) {
  return kind == write_kind::update || kind == write_kind::upsert || kind == write_kind::assignments;
}

/// Whether a write of some columns gives the new column a value as well: every new row, and changed sources. Nothing
/// follows from anything where the change has no column.
constexpr bool writes_target(const migration_description& migration, write_kind kind, const column_set& set) {
  if (migration.target.empty() || migration.elsewhere) return false;
  return adds_rows(kind) || (changes_rows(kind) && set.overlaps(migration.sources));
}

constexpr column_set key_set(const table_description& table) {
  column_set result;
  for (std::size_t i = 0; i < table.count; ++i) {
    if (table.columns[i].is_key) result.add(i);
  }
  return result;
}

}  // namespace online_migration::detail
