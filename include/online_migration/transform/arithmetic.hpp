// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <concepts>
#include <cstdint>
#include <limits>
#include <type_traits>

#include <online_migration/transform/call.hpp>
#include <online_migration/transform/comparison.hpp>
#include <online_migration/transform/value_error.hpp>

/// Arithmetic on whole numbers as PostgreSQL does it: the wider of the two types, 22003 where the result does not fit
/// into it, 22012 where the divisor is zero.
namespace online_migration {

namespace function {

enum class arithmetic : unsigned char { plus, minus, times, over, modulo };

/// `+ - * / %`. Division cuts towards zero, and the remainder has the sign of the dividend, as in C++.
template <arithmetic Operator>
struct binary {
  static constexpr char sign = "+-*/%"[static_cast<int>(Operator)];
  static constexpr auto name = fixed_string<2>{{sign, '\0'}};
  static constexpr worlds in = worlds::portable;
  static constexpr bool total = false;

  /// A constant divisor that is neither 0 nor, for `/`, -1 leaves nothing that could fail.
  template <class Left, class Right>
  static constexpr bool total_over =
      (Operator == arithmetic::over || Operator == arithmetic::modulo) &&
      (detail::is_constant_within<Right, 1, std::numeric_limits<std::int64_t>::max()> ||
           detail::is_constant_within < Right,
       std::numeric_limits<std::int64_t>::min(), Operator == arithmetic::over ? -2 : -1 >);

  static constexpr expression_type result(const detail::argument_types& given) {
    if (!detail::is_integer(given[0]) || !detail::is_integer(given[1])) return expression_type::invalid();
    return {(size(given[0]) >= size(given[1]) ? given[0] : given[1]).type.underlying(), given.nullable()};
  }

  template <class Left, class Right>
  static constexpr void write(detail::sink& out, const detail::column_names& names) {
    out.put('(');
    Left::write(out, names);
    out.put(' ');
    out.put(sign);
    out.put(' ');
    Right::write(out, names);
    out.put(')');
  }

  template <class Left, class Right>
  static constexpr auto apply(Left left, Right right) {
    using wide = std::conditional_t<(sizeof(Left) > sizeof(Right)), Left, Right>;
    wide a = left;
    wide b = right;
    wide value{};
    bool overflow = false;
    if constexpr (Operator == arithmetic::plus) {
      overflow = __builtin_add_overflow(a, b, &value);
    } else if constexpr (Operator == arithmetic::minus) {
      overflow = __builtin_sub_overflow(a, b, &value);
    } else if constexpr (Operator == arithmetic::times) {
      overflow = __builtin_mul_overflow(a, b, &value);
    } else {
      if (b == 0) throw value_error{"22012", "a transform divides by zero"};
      overflow = Operator == arithmetic::over && b == -1 && a == std::numeric_limits<wide>::min();
      if (!overflow && b != -1) value = static_cast<wide>(Operator == arithmetic::over ? a / b : a % b);
      if (!overflow && b == -1 && Operator == arithmetic::over) value = static_cast<wide>(-a);
    }
    if (overflow) throw value_error{"22003", "the result of a transform's arithmetic is out of the range of its type"};
    return value;
  }

 private:
  static constexpr int size(const expression_type& value) {
    std::uint32_t oid = detail::base_oid(value);
    return oid == int2::description.oid ? 2 : oid == int4::description.oid ? 4 : 8;
  }
};

/// Unary minus and `abs`. The least number of a type has no counterpart: 22003.
template <bool Always>
struct opposite {
  static constexpr auto name = [] {
    if constexpr (Always) {
      return fixed_string{"minus"};
    } else {
      return fixed_string{"abs"};
    }
  }();
  static constexpr worlds in = worlds::portable;
  static constexpr bool total = false;

  static constexpr expression_type result(const detail::argument_types& given) {
    if (!detail::is_integer(given[0])) return expression_type::invalid();
    return {given[0].type.underlying(), given.nullable()};
  }

  template <class Argument>
  static constexpr void write(detail::sink& out, const detail::column_names& names) {
    out.put(Always ? "(- " : "pg_catalog.abs(");
    Argument::write(out, names);
    out.put(')');
  }

  template <class Value>
  static constexpr Value apply(Value value) {
    if (!Always && value >= 0) return value;
    if (value == std::numeric_limits<Value>::min()) {
      throw value_error{"22003", "the opposite of a transform's number is out of the range of its type"};
    }
    return static_cast<Value>(-value);
  }
};

}  // namespace function

/// Arithmetic on whole numbers, in the wider of the two types. Partial: 22003 where the result does not fit, 22012 for
/// a
/// divisor of zero; `/` and `%` by a constant that cannot fail are total.
template <class Left, class Right>
  requires detail::operands<Left, Right>
consteval auto operator+(Left, Right) {
  return detail::make_call<function::binary<function::arithmetic::plus>, Left, Right>();
}

template <class Left, class Right>
  requires detail::operands<Left, Right>
consteval auto operator-(Left, Right) {
  return detail::make_call<function::binary<function::arithmetic::minus>, Left, Right>();
}

template <class Left, class Right>
  requires detail::operands<Left, Right>
consteval auto operator*(Left, Right) {
  return detail::make_call<function::binary<function::arithmetic::times>, Left, Right>();
}

template <class Left, class Right>
  requires detail::operands<Left, Right>
consteval auto operator/(Left, Right) {
  return detail::make_call<function::binary<function::arithmetic::over>, Left, Right>();
}

template <class Left, class Right>
  requires detail::operands<Left, Right>
consteval auto operator%(Left, Right) {
  return detail::make_call<function::binary<function::arithmetic::modulo>, Left, Right>();
}

/// The opposite number. Partial: 22003 for the least number of a type.
template <expression Argument>
consteval auto operator-(Argument) {
  return detail::make_call<function::opposite<true>, Argument>();
}

/// The number without its sign. Partial: 22003 for the least number of a type.
template <class Argument>
consteval auto abs(Argument) {
  return detail::make_call<function::opposite<false>, Argument>();
}

}  // namespace online_migration
