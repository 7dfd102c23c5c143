// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <initializer_list>

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
  } else if constexpr (found.difference == column_difference::table_gone) {
    return table_is_gone_since<subject_at<found.other, Steps>>{};
  } else {
    return reason_of<found.difference, found.type>();
  }
}

/// Of a history with a migration that breaks a rule of its own, which speaks for itself: one mistake gives one error.
struct unsound_history {
  static constexpr bool raise() { return true; }
};

template <class Subject>
inline constexpr bool is_sound = true;

template <class Subject>
  requires requires { typename Subject::verdict; }
inline constexpr bool is_sound<Subject> = accepts<typename Subject::verdict>;

/// By a loop: clang folds no more than 256 operands.
template <class... Steps>
constexpr bool all_sound(list<Steps...>) {
  for (bool sound : {true, is_sound<typename Steps::subject>...}) {
    if (!sound) return false;
  }
  return true;
}

/// The rules over a history: `accepted` or the first diagnosis.
template <class Steps>
  requires(!all_sound(Steps{}))
constexpr unsound_history judge_history() {
  return {};
}

template <class Steps>
  requires(all_sound(Steps{}))
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
