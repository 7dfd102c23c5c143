// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <cstddef>
#include <optional>
#include <type_traits>

#include <online_migration/transform/call.hpp>
#include <online_migration/transform/comparison.hpp>
#include <online_migration/transform/joined.hpp>

namespace online_migration {

namespace function {

/// PostgreSQL's `COALESCE`: the first argument that is not NULL. Those after it are not computed.
struct coalesce {
  static constexpr auto name = fixed_string{"coalesce"};
  static constexpr worlds in = worlds::portable;
  static constexpr bool total = true;
  static constexpr bool lazy = true;

  static constexpr expression_type result(const detail::argument_types& given) {
    expression_type joined = given[0];
    for (std::size_t i = 1; i < given.count; ++i) {
      bool nullable = joined.nullable && given[i].nullable;
      joined = detail::join_types(joined, given[i]);
      if (!joined.valid) return joined;
      joined.nullable = nullable;
    }
    return joined;
  }

  template <class... Arguments>
  static constexpr void write(detail::sink& out, const detail::column_names& names) {
    detail::write_call<Arguments...>("COALESCE", out, names);
  }

  template <class... Arguments, class Row>
  static constexpr auto evaluate(const Row& row) {
    using value = detail::joined_value<detail::value_over<Arguments, Row>...>;
    constexpr bool nullable = (detail::is_optional<detail::value_over<Arguments, Row>> && ...);
    return first_of<std::conditional_t<nullable, std::optional<value>, value>, Arguments...>(row);
  }

 private:
  template <class Result, class First, class... Rest, class Row>
  static constexpr Result first_of(const Row& row) {
    auto first = First::evaluate(row);
    if constexpr (!detail::is_optional<decltype(first)> || sizeof...(Rest) == 0) {
      return detail::as_joined<Result>(first);
    } else {
      if (first.has_value()) return detail::as_joined<Result>(first);
      return first_of<Result, Rest...>(row);
    }
  }
};

/// PostgreSQL's `NULLIF`: the first argument, or NULL where it equals the second. Texts are compared byte by byte.
struct nullif {
  static constexpr auto name = fixed_string{"nullif"};
  static constexpr worlds in = worlds::portable;
  static constexpr bool total = true;
  static constexpr bool lenient = true;

  static constexpr expression_type result(const detail::argument_types& given) {
    if (!detail::are_comparable(given[0], given[1])) return expression_type::invalid();
    return {given[0].type.underlying(), true};
  }

  template <class Value, class Other>
  static constexpr void write(detail::sink& out, const detail::column_names& names) {
    out.put("NULLIF(");
    detail::write_comparable<Value>(out, names);
    out.put(", ");
    Other::write(out, names);
    out.put(')');
  }

  template <class Value, class Other>
  static constexpr auto apply(const Value& value, const Other& other) {
    using result = std::optional<detail::plain_t<Value>>;
    auto equal = detail::apply_strict<compare<comparison::equal>>(value, other);
    if constexpr (detail::is_optional<decltype(equal)>) {
      return equal.value_or(false) ? result{} : result{value};
    } else {
      return equal ? result{} : result{value};
    }
  }
};

}  // namespace function

/// The first argument that is not NULL; all of one type.
template <class... Arguments>
  requires(sizeof...(Arguments) > 0)
consteval auto coalesce(Arguments...) {
  return detail::make_call<function::coalesce, Arguments...>();
}

/// The value, or NULL where it equals the other: `om::nullif(om::col<"name">, om::lit<"">)`.
template <class Value, class Other>
consteval auto nullif(Value, Other) {
  return detail::make_call<function::nullif, Value, Other>();
}

}  // namespace online_migration
