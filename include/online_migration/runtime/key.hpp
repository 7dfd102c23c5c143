// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <cstddef>
#include <tuple>
#include <utility>

#include <online_migration/base/list.hpp>
#include <online_migration/migration/write_request.hpp>
#include <online_migration/transform/row.hpp>

namespace online_migration {

/// The values of a key, made by `om::key(42)`. It refers to texts that it is given, and copies no bytes.
template <class... Values>
struct key_values {
  std::tuple<Values...> values;
};

/// Which row: one value for each `om::primary_key` column, in the order of their declaration.
/// A text argument has to live until the statement is done.
template <class... Values>
constexpr key_values<detail::held<Values>...> key(const Values&... values) {
  return {std::tuple<detail::held<Values>...>{detail::hold(values)...}};
}

namespace detail {

/// The types of a key's values, as the rules take them.
template <class Key>
struct key_types {
  using type = no_key;
};
template <class... Values>
struct key_types<key_values<Values...>> {
  using type = list<Values...>;
};

/// Calls `use(assignment…)` with the values of a key as assignments to its columns.
template <class Table, class Use, class... Values>
constexpr decltype(auto) with_key_assignments(const key_values<Values...>& key, Use use) {
  return [&]<std::size_t... Numbers>(std::index_sequence<Numbers...>) -> decltype(auto) {
    return use(assignment<column_at<Table, describe_table<Table>.key_at(Numbers)>::name, Values>{
        std::get<Numbers>(key.values)}...);
  }(std::index_sequence_for<Values...>{});
}

template <class Table, class Use>
constexpr decltype(auto) with_key_assignments(const no_key&, Use use) {
  return use();
}

}  // namespace detail
}  // namespace online_migration
