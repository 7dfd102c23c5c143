// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <cstddef>

#include <online_migration/migration/write_request.hpp>

namespace online_migration {

/// M017: a write that gives one column two values.
template <class Table, fixed_string Name>
struct column_set_twice {
  static constexpr bool raise() {
    static_assert(accepts<column_set_twice>,
                  "M017: this column is given two values in one write; give it one, by om::key or by om::set. "
                  "docs/errors/M017.md");
    return true;
  }
};

namespace detail {

/// The position of the first column that a list of assignments names for the second time; `none` if there is none.
template <class Table, class... Assignments>
constexpr std::size_t column_named_twice(column_set seen, list<Assignments...>) {
  const std::size_t named[]{column_index<Table, Assignments::name>..., table_description::none};
  for (std::size_t index : named) {
    if (seen.has(index)) return index;
    seen.add(index);
  }
  return table_description::none;
}

/// The columns that a new row has from its key. (In an update the key finds rows; M007 is about setting it.)
template <class Request>
constexpr column_set columns_of_key() {
  bool gives = has_key<Request> && Request::kind == write_kind::insert;
  return gives ? key_set(describe_table<typename Request::table>) : column_set{};
}

/// The rule, over all assignments of a write; the columns have to exist.
template <class Request>
using check_set_once = typename about_column<column_set_twice, typename Request::table, typename Request::table,
                                             column_named_twice<typename Request::table>(
                                                 columns_of_key<Request>(), typename Request::sets{})>::type;

}  // namespace detail
}  // namespace online_migration
