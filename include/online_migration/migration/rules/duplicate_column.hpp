// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <cstddef>

#include <online_migration/base/diagnosis.hpp>
#include <online_migration/schema/table.hpp>

namespace online_migration {

/// M006: a column that is there already: declared twice, or added although the table has it.
template <class Table, fixed_string Name>
struct duplicate_column {
  static constexpr bool raise() {
    static_assert(accepts<duplicate_column>,
                  "M006: this column exists twice; a table declares a column once, and without the column that its "
                  "migration adds. docs/errors/M006.md");
    return true;
  }
};

namespace detail {

/// The position of the first column whose name is already taken; `none` if there is none.
constexpr std::size_t repeated_column(const table_description& table) {
  for (std::size_t i = 0; i < table.count; ++i) {
    if (table.find(table.columns[i].name) != i) return i;
  }
  return table_description::none;
}

template <class Table, std::size_t Index>
struct repeated {
  using type = duplicate_column<Table, column_at<Table, Index>::name>;
};

template <class Table>
struct repeated<Table, table_description::none> {
  using type = accepted;
};

template <class Table, fixed_string Name, bool Exists>
struct added_twice {
  using type = accepted;
};

template <class Table, fixed_string Name>
struct added_twice<Table, Name, true> {
  using type = duplicate_column<Table, Name>;
};

/// The rule, over the table's columns and the column that a change adds.
template <class Table, class Change>
using check_duplicates = typename first_failure<
    typename repeated<Table, repeated_column(describe_table<Table>)>::type,
    typename added_twice<Table, Change::name,
                         column_index<Table, Change::name> != table_description::none>::type>::type;

}  // namespace detail
}  // namespace online_migration
