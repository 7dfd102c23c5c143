// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <online_migration/base/diagnosis.hpp>
#include <online_migration/base/list.hpp>
#include <online_migration/migration/way_back.hpp>
#include <online_migration/transform/labels.hpp>
#include <online_migration/transform/lookup.hpp>

namespace online_migration {

/// M075: a lookup where nobody could keep what it gives right.
template <fixed_string Column, class Why>
struct lookup_out_of_place {
  static constexpr bool raise() {
    static_assert(
        accepts<lookup_out_of_place>,
        "M075: om::lookup stands in the transform of one om::add_column, which is alone in its migration, once, "
        "under functions that have a value for every row, and reads another table. docs/errors/M075.md");
    return true;
  }
};

/// Why a lookup is out of place.
struct a_column_is_replaced {};
struct it_is_beside_other_columns {};
struct it_is_in_an_inverse {};
struct there_is_another_lookup {};
struct a_function_over_it_may_fail {};
struct it_reads_its_own_table {};

namespace detail {

template <class Table, class Target>
constexpr bool is_same_table() {
  return same_text(Table::name, Target::name) && same_text(Table::schema_name, Target::schema_name);
}

template <class Table, class Change>
constexpr auto judge_place() {
  using transform = typename Change::transform;
  if constexpr (replaces_column<Change>) {
    return lookup_out_of_place<Change::name, a_column_is_replaced>{};
  } else if constexpr ((lookups_in<transform> > 1)) {
    return lookup_out_of_place<Change::name, there_is_another_lookup>{};
  } else if constexpr (!is_total_over<transform, Table>()) {
    return lookup_out_of_place<Change::name, a_function_over_it_may_fail>{};
  } else if constexpr (is_same_table<Table, typename decltype(first_lookup<transform>())::function::looked_up>()) {
    return lookup_out_of_place<Change::name, it_reads_its_own_table>{};
  } else {
    return accepted{};
  }
}

/// The rule, over one new column that is looked up, by itself.
template <class Table, class Change>
using check_place = decltype(judge_place<Table, Change>());

/// The same for an expression that has no place for a lookup.
template <fixed_string Column, class Expression, class Why>
using check_no_lookup = fine_or<lookups_in<Expression> == 0, lookup_out_of_place<Column, Why>>;

}  // namespace detail
}  // namespace online_migration
