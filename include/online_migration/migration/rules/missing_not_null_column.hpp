// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <cstddef>

#include <online_migration/migration/write_request.hpp>

namespace online_migration {

/// M010: a new row without a value for a column that needs one.
template <class Table, fixed_string Name>
struct missing_not_null_column {
  static constexpr bool raise() {
    static_assert(accepts<missing_not_null_column>,
                  "M010: a new row needs a value for this column, which is NOT NULL and declares no default; set it, "
                  "or declare om::has_default if the server fills it. docs/errors/M010.md");
    return true;
  }
};

namespace detail {

/// The position of the first column that a new row needs and does not get; `none` if there is none.
template <class Request>
constexpr std::size_t unfilled_column() {
  const table_description& table = describe_table<typename Request::table>;
  for (std::size_t i = 0; i < table.count && adds_rows(Request::kind); ++i) {
    const column_description& column = table.columns[i];
    if (column.is_required && !column.has_server_default && !known_columns<Request>.has(i)) return i;
  }
  return table_description::none;
}

/// The rule, over a write whose columns exist.
template <class Request>
using check_complete = typename about_column<missing_not_null_column, typename Request::table, typename Request::table,
                                             unfilled_column<Request>()>::type;

}  // namespace detail
}  // namespace online_migration
