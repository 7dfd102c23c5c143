// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <cstddef>

#include <online_migration/base/diagnosis.hpp>
#include <online_migration/base/edit_distance.hpp>
#include <online_migration/base/list.hpp>
#include <online_migration/schema/table.hpp>

namespace online_migration {

/// Hint of a diagnosis: the declared column whose name is nearest.
template <fixed_string Name>
struct did_you_mean {};

/// Hint of a diagnosis: no declared column has a similar name.
struct no_similar_name {};

/// M001: a column that the table does not declare.
template <class Table, fixed_string Name, class Hint>
struct no_such_column {
  static constexpr bool raise() {
    static_assert(accepts<no_such_column>,
                  "M001: this column is not declared in its table; correct the name or add the column to the table. "
                  "docs/errors/M001.md");
    return true;
  }
};

namespace detail {

/// The position of the declared column nearest to a name; `none` if even that one needs more changes than a third of the
/// name's letters, and one.
constexpr std::size_t nearest_column(const table_description& table, std::string_view name) {
  std::size_t best = name.size() / 3 + 1;
  std::size_t found = table_description::none;
  for (std::size_t i = 0; i < table.count; ++i) {
    std::size_t distance = edit_distance(table.columns[i].name, name);
    if (distance > best || (distance == best && found != table_description::none)) continue;
    best = distance;
    found = i;
  }
  return found;
}

template <class Table, std::size_t Index>
struct hint {
  using type = did_you_mean<column_at<Table, Index>::name>;
};

template <class Table>
struct hint<Table, table_description::none> {
  using type = no_similar_name;
};

template <class Table, fixed_string Name, bool Exists = column_index<Table, Name> != table_description::none>
struct column_exists {
  using type = accepted;
};

template <class Table, fixed_string Name>
struct column_exists<Table, Name, false> {
  using type =
      no_such_column<Table, Name, typename hint<Table, nearest_column(describe_table<Table>, Name.view())>::type>;
};

template <class Table, class List>
struct columns_exist;

template <class Table, class... Columns>
struct columns_exist<Table, list<Columns...>> : first_failure<typename column_exists<Table, Columns::name>::type...> {};

/// The rule, over the columns that a transform reads.
template <class Table, class Transform>
using check_columns_exist = typename columns_exist<Table, typename Transform::columns>::type;

}  // namespace detail
}  // namespace online_migration
