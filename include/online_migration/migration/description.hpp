// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <cstddef>
#include <string_view>

#include <online_migration/base/sink.hpp>
#include <online_migration/migration/structure/structure.hpp>
#include <online_migration/schema/column_set.hpp>
#include <online_migration/schema/table.hpp>
#include <online_migration/transform/lookup.hpp>
#include <online_migration/transform/node.hpp>

/// Migrations as plain values: what SQL is written from, and what the run time works by.
namespace online_migration {

/// A migration of structural changes as a plain value.
struct structural_description {
  std::string_view name;
  table_description table;
  const structure_description* changes = nullptr;
  std::size_t count = 0;
};

struct extracted_row;

/// A migration that gives values as a plain value.
struct migration_description {
  std::string_view name;
  table_description table;
  std::string_view target;  ///< the new column
  const type_description* target_type = nullptr;
  bool target_required = false;
  detail::column_set sources{};  ///< what the transform reads
  worlds in = worlds::none;
  bool total = false;
  bool may_fail = false;          ///< a partial transform that has no function to catch it: the way back
  bool is_sensitive = false;      ///< a source or the new column is: no value of them is stored elsewhere
  bool trigger_keeps = false;     ///< the sync trigger stays after contract
  detail::column_set replaced{};  ///< the columns that contract retires
  const migration_description* reverse = nullptr;  ///< the way back, itself where there is none
  type_description transform_type{};               ///< of the transform itself, which the target may widen
  bool may_be_null = false;                        ///< the transform can give NULL
  bool in_several_rows = false;                    ///< of what a row becomes, several have this value
  void (*write_transform)(detail::sink&, const detail::column_names&) = nullptr;
  void (*describe_transform)(detail::sink&) = nullptr;
  bool elsewhere = false;                                         ///< the new columns are in another table
  const table_description* home = &detail::no_table;              ///< that table; never null
  bool looks_up = false;                                          ///< the transform reads a row of another table
  const detail::lookup_description* lookup = &detail::no_lookup;  ///< which; never null
  /// Of several new columns a description for each, while this one has the first and what holds of all together; none
  /// where there is one.
  const migration_description* parts = nullptr;
  std::size_t part_count = 0;
  /// Of rows that each row of the table becomes in the other one a description for each; `parts` are its columns.
  const extracted_row* rows = nullptr;
  std::size_t row_count = 0;
};

/// One of the rows that a row of the table becomes in another one.
struct extracted_row {
  void (*write_position)(detail::sink&) = nullptr;  ///< the value by which it is told from the others
  const migration_description* parts = nullptr;     ///< what its columns follow from; one without is NULL
  std::size_t part_count = 0;
  bool each_element = false;  ///< as many rows as the arrays have elements, at their numbers
  detail::column_set sources{};
  detail::column_set own{};  ///< of these, what no other row reads
};

namespace detail {

/// Whether a migration is the way back of another.
constexpr bool is_way_back(const migration_description& migration) { return migration.may_fail; }

/// Whether a migration has a way back. (Not by comparison with a null pointer: with -fsanitize=undefined g++ 12 does
/// not compare the address of a constant with one while compiling.)
constexpr bool has_way_back(const migration_description& migration) { return is_way_back(*migration.reverse); }

/// Whether a migration fills more than one column.
constexpr bool has_parts(const migration_description& migration) { return migration.part_count > 0; }

/// Calls `use(description, number)` for each new column.
template <class Use>
constexpr void each_target(const migration_description& migration, Use use) {
  if (!has_parts(migration)) use(migration, std::size_t{0});
  for (std::size_t i = 0; i < migration.part_count; ++i) use(migration.parts[i], i);
}

/// Whether one row of the table becomes several of another one.
constexpr bool has_rows(const migration_description& migration) { return migration.row_count > 0; }

/// Calls `use(row, number)` for each row that one row becomes.
template <class Use>
constexpr void each_row(const migration_description& migration, Use use) {
  for (std::size_t i = 0; i < migration.row_count; ++i) use(migration.rows[i], i);
}

/// Calls `use(description, number)` for each value that follows from a row: of each new column, and of each in every row
/// that one row becomes.
template <class Use>
constexpr void each_value(const migration_description& migration, Use use) {
  if (!has_rows(migration)) return each_target(migration, use);
  std::size_t number = 0;
  each_row(migration, [&](const extracted_row& row, std::size_t) {
    for (std::size_t i = 0; i < row.part_count; ++i) use(row.parts[i], number++);
  });
}

/// The table that has the new columns.
constexpr const table_description& home_of(const migration_description& migration) {
  return migration.elsewhere ? *migration.home : migration.table;
}

/// Whether contract retires columns.
constexpr bool replaces(const migration_description& migration) { return !migration.replaced.empty(); }

/// Calls `use(column, number)` for each column that contract retires.
template <class Use>
constexpr void each_replaced(const migration_description& migration, Use use) {
  std::size_t number = 0;
  for (std::size_t i = 0; i < migration.table.count; ++i) {
    if (migration.replaced.has(i)) use(migration.table.columns[i], number++);
  }
}

/// The position of a retired column. (Compared by letters: g++ 12 finds no constant in the bytes of a name that belongs
/// to a type of one source file.)
constexpr std::size_t position_of(const table_description& table, std::string_view name) {
  for (std::size_t i = 0; i < table.count; ++i) {
    std::string_view other = table.columns[i].name;
    std::size_t same = 0;
    while (same < name.size() && same < other.size() && name[same] == other[same]) ++same;
    if (same == name.size() && same == other.size()) return i;
  }
  return table_description::none;
}

/// Calls `use(column, back, number)` for each column that contract retires, and how it follows from the new ones. The
/// migration has a way back.
template <class Use>
constexpr void each_way_back(const migration_description& migration, Use use) {
  each_target(*migration.reverse, [&](const migration_description& back, std::size_t number) {
    use(migration.table.columns[position_of(migration.table, back.target)], back, number);
  });
}

/// The first column that contract retires.
constexpr const column_description& first_replaced(const migration_description& migration) {
  std::size_t first = 0;
  while (!migration.replaced.has(first)) ++first;
  return migration.table.columns[first];
}

/// Whether one column takes the place of one other: what this one owes is known then.
constexpr bool is_one_to_one(const migration_description& migration) {
  return migration.replaced.size() == 1 && !has_parts(migration) && !migration.elsewhere;
}

/// Whether that one is the key of its table.
constexpr bool replaces_its_key(const migration_description& migration) {
  return replaces(migration) && first_replaced(migration).is_key;
}

}  // namespace detail
}  // namespace online_migration
