// SPDX-License-Identifier: BSL-1.0
// Dual writes of a replaced column: either column may be set, and the other one follows from it.
#include <concepts>
#include <cstdint>
#include <optional>
#include <string_view>

#include <online_migration/runtime/assignments.hpp>
#include <online_migration/runtime/dual_writer.hpp>
#include <online_migration/static.hpp>

namespace om = online_migration;
using om::cast, om::col;
using om::detail::assigned_column, om::detail::list, om::detail::write_kind;

namespace {

struct accounts : om::table<"accounts", om::column<"id", om::bigint, om::primary_key>,
                            om::column<"balance", om::integer, om::not_null>, om::column<"note", om::text>> {};

struct wide : om::migration<"wide", accounts,
                            om::replace_column<"balance", "balance_v2", om::bigint, col<"balance">,
                                               cast<om::integer>(col<"balance_v2">), om::not_null>> {};
struct lossy : om::migration<"lossy", accounts,
                             om::replace_column<"balance", "balance_v2", om::bigint, col<"balance">, om::lossy>> {};
/// The narrow way: what does not fit is NULL in the new column, and every new value fits the old one.
struct narrow
    : om::migration<"narrow", accounts,
                    om::replace_column<"balance", "balance_v2", om::smallint, cast<om::smallint>(col<"balance">),
                                       om::coalesce(cast<om::integer>(col<"balance_v2">), om::lit<0>)>> {};

using one = list<std::int64_t>;
template <om::fixed_string Name, class Value>
using set = om::assignment<Name, Value>;
using number = std::int64_t;
using small = std::int32_t;

/// The text of a dual write of these columns.
template <class Migration, write_kind Kind, class... Sets>
using direction = om::detail::direction_of<Migration, Sets...>;
template <class Migration, write_kind Kind, om::fixed_string... Names>
inline constexpr std::string_view sql =
    om::detail::dual_write<direction<Migration, Kind, assigned_column<Names>...>, Kind,
                           om::detail::set_of<typename direction<Migration, Kind, assigned_column<Names>...>::table>(
                               list<assigned_column<Names>...>{})>.view();

template <class Migration, write_kind Kind, class Keys, class... Sets>
using verdict =
    om::detail::check_write<om::detail::write_request<direction<Migration, Kind, Sets...>, Kind, Keys, list<Sets...>>>;
template <class Verdict, class Expected>
inline constexpr bool is = std::same_as<Verdict, Expected>;
using back = om::detail::reversed<wide>;

}  // namespace

// The old column: the new one follows from it.
static_assert(sql<wide, write_kind::update, "balance"> ==
              R"(UPDATE "public"."accounts" AS t SET "balance" = $1::integer, "balance_v2" = ($1::integer)::bigint)"
              R"( WHERE t."id" = $2::bigint)");
static_assert(
    sql<wide, write_kind::insert, "id", "balance"> ==
    R"(INSERT INTO "public"."accounts" AS t ("id", "balance", "balance_v2") VALUES ($1::bigint, $2::integer, )"
    R"(($2::integer)::bigint))");
static_assert(
    sql<wide, write_kind::upsert, "id", "balance"> ==
    R"(INSERT INTO "public"."accounts" AS t ("id", "balance", "balance_v2") VALUES ($1::bigint, $2::integer, )"
    R"(($2::integer)::bigint) ON CONFLICT ("id") DO UPDATE SET "balance" = EXCLUDED."balance", )"
    R"("balance_v2" = (EXCLUDED."balance")::bigint)");

// The new column: the old one follows from it, by the inverse.
static_assert(sql<wide, write_kind::update, "balance_v2"> ==
              R"(UPDATE "public"."accounts" AS t SET "balance_v2" = $1::bigint, "balance" = ($1::bigint)::integer)"
              R"( WHERE t."id" = $2::bigint)");
static_assert(sql<wide, write_kind::insert, "id", "balance_v2", "note"> ==
              R"(INSERT INTO "public"."accounts" AS t ("id", "balance_v2", "note", "balance") VALUES )"
              R"(($1::bigint, $2::bigint, $3::text, ($2::bigint)::integer))");
static_assert(sql<wide, write_kind::upsert, "id", "balance_v2"> ==
              R"(INSERT INTO "public"."accounts" AS t ("id", "balance_v2", "balance") VALUES ($1::bigint, $2::bigint, )"
              R"(($2::bigint)::integer) ON CONFLICT ("id") DO UPDATE SET "balance_v2" = EXCLUDED."balance_v2", )"
              R"("balance" = (EXCLUDED."balance_v2")::integer)");

// Neither: both are left alone. Deleting has no direction.
static_assert(sql<wide, write_kind::update, "note"> ==
              R"(UPDATE "public"."accounts" AS t SET "note" = $1::text WHERE t."id" = $2::bigint)");
static_assert(sql<wide, write_kind::erase> == R"(DELETE FROM "public"."accounts" AS t WHERE t."id" = $1::bigint)");

// A partial transform is its total function; a partial inverse is computed in place, and fails the write: a value that
// the old column cannot hold must not be lost in silence.
static_assert(sql<narrow, write_kind::update, "balance"> ==
              R"(UPDATE "public"."accounts" AS t SET "balance" = $1::integer, )"
              R"("balance_v2" = "public"."om_total_narrow"($1::integer) WHERE t."id" = $2::bigint)");
static_assert(sql<narrow, write_kind::update, "balance_v2"> ==
              R"(UPDATE "public"."accounts" AS t SET "balance_v2" = $1::smallint, )"
              R"("balance" = COALESCE(($1::smallint)::integer, (0)::integer) WHERE t."id" = $2::bigint)");

// Fragments for statements of the user's own, numbered from where he wants.
using assign = om::assignments<wide>;
static_assert(assign::fragment<"balance"> == R"("balance" = $1::integer, "balance_v2" = ($1::integer)::bigint)");
static_assert(assign::fragment<"balance_v2"> == R"("balance_v2" = $1::bigint, "balance" = ($1::bigint)::integer)");
static_assert(assign::fragment_from<3, "note", "balance_v2"> ==
              R"("balance_v2" = $3::bigint, "note" = $4::text, "balance" = ($3::bigint)::integer)");
static_assert(assign::parameter_count<"balance_v2"> == 1 && assign::parameter_count<"note", "balance"> == 2);

// What is right, with the C++ type of the column that is set.
static_assert(is<verdict<wide, write_kind::update, one, set<"balance", small>>, om::accepted>);
static_assert(is<verdict<wide, write_kind::update, one, set<"balance_v2", number>>, om::accepted>);
static_assert(is<verdict<wide, write_kind::insert, one, set<"balance_v2", number>>, om::accepted>);
static_assert(
    is<verdict<wide, write_kind::upsert, one, set<"note", std::nullopt_t>, set<"balance_v2", small>>, om::accepted>);
static_assert(is<verdict<lossy, write_kind::update, one, set<"balance", small>>, om::accepted>);

// M012: both columns; and the new one where there is no inverse.
static_assert(is<verdict<wide, write_kind::update, one, set<"balance", small>, set<"balance_v2", number>>,
                 om::derived_column_written<back, "balance">>);
static_assert(is<verdict<wide, write_kind::insert, one, set<"balance_v2", number>, set<"balance", small>>,
                 om::derived_column_written<back, "balance">>);
static_assert(is<verdict<wide, write_kind::assignments, om::detail::no_key, assigned_column<"balance">,
                         assigned_column<"balance_v2">>,
                 om::derived_column_written<back, "balance">>);
static_assert(is<verdict<lossy, write_kind::update, one, set<"balance_v2", number>>,
                 om::derived_column_written<lossy, "balance_v2">>);

// M009, M010: the columns are as they are declared, in both directions.
static_assert(is<verdict<wide, write_kind::update, one, set<"balance", number>>,
                 om::wrong_value_type<accounts, "balance", number, om::declared<"integer not null">>>);
static_assert(!om::accepts<verdict<wide, write_kind::update, one, set<"balance_v2", std::nullopt_t>>>);
static_assert(!om::accepts<verdict<wide, write_kind::update, one, set<"balance_v2", std::string_view>>>);
static_assert(om::accepts<verdict<narrow, write_kind::update, one, set<"balance_v2", std::optional<std::int16_t>>>>);
static_assert(is<verdict<wide, write_kind::insert, one, set<"note", std::string_view>>,
                 om::missing_not_null_column<accounts, "balance">>);
static_assert(!om::accepts<verdict<wide, write_kind::upsert, one, set<"note", std::string_view>>>);
