// SPDX-License-Identifier: BSL-1.0
// coalesce over every mix of NULL, views, owned texts and numbers.
#include <concepts>
#include <cstdint>
#include <optional>
#include <string_view>

#include <online_migration/transform/null_functions.hpp>
#include <online_migration/transform/row.hpp>
#include <online_migration/transform/text_functions.hpp>

namespace om = online_migration;
using om::col, om::lit;

namespace {

using text = std::string_view;
using maybe = std::optional<std::string_view>;

template <class Node>
constexpr auto value(Node, maybe a, maybe b = std::nullopt, std::optional<std::int32_t> n = std::nullopt) {
  return Node::evaluate(om::detail::source_row{om::assignment<"a", maybe>{a}, om::assignment<"b", maybe>{b},
                                               om::assignment<"n", std::optional<std::int32_t>>{n},
                                               om::assignment<"known", text>{"known"}});
}

template <class Expected, class Node>
constexpr bool gives(Node) {
  return std::same_as<decltype(value(Node{}, maybe{})), Expected>;
}

constexpr auto a = col<"a">;
constexpr auto b = col<"b">;

}  // namespace

static_assert(value(om::coalesce(a, b), "1", "2") == "1");
static_assert(value(om::coalesce(a, b), std::nullopt, "2") == "2");
static_assert(value(om::coalesce(a, b), std::nullopt) == std::nullopt);
static_assert(value(om::coalesce(a, b), "", "2") == "");  // the empty text is a value
static_assert(value(om::coalesce(a, b, lit<"3">), std::nullopt) == "3");
static_assert(value(om::coalesce(a), "1") == "1" && value(om::coalesce(a), std::nullopt) == std::nullopt);
static_assert(value(om::coalesce(col<"known">, a), "1") == "known");

static_assert(gives<maybe>(om::coalesce(a, b)));
static_assert(gives<text>(om::coalesce(a, b, lit<"3">)));
static_assert(gives<text>(om::coalesce(col<"known">, a)));
static_assert(gives<text>(om::coalesce(a, col<"known">, b)));

// a view first, an owned text later, and the other way round
static_assert(value(om::coalesce(a, om::ascii_lower(b)), "A", "B") == "A");
static_assert(value(om::coalesce(a, om::ascii_lower(b)), std::nullopt, "B") == "b");
static_assert(value(om::coalesce(om::ascii_lower(a), b), "A", "B") == "a");
static_assert(value(om::coalesce(om::ascii_lower(a), b), std::nullopt, "B") == "B");
static_assert(value(om::coalesce(om::ascii_lower(a), b), std::nullopt) == std::nullopt);
static_assert(value(om::coalesce(om::ascii_lower(a), lit<"x">), std::nullopt) == "x");
static_assert(value(om::coalesce(col<"known">, om::ascii_lower(b)), std::nullopt) == "known");
static_assert(value(om::coalesce(a, om::coalesce(om::ascii_lower(b), lit<"x">)), std::nullopt) == "x");
static_assert(gives<std::optional<om::text_value>>(om::coalesce(a, om::ascii_lower(b))));
static_assert(gives<std::optional<om::text_value>>(om::coalesce(om::ascii_lower(a), b)));
static_assert(gives<om::text_value>(om::coalesce(om::ascii_lower(a), lit<"x">)));
static_assert(gives<om::text_value>(om::coalesce(a, om::ascii_lower(b), lit<"x">)));
static_assert(gives<om::text_value>(om::coalesce(col<"known">, om::ascii_lower(b))));

// numbers
static_assert(value(om::coalesce(col<"n">, lit<7>), "", "", 3) == 3);
static_assert(value(om::coalesce(col<"n">, lit<7>), "") == 7);
static_assert(value(om::coalesce(om::length(a), lit<-1>), std::nullopt) == -1);
static_assert(value(om::coalesce(om::length(a), col<"n">), std::nullopt) == std::nullopt);
static_assert(gives<std::int32_t>(om::coalesce(col<"n">, lit<7>)));

// over other functions
static_assert(value(om::trim(om::coalesce(a, b)), std::nullopt, " x ") == "x");
static_assert(value(om::length(om::coalesce(om::ascii_lower(a), b)), std::nullopt, "äö") == 2);
