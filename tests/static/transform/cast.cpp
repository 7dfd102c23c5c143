// SPDX-License-Identifier: BSL-1.0
// om::cast between whole numbers: values at the limits of each type, its type, its SQL, and what it means for a
// migration.
#include <concepts>
#include <cstdint>
#include <limits>
#include <optional>
#include <string_view>

#include <online_migration/static.hpp>

#include "static/contains.hpp"

namespace om = online_migration;
using om::cast, om::col, om::lit;

namespace {

struct numbers
    : om::table<"numbers", om::column<"id", om::bigint, om::primary_key>, om::column<"i2", om::smallint, om::not_null>,
                om::column<"i4", om::integer, om::not_null>, om::column<"i8", om::bigint, om::not_null>,
                om::column<"maybe", om::bigint>, om::column<"name", om::text, om::not_null>,
                om::column<"f8", om::float8>, om::column<"flag", om::boolean>, om::column<"at", om::timestamptz>> {};

template <auto Transform, class Type, class... Options>
struct casting : om::migration<"n", numbers, om::add_column<"new", Type, Transform, Options...>> {};

using to_int2 = casting<cast<om::smallint>(col<"i8">), om::smallint, om::not_null>;
using to_int4 = casting<cast<om::integer>(col<"i8">), om::integer, om::not_null>;
using maybe_int4 = casting<cast<om::integer>(col<"maybe">), om::integer>;
using to_int8 = casting<cast<om::bigint>(col<"i2">), om::bigint, om::not_null>;

template <class Number>
inline constexpr std::int64_t least = std::numeric_limits<Number>::min();
template <class Number>
inline constexpr std::int64_t greatest = std::numeric_limits<Number>::max();

/// Whether the compiler can compute the new value: it cannot where PostgreSQL has none.
template <class Migration, std::int64_t Value>
concept has_value = requires { typename std::integral_constant<std::int64_t, om::transform<Migration>(Value)>; };

template <class Node>
constexpr bool writes(Node, std::string_view expected) {
  char text[256]{};
  om::detail::sink out{text};
  Node::write(out, {});
  return std::string_view{text, out.size} == expected;
}

template <class Type, auto Transform, class... Options>
using verdict = om::detail::check_migration<"m", numbers, om::add_column<"new", Type, Transform, Options...>>;

}  // namespace

// The limits, and one beyond them.
static_assert(om::transform<to_int2>(greatest<std::int16_t>) == 32767);
static_assert(om::transform<to_int2>(least<std::int16_t>) == -32768);
static_assert(has_value<to_int2, 0> && has_value<to_int2, 32767> && has_value<to_int2, -32768>);
static_assert(!has_value<to_int2, 32768> && !has_value<to_int2, -32769>);
static_assert(om::transform<to_int4>(greatest<std::int32_t>) == 2147483647);
static_assert(om::transform<to_int4>(least<std::int32_t>) == -2147483647 - 1);
static_assert(!has_value<to_int4, greatest<std::int32_t> + 1> && !has_value<to_int4, least<std::int32_t> - 1>);
static_assert(!has_value<to_int4, greatest<std::int64_t>> && !has_value<to_int4, least<std::int64_t>>);
// What a plain conversion would wrap into the range.
static_assert(!has_value<to_int4, std::int64_t{1} << 32> && !has_value<to_int2, (1 << 16) + 7>);

// Into a type that is wider, or the same.
static_assert(om::transform<to_int8>(std::int16_t{-32768}) == -32768);
static_assert(om::transform<casting<cast<om::bigint>(col<"i8">), om::bigint>>(least<std::int64_t>) ==
              least<std::int64_t>);

// NULL in, NULL out; the C++ types are those of the columns.
static_assert(om::transform<maybe_int4>(std::nullopt) == std::nullopt);
static_assert(om::transform<maybe_int4>(std::optional<std::int64_t>{-7}) == -7);
static_assert(std::same_as<decltype(om::transform<to_int2>(1)), std::int16_t>);
static_assert(std::same_as<decltype(om::transform<to_int4>(1)), std::int32_t>);
static_assert(std::same_as<decltype(om::transform<maybe_int4>(1)), std::optional<std::int32_t>>);
static_assert(std::same_as<decltype(om::transform<to_int8>(std::int16_t{1})), std::int64_t>);

// Over other functions, and below them.
static_assert(om::transform<casting<cast<om::smallint>(om::length(col<"name">)), om::smallint, om::not_null>>("äöü") ==
              3);
static_assert(om::transform<casting<om::coalesce(cast<om::integer>(col<"maybe">), lit<-1>), om::integer, om::not_null>>(
                  std::nullopt) == -1);
static_assert(om::transform<casting<cast<om::smallint>(cast<om::integer>(col<"i8">)), om::smallint>>(7) == 7);

static_assert(writes(cast<om::integer>(col<"i8">), R"(("i8")::integer)"));
static_assert(writes(cast<om::smallint>(om::length(col<"name">)), R"((pg_catalog.length("name"))::smallint)"));
static_assert(writes(cast<om::bigint>(lit<-1>), R"(((-1)::integer)::bigint)"));

// Texts and truth values.
static_assert(om::transform<casting<cast<om::text>(col<"i8">), om::text>>(least<std::int64_t>) ==
              "-9223372036854775808");
static_assert(om::transform<casting<cast<om::text>(col<"flag">), om::varchar<5>>>(false) == "false");
static_assert(om::transform<casting<cast<om::integer>(col<"name">), om::integer>>(" \n-0012\t") == -12);
static_assert(om::transform<casting<cast<om::bigint>(col<"name">), om::bigint>>("-9223372036854775808") ==
              least<std::int64_t>);
static_assert(om::transform<casting<cast<om::integer>(col<"flag">), om::integer>>(true) == 1);
static_assert(om::transform<casting<cast<om::boolean>(col<"i4">), om::boolean>>(-3));
static_assert(om::transform<casting<cast<om::boolean>(col<"name">), om::boolean>>(" oFF ") == false);
template <class Migration>
concept reads_0x1f = requires { typename std::bool_constant<(om::transform<Migration>("0x1F"), true)>; };
static_assert(!reads_0x1f<casting<cast<om::integer>(col<"name">), om::integer>>);
static_assert(reads_0x1f<casting<col<"name">, om::text>>);
static_assert(
    contains(om::statements<casting<cast<om::integer>(col<"name">), om::integer>>::create_total_function.view(),
             R"((pg_catalog.translate($1::text, '_xXoObB', '!!!!!!!'))::integer)"));
// A constant that fits cannot fail.
static_assert(cast<om::smallint>(lit<32767>).total && !cast<om::integer>(col<"i8">).total &&
              cast<om::text>(col<"i8">).total);

// Types: as nullable as its argument; partial, so another function stands for it in SQL.
static_assert(std::same_as<verdict<om::integer, cast<om::integer>(col<"i8">)>, om::accepted>);
static_assert(std::same_as<verdict<om::bigint, cast<om::integer>(col<"i8">)>, om::accepted>);
static_assert(std::same_as<verdict<om::smallint, cast<om::integer>(col<"i8">)>,
                           om::type_mismatch<"new", om::given<"integer">, om::declared<"smallint">>>);
static_assert(std::same_as<verdict<om::integer, cast<om::integer>(col<"f8">)>,
                           om::wrong_argument<numbers, "cast", om::given<"double precision">>>);
static_assert(std::same_as<verdict<om::smallint, cast<om::smallint>(col<"flag">)>,
                           om::wrong_argument<numbers, "cast", om::given<"boolean">>>);
static_assert(std::same_as<verdict<om::text, cast<om::text>(col<"f8">)>,
                           om::wrong_argument<numbers, "cast", om::given<"double precision">>>);
static_assert(std::same_as<verdict<om::boolean, cast<om::boolean>(col<"i8">)>,
                           om::wrong_argument<numbers, "cast", om::given<"bigint">>>);
static_assert(std::same_as<verdict<om::integer, cast<om::integer>(col<"at">)>,
                           om::wrong_argument<numbers, "cast", om::given<"timestamp with time zone">>>);
static_assert(std::same_as<verdict<om::integer, cast<om::integer>(col<"maybe">), om::not_null>,
                           om::nullable_into_not_null<numbers, "new", om::nullable_columns<"maybe">>>);
static_assert(!om::describe_migration<to_int4>.total && om::describe_migration<to_int4>.in == om::worlds::portable);
static_assert(contains(om::statements<to_int4>::backfill_chunk.view(), R"("public"."om_total_n"(t."i8"))"));

// Part of the fingerprint.
static_assert(om::fingerprint<to_int4> !=
              om::fingerprint<casting<cast<om::smallint>(col<"i8">), om::integer, om::not_null>>);
static_assert(om::fingerprint<casting<cast<om::bigint>(col<"i4">), om::bigint>> !=
              om::fingerprint<casting<col<"i4">, om::bigint>>);
