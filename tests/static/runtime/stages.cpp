// SPDX-License-Identifier: BSL-1.0
// What typed access is at the stages of a binary. The refusals with their words are in compile_fail.
#include <concepts>
#include <cstdint>
#include <string_view>

#include <online_migration/runtime/assignments.hpp>
#include <online_migration/runtime/dual_writer.hpp>
#include <online_migration/runtime/reader.hpp>
#include <online_migration/static.hpp>

namespace om = online_migration;
using om::col, om::stage;
using om::detail::assigned_column, om::detail::list, om::detail::write_kind;

namespace {

struct accounts
    : om::table<"accounts", om::column<"id", om::bigint, om::primary_key>,
                om::column<"balance", om::integer, om::not_null>, om::column<"note", om::text, om::has_default>> {};

using widen = om::replace_column<"balance", "balance_v2", om::bigint, col<"balance">,
                                 om::cast<om::integer>(col<"balance_v2">), om::not_null>;
using shorten = om::replace_column<"note", "tag", om::text, om::trim(col<"note">), om::lossy>;

struct wide : om::migration<"wide", accounts, widen> {};
struct wide_staged : om::migration<"wide", accounts, widen>, om::staged {};
struct wide_new : om::migration<"wide", accounts, widen>, om::staged {};
struct tag_new : om::migration<"tag", accounts, shorten>, om::staged {};
struct tidy_new : om::migration<"tidy", accounts, om::add_column<"tidy", om::text, om::trim(col<"note">)>>,
                  om::staged {};
struct wide_old : om::migration<"wide", accounts, widen>, om::staged {};

}  // namespace

template <>
inline constexpr om::stage om::stage_of<wide_staged> = om::stage::dual_write;
template <>
inline constexpr om::stage om::stage_of<wide_new> = om::stage::new_only;
template <>
inline constexpr om::stage om::stage_of<tag_new> = om::stage::new_only;
template <>
inline constexpr om::stage om::stage_of<tidy_new> = om::stage::new_only;
template <>
inline constexpr om::stage om::stage_of<wide_old> = om::stage::legacy;

namespace {

// A migration without stages is written both ways, as ever; and only one that says so can have a stage.
static_assert(om::detail::stage_in_use<wide> == stage::dual_write);
template <class Migration>
concept can_have_stage = requires { sizeof(om::stage_witness<Migration, stage::legacy>); };
static_assert(can_have_stage<wide_staged> && !can_have_stage<wide>);
// The stage is in the type, so that what two stages hand to each other does not link.
static_assert(std::same_as<om::dual_writer<wide_new>, om::dual_writer<wide_new, om::connection, stage::new_only>>);
static_assert(std::same_as<om::assignments<wide_staged>, om::assignments<wide_staged, stage::dual_write>>);
// A stage is no part of what a migration does.
static_assert(om::fingerprint<wide> == om::fingerprint<wide_new>);

template <class Migration, om::fixed_string... Names>
inline constexpr std::string_view fragment = om::assignments<Migration>::template fragment<Names...>;
template <class Migration, write_kind Kind, om::fixed_string... Names>
constexpr std::string_view sql() {
  using direction =
      om::detail::direction_at_t<Migration, om::detail::stage_in_use<Migration>, assigned_column<Names>...>;
  return om::detail::dual_write<direction, Kind,
                                om::detail::set_of<typename direction::table>(list<assigned_column<Names>...>{})>.view();
}

// At dual_write as without stages.
static_assert(fragment<wide_staged, "balance"> == fragment<wide, "balance">);
static_assert(fragment<wide_staged, "balance_v2"> == fragment<wide, "balance_v2">);

// At new_only the new column is a column like others, and the old one is nowhere.
static_assert(fragment<wide_new, "balance_v2"> == R"("balance_v2" = $1::bigint)");
static_assert(fragment<tag_new, "tag", "balance"> == R"("balance" = $1::integer, "tag" = $2::text)");
static_assert(om::assignments<wide_new>::parameter_count<"balance_v2", "note"> == 2);
static_assert(sql<wide_new, write_kind::update, "balance_v2", "note">() ==
              R"(UPDATE "public"."accounts" AS t SET "balance_v2" = $1::bigint, "note" = $2::text)"
              R"( WHERE t."id" = $3::bigint)");
static_assert(sql<wide_new, write_kind::insert, "id", "balance_v2">() ==
              R"(INSERT INTO "public"."accounts" AS t ("id", "balance_v2") VALUES ($1::bigint, $2::bigint))");
static_assert(sql<wide_new, write_kind::insert>() == R"(INSERT INTO "public"."accounts" AS t DEFAULT VALUES)");
static_assert(sql<wide_new, write_kind::upsert, "id", "balance_v2">() ==
              R"(INSERT INTO "public"."accounts" AS t ("id", "balance_v2") VALUES ($1::bigint, $2::bigint))"
              R"( ON CONFLICT ("id") DO UPDATE SET "balance_v2" = EXCLUDED."balance_v2")");
static_assert(sql<wide_new, write_kind::erase>() ==
              R"(DELETE FROM "public"."accounts" AS t WHERE t."id" = $1::bigint)");
// What a column that was added follows from stays, so its writes go on.
static_assert(fragment<tidy_new, "note"> == R"("note" = $1::text, "tidy" = pg_catalog.btrim($1::text))");
static_assert(om::read_expression<tidy_new>::of(om::representation::legacy) == R"("tidy")");
static_assert(om::read_expression<wide_new, "a">::of(om::representation::legacy) == R"("a"."balance_v2")");
static_assert(om::read_expression<wide_staged, "a">::of(om::representation::legacy) == R"(("a"."balance")::bigint)");
static_assert(om::read_expression<wide_old>::legacy == R"(("balance")::bigint)");

// The rules of writes hold for what is left.
template <class Migration, write_kind Kind, class... Sets>
using verdict = om::detail::check_write<
    om::detail::write_request<om::detail::direction_at_t<Migration, om::detail::stage_in_use<Migration>, Sets...>, Kind,
                              list<std::int64_t>, list<Sets...>>>;
template <om::fixed_string Name, class Value>
using set = om::assignment<Name, Value>;
using table_of_new = om::detail::settled_table<wide_new>;
static_assert(std::same_as<verdict<wide_new, write_kind::insert, set<"balance_v2", std::int64_t>>, om::accepted>);
static_assert(std::same_as<verdict<wide_new, write_kind::insert, set<"note", std::string_view>>,
                           om::missing_not_null_column<table_of_new, "balance_v2">>);
static_assert(std::same_as<verdict<wide_new, write_kind::update, set<"balance", std::int32_t>>,
                           om::legacy_at_new_only<wide_new, "balance">>);
static_assert(std::same_as<verdict<wide_new, write_kind::update, set<"balance_v3", std::int64_t>>,
                           om::no_such_column<table_of_new, "balance_v3", om::did_you_mean<"balance_v2">>>);

// A reader needs no flag where there is nothing to choose, and takes one all the same.
template <class Migration, class... Arguments>
concept reads = std::constructible_from<om::reader<Migration>, om::connection&, Arguments...>;
struct fixed_flag {
  om::read_flag operator()() const { return om::read_flag::legacy; }
};
static_assert(reads<wide_new> && reads<wide_new, fixed_flag&> && reads<wide_staged, fixed_flag&>);
static_assert(!reads<wide_staged>);

}  // namespace
