// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <cstddef>

#include <online_migration/base/list.hpp>
#include <online_migration/migration/description.hpp>
#include <online_migration/migration/migration.hpp>
#include <online_migration/migration/reversed.hpp>
#include <online_migration/schema/set_of.hpp>
#include <online_migration/schema/table.hpp>
#include <online_migration/transform/labels.hpp>
#include <online_migration/transform/lookup.hpp>
#include <online_migration/transform/node.hpp>

/// From a declaration to its description.
namespace online_migration {

namespace detail {

template <class Change>
constexpr bool change_may_fail() {
  if constexpr (requires { Change::may_fail; }) {
    return Change::may_fail;
  } else {
    return false;
  }
}

/// Whether the new column or one that it follows from is sensitive, in whatever table.
template <class Table, class Change>
constexpr bool reads_or_writes_sensitive() {
  column_set sources = set_of<Table>(typename Change::transform::columns{});
  const table_description& table = describe_table<Table>;
  for (std::size_t i = 0; i < table.count; ++i) {
    if (sources.has(i) && table.columns[i].is_sensitive) return true;
  }
  if constexpr (lookups_in<typename Change::transform> > 0) {
    constexpr const lookup_description& looked_up = *describe_lookup<Table, typename Change::transform>;
    if (looked_up.table->columns[looked_up.column].is_sensitive) return true;
  }
  if constexpr (requires { Change::is_sensitive; }) {
    return Change::is_sensitive;
  } else {
    return false;
  }
}

template <class Table, class Change>
constexpr column_set replaced_set() {
  if constexpr (replaces_column<Change>) {
    return set_of<Table>(typename Change::retired{});
  } else {
    return {};
  }
}

template <class Change>
inline constexpr bool in_several_rows = false;

template <class Change>
  requires(Change::in_several_rows)
inline constexpr bool in_several_rows<Change> = true;

/// The SQL of an expression, which may depend on the types of its columns.
template <class Table, class Expression>
constexpr void write_over(sink& out, const column_names& names) {
  column_names typed = names;
  typed.types = &describe_table<Table>;
  Expression::write(out, typed);
}

/// The other table that a change has its column in; none where it is in the migration's own.
template <class Change>
constexpr const table_description* home_table() {
  if constexpr (requires { typename Change::home; }) {
    return &describe_table<typename Change::home>;
  } else {
    return &no_table;
  }
}

template <class Migration>
constexpr const migration_description* description_of_reverse();

}  // namespace detail

namespace detail {

template <class List>
struct structure_array;

template <class... Changes>
struct structure_array<list<Changes...>> {
  static constexpr structure_description values[sizeof...(Changes)]{Changes::structure...};
};

}  // namespace detail

/// The description of declared structural changes.
template <structural_migration Migration>
inline constexpr structural_description describe_structure{
    Migration::name.view(), describe_table<typename Migration::table>,
    detail::structure_array<typename Migration::changes>::values, Migration::changes::size};

/// The description of a declared migration.
template <migration_like Migration>
inline constexpr migration_description describe_migration{
    Migration::name.view(),
    describe_table<typename Migration::table>,
    Migration::change::name.view(),
    &Migration::change::type::description,
    Migration::change::is_required,
    detail::set_of<typename Migration::table>(typename Migration::change::transform::columns{}),
    Migration::change::transform::in,
    detail::is_total_over<typename Migration::change::transform, typename Migration::table>(),
    detail::change_may_fail<typename Migration::change>(),
    detail::reads_or_writes_sensitive<typename Migration::table, typename Migration::change>(),
    Migration::change::trigger_keeps,
    detail::replaced_set<typename Migration::table, typename Migration::change>(),
    detail::description_of_reverse<Migration>(),
    Migration::change::transform::type_over(describe_table<typename Migration::table>).type,
    Migration::change::transform::type_over(describe_table<typename Migration::table>).nullable,
    detail::in_several_rows<typename Migration::change>,
    &detail::write_over<typename Migration::table, typename Migration::change::transform>,
    &Migration::change::transform::describe,
    moves_column<typename Migration::change>,
    detail::home_table<typename Migration::change>(),
    (detail::lookups_in<typename Migration::change::transform> > 0),
    detail::describe_lookup<typename Migration::table, typename Migration::change::transform>};

namespace detail {

/// One of several new columns, as a migration of its own.
template <class Migration, class Change>
struct part_of {
  static constexpr auto name = Migration::name;
  using table = typename Migration::table;
  using change = Change;
};

template <class Migration, class List>
struct part_array;

template <class Migration, class... Changes>
struct part_array<Migration, list<Changes...>> {
  static constexpr migration_description values[sizeof...(Changes)]{describe_migration<part_of<Migration, Changes>>...};
};

template <class Migration, class Rows>
struct row_array;

/// The rows that one row becomes, each with its columns.
template <class Migration, class... Rows>
struct row_array<Migration, list<Rows...>> {
  template <class Row>
  static constexpr extracted_row describe() {
    using parts = part_array<Migration, typename Row::column_changes>;
    extracted_row result{&Row::write_position, parts::values, Row::column_changes::size, Row::each_element};
    for (const migration_description& part : parts::values) result.sources.add(part.sources);
    return result;
  }

  struct all {
    extracted_row rows[sizeof...(Rows)];
  };

  static constexpr all described = [] {
    all result{{describe<Rows>()...}};
    for (std::size_t i = 0; i < sizeof...(Rows); ++i) {
      result.rows[i].own = result.rows[i].sources;
      for (std::size_t other = 0; other < sizeof...(Rows); ++other) {
        if (other != i) result.rows[i].own = result.rows[i].own.without(result.rows[other].sources);
      }
    }
    return result;
  }();
};

/// What holds of several new columns together.
template <class Migration>
constexpr migration_description describe_together() {
  using parts = part_array<Migration, typename Migration::column_changes>;
  migration_description result = parts::values[0];
  auto add = [&](const migration_description& part) {
    result.sources.add(part.sources);
    result.in = result.in & part.in;
    result.total = result.total && part.total;
    result.is_sensitive = result.is_sensitive || part.is_sensitive;
    result.target_required = result.target_required || part.target_required;
  };
  for (const migration_description& part : parts::values) add(part);
  if constexpr (requires { typename Migration::row_changes; }) {
    const auto& rows = row_array<Migration, typename Migration::row_changes>::described.rows;
    for (const extracted_row& row : rows) {
      for (std::size_t i = 0; i < row.part_count; ++i) add(row.parts[i]);
    }
    result.rows = rows;
    result.row_count = Migration::row_changes::size;
  }
  result.replaced = replaced_set<typename Migration::table, typename Migration::change>();
  result.reverse = description_of_reverse<Migration>();
  result.parts = parts::values;
  result.part_count = Migration::column_changes::size;
  return result;
}

}  // namespace detail

template <several_columns Migration>
inline constexpr migration_description describe_migration<Migration> = detail::describe_together<Migration>();

namespace detail {

template <class Migration>
constexpr const migration_description* description_of_reverse() {
  if constexpr (has_inverse<typename Migration::change>) {
    return &describe_migration<reversed<Migration>>;
  } else {
    return &describe_migration<Migration>;
  }
}

}  // namespace detail
}  // namespace online_migration
