// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <cstddef>
#include <string_view>
#include <type_traits>

#include <online_migration/base/diagnosis.hpp>
#include <online_migration/migration/rules/already_not_null.hpp>
#include <online_migration/migration/rules/already_nullable.hpp>
#include <online_migration/migration/rules/changes_clash.hpp>
#include <online_migration/migration/rules/duplicate_column.hpp>
#include <online_migration/migration/rules/foreign_key_mismatch.hpp>
#include <online_migration/migration/rules/mixed_worlds.hpp>
#include <online_migration/migration/rules/name_length.hpp>
#include <online_migration/migration/rules/no_such_column.hpp>
#include <online_migration/migration/rules/not_a_condition.hpp>
#include <online_migration/migration/rules/not_in_index.hpp>
#include <online_migration/migration/rules/type_mismatch.hpp>
#include <online_migration/migration/rules/wrong_argument.hpp>
#include <online_migration/migration/structure/structure.hpp>
#include <online_migration/schema/table.hpp>
#include <online_migration/transform/lookup.hpp>

namespace online_migration::detail {

template <class Table, class List>
struct nodes_exist;

template <class Table, class... Columns>
struct nodes_exist<Table, list<Columns...>> : first_failure<typename column_exists<Table, Columns::name>::type...> {};

template <class Change>
constexpr auto check_change_name() {
  if constexpr (requires { Change::name.view(); }) {
    return check_name<Change::name>{};
  } else {
    return accepted{};
  }
}

/// A condition has a meaning on the server, and is a boolean.
template <class Table, fixed_string Name, class Condition>
constexpr auto check_condition() {
  using built =
      typename first_failure<check_worlds<Condition>, fine_or<lookups_in<Condition> == 0, not_a_condition<Table, Name>>,
                             check_arguments<Table, Condition>>::type;
  if constexpr (!accepts<built>) {
    return built{};
  } else if constexpr ((Condition::in & worlds::server_only) == worlds::none ||
                       Condition::type_over(describe_table<Table>).type.oid != boolean::description.oid) {
    return not_a_condition<Table, Name>{};
  } else {
    return accepted{};
  }
}

template <class Table, fixed_string Name, class... Options>
constexpr auto check_index_conditions(list<Options...>) {
  auto one = []<class Option>(std::type_identity<Option>) {
    if constexpr (requires { typename Option::condition; }) {
      return check_condition<Table, Name, typename Option::condition>();
    } else {
      return accepted{};
    }
  };
  return typename first_failure<accepted, decltype(one(std::type_identity<Options>{}))...>::type{};
}

constexpr bool has_name(const name_list& list, std::string_view name) {
  for (std::size_t i = 0; i < list.count; ++i) {
    if (list.names[i] == name) return true;
  }
  return false;
}

template <class Table, class Change, fixed_string Column>
constexpr auto check_in_index() {
  if constexpr (has_name(Change::structure.columns, Column.view())) {
    return accepted{};
  } else {
    return not_in_index<Table, Change::name, Column>{};
  }
}

/// What an option says about a column has to be about one of the index.
template <class Table, class Change, class... Options>
constexpr auto check_index_places(list<Options...>) {
  auto one = []<class Option>(std::type_identity<Option>) {
    if constexpr (requires { typename Option::nodes_in_place; }) {
      return []<class... Columns>(list<Columns...>) {
        return typename first_failure<accepted, decltype(check_in_index<Table, Change, Columns::name>())...>::type{};
      }(typename Option::nodes_in_place{});
    } else {
      return accepted{};
    }
  };
  return typename first_failure<accepted, decltype(one(std::type_identity<Options>{}))...>::type{};
}

constexpr bool same_types(const table_description& table, const structure_description& change) {
  if (change.columns.count != change.referenced.count) return false;
  for (std::size_t i = 0; i < change.columns.count; ++i) {
    const column_description& here = table.columns[table.find(change.columns.names[i])];
    const column_description& there = change.other.columns[change.other.find(change.referenced.names[i])];
    if (!(*here.type == *there.type)) return false;
  }
  return true;
}

template <class Table, class Change>
constexpr auto check_foreign_key() {
  using target = typename Change::target;
  using there = typename nodes_exist<typename target::table, typename target::nodes>::type;
  if constexpr (!accepts<there>) {
    return there{};
  } else if constexpr (!same_types(describe_table<Table>, Change::structure)) {
    return foreign_key_mismatch<Table, Change::name, typename target::table>{};
  } else {
    return accepted{};
  }
}

/// A default as a change of its column, for the rule about types.
template <class Table, class Change>
struct default_as_column {
  static constexpr auto name = Change::column;
  using transform = typename Change::value;
  using type = typename column_at<Table, column_index<Table, Change::column>>::type;
};

/// A constant column, for the same rule.
template <class Change>
struct constant_as_column {
  static constexpr auto name = Change::column;
  using transform = typename Change::value;
  using type = typename Change::type;
};

/// What has to be true of one change whose columns exist.
template <class Table, class Change>
constexpr auto check_change() {
  constexpr structure is = Change::structure.is;
  if constexpr (is == structure::set_not_null) {
    if constexpr (column_at<Table, column_index<Table, Change::column>>::is_required) {
      return already_not_null<Table, Change::column>{};
    } else {
      return accepted{};
    }
  } else if constexpr (is == structure::add_check) {
    return check_condition<Table, Change::name, typename Change::condition>();
  } else if constexpr (is == structure::create_index) {
    using options = typename Change::options;
    return typename first_failure<decltype(check_index_conditions<Table, Change::name>(options{})),
                                  decltype(check_index_places<Table, Change>(options{}))>::type{};
  } else if constexpr (is == structure::add_foreign_key) {
    return check_foreign_key<Table, Change>();
  } else if constexpr (is == structure::set_default) {
    return check_type<Table, default_as_column<Table, Change>>{};
  } else if constexpr (is == structure::add_column) {
    if constexpr (column_index<Table, Change::column> != table_description::none) {
      return duplicate_column<Table, Change::column>{};
    } else {
      return typename first_failure<check_name<Change::column>, check_type<Table, constant_as_column<Change>>>::type{};
    }
  } else if constexpr (is == structure::drop_not_null) {
    if constexpr (!column_at<Table, column_index<Table, Change::column>>::is_required) {
      return already_nullable<Table, Change::column>{};
    } else {
      return accepted{};
    }
  } else {
    return accepted{};
  }
}

template <class Table, class Change>
constexpr auto check_structural_change() {
  using exists = typename nodes_exist<Table, typename Change::reads>::type;
  using named = decltype(check_change_name<Change>());
  if constexpr (!accepts<named>) {
    return named{};
  } else if constexpr (!accepts<exists>) {
    return exists{};
  } else {
    return check_change<Table, Change>();
  }
}

template <class... Columns>
constexpr bool reads_column(list<Columns...>, [[maybe_unused]] std::string_view name) {
  return ((Columns::name.view() == name) || ...);
}

/// Whether one change makes another impossible or pointless.
template <class First, class Second>
constexpr bool clash() {
  constexpr const structure_description& a = First::structure;
  constexpr const structure_description& b = Second::structure;
  auto is_alone = [](const structure_description& each) {
    return each.is == structure::drop_table || each.is == structure::rename_table;
  };
  if (is_alone(a) || is_alone(b)) return true;
  if (a.is == structure::create_table && b.is == structure::create_table) return true;
  if (a.is == structure::drop_column && reads_column(typename Second::reads{}, a.columns.names[0])) return true;
  if (b.is == structure::drop_column && reads_column(typename First::reads{}, b.columns.names[0])) return true;
  if (a.is == structure::set_replica_identity || b.is == structure::set_replica_identity) return a.is == b.is;
  if (!a.name.empty()) return a.name == b.name || (!a.option.empty() && a.option == b.name) || a.name == b.option;
  auto about = [](structure is) {
    if (is == structure::drop_not_null) return structure::set_not_null;
    return is == structure::drop_default ? structure::set_default : is;
  };
  if (about(a.is) != about(b.is) || a.columns.count != b.columns.count || a.columns.count > 1) return false;
  return a.columns.count == 0 || a.columns.names[0] == b.columns.names[0];
}

struct clashing_pair {
  std::size_t first = 0;
  std::size_t second = 0;
};

/// The first two that clash; the same number twice where none do.
template <class... Changes>
constexpr clashing_pair find_clash(list<Changes...>) {
  clashing_pair found;
  std::size_t first = 0;
  auto row = [&]<class Change>(std::type_identity<Change>) {
    std::size_t second = 0;
    auto cell = [&](bool clashes) {
      if (clashes && first < second && found.first == found.second) found = {first, second};
      ++second;
    };
    (cell(clash<Change, Changes>()), ...);
    ++first;
  };
  (row(std::type_identity<Changes>{}), ...);
  return found;
}

/// The first change has this position in the declaration.
template <fixed_string Name, class Table, std::size_t First, class... Changes>
constexpr auto judge_structure() {
  using named =
      typename first_failure<check_name<Name>, check_name<Table::schema_name>, check_name<Table::name>,
                             typename badly_named<Table, badly_named_column(describe_table<Table>)>::type>::type;
  if constexpr (!accepts<named>) {
    return named{};
  } else {
    using each = typename first_failure<decltype(check_structural_change<Table, Changes>())...>::type;
    constexpr clashing_pair clashes = find_clash(list<Changes...>{});
    if constexpr (!accepts<each>) {
      return each{};
    } else if constexpr (clashes.first != clashes.second) {
      return changes_clash<Name, First + clashes.first, First + clashes.second>{};
    } else {
      return accepted{};
    }
  }
}

/// Every rule over a migration of structural changes: `accepted` or the first diagnosis.
template <fixed_string Name, class Table, class... Changes>
using check_structure_of = decltype(judge_structure<Name, Table, 0, Changes...>());

}  // namespace online_migration::detail
