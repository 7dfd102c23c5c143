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
using check_name = std::conditional_t<Name.size() >= 1 && Name.size() <= 63,
                                      std::conditional_t<ends_quoted_body(Name.view()), quoting_name<Name>, accepted>,
                                      name_length<Name, Name.size()>>;

template <class List>
struct column_names_check;

template <class... Columns>
struct column_names_check<list<Columns...>> : first_failure<check_name<Columns::name>...> {};

/// The rule, over the names of a migration, its table with all columns, and its new column.
template <fixed_string Migration, class Table, class Change>
using check_names =
    typename first_failure<check_name<Migration>, check_name<Table::schema_name>, check_name<Table::name>,
                           typename column_names_check<typename Table::columns>::type, check_name<Change::name>>::type;

}  // namespace detail
}  // namespace online_migration
