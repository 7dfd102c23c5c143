// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <cstddef>

#include <online_migration/base/diagnosis.hpp>
#include <online_migration/migration/rules.hpp>
#include <online_migration/migration/rules/duplicate_column.hpp>
#include <online_migration/migration/rules/not_beside_others.hpp>
#include <online_migration/migration/structure/structure.hpp>

namespace online_migration {

/// A change that adds a column whose value follows from others, and retires none.
template <class Change>
concept derived_change = !structural_change<Change> && !replaces_column<Change> && requires {
  Change::name.view();
  typename Change::type;
  typename Change::transform;
};

namespace detail {

/// Whether two of several new columns have the same name.
template <class Change, class... Changes>
constexpr bool is_named_twice() {
  return ((same_text(Change::name, Changes::name) ? 1 : 0) + ... + 0) > 1;
}

/// Every rule over several new columns of one table, in their order: of each by itself, then of all together. None can
/// read another, because the table has none of them yet.
template <fixed_string Name, class Table, class First, class... Rest>
using check_derived =
    typename first_failure<check_migration<Name, Table, First>, check_migration<Name, Table, Rest>...,
                           typename added_twice<Table, First::name, is_named_twice<First, First, Rest...>()>::type,
                           typename added_twice<Table, Rest::name, is_named_twice<Rest, First, Rest...>()>::type...,
                           check_beside_others<First, First>, check_beside_others<First, Rest>...>::type;

}  // namespace detail
}  // namespace online_migration
