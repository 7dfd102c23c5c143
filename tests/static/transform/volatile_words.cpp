// SPDX-License-Identifier: BSL-1.0
// What rule M026 sees in a text of SQL, and what it leaves to the server.
#include <string_view>

#include <online_migration/transform/volatile_words.hpp>

namespace {

constexpr std::string_view finds(std::string_view sql) {
  return online_migration::detail::sql_words{sql}.find_volatile();
}

}  // namespace

static_assert(finds("now()") == "now" && finds("{} || pg_catalog . NOW ( )::text") == "NOW");
static_assert(finds("coalesce({}, 1) + random()") == "random" && finds("nextval('public.s')") == "nextval");
static_assert(finds("{} - CURRENT_DATE") == "CURRENT_DATE" && finds("localtimestamp(3)") == "localtimestamp");
static_assert(finds("concat({}, ' ')") == "concat" && finds("to_char({}, 'YYYY')") == "to_char");
static_assert(finds("{} < 'now'::timestamptz") == "now" && finds("timestamp ' Today '") == "Today");
static_assert(finds("'tomorrow' :: pg_catalog . date") == "tomorrow" && finds("CAST('now' AS timestamp)") == "now");
static_assert(finds("timestamp with time zone 'yesterday'") == "yesterday");
static_assert(finds("1 /* no */ + -- nor\n random ()") == "random");

// Words in quotes, comments, other schemas and other words; functions that only share a beginning.
static_assert(finds("{} || 'now()'").empty() && finds(R"("now" + 1)").empty() && finds("'it''s now()'").empty());
static_assert(finds("app.now()").empty() && finds("app.format({})").empty() && finds("now").empty());
static_assert(finds("/* now() */ {}").empty() && finds("{} -- random()").empty() && finds("random_name({})").empty());
static_assert(finds("nowadays({})").empty() && finds("t.current_date").empty() && finds("{} = 'now'").empty());
static_assert(finds("timestamp '2026-01-01'").empty() && finds("'today'::text").empty() && finds("").empty());
static_assert(finds("'").empty() && finds("/*").empty() && finds("'now").empty());
