// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <cstddef>

#include <online_migration/base/diagnosis.hpp>
#include <online_migration/migration/write_request.hpp>
#include <online_migration/schema/table.hpp>

namespace online_migration {

/// M070: a column of the table that columns move to is part of the key and moved, or neither.
template <class Target, fixed_string Name>
struct unmoved_column {
  static constexpr bool raise() {
    static_assert(accepts<unmoved_column>,
                  "M070: each column of the table that columns move to is either of its key or an om::moved, once; "
                  "give it others by a migration of its own. docs/errors/M070.md");
    return true;
  }
};

namespace detail {

/// The position of the first column that is not filled in one way.
template <class Target, class... Moved>
constexpr std::size_t badly_filled() {
  const table_description& target = describe_table<Target>;
  for (std::size_t i = 0; i < target.count; ++i) {
    const column_description& column = target.columns[i];
    std::size_t ways = column.is_key ? 1 : 0;
    ((ways += column.name == Moved::name.view() ? 1 : 0), ...);
    if (ways != 1) return i;
  }
  return table_description::none;
}

/// The rule, over the columns of the other table.
template <class Target, class... Moved>
using check_all_filled = typename about_column<unmoved_column, Target, Target, badly_filled<Target, Moved...>()>::type;

}  // namespace detail
}  // namespace online_migration
