// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <concepts>
#include <cstddef>
#include <optional>
#include <type_traits>
#include <utility>

#include <online_migration/base/optional.hpp>
#include <online_migration/transform/bytes_value.hpp>
#include <online_migration/transform/call.hpp>
#include <online_migration/transform/text_value.hpp>

/// What a choice between several expressions gives: `COALESCE` and `CASE`.
namespace online_migration::detail {

/// The one type of several values: all of one, or texts of any length. Invalid where they do not agree.
constexpr expression_type join_types(const expression_type& first, const expression_type& second) {
  expression_type joined = first;
  bool texts = is_text(first) && is_text(second);
  if (!first.valid || !second.valid || (!texts && !first.type.same_kind(second.type)))
    return expression_type::invalid();
  if (first.type.length == 0 || second.type.length == 0) {
    joined.type = texts ? text::description : first.type;
  } else if (second.type.length > first.type.length) {
    joined.type.length = second.type.length;
  }
  return joined;
}

template <class First, class... Rest>
struct joined {
  template <class Value>
  static constexpr bool has = (std::same_as<plain_t<First>, Value> || ... || std::same_as<plain_t<Rest>, Value>);
  using type = std::conditional_t<has<text_value>, text_value,
                                  std::conditional_t<has<bytes_value>, bytes_value, plain_t<First>>>;
};

/// The C++ value that several values have in common: texts and bytes own themselves if any of them does.
template <class... Values>
using joined_value = typename joined<Values...>::type;

/// A value as what it has in common with others, NULL included.
template <class Result, class Value>
constexpr Result as_joined(const Value& value) {
  if constexpr (is_optional<Value>) {
    return value.has_value() ? Result{plain_t<Result>(*value)} : Result{};
  } else {
    return Result{plain_t<Result>(value)};
  }
}

/// The C++ value of a node over a row.
template <class Node, class Row>
using value_over = decltype(Node::evaluate(std::declval<const Row&>()));

}  // namespace online_migration::detail
