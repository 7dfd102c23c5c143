// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <cstddef>
#include <string_view>
#include <type_traits>
#include <utility>

#include <online_migration/base/fixed_string.hpp>
#include <online_migration/base/list.hpp>
#include <online_migration/migration/derived_rules.hpp>
#include <online_migration/migration/replace_key.hpp>
#include <online_migration/migration/rules/changes_clash.hpp>
#include <online_migration/migration/structure/structure.hpp>
#include <online_migration/migration/structure_rules.hpp>
#include <online_migration/schema/built_table.hpp>

/// Structural changes behind new columns, in one migration: they are declared over the table that has these columns.
namespace online_migration::detail {

/// Whether a change adds something to columns that are there, which is as true of new ones.
template <class Change>
constexpr bool adds_to_columns() {
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

/// Whether a change may stand behind new columns: it is about indexes, constraints, defaults or comments, and takes no
/// value away, so that all of it is done, or none, by the time of contract.
template <class Change>
constexpr bool may_stand_behind() {
  if constexpr (adds_to_columns<Change>()) {
    return true;
  } else if constexpr (structural_change<Change>) {
    switch (Change::structure.is) {
      case structure::set_default:
      case structure::drop_default:
      case structure::set_not_null:
      case structure::drop_not_null:
      case structure::rename_constraint:
      case structure::drop_constraint:
      case structure::drop_index:
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

/// Whether this is a replacement within its table, but not of the key, and then structural changes, one at least. What
/// contract takes away of the old columns is kept in the same place as what `om::drop_constraint` does, so these only
/// add.
template <class First, class... Behind>
constexpr bool stand_behind_replacement() {
  if constexpr (replaces_column<First> && !replaces_key_column<First> && !requires { typename First::home; }) {
    return sizeof...(Behind) > 0 && (adds_to_columns<Behind>() && ...);
  } else {
    return false;
  }
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

template <class Retired, class... Columns>
auto staying(list<Columns...>)
    -> concatenate_t<typename property_if<!reads_column(Retired{}, Columns::name.view()), Columns>::type...>;

/// A table with new columns, and without those whose place they take: what is over these would stop `om::retire`.
template <class Table, class Added, class Retired = list<>>
struct grown;

template <class Table, class... Added, class Retired>
struct grown<Table, list<Added...>, Retired> {
  static constexpr auto schema_name = Table::schema_name;
  static constexpr auto name = Table::name;
  using columns = concatenate_t<decltype(staying<Retired>(typename Table::columns{})), list<filled_column<Added>...>>;
};

/// The columns that the changes before the structural ones fill, and those that go for them.
template <class... Changes>
struct columns_before {
  using added = list<Changes...>;
  using retired = list<>;
};

template <replaces_column Change>
struct columns_before<Change> {
  using added = typename Change::added;
  using retired = typename Change::retired;
};

template <class... Changes>
auto columns_before_of(list<Changes...>) -> columns_before<Changes...>;

/// The structural changes behind new columns as a migration of their own, which has the run of the whole.
template <fixed_string Name, class Table, class Added, class Changes, class Retired = list<>>
struct structure_behind {
  static constexpr auto name = Name;
  using table = grown<Table, Added, Retired>;
  using changes = Changes;
};

/// Whether a structural change stands in the way of a new column: a default or NOT NULL of the new column itself, which
/// are declared with it; NOT NULL taken from what a required one follows from; another default for what the application
/// computes one from, which it would not know of.
template <class Added, class Change>
constexpr bool hinders() {
  constexpr const structure_description& change = Change::structure;
  bool required = change.is == structure::set_not_null || change.is == structure::drop_not_null;
  bool given = change.is == structure::set_default || change.is == structure::drop_default;
  if (!required && !given) return false;
  std::string_view column = change.columns.names[0];
  if (column == Added::name.view()) return true;
  if (!reads_column(typename Added::transform::columns{}, column)) return false;
  return given ? !Added::trigger_keeps : change.is == structure::drop_not_null && Added::is_required;
}

/// The first new column that a structural change stands in the way of, and that change, by their positions in the
/// declaration; the same number twice where there are none.
template <class... Added, class... Changes>
constexpr clashing_pair find_hindrance(list<Added...>, list<Changes...>) {
  clashing_pair found;
  std::size_t column = 0;
  auto row = [&]<class Each>(std::type_identity<Each>) {
    std::size_t change = sizeof...(Added);
    auto cell = [&](bool is_in_the_way) {
      if (is_in_the_way && found.first == found.second) found = {column, change};
      ++change;
    };
    (cell(hinders<Each, Changes>()), ...);
    ++column;
  };
  (row(std::type_identity<Added>{}), ...);
  return found;
}

template <class Structure, class Added, class... Changes>
constexpr auto judge_behind() {
  using each = decltype(judge_structure<Structure::name, typename Structure::table, Added::size, Changes...>());
  if constexpr (!accepts<each>) {
    return each{};
  } else {
    constexpr clashing_pair clashes = find_hindrance(Added{}, list<Changes...>{});
    if constexpr (clashes.first != clashes.second) {
      return changes_clash<Structure::name, clashes.first, clashes.second>{};
    } else {
      return accepted{};
    }
  }
}

/// What the new columns break is told by their own rules.
template <class ValueVerdict, class Structure, class Added, class Changes>
struct check_behind {
  using type = accepted;
};

template <class Structure, class Added, class... Changes>
struct check_behind<accepted, Structure, Added, list<Changes...>> {
  using type = decltype(judge_behind<Structure, Added, Changes...>());
};

}  // namespace online_migration::detail
