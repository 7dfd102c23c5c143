// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <online_migration/migration/write_request.hpp>

namespace online_migration {

/// M007: a write that changes a column of the key, by which rows are found and the table is walked.
template <class Table, fixed_string Name>
struct key_column_changed {
  static constexpr bool raise() {
    static_assert(accepts<key_column_changed>,
                  "M007: this column belongs to the key, which a dual write does not change; take it out of the write, "
                  "or insert a new row and erase the old one. docs/errors/M007.md");
    return true;
  }
};

namespace detail {

/// The columns of the key that a write changes.
template <class Request>
constexpr column_set changed_key() {
  if (!changes_rows(Request::kind)) return {};
  const column_set key = key_set(describe_table<typename Request::table>);
  return set_columns<Request>.without(set_columns<Request>.without(key));
}

/// The rule, over all assignments of a write; the columns have to exist.
template <class Request>
using check_key_kept =
    typename about_column<key_column_changed, typename Request::table, typename Request::table,
                          first_of(changed_key<Request>(), describe_table<typename Request::table>)>::type;

}  // namespace detail
}  // namespace online_migration
