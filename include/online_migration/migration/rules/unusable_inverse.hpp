// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <online_migration/base/diagnosis.hpp>
#include <online_migration/base/list.hpp>
#include <online_migration/migration/reversed.hpp>
#include <online_migration/migration/rules/only_the_client_computes.hpp>

namespace online_migration {

/// Reason of a diagnosis: the transform or the inverse reads a column that is neither retired nor new, so a change of
/// that one would have two meanings.
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

/// Whether columns are read, and all of them are in a list.
template <class List, class... Columns>
constexpr bool reads_only(list<Columns...>) {
  return sizeof...(Columns) > 0 && (is_named_in<Columns::name>(List{}) && ...);
}

template <class Change, class... Added>
constexpr bool transforms_read_only_retired(list<Added...>) {
  return (reads_only<typename Change::retired>(typename Added::transform::columns{}) && ...);
}

template <class... Added>
constexpr worlds worlds_of_transforms(list<Added...>) {
  worlds all = worlds::portable;
  ((all = all & Added::transform::in), ...);
  return all;
}

template <class Table, class Change, class Retired>
constexpr auto judge_inverse() {
  using change = reversed_change<Table, Retired>;
  using table = reversed_table<Table, Change>;
  using added = typename Change::added;
  if constexpr (!transforms_read_only_retired<Change>(added{}) ||
                !reads_only<added>(typename Retired::inverse::columns{})) {
    return unusable_inverse<Retired::name, Change::name, reads_a_third_column>{};
  } else if constexpr ((worlds_of_transforms(added{}) & Retired::inverse::in & worlds::server_only) == worlds::none) {
    return unusable_inverse<Retired::name, Change::name, only_the_client_computes>{};
  } else if constexpr (change::is_required && Retired::inverse::type_over(describe_table<table>).nullable) {
    return unusable_inverse<Retired::name, Change::name, gives_null_into_not_null>{};
  } else {
    return accepted{};
  }
}

/// The rule, over one of the retired columns of a change with inverses, all of whose columns exist.
template <class Table, class Change, class Retired>
using check_inverse = decltype(judge_inverse<Table, Change, Retired>());

}  // namespace detail
}  // namespace online_migration
