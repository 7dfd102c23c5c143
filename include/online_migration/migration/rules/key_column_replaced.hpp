// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <online_migration/base/diagnosis.hpp>
#include <online_migration/schema/table.hpp>

namespace online_migration {

/// M022: a replaced column that belongs to the key, by which rows are found and the table is walked.
template <class Table, fixed_string Name>
struct key_column_replaced {
  static constexpr bool raise() {
    static_assert(accepts<key_column_replaced>,
                  "M022: a column of the key cannot be replaced, because rows are found by it; declare another unique "
                  "key as om::primary_key, or add the new column with om::add_column. docs/errors/M022.md");
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

/// The rule, over a retired column that exists.
template <class Table, class Retired>
using check_replaced_key = typename replaces_key<Table, Retired::name>::type;

}  // namespace detail
}  // namespace online_migration
