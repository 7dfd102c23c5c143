// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <string_view>

#include <online_migration/transform/node.hpp>
#include <online_migration/transform/utf8.hpp>

namespace online_migration {

/// A constant as a template argument: text, a whole number or a truth value.
template <std::size_t Size>
struct literal_value {
  enum class kind : unsigned char { text, number, truth };

  char text[Size]{};
  std::int64_t number = 0;
  kind is = kind::text;

  // NOLINTNEXTLINE(google-explicit-constructor)
  consteval literal_value(const char (&value)[Size]) {
    for (std::size_t i = 0; i < Size; ++i) text[i] = value[i];
  }

  template <std::integral Integer>
  // NOLINTNEXTLINE(google-explicit-constructor)
  consteval literal_value(Integer value)
      : number{static_cast<std::int64_t>(value)}, is{std::same_as<Integer, bool> ? kind::truth : kind::number} {}
};

template <std::integral Integer>
literal_value(Integer) -> literal_value<1>;

/// A constant within a transform.
template <literal_value Value>
struct literal_node {
  static constexpr worlds in = worlds::portable;
  static constexpr bool total = true;
  using columns = detail::list<>;
  using arguments = detail::list<>;
  static constexpr auto value = Value;
  static constexpr bool is_text = Value.is == decltype(Value)::kind::text;
  static constexpr bool is_number = Value.is == decltype(Value)::kind::number;
  static constexpr std::string_view view{value.text, sizeof(value.text) - 1};
  static constexpr bool fits_int4 = Value.number >= std::numeric_limits<std::int32_t>::min() &&
                                    Value.number <= std::numeric_limits<std::int32_t>::max();

  static constexpr expression_type type_over(const table_description&) {
    if (is_number) return {fits_int4 ? int4::description : int8::description};
    if (!is_text) return {boolean::description};
    type_description bounded = text::description;
    bounded.length = static_cast<std::int32_t>(detail::character_count(view));
    if (bounded.length == 0) bounded.length = 1;
    return {bounded};
  }

  static constexpr void write(detail::sink& out, const detail::column_names&) {
    if (is_text) {
      out.literal(view);
      out.put("::text");
    } else if (is_number) {
      out.put('(');
      out.number(value.number);
      out.put(fits_int4 ? ")::integer" : ")::bigint");
    } else {
      out.put(value.number != 0 ? "true" : "false");
    }
  }

  static constexpr void describe(detail::sink& out) { write(out, {}); }

  template <class Row>
  static constexpr auto evaluate(const Row&) {
    if constexpr (is_text) {
      return view;
    } else if constexpr (!is_number) {
      return value.number != 0;
    } else if constexpr (fits_int4) {
      return static_cast<std::int32_t>(value.number);
    } else {
      return value.number;
    }
  }
};

/// A constant: `om::lit<" ">`, `om::lit<3>`, `om::lit<true>`.
template <literal_value Value>
inline constexpr literal_node<Value> lit{};

}  // namespace online_migration
