// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <cstddef>
#include <type_traits>
#include <utility>

#include <online_migration/migration/describe.hpp>
#include <online_migration/migration/migration.hpp>
#include <online_migration/transform/row.hpp>

namespace online_migration {

namespace detail {

/// The position of the n-th source of a migration among the columns of its table, counted from 0.
template <class Migration>
constexpr std::size_t source_at(std::size_t number) {
  const column_set& sources = describe_migration<Migration>.sources;
  for (std::size_t i = 0; i < describe_migration<Migration>.table.count; ++i) {
    if (sources.has(i) && number-- == 0) return i;
  }
  return table_description::none;
}

template <class Migration>
inline constexpr std::size_t source_count = describe_migration<Migration>.sources.size();

template <class Migration, std::size_t Number>
using source_column = column_at<typename Migration::table, source_at<Migration>(Number)>;

template <class Migration, std::size_t... Numbers, class... Values>
constexpr auto transform_values(std::index_sequence<Numbers...>, const Values&... values) {
  return Migration::change::transform::evaluate(row_of<typename Migration::table>(
      assignment<source_column<Migration, Numbers>::name, value_of<source_column<Migration, Numbers>>>{
          as_value_of<source_column<Migration, Numbers>>(values)}...));
}

template <class Migration, std::size_t... Numbers, class... Values>
constexpr bool values_fit(std::index_sequence<Numbers...>, list<Values...>) {
  return (fits<Values, source_column<Migration, Numbers>>() && ...);
}

template <class Value>
inline constexpr bool is_assignment = false;
template <fixed_string Name, class Value>
inline constexpr bool is_assignment<assignment<Name, Value>> = true;

}  // namespace detail

/// The new value that follows from old ones, computed in C++: the values of the columns that the transform reads, in
/// the order in which the table declares them. `constexpr` where the transform is portable. The result is a
/// `std::string_view` into the argument, or owns its value; `std::optional` where it can be NULL.
///
///     static_assert(om::transform<canonical_display_name>("  Ada ") == "ada");
template <migration_like Migration, class... Values>
constexpr auto transform(const Values&... values) {
  static_assert(!several_columns<Migration>,
                "om::transform: this migration fills several columns, and this is the value of one: "
                "om::transform<om::one_column<migration, \"column\">>(…)");
  using types = typename Migration::change::transform;
  static_assert((types::in & worlds::client_only) == worlds::client_only,
                "om::transform: this transform is server-only, so it has no meaning in C++");
  static_assert(sizeof...(Values) == detail::source_count<Migration>,
                "om::transform: give one value for each column that the transform reads, in the table's order");
  using numbers = std::make_index_sequence<sizeof...(Values)>;
  static_assert(
      detail::values_fit<Migration>(numbers{}, detail::list<std::remove_cvref_t<std::decay_t<const Values>>...>{}),
      "om::transform: a value is not of the C++ type of its column");
  return detail::transform_values<Migration>(numbers{}, values...);
}

}  // namespace online_migration
