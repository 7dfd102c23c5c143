// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <cstddef>

#include <online_migration/base/diagnosis.hpp>
#include <online_migration/base/list.hpp>
#include <online_migration/migration/rules/no_such_column.hpp>
#include <online_migration/transform/lookup.hpp>

namespace online_migration {

/// M074: the references of a lookup are not the key of the table that is looked up in.
template <class Table, fixed_string Column>
struct lookup_misfit {
  static constexpr bool raise() {
    static_assert(
        accepts<lookup_misfit>,
        "M074: om::lookup takes the key of the other table: for each of its om::primary_key columns one om::col of "
        "this table, of the same type and in the same order. docs/errors/M074.md");
    return true;
  }
};

namespace detail {

template <class Reference>
inline constexpr bool is_plain_column = false;
template <fixed_string Name>
inline constexpr bool is_plain_column<column_node<Name>> = true;

template <class Reference>
constexpr bool is_of_type(const table_description& table, const type_description& wanted) {
  return Reference::type_over(table).type == wanted;
}

template <class Table, class Target, class... References>
constexpr bool references_fit(list<References...>) {
  constexpr const table_description& target = describe_table<Target>;
  if constexpr (sizeof...(References) == 0 || sizeof...(References) != target.key_count() ||
                !(is_plain_column<References> && ...)) {
    return false;
  } else {
    std::size_t number = 0;
    return (is_of_type<References>(describe_table<Table>, *target.columns[target.key_at(number++)].type) && ...);
  }
}

template <class Table, class Node>
constexpr auto judge_lookup() {
  using target = typename Node::function::looked_up;
  using column = typename column_exists<target, Node::function::column>::type;
  if constexpr (!accepts<column>) {
    return column{};
  } else {
    return fine_or<references_fit<Table, target>(typename Node::arguments{}),
                   lookup_misfit<target, Node::function::column>>{};
  }
}

/// The rule, over a transform with a lookup, all of whose columns exist.
template <class Table, class Transform>
using check_lookup = decltype(judge_lookup<Table, decltype(first_lookup<Transform>())>());

}  // namespace detail
}  // namespace online_migration
