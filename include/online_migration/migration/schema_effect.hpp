// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <online_migration/base/list.hpp>
#include <online_migration/migration/replace_key.hpp>
#include <online_migration/migration/structure/structure.hpp>
#include <online_migration/migration/way_back.hpp>
#include <online_migration/schema/schema_editor.hpp>

/// What a change does to the columns of its table. A kind of change says it with a static member
/// `edit_schema(detail::schema_editor&)`, and names in `schema_types` the types of the columns that it adds, as a
/// `detail::list`. A column that follows from others needs neither.
namespace online_migration::detail {

template <class... Columns>
constexpr void read_all(schema_editor& table, list<Columns...>) {
  (table.reads(Columns::name.view()), ...);
}

template <class Change>
constexpr bool brings_sensitive() {
  if constexpr (requires { Change::is_sensitive; }) {
    return Change::is_sensitive;
  } else {
    return false;
  }
}

/// A new column, which may be NULL while the change is open: its rows are being filled.
template <class Change>
constexpr column_description added_column(const schema_editor& table) {
  return {Change::name.view(),       &Change::type::description, false, table.finished() && Change::is_required, false,
          brings_sensitive<Change>()};
}

/// Replaced columns stay until the change is finished, and their successors take the place of the first then, also as
/// the key.
template <class... Retired, class First, class... Added>
constexpr void edit_replaced(schema_editor& table, bool key, list<Retired...>, list<First, Added...>) {
  read_all(table, typename First::transform::columns{});
  (read_all(table, typename Added::transform::columns{}), ...);
  if (table.finished()) {
    bool first = true;
    for (std::string_view old : {Retired::name.view()...}) {
      if (first) {
        column_description successor = added_column<First>(table);
        successor.is_key = key;
        table.replace(old, successor);
      } else {
        table.drop(old);
      }
      first = false;
    }
  } else {
    (table.writes(Retired::name.view()), ...);
    table.add(added_column<First>(table));
  }
  (table.add(added_column<Added>(table)), ...);
}

template <class Change>
constexpr void edit_derived(schema_editor& table) {
  if constexpr (replaces_column<Change>) {
    edit_replaced(table, replaces_key_column<Change>, typename Change::retired{}, typename Change::added{});
  } else {
    read_all(table, typename Change::transform::columns{});
    table.add(added_column<Change>(table));
  }
}

/// What a structural change takes away or tightens, it does in contract, so only once it is finished.
template <class Change>
constexpr void edit_structure(schema_editor& table) {
  const structure_description& change = Change::structure;
  std::string_view column = change.columns.count > 0 ? change.columns.names[0] : std::string_view{};
  switch (change.is) {
    case structure::add_column:
      table.add({column, change.type, false, change.required, true});
      return;
    case structure::set_default:
      table.give_default(column, true);
      return;
    case structure::set_not_null:
      table.writes(column);
      if (table.finished()) table.require(column, true);
      return;
    case structure::drop_not_null:
      table.writes(column);
      if (table.finished()) table.require(column, false);
      return;
    case structure::drop_default:
      table.writes(column);
      if (table.finished()) table.give_default(column, false);
      return;
    case structure::drop_column:
      table.writes(column);
      if (table.finished()) table.drop(column);
      return;
    case structure::rename_table:
      table.writes_all();
      return;
    case structure::drop_table:
      table.finished() ? table.drop_all() : table.writes_all();
      return;
    default:
      read_all(table, typename Change::reads{});
  }
}

template <class Change>
constexpr void edit_schema(schema_editor& table) {
  if constexpr (requires { Change::edit_schema(table); }) {
    Change::edit_schema(table);
  } else if constexpr (structural_change<Change>) {
    edit_structure<Change>(table);
  } else {
    edit_derived<Change>(table);
  }
}

template <class Change>
struct types_of_change {
  using type = list<>;
};

template <class Change>
  requires requires { typename Change::schema_types; }
struct types_of_change<Change> {
  using type = typename Change::schema_types;
};

template <class Change>
  requires(
      !requires { typename Change::schema_types; } && requires { typename Change::type; })
struct types_of_change<Change> {
  using type = list<typename Change::type>;
};

}  // namespace online_migration::detail
