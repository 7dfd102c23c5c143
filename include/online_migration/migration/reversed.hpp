// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <type_traits>

#include <online_migration/base/list.hpp>
#include <online_migration/migration/way_back.hpp>
#include <online_migration/schema/column.hpp>
#include <online_migration/schema/table.hpp>

/// A change that replaces columns, read backwards: the table has the new columns, and the old ones follow from them by
/// the inverses. So whatever works on a migration works on the way back as well.
namespace online_migration::detail {

template <class Added>
using as_column = std::conditional_t<Added::is_required, column<Added::name, typename Added::type, not_null>,
                                     column<Added::name, typename Added::type>>;

/// What stands in the place of a column: all new columns in that of the first retired one, nothing in those of others.
template <class Column, class First, class Retired, class Added>
struct reversed_column {
  using type = list<Column>;
};

template <class Column, class First, class Retired, class Added>
  requires(is_named_in<Column::name>(Retired{}) && !same_text(Column::name, First::name))
struct reversed_column<Column, First, Retired, Added> {
  using type = list<>;
};

template <class Column, class First, class Retired, class... Added>
  requires(same_text(Column::name, First::name))
struct reversed_column<Column, First, Retired, list<Added...>> {
  using type = list<as_column<Added>...>;
};

template <class List, class Change>
struct reversed_columns;

template <class... Columns, class Change>
struct reversed_columns<list<Columns...>, Change> {
  using first = at_t<0, typename Change::retired>;
  using type = concatenate_t<
      typename reversed_column<Columns, first, typename Change::retired, typename Change::added>::type...>;
};

/// The table as writers see it who know only the new columns.
template <class Table, class Change>
struct reversed_table {
  static constexpr auto schema_name = Table::schema_name;
  static constexpr auto name = Table::name;
  using columns = typename reversed_columns<typename Table::columns, Change>::type;
};

/// A retired column as one that follows from the new ones.
template <class Table, class Retired>
struct reversed_change {
  using old = column_at<Table, column_index<Table, Retired::name>>;
  static constexpr auto name = Retired::name;
  using type = typename old::type;
  using transform = typename Retired::inverse;
  static constexpr bool is_required = old::is_required;
  static constexpr bool is_sensitive = old::is_sensitive;
  static constexpr bool trigger_keeps = false;
  /// It is computed where it stands and may fail: a value that the old column cannot hold must not be written.
  static constexpr bool may_fail = true;
};

/// The columns that a migration fills: where there are several, their list.
template <class... Changes>
struct column_list {
  using column_changes = list<Changes...>;
};

template <class Change>
struct column_list<Change> {};

template <class List>
struct columns_filled;

template <class... Changes>
struct columns_filled<list<Changes...>> {
  using type = column_list<Changes...>;
};

template <class Table, class List>
struct reversed_changes;

template <class Table, class... Retired>
struct reversed_changes<Table, list<Retired...>> {
  using type = list<reversed_change<Table, Retired>...>;
};

template <class Migration>
using reversed_changes_of =
    typename reversed_changes<typename Migration::table, typename Migration::change::retired>::type;

/// A migration the other way round. It has inverses.
template <class Migration>
struct reversed : columns_filled<reversed_changes_of<Migration>>::type {
  static constexpr auto name = Migration::name;
  using table = reversed_table<typename Migration::table, typename Migration::change>;
  using change = at_t<0, reversed_changes_of<Migration>>;
};

/// Whether a write names a new column.
template <class Change, class... Assignments>
constexpr bool writes_new() {
  if constexpr (has_inverse<Change>) {
    return (is_named_in<Assignments::name>(typename Change::added{}) || ...);
  } else {
    return false;
  }
}

/// The migration in the direction of a write: backwards where it gives the new column a value.
template <class Migration, class... Assignments>
using direction_of =
    std::conditional_t<writes_new<typename Migration::change, Assignments...>(), reversed<Migration>, Migration>;

}  // namespace online_migration::detail
