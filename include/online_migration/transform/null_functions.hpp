// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <cstddef>
#include <optional>
#include <string_view>
#include <type_traits>

#include <online_migration/transform/call.hpp>

namespace online_migration {

namespace function {

/// PostgreSQL's `COALESCE`: the first argument that is not NULL.
struct coalesce {
  static constexpr auto name = fixed_string{"coalesce"};
  static constexpr worlds in = worlds::portable;
  static constexpr bool total = true;
  static constexpr bool lenient = true;

  static constexpr expression_type result(const detail::argument_types& given) {
    expression_type joined = given[0];
    for (std::size_t i = 1; i < given.count; ++i) {
      bool texts = detail::is_text(joined) && detail::is_text(given[i]);
      if (!texts && !joined.type.same_kind(given[i].type)) return expression_type::invalid();
      if (joined.type.length == 0 || given[i].type.length == 0) {
        joined.type = texts ? text::description : joined.type;
      } else if (given[i].type.length > joined.type.length) {
        joined.type.length = given[i].type.length;
      }
      joined.nullable = joined.nullable && given[i].nullable;
    }
    return joined;
  }

  template <class... Arguments>
  static constexpr void write(detail::sink& out, const detail::column_names& names) {
    detail::write_call<Arguments...>("COALESCE", out, names);
  }

  template <class Value>
  static constexpr Value apply(Value value) {
    return value;
  }

  template <class First, class... Rest>
  static constexpr auto apply(First first, Rest... rest) {
    if constexpr (!detail::is_optional<First>) {
      return owned_if<(owns<First> || ... || owns<Rest>)>(first);
    } else {
      using last = decltype(apply(rest...));
      using value = std::conditional_t<(owns<First> || ... || owns<Rest>), text_value, typename First::value_type>;
      if constexpr (detail::is_optional<last>) {
        using result = std::optional<value>;
        if (first.has_value()) return result{value(*first)};
        auto other = apply(rest...);
        if (other.has_value()) return result{value(*other)};
        return result{};
      } else {
        if (first.has_value()) return value(*first);
        return value(apply(rest...));
      }
    }
  }

 private:
  template <class Value>
  static constexpr bool owns = std::is_same_v<Value, text_value> || std::is_same_v<Value, std::optional<text_value>>;

  template <bool Owned, class Value>
  static constexpr auto owned_if(const Value& value) {
    if constexpr (Owned) {
      return text_value{value};
    } else {
      return value;
    }
  }
};

}  // namespace function

/// The first argument that is not NULL; all of one type.
template <expression... Arguments>
  requires(sizeof...(Arguments) > 0)
consteval call_node<function::coalesce, Arguments...> coalesce(Arguments...) {
  return {};
}

}  // namespace online_migration
