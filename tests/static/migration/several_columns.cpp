// SPDX-License-Identifier: BSL-1.0
// Several new columns in one migration: what it is, what it leaves, and what it is called by.

#include <type_traits>

#include <online_migration/static.hpp>

namespace om = online_migration;

namespace {

struct users : om::table<"users", om::column<"id", om::bigint, om::primary_key>,
                         om::column<"name", om::text, om::not_null>, om::column<"born", om::integer>> {};

template <class... Changes>
struct changed : om::migration<"users-parts", users, Changes...> {};

using lower = om::add_column<"name_lower", om::text, om::ascii_lower(om::col<"name">), om::not_null>;
using born = om::add_column<"born_big", om::bigint, om::col<"born">>;

static_assert(om::migration_like<changed<lower, born>> && om::several_columns<changed<lower, born>>);
static_assert(!om::several_columns<changed<lower>> && !om::structural_migration<changed<lower, born>>);

// What is written to which rows decides, in the order of the declaration.
static_assert(om::fingerprint<changed<lower, born>> != om::fingerprint<changed<lower>>);
static_assert(om::fingerprint<changed<lower, born>> != om::fingerprint<changed<born, lower>>);
// FNV-1a over: online_migration 1 "users-parts" "public"."users" key "id" bigint not null source "name" text not null
// source "born" integer add "name_lower" text not null := ascii_lower("name" ) add "born_big" bigint := "born"
static_assert(om::fingerprint<changed<lower, born>> == "fc9fb38acea806d3");

constexpr const om::migration_description& together = om::describe_migration<changed<lower, born>>;
static_assert(together.part_count == 2 && together.sources.size() == 2 && together.target_required && together.total);
static_assert(together.parts[1].target == "born_big" && together.parts[1].sources.size() == 1);
static_assert(om::describe_migration<changed<lower>>.part_count == 0);

// All of them are in the table that results, and are required once it is over.
using open_table = om::schema_after<users, changed<lower, born>>;
using over = om::schema_after<users, om::finished<changed<lower, born>>>;
constexpr const om::table_description& before = om::describe_table<open_table>;
constexpr const om::table_description& after = om::describe_table<over>;
static_assert(before.count == 5 && !before.columns[before.find("name_lower")].is_required);
static_assert(after.count == 5 && after.columns[after.find("name_lower")].is_required);
static_assert(!after.columns[after.find("born_big")].is_required);
static_assert(after.columns[after.find("born_big")].type->oid == om::bigint::description.oid);

// What does not go together, and the first mistake of any of them.
inline int twice(int value) { return value * 2; }

template <class First, class... Rest>
using verdict = om::detail::check_derived<"users-parts", users, First, Rest...>;

using by_client =
    om::add_column<"twice", om::integer, om::computed<&twice, "twice/1">(om::coalesce(om::col<"born">, om::lit<0>))>;
using partial = om::add_column<"number", om::integer, om::cast<om::integer>(om::col<"name">)>;
using by_application = om::add_column<"born_text", om::bigint, om::col<"born">, om::kept_by_application>;
using unknown = om::add_column<"nick", om::text, om::trim(om::col<"nmae">)>;
using same = om::add_column<"born_big", om::bigint, om::col<"id">>;

static_assert(om::accepts<verdict<lower, born>>);
static_assert(std::is_same_v<verdict<lower, partial>, om::not_beside_others<"number", om::its_transform_may_fail>>);
static_assert(std::is_same_v<verdict<partial, lower>, om::not_beside_others<"number", om::its_transform_may_fail>>);
static_assert(
    std::is_same_v<verdict<lower, by_client>, om::not_beside_others<"twice", om::its_values_come_from_the_client>>);
static_assert(
    std::is_same_v<verdict<lower, by_application>, om::not_beside_others<"born_text", om::it_is_kept_by_another>>);
static_assert(std::is_same_v<verdict<lower, born, same>, om::duplicate_column<users, "born_big">>);
static_assert(!om::accepts<verdict<lower, unknown>> && !om::accepts<verdict<unknown, lower>>);

}  // namespace
