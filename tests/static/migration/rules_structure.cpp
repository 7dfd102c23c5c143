// SPDX-License-Identifier: BSL-1.0
// The verdicts of the rules about names and structure: M001, M004, M005, M006, M008. Naming a verdict raises nothing.
#include <concepts>
#include <string_view>

#include <online_migration/static.hpp>

namespace om = online_migration;
using om::accepted, om::col, om::did_you_mean, om::no_similar_name;

namespace {

using key = om::column<"id", om::bigint, om::primary_key>;
using old = om::column<"name", om::text, om::not_null>;
struct users : om::table<"users", key, old, om::column<"nickname", om::text>, om::column<"a", om::text>> {};

template <auto Transform, om::fixed_string Name = "copy", class Table = users, om::fixed_string Migration = "m">
using verdict = om::detail::check_migration<Migration, Table, om::add_column<Name, om::text, Transform>>;

template <class Verdict, class Expected>
concept is = std::same_as<Verdict, Expected>;

std::string_view normalise(std::string_view text) { return text; }
constexpr auto client = om::computed<&normalise, "normalise/1">(col<"name">);
constexpr auto server = om::lower(col<"name">);

}  // namespace

// M001
static_assert(is<verdict<om::trim(col<"name">)>, accepted>);
static_assert(is<verdict<om::trim(col<"nmae">)>, om::no_such_column<users, "nmae", did_you_mean<"name">>>);
static_assert(is<verdict<col<"Name">>, om::no_such_column<users, "Name", did_you_mean<"name">>>);
static_assert(is<verdict<col<"nick_name">>, om::no_such_column<users, "nick_name", did_you_mean<"nickname">>>);
static_assert(is<verdict<col<"email">>, om::no_such_column<users, "email", no_similar_name>>);
static_assert(
    is<verdict<om::concat(col<"name">, col<"x1">, col<"x2">)>, om::no_such_column<users, "x1", no_similar_name>>);
static_assert(is<verdict<om::coalesce(col<"nickname">, om::trim(col<"naem">))>,
                 om::no_such_column<users, "naem", did_you_mean<"name">>>);
static_assert(
    is<verdict<om::sql<"f({})", om::text>(col<"nmae">)>, om::no_such_column<users, "nmae", did_you_mean<"name">>>);
// the new column itself is none that the transform may read
static_assert(is<verdict<col<"copy">>, om::no_such_column<users, "copy", no_similar_name>>);

// M004: 1 to 63 bytes, in every name
constexpr char n63[] = "aaaaaaaaaabbbbbbbbbbccccccccccddddddddddeeeeeeeeeeffffffffff123";
constexpr char n64[] = "aaaaaaaaaabbbbbbbbbbccccccccccddddddddddeeeeeeeeeeffffffffff1234";
constexpr char umlauts[] = "äöüäöüäöüäöüäöüäöüäöüäöüäöüäöüäö";  // 32 characters, 64 bytes
static_assert(is<verdict<col<"name">, n63>, accepted>);
static_assert(is<verdict<col<"name">, n64>, om::name_length<n64, 64>>);
static_assert(is<verdict<col<"name">, umlauts>, om::name_length<umlauts, 64>>);
static_assert(is<verdict<col<"name">, "">, om::name_length<"", 0>>);
static_assert(is<verdict<col<"name">, "copy", users, n63>, accepted>);
static_assert(is<verdict<col<"name">, "copy", users, n64>, om::name_length<n64, 64>>);
static_assert(is<verdict<col<"name">, "copy", users, "">, om::name_length<"", 0>>);
static_assert(is<verdict<col<"name">, "copy", om::table<n64, key, old>>, om::name_length<n64, 64>>);
static_assert(is<verdict<col<"name">, "copy", om::table<"t", om::in_schema<n64>, key, old>>, om::name_length<n64, 64>>);
static_assert(
    is<verdict<col<"name">, "copy", om::table<"t", key, old, om::column<n64, om::text>>>, om::name_length<n64, 64>>);

// M005: a key, and none of floating-point numbers
struct keyless : om::table<"keyless", old> {};
struct empty : om::table<"empty"> {};
struct floating : om::table<"floating", om::column<"x", om::float8, om::primary_key>, old> {};
struct half_floating : om::table<"half", key, om::column<"x", om::float8, om::primary_key>, old> {};
struct composite : om::table<"composite", om::column<"a", om::uuid, om::primary_key>, old,
                             om::column<"b", om::timestamptz, om::primary_key>, om::column<"x", om::float8>> {};
static_assert(is<verdict<col<"name">, "copy", keyless>, om::no_usable_key<keyless>>);
static_assert(is<verdict<om::lit<"x">, "copy", empty>, om::no_usable_key<empty>>);
static_assert(is<verdict<col<"name">, "copy", floating>, om::no_usable_key<floating>>);
static_assert(is<verdict<col<"name">, "copy", half_floating>, om::no_usable_key<half_floating>>);
static_assert(is<verdict<col<"name">, "copy", composite>, accepted>);

// M006: in the table, and between the table and its new column
struct doubled : om::table<"doubled", key, old, om::column<"name", om::int4>> {};
static_assert(is<verdict<col<"name">, "name">, om::duplicate_column<users, "name">>);
static_assert(is<verdict<col<"name">, "id">, om::duplicate_column<users, "id">>);
static_assert(is<verdict<col<"name">, "copy", doubled>, om::duplicate_column<doubled, "name">>);
static_assert(is<verdict<col<"name">, "Name">, accepted>);  // quoted names are told apart by case

// M008
using clash = om::mixed_worlds<"lower", "normalise/1">;
static_assert(is<verdict<server>, accepted> && is<verdict<client>, accepted>);
static_assert(is<verdict<om::trim(server)>, accepted> && is<verdict<om::trim(client)>, accepted>);
static_assert(is<verdict<om::concat(server, client)>, clash> && is<verdict<om::concat(client, server)>, clash>);
static_assert(is<verdict<om::lower(om::trim(client))>, clash>);
static_assert(is<verdict<om::computed<&normalise, "outer/1">(om::trim(server))>, om::mixed_worlds<"lower", "outer/1">>);
static_assert(is<verdict<om::coalesce(om::trim(client), om::sql<"{}", om::text>(col<"name">))>,
                 om::mixed_worlds<"sql", "normalise/1">>);

// One mistake at a time, in the order of the rules: names, duplicates, key, columns, worlds
static_assert(is<verdict<om::concat(server, client, col<"nmae">), "name", keyless, n64>, om::name_length<n64, 64>>);
static_assert(
    is<verdict<om::concat(server, client, col<"nmae">), "name", keyless>, om::duplicate_column<keyless, "name">>);
static_assert(is<verdict<om::concat(server, client, col<"nmae">), "copy", keyless>, om::no_usable_key<keyless>>);
static_assert(
    is<verdict<om::concat(server, client, col<"nmae">)>, om::no_such_column<users, "nmae", did_you_mean<"name">>>);
static_assert(is<verdict<om::trim(om::length(om::concat(server, client)))>, clash>);
