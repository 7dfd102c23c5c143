// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <utility>

#include <online_migration/transform/call.hpp>
#include <online_migration/transform/utf8.hpp>

namespace online_migration {

/// Portable text functions: each means exactly the same in PostgreSQL and in C++, for every valid UTF-8 text.
/// Where PostgreSQL's answer depends on the collation, the SQL names the collation "C".
namespace function {

struct portable {
  static constexpr worlds in = worlds::portable;
  static constexpr bool total = true;
};

/// One text in, one text out that is not longer.
struct shortening : portable {
  static constexpr expression_type result(const detail::argument_types& given) {
    if (!detail::is_text(given[0])) return expression_type::invalid();
    return {given[0].type.underlying(), given.nullable()};
  }
};

enum class side : unsigned char { left = 1, right = 2, both = 3 };

template <side Side>
struct trim_spaces : shortening {
  static constexpr std::string_view trimmed(std::string_view value) {
    if constexpr (Side != side::right) {
      while (!value.empty() && value.front() == ' ') value.remove_prefix(1);
    }
    if constexpr (Side != side::left) {
      while (!value.empty() && value.back() == ' ') value.remove_suffix(1);
    }
    return value;
  }

  static constexpr std::string_view apply(std::string_view value) { return trimmed(value); }

  static constexpr text_value apply(text_value value) {
    std::string_view kept = trimmed(value.view());
    value.narrow(static_cast<std::size_t>(kept.data() - value.data()), kept.size());
    return value;
  }
};

struct trim : trim_spaces<side::both> {
  static constexpr auto name = fixed_string{"trim"};
  template <class Argument>
  static constexpr void write(detail::sink& out, const detail::column_names& names) {
    detail::write_call<Argument>("pg_catalog.btrim", out, names);
  }
};

struct ltrim : trim_spaces<side::left> {
  static constexpr auto name = fixed_string{"ltrim"};
  template <class Argument>
  static constexpr void write(detail::sink& out, const detail::column_names& names) {
    detail::write_call<Argument>("pg_catalog.ltrim", out, names);
  }
};

struct rtrim : trim_spaces<side::right> {
  static constexpr auto name = fixed_string{"rtrim"};
  template <class Argument>
  static constexpr void write(detail::sink& out, const detail::column_names& names) {
    detail::write_call<Argument>("pg_catalog.rtrim", out, names);
  }
};

/// Changes the case of the 26 ASCII letters only.
template <char First, char Last, int Offset>
struct ascii_case : shortening {
  static constexpr text_value apply(std::string_view value) { return apply(text_value{value}); }

  static constexpr text_value apply(text_value value) {
    char* letters = value.data();
    for (std::size_t i = 0; i < value.size(); ++i) {
      if (letters[i] >= First && letters[i] <= Last) letters[i] = static_cast<char>(letters[i] + Offset);
    }
    return value;
  }
};

struct ascii_lower : ascii_case<'A', 'Z', 'a' - 'A'> {
  static constexpr auto name = fixed_string{"ascii_lower"};
  template <class Argument>
  static constexpr void write(detail::sink& out, const detail::column_names& names) {
    out.put("pg_catalog.lower(");
    Argument::write(out, names);
    out.put(" COLLATE \"C\")");
  }
};

struct ascii_upper : ascii_case<'a', 'z', 'A' - 'a'> {
  static constexpr auto name = fixed_string{"ascii_upper"};
  template <class Argument>
  static constexpr void write(detail::sink& out, const detail::column_names& names) {
    out.put("pg_catalog.upper(");
    Argument::write(out, names);
    out.put(" COLLATE \"C\")");
  }
};

/// PostgreSQL's `length`: the number of characters.
struct length : portable {
  static constexpr auto name = fixed_string{"length"};
  static constexpr expression_type result(const detail::argument_types& given) {
    if (!detail::is_text(given[0])) return expression_type::invalid();
    return {int4::description, given.nullable()};
  }
  template <class Argument>
  static constexpr void write(detail::sink& out, const detail::column_names& names) {
    detail::write_call<Argument>("pg_catalog.length", out, names);
  }
  static constexpr std::int32_t apply(std::string_view value) {
    return static_cast<std::int32_t>(detail::character_count(value));
  }
};

/// PostgreSQL's `substring(text from start for count)` with a constant start and a constant count >= 0: a negative
/// count would be an error at run time, so it is one at compile time.
template <std::int32_t Start, std::int32_t Count>
struct substring : portable {
  static constexpr auto name = fixed_string{"substring"};
  static constexpr std::int64_t end = static_cast<std::int64_t>(Start) + Count;
  static constexpr std::int64_t first = Start > 1 ? Start : 1;
  static constexpr std::int64_t count = end > first ? end - first : 0;

  static constexpr expression_type result(const detail::argument_types& given) {
    if (!detail::is_text(given[0])) return expression_type::invalid();
    type_description bounded = text::description;
    bounded.length = static_cast<std::int32_t>(count > 0 ? count : 1);
    if (given[0].type.length != 0 && given[0].type.length < bounded.length) bounded.length = given[0].type.length;
    return {bounded, given.nullable()};
  }

  template <class Argument, class StartNode, class CountNode>
  static constexpr void write(detail::sink& out, const detail::column_names& names) {
    detail::write_call<Argument, StartNode, CountNode>("pg_catalog.substr", out, names);
  }

  static constexpr std::string_view cut(std::string_view value) {
    std::string_view rest = value.substr(detail::byte_of_character(value, static_cast<std::uint64_t>(first - 1)));
    return rest.substr(0, detail::byte_of_character(rest, static_cast<std::uint64_t>(count)));
  }
  static constexpr std::string_view apply(std::string_view value, std::int32_t, std::int32_t) { return cut(value); }
  static constexpr text_value apply(text_value value, std::int32_t, std::int32_t) {
    std::string_view kept = cut(value.view());
    value.narrow(static_cast<std::size_t>(kept.data() - value.data()), kept.size());
    return value;
  }
};

/// PostgreSQL's `replace`: every occurrence, from left to right, of a text that is not empty.
struct replace : portable {
  static constexpr auto name = fixed_string{"replace"};
  static constexpr expression_type result(const detail::argument_types& given) {
    for (std::size_t i = 0; i < 3; ++i) {
      if (!detail::is_text(given[i])) return expression_type::invalid();
    }
    return {text::description, given.nullable()};
  }
  template <class Argument, class From, class To>
  static constexpr void write(detail::sink& out, const detail::column_names& names) {
    out.put("pg_catalog.replace(");
    Argument::write(out, names);
    out.put(" COLLATE \"C\", ");
    From::write(out, names);
    out.put(", ");
    To::write(out, names);
    out.put(')');
  }
  static constexpr text_value apply(std::string_view value, std::string_view from, std::string_view to) {
    text_value result;
    std::size_t position = 0;
    while (!from.empty()) {
      std::size_t found = value.find(from, position);
      if (found == std::string_view::npos) break;
      result.append(value.substr(position, found - position));
      result.append(to);
      position = found + from.size();
    }
    result.append(value.substr(position));
    return result;
  }
};

/// PostgreSQL's `concat` for texts: NULL counts as the empty text, so the result is never NULL. Written with `||`,
/// because `concat()` itself is not immutable.
struct concat : portable {
  static constexpr auto name = fixed_string{"concat"};
  static constexpr bool lenient = true;

  static constexpr expression_type result(const detail::argument_types& given) {
    type_description joined = text::description;
    bool bounded = true;
    std::int64_t length = 0;
    for (std::size_t i = 0; i < given.count; ++i) {
      if (!detail::is_text(given[i])) return expression_type::invalid();
      bounded = bounded && given[i].type.length != 0;
      length += given[i].type.length;
    }
    if (bounded && length <= 10485760) joined.length = static_cast<std::int32_t>(length);
    return {joined, false};
  }

  template <class... Arguments>
  static constexpr void write(detail::sink& out, const detail::column_names& names) {
    out.put('(');
    bool first = true;
    ((first ? void(first = false) : out.put(" || "), write_one<Arguments>(out, names)), ...);
    out.put(')');
  }

  template <class... Values>
  static constexpr text_value apply(const Values&... values) {
    text_value result;
    (append(result, values), ...);
    return result;
  }

 private:
  template <class Argument>
  static constexpr void write_one(detail::sink& out, const detail::column_names& names) {
    out.put("COALESCE(");
    Argument::write(out, names);
    out.put(", ''::text)");
  }
  template <class Value>
  static constexpr void append(text_value& result, const Value& value) {
    if constexpr (detail::is_optional<Value>) {
      if (value.has_value()) result.append(std::string_view{*value});
    } else {
      result.append(std::string_view{value});
    }
  }
};

}  // namespace function

/// Without the spaces at both ends. Only U+0020 is removed, as by PostgreSQL's `btrim`.
template <class Argument>
consteval auto trim(Argument) {
  return detail::make_call<function::trim, Argument>();
}

/// Without the spaces at the beginning.
template <class Argument>
consteval auto ltrim(Argument) {
  return detail::make_call<function::ltrim, Argument>();
}

/// Without the spaces at the end.
template <class Argument>
consteval auto rtrim(Argument) {
  return detail::make_call<function::rtrim, Argument>();
}

/// With `A`-`Z` in lower case and every other character as it is. For a collation's lower case see `om::lower`.
template <class Argument>
consteval auto ascii_lower(Argument) {
  return detail::make_call<function::ascii_lower, Argument>();
}

/// With `a`-`z` in upper case and every other character as it is.
template <class Argument>
consteval auto ascii_upper(Argument) {
  return detail::make_call<function::ascii_upper, Argument>();
}

/// The number of characters, an `integer`.
template <class Argument>
consteval auto length(Argument) {
  return detail::make_call<function::length, Argument>();
}

/// `Count` characters from the one numbered `Start`, counted from 1: `om::substring(om::col<"code">, om::lit<1>, om::lit<3>)`.
template <class Argument, class Start, class Count>
consteval auto substring(Argument, Start, Count) {
  constexpr bool fits = detail::is_small_constant<Start> && detail::is_constant_within<Count, 0, 2147483647>;
  static_assert(fits, "om::substring: start and count are constants such as om::lit<1>, and count is not negative");
  if constexpr (fits) {
    return detail::make_call<function::substring<detail::small_constant<Start>, detail::small_constant<Count>>,
                             Argument, Start, Count>();
  } else {
    return mistaken_node{};
  }
}

/// With every occurrence of `from` replaced by `to`; an empty `from` occurs nowhere.
template <class Argument, class From, class To>
consteval auto replace(Argument, From, To) {
  return detail::make_call<function::replace, Argument, From, To>();
}

/// The texts in a row. NULL counts as empty, so the result is never NULL.
template <class... Arguments>
  requires(sizeof...(Arguments) > 0)
consteval auto concat(Arguments...) {
  return detail::make_call<function::concat, Arguments...>();
}

}  // namespace online_migration
