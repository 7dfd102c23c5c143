// SPDX-License-Identifier: BSL-1.0
// Dual writes by the columns they are given. The whole texts stand in tests/golden.
#include <string_view>

#include <online_migration/static.hpp>

namespace om = online_migration;
using om::col;
using om::detail::write_kind;

namespace {

struct people : om::table<"people", om::column<"id", om::bigint, om::primary_key>, om::column<"first", om::text>,
                          om::column<"last", om::text, om::not_null>, om::column<"age", om::int4>> {};
struct full_name : om::migration<"n", people, om::add_column<"full", om::text, om::concat(col<"first">, col<"last">)>> {
};

template <class... Names>
constexpr om::detail::column_set given(Names... names) {
  om::detail::column_set result;
  (result.add(om::describe_table<people>.find(names)), ...);
  return result;
}

template <write_kind Kind, om::detail::column_set Set, std::size_t First = 1>
inline constexpr std::string_view sql = om::detail::dual_write<full_name, Kind, Set, First>.view();

}  // namespace

// A source that is not given is read from the row; without any source the new column is left alone.
static_assert(sql<write_kind::update, given("first", "last")> ==
              R"(UPDATE "public"."people" AS t SET "first" = $1::text, "last" = $2::text, "full" = )"
              R"((COALESCE($1::text, ''::text) || COALESCE($2::text, ''::text)) WHERE t."id" = $3::bigint)");
static_assert(sql<write_kind::update, given("last")> ==
              R"(UPDATE "public"."people" AS t SET "last" = $1::text, "full" = )"
              R"((COALESCE(t."first", ''::text) || COALESCE($1::text, ''::text)) WHERE t."id" = $2::bigint)");
static_assert(sql<write_kind::update, given("age")> ==
              R"(UPDATE "public"."people" AS t SET "age" = $1::integer WHERE t."id" = $2::bigint)");

// A source that an insert leaves out is NULL.
static_assert(sql<write_kind::insert, given("id", "last")> ==
              R"(INSERT INTO "public"."people" AS t ("id", "last", "full") VALUES ($1::bigint, $2::text, )"
              R"((COALESCE(NULL::text, ''::text) || COALESCE($2::text, ''::text))))");

// What an upsert changes comes from EXCLUDED, what it does not change from the row.
static_assert(
    sql<write_kind::upsert, given("id", "last")> ==
    R"(INSERT INTO "public"."people" AS t ("id", "last", "full") VALUES ($1::bigint, $2::text, )"
    R"((COALESCE(NULL::text, ''::text) || COALESCE($2::text, ''::text))) ON CONFLICT ("id") DO UPDATE SET )"
    R"("last" = EXCLUDED."last", "full" = (COALESCE(t."first", ''::text) || COALESCE(EXCLUDED."last", ''::text)))");
static_assert(sql<write_kind::upsert, given("id")>.ends_with(R"(ON CONFLICT ("id") DO NOTHING)"));
static_assert(sql<write_kind::upsert, given("id", "age")> ==
              R"(INSERT INTO "public"."people" AS t ("id", "age", "full") VALUES ($1::bigint, $2::integer, )"
              R"((COALESCE(NULL::text, ''::text) || COALESCE(NULL::text, ''::text))) ON CONFLICT ("id") DO UPDATE SET )"
              R"("age" = EXCLUDED."age")");

static_assert(sql<write_kind::erase, given()> == R"(DELETE FROM "public"."people" AS t WHERE t."id" = $1::bigint)");
static_assert(sql<write_kind::assignments, given("last"), 4> ==
              R"("last" = $4::text, "full" = (COALESCE("first", ''::text) || COALESCE($4::text, ''::text)))");
static_assert(om::detail::dual_write<full_name, write_kind::update, given("age")>.name == "dual_update");
