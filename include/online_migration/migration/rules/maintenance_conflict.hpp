// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <online_migration/base/diagnosis.hpp>
#include <online_migration/migration/add_column.hpp>
#include <online_migration/migration/rules/only_the_client_computes.hpp>
#include <online_migration/migration/way_back.hpp>

namespace online_migration {

/// Reason of a diagnosis: both om::kept_by_trigger and om::kept_by_application are said.
struct both_are_said {};

/// Reason of a diagnosis: what the new column follows from is retired, so after contract there is nothing to keep.
struct its_source_is_retired {};

/// M021: a new column that nobody could keep after contract as it says.
template <fixed_string Column, class Reason>
struct maintenance_conflict {
  static constexpr bool raise() {
    static_assert(accepts<maintenance_conflict>,
                  "M021: after contract nobody can keep this column as it says; om::add_column takes one of "
                  "om::kept_by_trigger and om::kept_by_application, the latter where only the client computes it, and "
                  "om::replace_column takes neither. docs/errors/M021.md");
    return true;
  }
};

namespace detail {

template <class Change>
constexpr auto judge_maintenance() {
  if constexpr (replaces_column<Change> && (Change::asks_trigger || Change::asks_application)) {
    return maintenance_conflict<Change::name, its_source_is_retired>{};
  } else if constexpr (Change::asks_trigger && Change::asks_application) {
    return maintenance_conflict<Change::name, both_are_said>{};
  } else if constexpr (Change::asks_trigger && Change::transform::in == worlds::client_only) {
    return maintenance_conflict<Change::name, only_the_client_computes>{};
  } else {
    return accepted{};
  }
}

/// The rule, over a change.
template <class Change>
using check_maintenance = decltype(judge_maintenance<Change>());

}  // namespace detail
}  // namespace online_migration
