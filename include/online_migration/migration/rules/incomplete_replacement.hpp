// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <online_migration/base/diagnosis.hpp>
#include <online_migration/base/list.hpp>
#include <online_migration/migration/way_back.hpp>

namespace online_migration {

/// Reason of a diagnosis: no column is retired.
struct retires_nothing {};

/// Reason of a diagnosis: no column is new.
struct adds_nothing {};

/// Reason of a diagnosis: a column is retired twice.
template <fixed_string Old>
struct retires_twice {};

/// M068: a replacement without old or without new columns, or with the same old one twice.
template <fixed_string Migration, class Reason>
struct incomplete_replacement {
  static constexpr bool raise() {
    static_assert(accepts<incomplete_replacement>,
                  "M068: om::replace_columns takes each old column once, in om::from, and at least one new one, in "
                  "om::into. docs/errors/M068.md");
    return true;
  }
};

namespace detail {

template <fixed_string Name, class... Retired>
constexpr bool is_retired_once(list<Retired...>) {
  return ((same_text(Name, Retired::name) ? 1 : 0) + ... + 0) == 1;
}

template <fixed_string Migration, class Retired, class All>
using check_retired_once =
    fine_or<is_retired_once<Retired::name>(All{}), incomplete_replacement<Migration, retires_twice<Retired::name>>>;

/// The rule, over both lists of a change.
template <fixed_string Migration, class Retired, class Added>
struct complete_replacement;

template <fixed_string Migration, class... Retired, class... Added>
struct complete_replacement<Migration, list<Retired...>, list<Added...>>
    : first_failure<fine_or<(sizeof...(Retired) > 0), incomplete_replacement<Migration, retires_nothing>>,
                    fine_or<(sizeof...(Added) > 0), incomplete_replacement<Migration, adds_nothing>>,
                    check_retired_once<Migration, Retired, list<Retired...>>...> {};

}  // namespace detail
}  // namespace online_migration
