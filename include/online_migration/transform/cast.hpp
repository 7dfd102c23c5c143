// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <concepts>
#include <cstdint>
#include <limits>
#include <string_view>

#include <online_migration/base/fixed_string.hpp>
#include <online_migration/base/sink.hpp>
#include <online_migration/schema/pg_type.hpp>
#include <online_migration/transform/call.hpp>
#include <online_migration/transform/cast_enumeration.hpp>
#include <online_migration/transform/cast_text.hpp>
#include <online_migration/transform/comparison.hpp>
#include <online_migration/transform/value_error.hpp>

namespace online_migration {

namespace detail {

/// What `isspace` takes for a blank in every locale of UTF-8.
constexpr bool is_blank(char letter) { return letter == ' ' || (letter >= '\t' && letter <= '\r'); }

/// Without the blanks around it, as PostgreSQL reads numbers and truth values.
constexpr std::string_view without_blanks(std::string_view text) {
  while (!text.empty() && is_blank(text.front())) text.remove_prefix(1);
  while (!text.empty() && is_blank(text.back())) text.remove_suffix(1);
  return text;
}

/// A whole number, with its sign, between blanks. Throws what PostgreSQL raises.
template <class Number>
constexpr Number parse_number(std::string_view text) {
  text = without_blanks(text);
  bool negative = !text.empty() && text.front() == '-';
  if (!text.empty() && (text.front() == '-' || text.front() == '+')) text.remove_prefix(1);
  if (text.empty()) throw value_error{"22P02", "om::cast: the text is not a whole number"};
  Number value = 0;
  bool overflow = false;
  for (char letter : text) {
    if (letter < '0' || letter > '9') throw value_error{"22P02", "om::cast: the text is not a whole number"};
    auto digit = static_cast<Number>(letter - '0');
    overflow = overflow || __builtin_mul_overflow(value, Number{10}, &value) ||
               (negative ? __builtin_sub_overflow(value, digit, &value) : __builtin_add_overflow(value, digit, &value));
  }
  if (overflow) throw value_error{"22003", "om::cast: the number is out of the range of its new type"};
  return value;
}

/// A truth value in any of the spellings that PostgreSQL reads, between blanks.
constexpr bool parse_truth(std::string_view text) {
  text = without_blanks(text);
  auto begins = [text](std::string_view word, std::size_t shortest) {
    if (text.size() < shortest || text.size() > word.size()) return false;
    for (std::size_t i = 0; i < text.size(); ++i) {
      char letter = text[i] >= 'A' && text[i] <= 'Z' ? static_cast<char>(text[i] + ('a' - 'A')) : text[i];
      if (letter != word[i]) return false;
    }
    return true;
  };
  if (begins("true", 1) || begins("yes", 1) || begins("on", 2) || text == "1") return true;
  if (begins("false", 1) || begins("no", 1) || begins("off", 2) || text == "0") return false;
  throw value_error{"22P02", "om::cast: the text is not a truth value"};
}

}  // namespace detail

namespace function {

/// The least and the greatest number of a type; of others 0.
template <class Type, class Value = typename Type::value_type>
struct limits {
  static constexpr std::int64_t least = 0;
  static constexpr std::int64_t greatest = 0;
};

template <class Type, std::signed_integral Value>
struct limits<Type, Value> {
  static constexpr std::int64_t least = std::numeric_limits<Value>::min();
  static constexpr std::int64_t greatest = std::numeric_limits<Value>::max();
};

/// A value as a whole number of each size, from another and from texts, or as a truth value, from texts and `integer`.
template <class Type>
struct cast {
  static constexpr auto name = fixed_string{"cast"};
  static constexpr worlds in = worlds::portable;
  static constexpr bool to_truth = Type::description.oid == boolean::description.oid;
  static constexpr bool total = false;

  template <class Argument>
  static constexpr bool total_over =
      !to_truth && detail::is_constant_within<Argument, limits<Type>::least, limits<Type>::greatest>;

  static constexpr bool is_possible() { return to_truth || detail::is_integer({Type::description}); }

  static constexpr expression_type result(const detail::argument_types& given) {
    bool number = detail::is_integer(given[0]);
    bool integer = detail::base_oid(given[0]) == int4::description.oid;
    bool truth = detail::base_oid(given[0]) == boolean::description.oid;
    bool fits = to_truth
                    ? integer || truth || detail::is_text(given[0])
                    : number || detail::is_text(given[0]) || (truth && Type::description.oid == int4::description.oid);
    if (!fits) return expression_type::invalid();
    return {Type::description, given.nullable()};
  }

  static constexpr void describe(detail::sink& out) {
    out.put(' ');
    Type::description.write(out);
  }

  /// From version 16 on PostgreSQL reads more spellings of a number, `0x1F` and `1_000`. A letter in their place that
  /// no version reads keeps the meaning the same on all of them.
  template <class Argument>
  static constexpr void write(detail::sink& out, const detail::column_names& names) {
    expression_type type = Argument::type_over(*names.types);
    bool guarded = detail::is_integer({Type::description}) && type.valid && detail::is_text(type);
    out.put(guarded ? "(pg_catalog.translate(" : "(");
    Argument::write(out, names);
    if (guarded) out.put(", '_xXoObB', '!!!!!!!')");
    out.all(")::", Type::description.name);
  }

  template <class Value>
  static constexpr auto apply(const Value& value) {
    using target = typename Type::value_type;
    if constexpr (requires { std::string_view{value}; }) {
      if constexpr (to_truth) {
        return detail::parse_truth(value);
      } else {
        return detail::parse_number<target>(value);
      }
    } else if constexpr (to_truth) {
      return value != 0;
    } else {
      auto wide = static_cast<std::int64_t>(value);
      if (wide < limits<Type>::least || wide > limits<Type>::greatest) {
        throw value_error{"22003", "om::cast: the number is out of the range of its new type"};
      }
      return static_cast<target>(value);
    }
  }
};

}  // namespace function

/// A value as one of another type.
///
///     om::cast<om::integer>(om::col<"balance">), om::cast<om::text>(om::col<"id">),
///     om::cast<om::boolean>(om::col<"flag">)
///
/// To `om::text` from a whole number or a truth value: total. From and to an `om::enumeration`: the labels that are
/// declared; any other text fails, and so does a label that only the database has. To a whole number from one of
/// another size, from a text,
/// and to `om::integer` from a truth value; to `om::boolean` from an `integer` or a text: partial. PostgreSQL raises
/// 22003 for a number that does not fit and 22P02 for a text that is none, and C++ throws `om::value_error`. (Into a
/// wider column no cast is needed.)
template <pg_type Type, class Argument>
consteval auto cast(Argument) {
  constexpr bool possible = function::cast<Type>::is_possible();
  static_assert(possible,
                "om::cast: only to om::smallint, om::integer, om::bigint, om::text, om::boolean or an "
                "om::enumeration; what only SQL can convert, om::sql can");
  if constexpr (possible) {
    return detail::make_call<function::cast<Type>, Argument>();
  } else {
    return mistaken_node{};
  }
}

}  // namespace online_migration
