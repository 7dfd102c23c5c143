// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <cstdint>
#include <exception>
#include <limits>

#include <online_migration/base/fixed_string.hpp>
#include <online_migration/base/sink.hpp>
#include <online_migration/schema/pg_type.hpp>
#include <online_migration/transform/call.hpp>
#include <online_migration/transform/node.hpp>

namespace online_migration {

/// A transform has no value for its arguments, in C++: what PostgreSQL says with an error of class 22.
class value_error : public std::exception {
 public:
  explicit value_error(const char* sqlstate, const char* what) : sqlstate_{sqlstate}, what_{what} {}
  [[nodiscard]] const char* what() const noexcept override { return what_; }
  [[nodiscard]] const char* sqlstate() const noexcept { return sqlstate_; }

 private:
  const char* sqlstate_;
  const char* what_;
};

namespace function {

/// A whole number as one of another size.
template <class Type>
struct cast_integer {
  static constexpr auto name = fixed_string{"cast"};
  static constexpr worlds in = worlds::portable;
  static constexpr bool total = false;

  static constexpr bool is_integer(std::uint32_t oid) {
    return oid == int2::description.oid || oid == int4::description.oid || oid == int8::description.oid;
  }

  static constexpr expression_type result(const detail::argument_types& given) {
    if (!is_integer(given[0].type.underlying().oid)) return expression_type::invalid();
    return {Type::description, given.nullable()};
  }

  static constexpr void describe(detail::sink& out) {
    out.put(' ');
    Type::description.write(out);
  }

  template <class Argument>
  static constexpr void write(detail::sink& out, const detail::column_names& names) {
    out.put('(');
    Argument::write(out, names);
    out.all(")::", Type::description.name);
  }

  template <class Value>
  static constexpr typename Type::value_type apply(Value value) {
    using target = typename Type::value_type;
    auto wide = static_cast<std::int64_t>(value);
    if (wide < std::numeric_limits<target>::min() || wide > std::numeric_limits<target>::max()) {
      throw value_error{"22003", "om::cast: the number is out of the range of its new type"};
    }
    return static_cast<target>(value);
  }
};

}  // namespace function

/// A whole number as one of another size: `om::cast<om::integer>(om::col<"balance">)`. Partial: PostgreSQL raises 22003
/// for a number that does not fit, and C++ throws `om::value_error`. (Into a wider column no cast is needed.)
template <pg_type Type, expression Argument>
  requires(function::cast_integer<Type>::is_integer(Type::description.oid))
consteval call_node<function::cast_integer<Type>, Argument> cast(Argument) {
  return {};
}

}  // namespace online_migration
