// SPDX-License-Identifier: BSL-1.0
// What the rules say about types: which widen into which (M002), walk a table (M005), take a value (M009) and are for
// the client (M024).
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <online_migration/static.hpp>

namespace om = online_migration;
using om::array, om::character, om::domain, om::enumeration, om::numeric, om::varchar;

namespace {

template <class From, class To>
inline constexpr bool widens = om::detail::widens_to(From::description, To::description);

using mood = enumeration<"mood", "sad", "ok">;
using email = domain<"email", om::text>;

// A number into a wider one.
static_assert(widens<om::int2, om::float4> && !widens<om::int4, om::float4>);
static_assert(widens<om::float4, om::float8> && !widens<om::float8, om::float4>);
static_assert(widens<om::int8, numeric<>> && widens<numeric<5, 2>, numeric<>> && !widens<numeric<>, numeric<5, 2>>);
static_assert(widens<om::int8, numeric<19>> && !widens<om::int8, numeric<18>>);
static_assert(widens<om::int2, numeric<7, 2>> && !widens<om::int2, numeric<6, 2>>);
static_assert(widens<om::int4, numeric<10>> && !widens<om::int4, numeric<11, 2>>);
static_assert(widens<numeric<5, 2>, numeric<7, 4>> && !widens<numeric<5, 2>, numeric<5, 3>> &&
              !widens<numeric<5, 2>, numeric<6, 1>>);
static_assert(!widens<om::float8, numeric<>> && !widens<numeric<5>, om::int8>);

// Texts.
static_assert(widens<character<3>, om::text> && widens<character<3>, varchar<3>> && widens<character<3>, character<4>>);
static_assert(!widens<character<3>, varchar<2>> && !widens<character<3>, character<2>>);
// Blanks at the end would be lost.
static_assert(!widens<om::text, character<9>> && !widens<varchar<3>, character<9>>);

// A type into itself only, a domain into what it is over, and nothing into a domain.
static_assert(widens<mood, mood> && !widens<mood, enumeration<"feeling", "sad", "ok">> && !widens<mood, om::text>);
static_assert(widens<email, om::text> && widens<email, email> && !widens<om::text, email>);
static_assert(widens<domain<"n", om::int4>, om::int8> && !widens<domain<"n", om::int4>, domain<"m", om::int4>>);
static_assert(widens<domain<"outer", email>, om::text> && !widens<domain<"outer", email>, om::int4>);
static_assert(widens<array<om::int4>, array<om::int4>> && !widens<array<om::int4>, array<om::int8>>);
static_assert(!widens<array<varchar<3>>, array<varchar<4>>> && !widens<om::json, om::jsonb> &&
              !widens<om::json, om::text> && !widens<om::date, om::timestamp>);

// M005
template <class Type>
struct keyed : om::table<"keyed", om::column<"id", Type, om::primary_key>, om::column<"value", om::text>> {};
template <class Type>
inline constexpr bool walks =
    std::same_as<om::detail::check_migration<"m", keyed<Type>, om::add_column<"new", om::text, om::col<"value">>>,
                 om::accepted>;
static_assert(walks<numeric<>> && walks<character<3>> && walks<om::bytea> && walks<om::date> && walks<om::time>);
static_assert(walks<om::timestamp> && walks<om::inet> && walks<mood> && walks<email>);
static_assert(!walks<om::float4> && !walks<om::float8> && !walks<om::json> && !walks<om::jsonb>);
static_assert(!walks<om::interval> && !walks<array<om::int4>> && !walks<domain<"d", om::float8>>);
static_assert(!walks<domain<"feeling", mood>>);

// M009
template <class Type, class Value>
inline constexpr bool takes = om::detail::fits<om::detail::held<Value>, om::column<"value", Type, om::not_null>>();
static_assert(takes<om::float4, float> && !takes<om::float4, double>);
static_assert(takes<numeric<>, std::string> && takes<numeric<>, int> && takes<numeric<>, om::numeric_value>);
static_assert(!takes<numeric<>, double> && !takes<numeric<>, bool> && !takes<numeric<>, char>);
static_assert(takes<om::bytea, std::vector<std::byte>> && takes<om::bytea, std::vector<unsigned char>>);
static_assert(!takes<om::bytea, std::string> && !takes<om::bytea, std::vector<int>>);
static_assert(takes<array<om::text>, std::vector<std::string>> && takes<array<om::int4>, std::vector<std::int32_t>>);
static_assert(takes<array<om::int4>, std::vector<std::optional<std::int32_t>>>);
static_assert(!takes<array<om::int4>, std::vector<std::int64_t>> && !takes<array<om::text>, std::string>);
static_assert(takes<om::date, om::date_value> && !takes<om::date, int> && !takes<om::date, om::timestamp_value>);
static_assert(takes<mood, std::string_view> && takes<email, std::string> && !takes<email, int>);
static_assert(takes<om::jsonb, std::string> && takes<om::inet, om::inet_value> && !takes<om::inet, std::string>);

// M024
template <class Value>
Value same(Value value) {
  return value;
}
template <class From, class To>
struct sourced : om::table<"sourced", om::column<"id", om::bigint, om::primary_key>, om::column<"value", From>> {};
template <class From, class To, auto Function>
using verdict =
    om::detail::check_migration<"m", sourced<From, To>,
                                om::add_column<"new", To, om::computed<Function, "same/1", To>(om::col<"value">)>>;
static_assert(std::same_as<verdict<om::json, om::json, &same<std::string_view>>, om::accepted>);
static_assert(std::same_as<verdict<mood, email, &same<std::string_view>>, om::accepted>);
static_assert(std::same_as<verdict<om::jsonb, om::text, &same<std::string_view>>,
                           om::not_for_the_client<sourced<om::jsonb, om::text>, "value", om::declared<"jsonb">>>);
static_assert(std::same_as<verdict<om::text, om::jsonb, &same<std::string_view>>,
                           om::not_for_the_client<sourced<om::text, om::jsonb>, "new", om::declared<"jsonb">>>);
static_assert(std::same_as<
              verdict<array<om::int4>, array<om::int4>, &same<om::array_view<std::int32_t>>>,
              om::not_for_the_client<sourced<array<om::int4>, array<om::int4>>, "value", om::declared<"integer[]">>>);

}  // namespace
