// SPDX-License-Identifier: BSL-1.0
// om::cast between texts and enums: values, SQL, what can fail, and the inverses that follow.
#include <concepts>
#include <cstdint>
#include <optional>
#include <string_view>
#include <type_traits>

#include <online_migration/static.hpp>

#include "static/contains.hpp"

namespace om = online_migration;
using om::cast, om::col, om::derived_inverse, om::lit;

namespace {

using mood = om::enumeration<"mood", "sad", "it's", R"(o"\k)", "">;
using more = om::enumeration<"mood", "sad", "it's", R"(o"\k)", "", "happy">;
using kept = om::domain<"kept", mood>;

struct diary
    : om::table<"diary", om::column<"id", om::bigint, om::primary_key>, om::column<"note", om::text, om::not_null>,
                om::column<"spare", om::varchar<4>>, om::column<"short", om::varchar<3>>,
                om::column<"good", om::boolean, om::not_null>, om::column<"now", mood, om::not_null>,
                om::column<"then", mood>, om::column<"once", kept>, om::column<"all", om::array<mood>>> {};

/// An enum of another table, for which `entries` has none.
struct entries : om::table<"entries", om::column<"id", om::bigint, om::primary_key>, om::column<"day", om::bigint>> {};

template <auto Transform, class Type, class... Options>
struct casting : om::migration<"n", diary, om::add_column<"new", Type, Transform, Options...>> {};

using to_mood = casting<cast<mood>(col<"note">), mood, om::not_null>;
using to_text = casting<cast<om::text>(col<"now">), om::text, om::not_null>;

template <class Migration, om::fixed_string Value>
concept has_value = requires { typename std::bool_constant<(om::transform<Migration>(Value.view()), true)>; };

template <class Node>
constexpr bool writes(Node, std::string_view expected) {
  char text[1024]{};
  om::detail::sink out{text};
  om::detail::write_over<diary, Node>(out, {});
  return std::string_view{text, out.size} == expected;
}

template <class Type, auto Transform, class... Options>
using verdict = om::detail::check_migration<"m", diary, om::add_column<"new", Type, Transform, Options...>>;

template <auto Transform>
constexpr bool is_total = om::describe_migration<
    casting<Transform, std::conditional_t<decltype(Transform)::type_over(om::describe_table<diary>).type.oid ==
                                              om::boolean::description.oid,
                                          om::boolean, om::text>>>.total;

/// The inverse that follows; the change itself has none where it does not.
template <om::fixed_string Old, class Type, auto Transform, class... Options>
using completed =
    om::detail::completed<diary, om::replace_column<Old, "new", Type, Transform, derived_inverse, Options...>>;

template <om::fixed_string Old, class Type, auto Transform, auto Inverse, class... Options>
concept follows =
    std::same_as<typename completed<Old, Type, Transform, Options...>::inverse, std::remove_const_t<decltype(Inverse)>>;

template <om::fixed_string Old, class Type, auto Transform, class... Options>
concept none_follows = std::same_as<completed<Old, Type, Transform, Options...>,
                                    om::replace_column<Old, "new", Type, Transform, derived_inverse, Options...>>;

}  // namespace

// A label is one byte by byte; NULL is NULL; anything else fails.
static_assert(om::transform<to_mood>("sad") == "sad" && om::transform<to_mood>("") == "");
static_assert(om::transform<to_mood>(R"(o"\k)") == R"(o"\k)");
static_assert(has_value<to_mood, "it's"> && !has_value<to_mood, "its"> && !has_value<to_mood, "Sad">);
static_assert(!has_value<to_mood, " sad"> && !has_value<to_mood, "sad "> && !has_value<to_mood, "sa">);
static_assert(!has_value<to_mood, "happy"> && has_value<casting<cast<more>(col<"note">), more>, "happy">);
static_assert(om::transform<casting<cast<mood>(col<"spare">), mood>>(std::nullopt) == std::nullopt);
static_assert(std::same_as<decltype(om::transform<to_mood>("sad")), std::string_view>);
static_assert(std::same_as<decltype(om::transform<casting<cast<mood>(col<"spare">), mood>>("")),
                           std::optional<std::string_view>>);

// And back. What is no label of the declaration is no value of its type.
static_assert(om::transform<to_text>("it's") == "it's" && !has_value<to_text, "happy"> && !has_value<to_text, "SAD">);
static_assert(om::transform<casting<cast<om::text>(col<"then">), om::text>>(std::nullopt) == std::nullopt);
static_assert(om::transform<casting<cast<om::text>(col<"once">), om::text>>("sad") == "sad");
static_assert(!has_value<casting<cast<om::text>(col<"once">), om::text>, "happy">);
static_assert(om::transform<casting<cast<om::text>(col<"now">) == lit<"sad">, om::boolean>>("sad"));
static_assert(om::transform<casting<cast<om::text>(cast<mood>(col<"note">)), om::text>>("sad") == "sad");

// Constants that are labels.
static_assert(cast<mood>(lit<"sad">).total && writes(cast<mood>(lit<"it's">), R"('it''s'::"public"."mood")"));
using chosen = casting<om::case_when(col<"good">, cast<mood>(lit<"">), cast<mood>(lit<"sad">)), mood, om::not_null>;
static_assert(om::transform<chosen>(true) == "" && om::transform<chosen>(false) == "sad");
static_assert(om::describe_migration<chosen>.total);

static_assert(writes(
    cast<om::enumeration<"app.mood", "it's", R"(\)">>(col<"note">),
    R"((CASE "note" COLLATE "C" WHEN 'it''s'::text THEN 'it''s'::"app"."mood" WHEN E'\\'::text THEN E'\\'::"app"."mood")"
    R"( ELSE CASE WHEN ('no label of ' || '"app"."mood"' || pg_catalog.left("note", 0))::boolean)"
    R"( THEN NULL::"app"."mood" END END))"));
static_assert(writes(
    cast<om::text>(col<"then">),
    R"((CASE "then" WHEN 'sad'::"public"."mood" THEN 'sad'::text WHEN 'it''s'::"public"."mood" THEN 'it''s'::text)"
    R"( WHEN E'o"\\k'::"public"."mood" THEN E'o"\\k'::text WHEN ''::"public"."mood" THEN ''::text)"
    R"( ELSE CASE WHEN ('no label of ' || '"public"."mood"' || pg_catalog.left(("then" = 'sad'::"public"."mood")::text, 0))::boolean)"
    R"( THEN NULL::text END END))"));

// What can fail: a text, and an enum, which may have more labels in the database. Not one that is not read as a text.
static_assert(!om::describe_migration<to_mood>.total && !om::describe_migration<to_text>.total);
static_assert(om::describe_migration<to_text>.in == om::worlds::portable);
static_assert(!is_total<cast<om::text>(col<"once">)> && !is_total<cast<om::text>(col<"now">) == lit<"sad">>);
static_assert(!is_total<om::concat(col<"note">, om::coalesce(cast<om::text>(col<"then">), lit<"">))>);
static_assert(is_total<cast<om::text>(col<"good">)> && is_total<om::is_null(col<"then">)>);
static_assert(om::describe_migration<casting<om::coalesce(col<"then">, col<"now">), mood>>.total);
static_assert(contains(om::statements<to_text>::backfill_chunk.view(), R"("public"."om_total_n"(t."now"))"));
static_assert(
    std::same_as<typename om::detail::check_together<diary, om::add_column<"a", om::text, col<"note">>,
                                                     om::add_column<"b", om::text, cast<om::text>(col<"then">)>>,
                 om::not_beside_others<"b", om::its_transform_may_fail>>);

template <class Type, auto Transform>
using looked_up =
    om::detail::check_migration<"m", entries, om::add_column<"new", Type, Transform, om::kept_by_application>>;
constexpr auto found = om::lookup<diary, "then">(col<"day">);
static_assert(std::same_as<looked_up<mood, found>, om::accepted>);
static_assert(std::same_as<looked_up<om::text, cast<om::text>(found)>,
                           om::lookup_out_of_place<"new", om::a_function_over_it_may_fail>>);

// Types.
static_assert(std::same_as<verdict<mood, cast<mood>(col<"spare">)>, om::accepted>);
static_assert(std::same_as<verdict<om::varchar<4>, cast<om::text>(col<"then">)>, om::accepted>);
static_assert(std::same_as<verdict<om::varchar<3>, cast<om::text>(col<"then">)>,
                           om::type_mismatch<"new", om::given<"text(4)">, om::declared<"character varying(3)">>>);
static_assert(std::same_as<verdict<mood, cast<mood>(col<"now">)>,
                           om::wrong_argument<diary, "cast", om::given<R"("public"."mood")">>>);
static_assert(
    std::same_as<verdict<mood, cast<mood>(col<"good">)>, om::wrong_argument<diary, "cast", om::given<"boolean">>>);
static_assert(std::same_as<verdict<om::text, cast<om::text>(col<"all">)>,
                           om::wrong_argument<diary, "cast", om::given<R"("public"."mood"[])">>>);
static_assert(std::same_as<verdict<mood, cast<mood>(col<"spare">), om::not_null>,
                           om::nullable_into_not_null<diary, "new", om::nullable_columns<"spare">>>);

// The labels decide what fails, so they are part of the fingerprint.
static_assert(om::fingerprint<casting<cast<mood>(col<"note">), mood>> !=
              om::fingerprint<casting<cast<more>(col<"note">), more>>);

// Inverses, where every label fits the old column.
static_assert(follows<"note", mood, cast<mood>(col<"note">), cast<om::text>(col<"new">), om::not_null>);
static_assert(follows<"spare", mood, cast<mood>(col<"spare">), cast<om::text>(col<"new">)>);
static_assert(none_follows<"short", mood, cast<mood>(col<"short">)>);
static_assert(none_follows<"note", mood, cast<mood>(col<"note">)>);
static_assert(none_follows<"note", mood, cast<mood>(om::trim(col<"note">)), om::not_null>);
static_assert(
    follows<"note", mood, cast<mood>(om::reverse(col<"note">)), om::reverse(cast<om::text>(col<"new">)), om::not_null>);
static_assert(follows<"now", om::text, cast<om::text>(col<"now">), cast<mood>(col<"new">), om::not_null>);
static_assert(follows<"then", om::text, cast<om::text>(col<"then">), cast<mood>(col<"new">)>);
static_assert(none_follows<"once", om::text, cast<om::text>(col<"once">)>);

// Samples that are labels come back.
template <class... Options>
using sampled =
    om::detail::check_migration<"m", diary, completed<"note", mood, cast<mood>(col<"note">), om::not_null, Options...>>;
static_assert(std::same_as<sampled<om::samples<"sad", "">>, om::accepted>);
static_assert(std::same_as<sampled<om::samples<"sad", "Sad">>,
                           om::round_trip_fails<"note", "new", om::does_not_lead_back<"Sad">>>);
template <class... Options>
using sampled_back =
    om::detail::check_migration<"m", diary, completed<"then", om::text, cast<om::text>(col<"then">), Options...>>;
static_assert(std::same_as<sampled_back<om::samples<"it's">>, om::accepted>);
static_assert(std::same_as<sampled_back<om::samples<"happy">>,
                           om::round_trip_fails<"then", "new", om::does_not_lead_back<"happy">>>);
