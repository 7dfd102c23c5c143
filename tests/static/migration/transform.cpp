// SPDX-License-Identifier: BSL-1.0
#include <concepts>
#include <cstdint>
#include <optional>
#include <string_view>

#include <online_migration/static.hpp>

namespace om = online_migration;
using om::col, om::lit;

namespace {

struct users : om::table<"users", om::column<"id", om::bigint, om::primary_key>,
                         om::column<"display_name", om::text, om::not_null>> {};
struct canonical_display_name
    : om::migration<
          "users-display-name-canonical", users,
          om::add_column<"display_name_canonical", om::text, om::ascii_lower(om::trim(col<"display_name">))>> {};

// The transform names its sources in another order than the table, and one of them twice.
struct people : om::table<"people", om::column<"first", om::text>, om::column<"age", om::int4, om::not_null>,
                          om::column<"last", om::text, om::not_null>, om::column<"id", om::bigint, om::primary_key>> {};
struct full_name
    : om::migration<"full-name", people,
                    om::add_column<"full_name", om::text,
                                   om::trim(om::concat(col<"last">, lit<", ">, col<"first">, lit<"/">, col<"last">)),
                                   om::not_null>> {};
struct age_copy : om::migration<"age", people, om::add_column<"age8", om::bigint, col<"age">>> {};
struct key_copy : om::migration<"key", people, om::add_column<"copy", om::bigint, col<"id">>> {};
struct constant : om::migration<"constant", people, om::add_column<"origin", om::text, lit<"import">>> {};

}  // namespace

static_assert(om::transform<canonical_display_name>("  Ada ") == "ada");
static_assert(om::transform<canonical_display_name>(std::string_view{"ÄB"}) == "Äb");
static_assert(om::transform<full_name>("Ada", "Lovelace") == "Lovelace, Ada/Lovelace");
static_assert(om::transform<full_name>(std::nullopt, "Lovelace") == "Lovelace, /Lovelace");
static_assert(om::transform<full_name>(std::optional<std::string_view>{}, "L") == "L, /L");
static_assert(om::transform<full_name>(std::optional<std::string_view>{"A"}, "L") == "L, A/L");
static_assert(om::transform<age_copy>(7) == 7 && std::same_as<decltype(om::transform<age_copy>(7)), std::int32_t>);
static_assert(om::transform<key_copy>(std::int64_t{7}) == 7 && om::transform<key_copy>(7) == 7);
static_assert(om::transform<constant>() == "import");

// What a migration says of itself
static_assert(om::migration_like<full_name> && !om::migration_like<people>);
static_assert(!om::is_client_only<full_name>);
static_assert(om::describe_migration<full_name>.name == "full-name" &&
              om::describe_migration<full_name>.target == "full_name");
static_assert(om::describe_migration<full_name>.target_required && om::describe_migration<full_name>.total);
static_assert(om::describe_migration<full_name>.sources.size() == 2 &&
              om::describe_migration<full_name>.sources.has(0) && om::describe_migration<full_name>.sources.has(2));
static_assert(om::detail::source_count<full_name> == 2 && om::detail::source_at<full_name>(1) == 2);
static_assert(om::describe_migration<age_copy>.transform_type == om::int4::description);
static_assert(om::describe_migration<constant>.sources.empty());

// Which C++ values a column takes
template <class Value, class Type, class... Properties>
inline constexpr bool takes = om::detail::fits<Value, om::column<"c", Type, Properties...>>();
static_assert(takes<const char*, om::text> && takes<std::string_view, om::varchar<3>> &&
              takes<om::text_value, om::text>);
static_assert(!takes<int, om::text> && !takes<std::nullptr_t, om::text>);
static_assert(takes<std::nullopt_t, om::text> && !takes<std::nullopt_t, om::text, om::not_null>);
static_assert(takes<std::optional<int>, om::int4> && !takes<std::optional<int>, om::int4, om::not_null>);
static_assert(!takes<std::nullopt_t, om::bigint, om::primary_key>);
static_assert(takes<std::int16_t, om::int2> && takes<std::int16_t, om::int8> && takes<std::uint16_t, om::int4>);
static_assert(!takes<std::int32_t, om::int2> && !takes<std::uint32_t, om::int4> && !takes<std::int64_t, om::int4>);
static_assert(takes<std::uint32_t, om::int8> && !takes<std::uint64_t, om::int8>);
static_assert(!takes<bool, om::int4> && !takes<char, om::int4> && !takes<double, om::int4>);
static_assert(takes<bool, om::boolean> && !takes<int, om::boolean> && !takes<const char*, om::boolean>);
static_assert(takes<float, om::float8> && takes<double, om::float8> && !takes<long double, om::float8> &&
              !takes<int, om::float8>);
static_assert(takes<om::uuid_value, om::uuid> && !takes<std::string_view, om::uuid>);
static_assert(takes<om::timestamp_value, om::timestamptz> && !takes<std::int64_t, om::timestamptz>);
