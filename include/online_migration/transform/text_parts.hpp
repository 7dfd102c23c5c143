// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <string_view>

#include <online_migration/transform/call.hpp>
#include <online_migration/transform/text_functions.hpp>
#include <online_migration/transform/utf8.hpp>

/// Portable functions that take a text apart and put it together by characters.
namespace online_migration {

namespace function {

/// A function that gives a piece of its first argument: `Derived::cut` finds it.
template <class Derived>
struct cutting : portable {
  template <class... Rest>
  static constexpr std::string_view apply(std::string_view value, const Rest&... rest) {
    return Derived::cut(value, rest...);
  }
  template <class... Rest>
  static constexpr text_value apply(text_value value, const Rest&... rest) {
    std::string_view kept = Derived::cut(value.view(), rest...);
    value.narrow(static_cast<std::size_t>(kept.data() - value.data()), kept.size());
    return value;
  }
};

/// The arguments of `left` and `right`: a text and an `integer`. A count that is a constant bounds the result.
template <std::int32_t Bound>
constexpr expression_type end_of_text(const detail::argument_types& given) {
  std::uint32_t count = detail::base_oid(given[1]);
  bool fits = count == int4::description.oid || count == int2::description.oid;
  if (!detail::is_text(given[0]) || !fits) return expression_type::invalid();
  type_description bounded = Bound >= 0 ? detail::bounded_text(Bound) : text::description;
  std::int32_t whole = given[0].type.underlying().length;
  if (whole != 0 && (bounded.length == 0 || whole < bounded.length)) bounded.length = whole;
  return {bounded, given.nullable()};
}

/// PostgreSQL's `left`: the first characters; a negative count leaves out as many at the end.
template <std::int32_t Bound>
struct left : cutting<left<Bound>> {
  static constexpr auto name = fixed_string{"left"};
  static constexpr expression_type result(const detail::argument_types& given) { return end_of_text<Bound>(given); }
  template <class... Arguments>
  static constexpr void write(detail::sink& out, const detail::column_names& names) {
    detail::write_call<Arguments...>("pg_catalog.left", out, names);
  }
  static constexpr std::string_view cut(std::string_view value, std::int32_t count) {
    std::int64_t kept = count >= 0 ? count : static_cast<std::int64_t>(detail::character_count(value)) + count;
    if (kept <= 0) return value.substr(0, 0);
    return value.substr(0, detail::byte_of_character(value, static_cast<std::uint64_t>(kept)));
  }
};

/// PostgreSQL's `right`: the last characters; a negative count leaves out as many at the beginning.
template <std::int32_t Bound>
struct right : cutting<right<Bound>> {
  static constexpr auto name = fixed_string{"right"};
  static constexpr expression_type result(const detail::argument_types& given) { return end_of_text<Bound>(given); }
  /// The least number has no opposite, and what PostgreSQL makes of it is nowhere written: it becomes the next one.
  template <class Argument, class Count>
  static constexpr void write(detail::sink& out, const detail::column_names& names) {
    out.put("pg_catalog.right(");
    Argument::write(out, names);
    out.put(detail::is_small_constant<Count> ? ", " : ", pg_catalog.int4larger(");
    Count::write(out, names);
    out.put(detail::is_small_constant<Count> ? ")" : ", -2147483647))");
  }
  static constexpr std::string_view cut(std::string_view value, std::int32_t count) {
    std::int64_t left_out = count < 0 ? -static_cast<std::int64_t>(count)
                                      : static_cast<std::int64_t>(detail::character_count(value)) - count;
    if (left_out <= 0) return value;
    return value.substr(detail::byte_of_character(value, static_cast<std::uint64_t>(left_out)));
  }
};

/// PostgreSQL's `split_part`: the field with a constant number, counted from 1, between separators.
template <std::int32_t Number>
struct split_part : cutting<split_part<Number>> {
  static constexpr auto name = fixed_string{"split_part"};
  static constexpr expression_type result(const detail::argument_types& given) {
    if (!detail::is_text(given[0]) || !detail::is_text(given[1])) return expression_type::invalid();
    std::int32_t length = given[0].type.underlying().length;
    return {length != 0 ? detail::bounded_text(length) : text::description, given.nullable()};
  }
  template <class Argument, class Separator, class Field>
  static constexpr void write(detail::sink& out, const detail::column_names& names) {
    out.put("pg_catalog.split_part(");
    Argument::write(out, names);
    out.put(" COLLATE \"C\", ");
    Separator::write(out, names);
    out.put(", ");
    Field::write(out, names);
    out.put(')');
  }
  static constexpr std::string_view cut(std::string_view value, std::string_view separator, std::int32_t) {
    if (separator.empty()) return Number == 1 ? value : value.substr(value.size());
    for (std::int32_t left_out = 1; left_out < Number; ++left_out) {
      std::size_t found = value.find(separator);
      if (found == std::string_view::npos) return value.substr(value.size());
      value.remove_prefix(found + separator.size());
    }
    return value.substr(0, value.find(separator));
  }
};

/// PostgreSQL's `strpos`: the number of the character at which a text begins in another, 0 if nowhere.
struct position : portable {
  static constexpr auto name = fixed_string{"position"};
  static constexpr expression_type result(const detail::argument_types& given) {
    if (!detail::is_text(given[0]) || !detail::is_text(given[1])) return expression_type::invalid();
    return {int4::description, given.nullable()};
  }
  template <class Argument, class Wanted>
  static constexpr void write(detail::sink& out, const detail::column_names& names) {
    out.put("pg_catalog.strpos(");
    Argument::write(out, names);
    out.put(" COLLATE \"C\", ");
    Wanted::write(out, names);
    out.put(')');
  }
  static constexpr std::int32_t apply(std::string_view value, std::string_view wanted) {
    std::size_t found = value.find(wanted);
    if (found == std::string_view::npos) return 0;
    return static_cast<std::int32_t>(detail::character_count(value.substr(0, found))) + 1;
  }
};

/// PostgreSQL's `lpad` and `rpad` to a constant number of characters. A longer text is cut at its end by both.
template <side Side, std::int32_t Count>
struct pad : portable {
  static constexpr auto name = [] {
    if constexpr (Side == side::left) {
      return fixed_string{"lpad"};
    } else {
      return fixed_string{"rpad"};
    }
  }();
  static constexpr expression_type result(const detail::argument_types& given) {
    if (!detail::is_text(given[0]) || !detail::is_text(given[2])) return expression_type::invalid();
    return {detail::bounded_text(Count), given.nullable()};
  }
  template <class... Arguments>
  static constexpr void write(detail::sink& out, const detail::column_names& names) {
    detail::write_call<Arguments...>(Side == side::left ? "pg_catalog.lpad" : "pg_catalog.rpad", out, names);
  }
  static constexpr text_value apply(std::string_view value, std::int32_t, std::string_view fill) {
    value = value.substr(0, detail::byte_of_character(value, static_cast<std::uint64_t>(Count)));
    std::size_t missing = static_cast<std::size_t>(Count) - detail::character_count(value);
    if (fill.empty()) missing = 0;
    text_value result;
    if (Side == side::right) result.append(value);
    std::size_t whole = detail::character_count(fill);
    for (; missing > 0 && missing >= whole; missing -= whole) result.append(fill);
    result.append(fill.substr(0, detail::byte_of_character(fill, missing)));
    if (Side == side::left) result.append(value);
    return result;
  }
};

/// PostgreSQL's `reverse`, by characters: accents that are characters of their own change their letter.
struct reverse : shortening {
  static constexpr auto name = fixed_string{"reverse"};
  template <class Argument>
  static constexpr void write(detail::sink& out, const detail::column_names& names) {
    detail::write_call<Argument>("pg_catalog.reverse", out, names);
  }
  static constexpr text_value apply(std::string_view value) {
    text_value result;
    result.reserve(value.size());
    std::size_t end = value.size();
    for (std::size_t i = value.size(); i-- > 0;) {
      if (detail::continues(value[i])) continue;
      result.append(value.substr(i, end - i));
      end = i;
    }
    return result;
  }
};

/// PostgreSQL's `overlay`: a text in the place of a constant number of characters, from a constant place on.
template <std::int32_t Start, std::int32_t Count>
struct overlay : portable {
  static constexpr auto name = fixed_string{"overlay"};
  static constexpr expression_type result(const detail::argument_types& given) {
    if (!detail::is_text(given[0]) || !detail::is_text(given[1])) return expression_type::invalid();
    return {text::description, given.nullable()};
  }
  template <class... Arguments>
  static constexpr void write(detail::sink& out, const detail::column_names& names) {
    detail::write_call<Arguments...>("pg_catalog.overlay", out, names);
  }
  static constexpr text_value apply(std::string_view value, std::string_view other, std::int32_t, std::int32_t) {
    std::size_t first = detail::byte_of_character(value, static_cast<std::uint64_t>(Start - 1));
    text_value result{value.substr(0, first)};
    result.append(other);
    value.remove_prefix(first);
    result.append(value.substr(detail::byte_of_character(value, static_cast<std::uint64_t>(Count))));
    return result;
  }
};

}  // namespace function

namespace detail {

/// The number of a constant, or -1 where the node is none or a negative one.
template <class Node>
constexpr std::int32_t constant_count() {
  if constexpr (is_constant_within<Node, 0, 2147483647>) {
    return small_constant<Node>;
  } else {
    return -1;
  }
}

}  // namespace detail

/// The first `count` characters; with a negative count all but the last. `count` is an `integer` or `smallint`.
template <class Argument, class Count>
consteval auto left(Argument, Count) {
  return detail::make_call<function::left<detail::constant_count<Count>()>, Argument, Count>();
}

/// The last `count` characters; with a negative count all but the first.
template <class Argument, class Count>
consteval auto right(Argument, Count) {
  static_assert(!detail::is_constant_within<Count, -2147483648, -2147483648>,
                "om::right: this count leaves out more than any text has; write om::lit<\"\">");
  return detail::make_call<function::right<detail::constant_count<Count>()>, Argument, Count>();
}

/// The field with a number, counted from 1, between separators: `om::split_part(om::col<"name">, om::lit<",">, om::lit<1>)`.
/// The empty text where there are fewer. An empty separator occurs nowhere.
template <class Argument, class Separator, class Number>
consteval auto split_part(Argument, Separator, Number) {
  constexpr bool fits = detail::is_constant_within<Number, 1, 2147483647>;
  static_assert(fits, "om::split_part: the number of the field is a constant from om::lit<1> on");
  if constexpr (fits) {
    return detail::make_call<function::split_part<detail::small_constant<Number>>, Argument, Separator, Number>();
  } else {
    return mistaken_node{};
  }
}

/// The number of the character at which `wanted` begins in the text, counted from 1; 0 if it does not occur.
template <class Argument, class Wanted>
consteval auto position(Argument, Wanted) {
  return detail::make_call<function::position, Argument, Wanted>();
}

namespace detail {

template <function::side Side, class Argument, class Count, class Fill>
consteval auto call_pad() {
  constexpr bool fits = is_constant_within<Count, 1, 10485760>;
  static_assert(fits, "om::lpad, om::rpad: the length is a constant from om::lit<1> to om::lit<10485760>");
  if constexpr (fits) {
    return make_call<function::pad<Side, small_constant<Count>>, Argument, Count, Fill>();
  } else {
    return mistaken_node{};
  }
}

}  // namespace detail

/// Filled up at its beginning to a constant number of characters: `om::lpad(om::col<"code">, om::lit<8>, om::lit<"0">)`.
/// A longer text is cut at its end.
template <class Argument, class Count, class Fill>
consteval auto lpad(Argument, Count, Fill) {
  return detail::call_pad<function::side::left, Argument, Count, Fill>();
}

/// Filled up at its end to a constant number of characters, or cut there.
template <class Argument, class Count, class Fill>
consteval auto rpad(Argument, Count, Fill) {
  return detail::call_pad<function::side::right, Argument, Count, Fill>();
}

/// The characters from the last to the first.
template <class Argument>
consteval auto reverse(Argument) {
  return detail::make_call<function::reverse, Argument>();
}

/// With `other` in the place of `count` characters from the one numbered `start` on; both are constants.
template <class Argument, class Other, class Start, class Count>
consteval auto overlay(Argument, Other, Start, Count) {
  constexpr bool fits =
      detail::is_constant_within<Start, 1, 1073741823> && detail::is_constant_within<Count, 0, 1073741823>;
  static_assert(fits,
                "om::overlay: start is a constant from om::lit<1> on, and count one from om::lit<0> on, below 2^30");
  if constexpr (fits) {
    return detail::make_call<function::overlay<detail::small_constant<Start>, detail::small_constant<Count>>, Argument,
                             Other, Start, Count>();
  } else {
    return mistaken_node{};
  }
}

}  // namespace online_migration
