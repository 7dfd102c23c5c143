// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <online_migration/base/diagnosis.hpp>
#include <online_migration/migration/rules.hpp>
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

/// Every rule over several new columns of one table, in their order: of each by itself, then of all together.
template <fixed_string Name, class Table, class First, class... Rest>
using check_derived = typename first_failure<check_migration<Name, Table, First>, check_migration<Name, Table, Rest>...,
                                             check_together<Table, First, Rest...>>::type;

}  // namespace detail
}  // namespace online_migration
