// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <online_migration/base/diagnosis.hpp>
#include <online_migration/base/list.hpp>
#include <online_migration/migration/reversed.hpp>
#include <online_migration/migration/rules/only_the_client_computes.hpp>

namespace online_migration {

/// Reason of a diagnosis: the transform or the inverse reads a third column, so a change of that one would have two
/// meanings.
struct reads_a_third_column {};

/// Reason of a diagnosis: the inverse can give NULL, and the old column is om::not_null.
struct gives_null_into_not_null {};

/// M020: an inverse that the sync trigger could not use.
template <fixed_string Old, fixed_string New, class Reason>
struct unusable_inverse {
  static constexpr bool raise() {
    static_assert(
        accepts<unusable_inverse>,
        "M020: this inverse cannot cover writers of the new column; transform and inverse have to work in SQL "
        "between the two columns alone, and without NULL for an old column that is om::not_null. Mend it, or "
        "say om::lossy. docs/errors/M020.md");
    return true;
  }
};

namespace detail {

/// Whether columns are read, and all of them are the one.
template <fixed_string Name, class... Columns>
constexpr bool reads_only(list<Columns...>) {
  return sizeof...(Columns) > 0 && (same_text(Name, Columns::name) && ...);
}

template <class Table, class Change>
constexpr auto judge_inverse() {
  using change = reversed_change<Table, Change>;
  using table = reversed_table<Table, Change>;
  if constexpr (!reads_only<Change::replaced>(typename Change::transform::columns{}) ||
                !reads_only<Change::name>(typename Change::inverse::columns{})) {
    return unusable_inverse<Change::replaced, Change::name, reads_a_third_column>{};
  } else if constexpr ((Change::transform::in & Change::inverse::in & worlds::server_only) == worlds::none) {
    return unusable_inverse<Change::replaced, Change::name, only_the_client_computes>{};
  } else if constexpr (change::is_required && Change::inverse::type_over(describe_table<table>).nullable) {
    return unusable_inverse<Change::replaced, Change::name, gives_null_into_not_null>{};
  } else {
    return accepted{};
  }
}

/// The rule, over a change with an inverse all of whose columns exist.
template <class Table, class Change>
using check_inverse = decltype(judge_inverse<Table, Change>());

}  // namespace detail
}  // namespace online_migration
