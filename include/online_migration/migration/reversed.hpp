// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <type_traits>

#include <online_migration/base/list.hpp>
#include <online_migration/migration/replace_column.hpp>
#include <online_migration/schema/table.hpp>

/// A `replace_column` read backwards: the table has the new column, and the old one follows from it by the inverse. So
/// whatever works on a migration works on the way back as well.
namespace online_migration::detail {

/// Whether a change says how new values lead back.
template <class Change>
inline constexpr bool has_inverse = false;

template <replaces_column Change>
  requires expression<typename Change::inverse>
inline constexpr bool has_inverse<Change> = true;

template <class Column, class Change>
using reversed_column =
    std::conditional_t<same_text(Column::name, Change::replaced),
                       std::conditional_t<Change::is_required, column<Change::name, typename Change::type, not_null>,
                                          column<Change::name, typename Change::type>>,
                       Column>;

template <class List, class Change>
struct reversed_columns;

template <class... Columns, class Change>
struct reversed_columns<list<Columns...>, Change> {
  using type = list<reversed_column<Columns, Change>...>;
};

/// The table as writers see it who know only the new column.
template <class Table, class Change>
struct reversed_table {
  static constexpr auto schema_name = Table::schema_name;
  static constexpr auto name = Table::name;
  using columns = typename reversed_columns<typename Table::columns, Change>::type;
};

template <class Table, class Change>
struct reversed_change {
  using old = column_at<Table, column_index<Table, Change::replaced>>;
  static constexpr auto name = Change::replaced;
  using type = typename old::type;
  using transform = typename Change::inverse;
  static constexpr bool is_required = old::is_required;
  static constexpr bool is_sensitive = old::is_sensitive;
  static constexpr bool trigger_keeps = false;
  /// It is computed where it stands and may fail: a value that the old column cannot hold must not be written.
  static constexpr bool may_fail = true;
};

/// A migration the other way round. It has an inverse.
template <class Migration>
struct reversed {
  static constexpr auto name = Migration::name;
  using table = reversed_table<typename Migration::table, typename Migration::change>;
  using change = reversed_change<typename Migration::table, typename Migration::change>;
};

/// Whether a write names the new column.
template <class Change, class... Assignments>
constexpr bool writes_new() {
  if constexpr (has_inverse<Change>) {
    return (same_text(Assignments::name, Change::name) || ...);
  } else {
    return false;
  }
}

/// The migration in the direction of a write: backwards where it gives the new column a value.
template <class Migration, class... Assignments>
using direction_of =
    std::conditional_t<writes_new<typename Migration::change, Assignments...>(), reversed<Migration>, Migration>;

}  // namespace online_migration::detail
