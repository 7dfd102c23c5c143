// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <online_migration/migration/derived_rules.hpp>
#include <online_migration/migration/moved.hpp>
#include <online_migration/migration/rules/key_column_replaced.hpp>
#include <online_migration/migration/rules/nothing_leads_back.hpp>
#include <online_migration/migration/rules/retired_column_not_read.hpp>
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
using check_move =
    typename first_failure<check_names<Name, Target, moved_into<Target, First>>, check_keys_match<Table, Target>,
                           check_moved<Name, Table, moved_into<Target, First>>,
                           check_moved<Name, Table, moved_into<Target, Rest>>...,
                           typename added_twice<Target, First::name, is_named_twice<First, First, Rest...>()>::type,
                           typename added_twice<Target, Rest::name, is_named_twice<Rest, First, Rest...>()>::type...,
                           check_all_filled<Target, First, Rest...>,
                           check_beside_others<Table, moved_into<Target, First>, moved_into<Target, First>>,
                           check_beside_others<Table, moved_into<Target, First>, moved_into<Target, Rest>>...>::type;

template <class Table, class Named>
constexpr auto judge_leaving_key() {
  if constexpr (column_index<Table, Named::name> == table_description::none) {
    return accepted{};  // another rule tells
  } else {
    return typename replaces_key<Table, Named::name>::type{};
  }
}

/// The rules over the columns of the first table that are named beside those that move.
template <class Table, class Moved, class... Named>
using check_leaving =
    typename first_failure<check_lossy<Named>..., typename column_exists<Table, Named::name>::type...,
                           check_is_read<Named, Moved>..., decltype(judge_leaving_key<Table, Named>())...>::type;

template <fixed_string Name, class Table, class Target, class Moved, class Named>
struct checked_move;

template <fixed_string Name, class Table, class Target, class First, class... Rest, class... Named>
struct checked_move<Name, Table, Target, list<First, Rest...>, list<Named...>>
    : first_failure<check_move<Name, Table, Target, First, Rest...>,
                    check_leaving<Table, list<First, Rest...>, Named...>> {};

/// Every rule over a move and its parts.
template <fixed_string Name, class Table, class Target, class... Parts>
using check_move_of = typename checked_move<Name, Table, Target, typename move_of<Table, Target, Parts...>::moved,
                                            typename move_of<Table, Target, Parts...>::named>::type;

}  // namespace online_migration::detail
