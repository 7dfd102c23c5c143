// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <online_migration/migration/derived_rules.hpp>
#include <online_migration/migration/moved.hpp>
#include <online_migration/migration/rules/unmatched_keys.hpp>
#include <online_migration/migration/rules/unmoved_column.hpp>

namespace online_migration::detail {

/// The rules over one moved column that need nothing but names: those of a derived column, in another table.
template <fixed_string Name, class Table, class Change>
using check_moved_names =
    typename first_failure<check_names<Name, Table, Change>, check_key<Table>,
                           typename column_exists<typename Change::home, Change::name>::type,
                           check_columns_exist<Table, typename Change::transform>,
                           check_worlds<typename Change::transform>, check_arguments<Table, typename Change::transform>,
                           check_sql_words<typename Change::transform>>::type;

template <fixed_string Name, class Table, class Change>
constexpr auto judge_moved() {
  if constexpr (is_refused<Change>()) {
    return accepted{};
  } else {
    return typename check_types<check_moved_names<Name, Table, Change>, Table, Change>::type{};
  }
}

template <fixed_string Name, class Table, class Change>
using check_moved = decltype(judge_moved<Name, Table, Change>());

/// Every rule over columns that move, in their order: of the tables, of each column by itself, then of all together.
template <fixed_string Name, class Table, class Target, class First, class... Rest>
using check_move = typename first_failure<
    check_names<Name, Target, moved_into<Target, First>>, check_keys_match<Table, Target>,
    check_moved<Name, Table, moved_into<Target, First>>, check_moved<Name, Table, moved_into<Target, Rest>>...,
    typename added_twice<Target, First::name, is_named_twice<First, First, Rest...>()>::type,
    typename added_twice<Target, Rest::name, is_named_twice<Rest, First, Rest...>()>::type...,
    check_all_filled<Target, First, Rest...>, check_beside_others<moved_into<Target, First>, moved_into<Target, First>>,
    check_beside_others<moved_into<Target, First>, moved_into<Target, Rest>>...>::type;

}  // namespace online_migration::detail
