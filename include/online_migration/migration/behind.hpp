// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <utility>

#include <online_migration/base/fixed_string.hpp>
#include <online_migration/base/list.hpp>
#include <online_migration/migration/derived_rules.hpp>
#include <online_migration/migration/structure/structure.hpp>
#include <online_migration/migration/structure_rules.hpp>
#include <online_migration/schema/built_table.hpp>

/// Structural changes behind new columns, in one migration: they are declared over the table that has these columns.
namespace online_migration::detail {

/// Whether a change may stand behind new columns: it adds to the table, and the value of no column is taken from it.
template <class Change>
constexpr bool may_stand_behind() {
  if constexpr (structural_change<Change>) {
    switch (Change::structure.is) {
      case structure::create_index:
      case structure::add_check:
      case structure::add_unique:
      case structure::add_foreign_key:
      case structure::set_comment:
        return true;
      default:
        return false;
    }
  } else {
    return false;
  }
}

/// Whether these are new columns, none or any number of them, and then structural changes, one at least.
template <class... Changes>
constexpr bool stand_behind_columns() {
  bool behind = false;
  bool fits = true;
  for (auto [adds, follows] : {std::pair{derived_change<Changes>, may_stand_behind<Changes>()}...}) {
    behind = behind || follows;
    fits = fits && (behind ? follows : adds);
  }
  return fits && behind;
}

template <class... Changes>
using structural_among = concatenate_t<typename property_if<structural_change<Changes>, Changes>::type...>;

template <class... Changes>
using derived_among = concatenate_t<typename property_if<!structural_change<Changes>, Changes>::type...>;

/// A new column as its table has it once every row is filled.
template <class Change>
using filled_column =
    typename column_with<Change::name, typename Change::type,
                         concatenate_t<typename property_if<Change::is_required, not_null>::type,
                                       typename property_if<Change::is_sensitive, sensitive>::type>>::type;

/// A table with new columns.
template <class Table, class Added>
struct grown;

template <class Table, class... Added>
struct grown<Table, list<Added...>> {
  static constexpr auto schema_name = Table::schema_name;
  static constexpr auto name = Table::name;
  using columns = concatenate_t<typename Table::columns, list<filled_column<Added>...>>;
};

/// The structural changes behind new columns as a migration of their own, which has the run of the whole.
template <fixed_string Name, class Table, class Added, class Changes>
struct structure_behind {
  static constexpr auto name = Name;
  using table = grown<Table, Added>;
  using changes = Changes;
};

/// What the new columns break is told by their own rules.
template <class ValueVerdict, class Structure, class Changes>
struct check_behind {
  using type = accepted;
};

template <class Structure, class... Changes>
struct check_behind<accepted, Structure, list<Changes...>> {
  using type = check_structure_of<Structure::name, typename Structure::table, Changes...>;
};

}  // namespace online_migration::detail
