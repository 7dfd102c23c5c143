// SPDX-License-Identifier: BSL-1.0
// The verdicts of the rules about types: M002, M003, M013.
#include <concepts>
#include <string_view>

#include <online_migration/static.hpp>

namespace om = online_migration;
using om::accepted, om::col, om::declared, om::given, om::lit;

namespace {

struct things
    : om::table<"things", om::column<"id", om::bigint, om::primary_key>, om::column<"name", om::text, om::not_null>,
                om::column<"nick", om::text>, om::column<"code", om::varchar<8>, om::not_null>,
                om::column<"zip", om::varchar<5>>, om::column<"flag", om::boolean>, om::column<"i2", om::int2>,
                om::column<"i4", om::int4>, om::column<"f8", om::float8>, om::column<"uid", om::uuid>,
                om::column<"at", om::timestamptz>, om::column<"local", om::timestamp>> {};

template <class Type, auto Transform, class... Options>
using verdict = om::detail::check_migration<"m", things, om::add_column<"new", Type, Transform, Options...>>;

template <class Type, auto Transform, class... Options>
inline constexpr bool fits = std::same_as<verdict<Type, Transform, Options...>, accepted>;

template <class Type, auto Transform, om::fixed_string Given, om::fixed_string Declared>
inline constexpr bool differs =
    std::same_as<verdict<Type, Transform>, om::type_mismatch<"new", given<Given>, declared<Declared>>>;

std::string_view same(std::string_view text) { return text; }

}  // namespace

// M002: every type into itself
static_assert(fits<om::bigint, col<"id">> && fits<om::text, col<"name">> && fits<om::varchar<5>, col<"zip">>);
static_assert(fits<om::boolean, col<"flag">> && fits<om::int2, col<"i2">> && fits<om::float8, col<"f8">>);
static_assert(fits<om::uuid, col<"uid">> && fits<om::timestamptz, col<"at">> && fits<om::boolean, lit<true>>);

// whole numbers into wider ones, and into double precision as far as it holds them
static_assert(fits<om::int4, col<"i2">> && fits<om::int8, col<"i2">> && fits<om::int8, col<"i4">> &&
              fits<om::bigint, lit<1>>);
static_assert(fits<om::float8, col<"i2">> && fits<om::float8, col<"i4">>);
static_assert(differs<om::float8, col<"id">, "bigint", "double precision">);
static_assert(differs<om::int4, col<"id">, "bigint", "integer">);
static_assert(differs<om::int2, col<"i4">, "integer", "smallint">);
static_assert(differs<om::int2, lit<1>, "integer", "smallint">);
static_assert(differs<om::int8, col<"f8">, "double precision", "bigint">);

// texts
static_assert(fits<om::text, col<"zip">> && fits<om::text, om::trim(col<"code">)>);
static_assert(fits<om::varchar<8>, col<"zip">> && fits<om::varchar<8>, om::ascii_upper(col<"code">)>);
static_assert(fits<om::varchar<3>, om::substring(col<"name">, lit<1>, lit<3>)>);
static_assert(fits<om::varchar<14>, om::concat(col<"code">, lit<"-">, col<"zip">)>);
static_assert(fits<om::varchar<3>, lit<"äöü">>);
static_assert(differs<om::varchar<4>, col<"zip">, "character varying(5)", "character varying(4)">);
static_assert(differs<om::varchar<99>, col<"name">, "text", "character varying(99)">);
static_assert(differs<om::varchar<2>, om::substring(col<"name">, lit<1>, lit<3>), "text(3)", "character varying(2)">);
static_assert(
    differs<om::varchar<13>, om::concat(col<"code">, lit<"-">, col<"zip">), "text(14)", "character varying(13)">);
static_assert(differs<om::varchar<99>, om::lower(col<"zip">), "text", "character varying(99)">);
static_assert(differs<om::varchar<99>, om::replace(col<"zip">, lit<"a">, lit<"b">), "text", "character varying(99)">);

// everything else is another type
static_assert(differs<om::text, col<"id">, "bigint", "text">);
static_assert(differs<om::bigint, col<"name">, "text", "bigint">);
static_assert(differs<om::text, om::length(col<"name">), "integer", "text">);
static_assert(differs<om::int4, col<"flag">, "boolean", "integer">);
static_assert(differs<om::text, col<"uid">, "uuid", "text">);
static_assert(differs<om::timestamptz, col<"id">, "bigint", "timestamp with time zone">);
// no zone is guessed, in neither direction
static_assert(fits<om::timestamp, col<"local">>);
static_assert(differs<om::timestamptz, col<"local">, "timestamp without time zone", "timestamp with time zone">);
static_assert(differs<om::timestamp, col<"at">, "timestamp with time zone", "timestamp without time zone">);
static_assert(differs<om::int4, om::sql<"1", om::text>(), "text", "integer">);
static_assert(differs<om::int4, om::computed<&same, "same/1">(col<"name">), "text", "integer">);

// M003
static_assert(fits<om::text, col<"name">, om::not_null> && fits<om::text, col<"nick">>);
static_assert(std::same_as<verdict<om::text, col<"nick">, om::not_null>,
                           om::nullable_into_not_null<things, "new", om::nullable_columns<"nick">>>);
static_assert(std::same_as<verdict<om::text, om::trim(col<"nick">), om::not_null>,
                           om::nullable_into_not_null<things, "new", om::nullable_columns<"nick">>>);
static_assert(std::same_as<verdict<om::text, om::replace(col<"name">, lit<"a">, col<"nick">), om::not_null>,
                           om::nullable_into_not_null<things, "new", om::nullable_columns<"nick">>>);
static_assert(std::same_as<verdict<om::text, om::sql<"'x'", om::text>(), om::not_null>,
                           om::nullable_into_not_null<things, "new", om::nullable_columns<>>>);
static_assert(std::same_as<verdict<om::text, om::computed<&same, "same/1">(col<"nick">), om::not_null>,
                           om::nullable_into_not_null<things, "new", om::nullable_columns<"nick">>>);
static_assert(fits<om::text, om::coalesce(col<"nick">, lit<"">), om::not_null>);
static_assert(fits<om::text, om::coalesce(col<"nick">, col<"name">), om::not_null>);
static_assert(fits<om::text, om::concat(col<"nick">), om::not_null>);
static_assert(fits<om::text, om::coalesce(om::sql<"'x'", om::text>(), lit<"">), om::not_null>);
static_assert(fits<om::text, om::computed<&same, "same/1">(col<"name">), om::not_null>);
static_assert(fits<om::bigint, col<"id">, om::not_null>);  // a key is never NULL

// M002 comes before M003
static_assert(std::same_as<verdict<om::int4, col<"nick">, om::not_null>,
                           om::type_mismatch<"new", given<"text">, declared<"integer">>>);

// M013: the innermost function that is wrong
static_assert(
    std::same_as<verdict<om::text, om::trim(col<"id">)>, om::wrong_argument<things, "trim", given<"bigint">>>);
static_assert(std::same_as<verdict<om::text, om::ascii_lower(om::trim(col<"i4">))>,
                           om::wrong_argument<things, "trim", given<"integer">>>);
static_assert(std::same_as<verdict<om::text, om::ascii_lower(om::length(col<"name">))>,
                           om::wrong_argument<things, "ascii_lower", given<"integer">>>);
static_assert(std::same_as<verdict<om::text, om::concat(col<"name">, lit<1>)>,
                           om::wrong_argument<things, "concat", given<"text">, given<"integer">>>);
static_assert(std::same_as<verdict<om::text, om::coalesce(col<"name">, col<"i4">)>,
                           om::wrong_argument<things, "coalesce", given<"text">, given<"integer">>>);
static_assert(
    std::same_as<verdict<om::int4, om::length(col<"uid">)>, om::wrong_argument<things, "length", given<"uuid">>>);
static_assert(
    std::same_as<verdict<om::text, om::lower(col<"flag">)>, om::wrong_argument<things, "lower", given<"boolean">>>);
static_assert(std::same_as<verdict<om::text, om::computed<&same, "same/1">(om::trim(col<"id">))>,
                           om::wrong_argument<things, "trim", given<"bigint">>>);

// Options
static_assert(om::add_column<"new", om::text, col<"name">>::trigger_keeps &&
              !om::add_column<"new", om::text, col<"name">>::is_required);
static_assert(om::add_column<"new", om::text, col<"name">, om::not_null>::is_required);
static_assert(!om::add_column<"new", om::text, col<"name">, om::kept_by_application>::trigger_keeps);
static_assert(!om::derived_column_option<om::primary_key>);
