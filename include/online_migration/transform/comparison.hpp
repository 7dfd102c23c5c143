// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <compare>
#include <cstdint>
#include <string_view>
#include <type_traits>

#include <online_migration/transform/call.hpp>

namespace online_migration {

namespace detail {

constexpr bool is_integer(const expression_type& value) {
  std::uint32_t oid = base_oid(value);
  return oid == int2::description.oid || oid == int4::description.oid || oid == int8::description.oid;
}

/// Whether two values can be compared with one meaning in both worlds: texts byte by byte, whole numbers of any size,
/// and truth values, uuids and times among themselves.
constexpr bool are_comparable(const expression_type& a, const expression_type& b) {
  if ((is_text(a) && is_text(b)) || (is_integer(a) && is_integer(b))) return true;
  if (base_oid(a) != base_oid(b)) return false;
  for (const type_description& type :
       {boolean::description, uuid::description, timestamp::description, timestamptz::description}) {
    if (base_oid(a) == type.oid) return true;
  }
  return false;
}

/// An argument of a comparison: a text under the collation "C", which makes `=` identity and `<` the order of bytes.
template <class Argument>
constexpr void write_comparable(sink& out, const column_names& names) {
  Argument::write(out, names);
  expression_type type = Argument::type_over(*names.types);
  if (type.valid && is_text(type)) out.put(" COLLATE \"C\"");
}

}  // namespace detail

namespace function {

enum class comparison : unsigned char { equal, unequal, less, less_or_equal, greater, greater_or_equal };

/// PostgreSQL's comparison operators. NULL in, NULL out.
template <comparison Operator>
struct compare {
  static constexpr auto name = [] {
    if constexpr (Operator == comparison::equal) return fixed_string{"="};
    if constexpr (Operator == comparison::unequal) return fixed_string{"<>"};
    if constexpr (Operator == comparison::less) return fixed_string{"<"};
    if constexpr (Operator == comparison::less_or_equal) return fixed_string{"<="};
    if constexpr (Operator == comparison::greater) return fixed_string{">"};
    if constexpr (Operator == comparison::greater_or_equal) return fixed_string{">="};
  }();
  static constexpr worlds in = worlds::portable;
  static constexpr bool total = true;

  static constexpr expression_type result(const detail::argument_types& given) {
    if (!detail::are_comparable(given[0], given[1])) return expression_type::invalid();
    return {boolean::description, given.nullable()};
  }

  template <class Left, class Right>
  static constexpr void write(detail::sink& out, const detail::column_names& names) {
    out.put('(');
    detail::write_comparable<Left>(out, names);
    out.all(" ", name.view(), " ");
    detail::write_comparable<Right>(out, names);
    out.put(')');
  }

  template <class Left, class Right>
  static constexpr bool apply(const Left& left, const Right& right) {
    if constexpr (std::is_integral_v<Left> && !std::is_same_v<Left, bool>) {
      return decide(static_cast<std::int64_t>(left), static_cast<std::int64_t>(right));
    } else if constexpr (requires { std::string_view{left}; }) {
      return decide(std::string_view{left}, std::string_view{right});
    } else {
      return decide(left, right);
    }
  }

 private:
  template <class Value>
  static constexpr bool decide(const Value& left, const Value& right) {
    if constexpr (Operator == comparison::equal) return left == right;
    if constexpr (Operator == comparison::unequal) return left != right;
    if constexpr (Operator == comparison::less) return left < right;
    if constexpr (Operator == comparison::less_or_equal) return left <= right;
    if constexpr (Operator == comparison::greater) return left > right;
    if constexpr (Operator == comparison::greater_or_equal) return left >= right;
  }
};

}  // namespace function

namespace detail {

/// Operators on a transform: at least one side is a part of one, and `make_call` says what is wrong with the other.
template <class Left, class Right>
concept operands = expression<Left> || expression<Right>;

}  // namespace detail

/// Comparisons, `boolean`: whole numbers of any size; texts by their bytes, which for `<` is the order of code points;
/// truth values, uuids and times among themselves. NULL in, NULL out.
template <class Left, class Right>
  requires detail::operands<Left, Right>
consteval auto operator==(Left, Right) {
  return detail::make_call<function::compare<function::comparison::equal>, Left, Right>();
}

template <class Left, class Right>
  requires detail::operands<Left, Right>
consteval auto operator!=(Left, Right) {
  return detail::make_call<function::compare<function::comparison::unequal>, Left, Right>();
}

template <class Left, class Right>
  requires detail::operands<Left, Right>
consteval auto operator<(Left, Right) {
  return detail::make_call<function::compare<function::comparison::less>, Left, Right>();
}

template <class Left, class Right>
  requires detail::operands<Left, Right>
consteval auto operator<=(Left, Right) {
  return detail::make_call<function::compare<function::comparison::less_or_equal>, Left, Right>();
}

template <class Left, class Right>
  requires detail::operands<Left, Right>
consteval auto operator>(Left, Right) {
  return detail::make_call<function::compare<function::comparison::greater>, Left, Right>();
}

template <class Left, class Right>
  requires detail::operands<Left, Right>
consteval auto operator>=(Left, Right) {
  return detail::make_call<function::compare<function::comparison::greater_or_equal>, Left, Right>();
}

}  // namespace online_migration
