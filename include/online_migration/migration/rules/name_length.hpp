// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <cstddef>
#include <type_traits>

#include <online_migration/base/diagnosis.hpp>
#include <online_migration/base/list.hpp>
#include <online_migration/base/sink.hpp>
#include <online_migration/migration/rules/quoting_name.hpp>
#include <online_migration/schema/table.hpp>

namespace online_migration {

/// M004: a name that PostgreSQL would cut off silently, or an empty one. `Length` counts bytes.
template <fixed_string Name, std::size_t Length>
struct name_length {
  static constexpr bool raise() {
    static_assert(accepts<name_length>,
                  "M004: a name must have 1 to 63 bytes, PostgreSQL would cut a longer one silently; shorten it. "
                  "docs/errors/M004.md");
    return true;
  }
};

namespace detail {

template <fixed_string Name>
using check_name =
    typename first_failure<fine_or<Name.size() >= 1 && Name.size() <= 63, name_length<Name, Name.size()>>,
                           fine_or<!ends_quoted_body(Name.view()), quoting_name<Name>>>::type;

constexpr std::size_t badly_named_column(const table_description& table) {
  for (std::size_t i = 0; i < table.count; ++i) {
    if (table.columns[i].name.empty() || table.columns[i].name.size() > 63 || ends_quoted_body(table.columns[i].name)) {
      return i;
    }
  }
  return table_description::none;
}

template <class Table, std::size_t Index>
struct badly_named {
  using type = check_name<column_at<Table, Index>::name>;
};

template <class Table>
struct badly_named<Table, table_description::none> {
  using type = accepted;
};

/// The rule, over the names of a migration, its table with all columns, and its new column.
template <fixed_string Migration, class Table, class Change>
using check_names =
    typename first_failure<check_name<Migration>, check_name<Table::schema_name>, check_name<Table::name>,
                           typename badly_named<Table, badly_named_column(describe_table<Table>)>::type,
                           check_name<Change::name>>::type;

}  // namespace detail
}  // namespace online_migration
