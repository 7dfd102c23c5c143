// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <cstddef>

#include <online_migration/base/diagnosis.hpp>
#include <online_migration/base/list.hpp>
#include <online_migration/migration/write_kind.hpp>
#include <online_migration/schema/set_of.hpp>

namespace online_migration::detail {

/// Instead of key values: the write has no key of its own.
struct no_key {};

/// In the place of an assignment where a column is named and its value is not known yet.
template <fixed_string Name>
struct assigned_column {
  static constexpr auto name = Name;
};

/// A write as its call gives it, for the rules: the types of the key's values, as a list, and the assignments.
template <class Migration, write_kind Kind, class Keys, class Sets>
struct write_request {
  using migration = Migration;
  using table = typename Migration::table;
  using keys = Keys;
  using sets = Sets;
  static constexpr write_kind kind = Kind;
};

template <class Request>
inline constexpr bool has_key = true;
template <class Migration, write_kind Kind, class Sets>
inline constexpr bool has_key<write_request<Migration, Kind, no_key, Sets>> = false;

/// The columns that are set. They have to exist.
template <class Request>
inline constexpr column_set set_columns = set_of<typename Request::table>(typename Request::sets{});

/// The columns whose values in the written row are known: those that are set, and the key.
template <class Request>
inline constexpr column_set known_columns = [] {
  column_set result = set_columns<Request>;
  if (has_key<Request>) result.add(key_set(describe_table<typename Request::table>));
  return result;
}();

/// A rule over each assignment of a write, by itself.
template <template <class, class> class Check, class Request, class Sets = typename Request::sets>
struct each_assignment;

template <template <class, class> class Check, class Request, class... Assignments>
struct each_assignment<Check, Request, list<Assignments...>> : first_failure<Check<Request, Assignments>...> {};

/// A diagnosis about the column at a position; `accepted` where there is none.
template <template <class, fixed_string> class Diagnosis, class Owner, class Table, std::size_t Index>
struct about_column {
  using type = Diagnosis<Owner, column_at<Table, Index>::name>;
};

template <template <class, fixed_string> class Diagnosis, class Owner, class Table>
struct about_column<Diagnosis, Owner, Table, table_description::none> {
  using type = accepted;
};

/// The position of the first column in a set; `none` if it is empty.
constexpr std::size_t first_of(const column_set& set, const table_description& table) {
  for (std::size_t i = 0; i < table.count; ++i) {
    if (set.has(i)) return i;
  }
  return table_description::none;
}

}  // namespace online_migration::detail
