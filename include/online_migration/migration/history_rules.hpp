// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <online_migration/migration/history_fold.hpp>
#include <online_migration/migration/rules/history_misfit.hpp>
#include <online_migration/migration/rules/migration_named_twice.hpp>
#include <online_migration/migration/rules/open_collision.hpp>

namespace online_migration::detail {

template <std::size_t Index, class Steps>
using subject_at = typename at_t<Index, Steps>::subject;

template <class Steps>
constexpr auto misfit_reason() {
  constexpr schema_problem found = folded_history<Steps>.problem;
  if constexpr (found.difference == column_difference::missing && found.other != no_step) {
    return column_is_gone_since<subject_at<found.other, Steps>>{};
  } else {
    return reason_of<found.difference, found.type>();
  }
}

/// The rules over a history: `accepted` or the first diagnosis.
template <class Steps>
constexpr auto judge_history() {
  constexpr schema_problem found = folded_history<Steps>.problem;
  if constexpr (found.what == schema_problem::kind::none) {
    return accepted{};
  } else if constexpr (found.what == schema_problem::kind::named_twice) {
    return migration_named_twice<subject_at<found.other, Steps>, subject_at<found.step, Steps>>{};
  } else {
    constexpr auto column = fixed_of<found.column.size()>(found.column);
    if constexpr (found.what == schema_problem::kind::collision) {
      return open_collision<subject_at<found.other, Steps>, subject_at<found.step, Steps>, column>{};
    } else {
      return history_misfit<subject_at<found.step, Steps>, column, decltype(misfit_reason<Steps>())>{};
    }
  }
}

template <class Steps>
using check_history = decltype(judge_history<Steps>());

}  // namespace online_migration::detail
