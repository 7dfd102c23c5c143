// SPDX-License-Identifier: BSL-1.0
// The new column follows from what a row stores, which is not always what a statement was given.
#include <initializer_list>
#include <string_view>

#include <online_migration/static.hpp>

#include "static/contains.hpp"

namespace om = online_migration;
using om::detail::write_kind;

namespace {

struct people
    : om::table<"people", om::in_schema<"app">, om::column<"id", om::bigint, om::primary_key>,
                om::column<"name", om::text>, om::column<"nick", om::varchar<5>>, om::column<"age", om::int4>> {};

template <om::detail::write_kind Kind, om::detail::column_set Set, class Migration>
inline constexpr std::string_view sql = om::detail::dual_write<Migration, Kind, Set>.view();

constexpr om::detail::column_set given(std::initializer_list<std::size_t> columns) {
  om::detail::column_set result;
  for (std::size_t column : columns) result.add(column);
  return result;
}

// A varchar drops blanks past its length without a word: the transform gets the value as it is stored. Other letters
// have to fail, so the column itself gets the value as it is given.
struct nick_length : om::migration<"n", people, om::add_column<"nick_length", om::int4, om::length(om::col<"nick">)>> {
};
static_assert(sql<write_kind::update, given({2}), nick_length> ==
              R"(UPDATE "app"."people" AS t SET "nick" = $1::character varying, "nick_length" = )"
              R"(pg_catalog.length($1::character varying(5)) WHERE t."id" = $2::bigint)");
static_assert(sql<write_kind::upsert, given({0, 2}), nick_length>.ends_with(
    R"("nick_length" = pg_catalog.length(EXCLUDED."nick"))"));

// What depends on a collation gets the column's.
struct lower_name : om::migration<"n", people, om::add_column<"lower_name", om::text, om::lower(om::col<"name">)>> {};
static_assert(sql<write_kind::insert, given({0, 1}), lower_name> ==
              R"(INSERT INTO "app"."people" AS t ("id", "name", "lower_name") VALUES ($1::bigint, $2::text, )"
              R"(pg_catalog.lower(CASE WHEN true THEN $2::text ELSE (NULL::"app"."people")."name" END)))");
static_assert(sql<write_kind::insert, given({0}), lower_name>.ends_with(
    R"(VALUES ($1::bigint, pg_catalog.lower((NULL::"app"."people")."name")))"));

// What has no collation is written plainly. (A partial transform is a function of the database.)
struct next_age
    : om::migration<"n", people, om::add_column<"next_age", om::int4, om::sql<"{} + 1", om::int4>(om::col<"age">)>> {};
static_assert(sql<write_kind::update, given({3}), next_age> ==
              R"(UPDATE "app"."people" AS t SET "age" = $1::integer, "next_age" = )"
              R"("app"."om_total_n"($1::integer) WHERE t."id" = $2::bigint)");
static_assert(contains(om::statements<next_age>::create_total_function.view(),
                       "RETURN CAST(($1::integer + 1) AS integer);"));

}  // namespace
