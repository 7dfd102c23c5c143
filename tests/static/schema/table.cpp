// SPDX-License-Identifier: BSL-1.0
#include <concepts>
#include <cstddef>
#include <type_traits>

#include <online_migration/schema/column_set.hpp>
#include <online_migration/schema/columns_of.hpp>

namespace om = online_migration;

namespace {

struct users : om::table<"users", om::column<"id", om::bigint, om::primary_key, om::has_default>,
                         om::column<"name", om::text, om::not_null>, om::column<"nick", om::varchar<20>>> {};
struct places
    : om::table<"places", om::in_schema<"geo">, om::column<"kind", om::text>,
                om::column<"country", om::text, om::primary_key>, om::column<"code", om::int4, om::primary_key>> {};
struct nothing : om::table<"nothing"> {};

constexpr const om::table_description& users_table = om::describe_table<users>;
constexpr const om::table_description& places_table = om::describe_table<places>;

}  // namespace

static_assert(om::table_like<users> && om::table_like<nothing> && !om::table_like<int>);
static_assert(users_table.schema == "public" && users_table.name == "users" && users_table.count == 3);
static_assert(places_table.schema == "geo" && places_table.name == "places");

static_assert(users_table.columns[0].name == "id" && *users_table.columns[0].type == om::int8::description);
static_assert(users_table.columns[0].is_key && users_table.columns[0].is_required &&
              users_table.columns[0].has_server_default);
static_assert(!users_table.columns[1].is_key && users_table.columns[1].is_required &&
              !users_table.columns[1].has_server_default);
static_assert(!users_table.columns[2].is_required);

static_assert(users_table.find("nick") == 2 && users_table.find("Nick") == om::table_description::none);
static_assert(users_table.find("") == om::table_description::none);
static_assert(users_table.key_count() == 1 && users_table.key_at(0) == 0);
static_assert(places_table.key_count() == 2 && places_table.key_at(0) == 1 && places_table.key_at(1) == 2);
static_assert(places_table.key_at(2) == om::table_description::none);
static_assert(om::describe_table<nothing>.count == 0 && om::describe_table<nothing>.key_count() == 0);

static_assert(om::detail::column_index<users, "name"> == 1);
static_assert(std::same_as<om::detail::column_at<users, 2>, om::column<"nick", om::varchar<20>>>);
static_assert(decltype(om::hana::size(om::columns_of<users>))::value == 3);
static_assert(std::same_as<std::remove_cvref_t<decltype(om::hana::at_c<1>(om::columns_of<users>))>::type,
                           om::column<"name", om::text, om::not_null>>);

namespace {

constexpr om::detail::column_set set(auto... indices) {
  om::detail::column_set result;
  (result.add(static_cast<std::size_t>(indices)), ...);
  return result;
}

}  // namespace

static_assert(set().empty() && set().size() == 0);
static_assert(set(1600).empty() && !set(1600).has(1600));
static_assert(set(0, 63, 64, 1599).size() == 4);
static_assert(set(0, 63, 64, 1599).has(64) && !set(0, 63, 64, 1599).has(65));
static_assert(set(2, 5, 9).rank(0) == 0 && set(2, 5, 9).rank(5) == 1 && set(2, 5, 9).rank(10) == 3);
static_assert(set(1, 70).overlaps(set(70)) && !set(1, 70).overlaps(set(2, 71)) && !set().overlaps(set()));
static_assert(set(1, 70).contains(set(70)) && set(1).contains(set()) && !set(1).contains(set(1, 2)));
static_assert(set(1, 70).without(set(70, 3)) == set(1));
