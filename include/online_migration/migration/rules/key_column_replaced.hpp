// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <online_migration/base/diagnosis.hpp>
#include <online_migration/migration/replace_key.hpp>
#include <online_migration/migration/rules/key_not_widened.hpp>
#include <online_migration/migration/rules/key_reference_misfit.hpp>
#include <online_migration/schema/table.hpp>

namespace online_migration {

/// M022: a replaced column that belongs to the key, by which rows are found and the table is walked.
template <class Table, fixed_string Name>
struct key_column_replaced {
  static constexpr bool raise() {
    static_assert(accepts<key_column_replaced>,
                  "M022: a column of the key cannot be replaced like any other, because rows are found by it; widen a "
                  "whole number with om::replace_key, or declare another unique key as om::primary_key. "
                  "docs/errors/M022.md");
    return true;
  }
};

namespace detail {

template <class Table, fixed_string Name, bool Key = column_at<Table, column_index<Table, Name>>::is_key>
struct replaces_key {
  using type = accepted;
};

template <class Table, fixed_string Name>
struct replaces_key<Table, Name, true> {
  using type = key_column_replaced<Table, Name>;
};

template <class Table, class Change, class Retired>
constexpr auto judge_replaced_key() {
  if constexpr (!replaces_key_column<Change>) {
    return typename replaces_key<Table, Retired::name>::type{};
  } else if constexpr (!widens_key<Table, Change>()) {
    return key_not_widened<Table, Change::replaced>{};
  } else {
    return check_references<Change>{};
  }
}

/// The rule, over a retired column that exists.
template <class Table, class Change, class Retired>
using check_replaced_key = decltype(judge_replaced_key<Table, Change, Retired>());

}  // namespace detail
}  // namespace online_migration
