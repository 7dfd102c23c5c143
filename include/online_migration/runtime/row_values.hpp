// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <functional>
#include <ranges>
#include <tuple>
#include <type_traits>

#include <online_migration/migration/write_request.hpp>
#include <online_migration/runtime/key.hpp>
#include <online_migration/transform/row.hpp>

namespace online_migration {

/// One row of a write of many, made by `om::row_of(…)`. It refers to texts that it is given, and copies no bytes.
template <class Key, class... Assignments>
struct row_values {
  Key which;
  std::tuple<Assignments...> given;
};

/// One row of `om::dual_writer::update_many` and its like: what `update` takes. A text argument has to live until the
/// whole range is written.
template <class... Keys, fixed_string... Names, class... Values>
constexpr row_values<key_values<Keys...>, assignment<Names, Values>...> row_of(
    const key_values<Keys...>& which, const assignment<Names, Values>&... given) {
  return {which, {given...}};
}

/// One row of `om::dual_writer::insert_many` whose key the server gives, or is among the assignments.
template <fixed_string... Names, class... Values>
constexpr row_values<detail::no_key, assignment<Names, Values>...> row_of(const assignment<Names, Values>&... given) {
  return {{}, {given...}};
}

namespace detail {

template <class Row>
inline constexpr bool is_row_values = false;
template <class Key, class... Assignments>
inline constexpr bool is_row_values<row_values<Key, Assignments...>> = true;

/// What a function makes of an element of a range.
template <class Rows, class Make>
using made_of = std::remove_cvref_t<std::invoke_result_t<Make&, std::ranges::range_reference_t<Rows>>>;

/// A range, and a function that makes an `om::row_of(…)` of each element.
template <class Rows, class Make>
concept rows_from = std::ranges::input_range<Rows> && std::invocable<Make&, std::ranges::range_reference_t<Rows>> &&
                    is_row_values<made_of<Rows, Make>>;

template <class Key>
inline constexpr bool is_key_values = false;
template <class... Keys>
inline constexpr bool is_key_values<key_values<Keys...>> = true;

/// The same with a function that makes an `om::key(…)`.
template <class Rows, class Make>
concept keys_from = std::ranges::input_range<Rows> && std::invocable<Make&, std::ranges::range_reference_t<Rows>> &&
                    is_key_values<made_of<Rows, Make>>;

/// Calls `use(assignment…)` with the key of a row and its assignments.
template <class Table, class Key, class... Assignments, class Use>
constexpr decltype(auto) with_assignments(const row_values<Key, Assignments...>& row, Use use) {
  return with_key_assignments<Table>(row.which, [&](const auto&... keys) -> decltype(auto) {
    return std::apply([&](const Assignments&... given) -> decltype(auto) { return use(keys..., given...); }, row.given);
  });
}

}  // namespace detail
}  // namespace online_migration
