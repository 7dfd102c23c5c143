// SPDX-License-Identifier: BSL-1.0
// Values as PostgreSQL gives them (the differential test compares millions), here in constant evaluation on both
// compilers.
#include <concepts>
#include <limits>
#include <optional>
#include <string_view>
#include <type_traits>

#include <online_migration/transform/null_functions.hpp>
#include <online_migration/transform/row.hpp>
#include <online_migration/transform/text_functions.hpp>

namespace om = online_migration;
using om::col, om::lit;

namespace {

/// `a` never NULL, `b` nullable.
template <class Node>
constexpr auto value(Node, std::string_view a, std::optional<std::string_view> b = std::nullopt) {
  return Node::evaluate(om::detail::source_row{om::assignment<"a", std::string_view>{a},
                                               om::assignment<"b", std::optional<std::string_view>>{b}});
}

template <class Node, class Expected>
inline constexpr bool gives = std::same_as<decltype(value(Node{}, "")), Expected>;

template <auto Node, class Expected>
inline constexpr bool type_is = gives<std::remove_const_t<decltype(Node)>, Expected>;

constexpr auto a = col<"a">;
constexpr auto b = col<"b">;
constexpr std::string_view long_text = "  ÄÖÜ abcdefghijklmnopqrstuvwxyz ABCDEFGHIJKLMNOPQRSTUVWXYZ 0123456789  ";

}  // namespace

// trim: U+0020 and nothing else
static_assert(value(om::trim(a), "  Ada ") == "Ada");
static_assert(value(om::trim(a), "") == "");
static_assert(value(om::trim(a), "   ") == "");
static_assert(value(om::trim(a), "\t a\n") == "\t a\n");
static_assert(value(om::trim(a), "\u00a0a\u00a0") == "\u00a0a\u00a0");
static_assert(value(om::ltrim(a), "  a ") == "a ");
static_assert(value(om::rtrim(a), "  a ") == "  a");
static_assert(value(om::ltrim(a), "  ") == "" && value(om::rtrim(a), "  ") == "");
static_assert(value(om::trim(b), "", " x ") == "x");
static_assert(value(om::trim(b), "") == std::nullopt);
static_assert(value(om::trim(om::ascii_lower(a)), "  ADA ") == "ada");
static_assert(value(om::ltrim(om::ascii_lower(a)), " A ") == "a " &&
              value(om::rtrim(om::ascii_lower(a)), " A ") == " a");

// ASCII letters change, no other
static_assert(value(om::ascii_lower(a), "AZaz@[`{09") == "azaz@[`{09");
static_assert(value(om::ascii_upper(a), "AZaz@[`{09") == "AZAZ@[`{09");
static_assert(value(om::ascii_lower(a), "ÄÖÜİẞß") == "ÄÖÜİẞß");
static_assert(value(om::ascii_upper(a), "äöüıß") == "äöüıß");
static_assert(value(om::ascii_upper(b), "", "x") == "X");
static_assert(value(om::ascii_upper(b), "") == std::nullopt);
static_assert(value(om::ascii_lower(om::trim(a)), long_text) ==
              "ÄÖÜ abcdefghijklmnopqrstuvwxyz abcdefghijklmnopqrstuvwxyz 0123456789");

// length counts characters
static_assert(value(om::length(a), "") == 0);
static_assert(value(om::length(a), "abc") == 3);
static_assert(value(om::length(a), "äß😀") == 3);
static_assert(value(om::length(a), "e\u0301") == 2);
static_assert(value(om::length(b), "") == std::nullopt);
static_assert(value(om::length(om::ascii_lower(b)), "", "Ä") == 1);

// substring counts from 1; what lies before 1 is counted, too
static_assert(value(om::substring(a, lit<1>, lit<3>), "abcdef") == "abc");
static_assert(value(om::substring(a, lit<3>, lit<2>), "abcdef") == "cd");
static_assert(value(om::substring(a, lit<0>, lit<3>), "abcdef") == "ab");
static_assert(value(om::substring(a, lit<-1>, lit<3>), "abcdef") == "a");
static_assert(value(om::substring(a, lit<-5>, lit<3>), "abcdef") == "");
static_assert(value(om::substring(a, lit<2>, lit<0>), "abcdef") == "");
static_assert(value(om::substring(a, lit<5>, lit<10>), "abcdef") == "ef");
static_assert(value(om::substring(a, lit<7>, lit<1>), "abcdef") == "");
static_assert(value(om::substring(a, lit<2>, lit<2>), "äß😀é") == "ß😀");
static_assert(value(om::substring(a, lit<1>, lit<2147483647>), "äß") == "äß");
static_assert(value(om::substring(a, lit<2147483647>, lit<2147483647>), "äß") == "");
static_assert(value(om::substring(a, lit<-2147483647 - 1>, lit<2147483647>), "äß") == "");
static_assert(value(om::substring(om::ascii_upper(a), lit<2>, lit<1>), "äbc") == "B");
static_assert(value(om::substring(b, lit<1>, lit<1>), "") == std::nullopt);

// replace, from left to right; an empty pattern occurs nowhere
static_assert(value(om::replace(a, lit<"aa">, lit<"b">), "aaaaa") == "bba");
static_assert(value(om::replace(a, lit<"">, lit<"x">), "abc") == "abc");
static_assert(value(om::replace(a, lit<"b">, lit<"">), "abcb") == "ac");
static_assert(value(om::replace(a, lit<"b">, lit<"bb">), "bab") == "bbabb");
static_assert(value(om::replace(a, lit<"ß">, lit<"ss">), "Maße, Straße") == "Masse, Strasse");
static_assert(value(om::replace(a, a, lit<"x">), "abc") == "x");
static_assert(value(om::replace(a, a, lit<"x">), "") == "");
static_assert(value(om::replace(a, lit<"a">, b), "abc", "_") == "_bc");
static_assert(value(om::replace(a, lit<"z">, b), "abc") == std::nullopt);  // NULL even where nothing is to be replaced

// concat: NULL is nothing
static_assert(value(om::concat(a, lit<"-">, b), "x", "y") == "x-y");
static_assert(value(om::concat(a, lit<"-">, b), "x") == "x-");
static_assert(value(om::concat(b), "") == "");
static_assert(value(om::concat(b, b), "", "ab") == "abab");
static_assert(value(om::concat(om::ascii_lower(b), om::coalesce(b, a)), "Z", "Q") == "qQ");
static_assert(value(om::concat(om::ascii_lower(b), om::coalesce(b, a)), "Z") == "Z");

// What narrows gives views; what changes bytes owns them; NULL in, NULL out is in the type
static_assert(type_is<om::trim(om::col<"a">), std::string_view>);
static_assert(type_is<om::trim(om::col<"b">), std::optional<std::string_view>>);
static_assert(type_is<om::substring(om::col<"b">, om::lit<1>, om::lit<2>), std::optional<std::string_view>>);
static_assert(type_is<om::ascii_lower(om::col<"a">), om::text_value>);
static_assert(type_is<om::trim(om::ascii_lower(om::col<"b">)), std::optional<om::text_value>>);
static_assert(type_is<om::replace(om::col<"a">, om::lit<"x">, om::col<"b">), std::optional<om::text_value>>);
static_assert(type_is<om::concat(om::col<"b">, om::col<"b">), om::text_value>);
static_assert(type_is<om::length(om::col<"a">), std::int32_t>);
static_assert(type_is<om::length(om::col<"b">), std::optional<std::int32_t>>);
