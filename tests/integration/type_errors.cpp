// SPDX-License-Identifier: BSL-1.0
// What is not of its type: columns that are not as declared, and values that the server would refuse.
#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>

#include "integration/type_life.hpp"

using namespace test;

namespace {

using mood = om::enumeration<"app.mood", "sad", "ok">;

/// What preflight says of a table whose column is of another type than declared.
template <class Type>
std::string refused_for(const std::string& actual, const std::string& before = "SELECT 1") {
  lab server;
  server.run(before + "; CREATE TABLE valued (id bigint PRIMARY KEY, value " + actual + ")");
  server.tools.ensure_state_tables();
  // What a session looks for without a schema must not matter.
  std::string found[2];
  for (const char* path : {"public", "app, public"}) {
    server.run(std::string{"SET search_path = "} + path);
    auto report = om::preflight<copied<Type>>(server.on);
    found[path[0] == 'a'] = report.text();
  }
  CHECK(found[0] == found[1]);
  return found[0];
}

bool has(const std::string& text, std::string_view part) {
  if (text.find(part) != std::string::npos) return true;
  MESSAGE(text);
  return false;
}

template <class Type>
bool fits(const std::string& actual, const std::string& before = "SELECT 1") {
  return refused_for<Type>(actual, before).find("is declared as") == std::string::npos;
}

/// The SQLSTATE with which the server refuses a text for a column; empty where it takes it.
std::string server_refuses(lab& server, const om::type_description& type, const std::string& value) {
  server.run("DROP TABLE IF EXISTS tried; CREATE TABLE tried (value " + om::detail::type_name(type) + ")");
  try {
    // A literal without a type goes the way of a parameter; a text is stored as an assignment does it.
    bool is_text = type.underlying().length > 0 && !type.underlying().is_numeric();
    std::string sql = "INSERT INTO tried VALUES ('" + value + (is_text ? "'::text)" : "')");
    server.on.execute(statement{"tried", sql});
  } catch (const om::statement_error& problem) {
    return std::string{problem.sqlstate()};
  }
  return {};
}

template <class Type>
void same_refusal(lab& server, std::initializer_list<const char*> values) {
  for (const char* value : values) {
    CAPTURE(value);
    CHECK(om::detail::refusal<Type>(std::string_view{value}) == server_refuses(server, Type::description, value));
  }
}

std::string_view as_it_is(std::string_view text) { return text; }

template <class Type>
struct given : om::table<"given", om::column<"id", om::bigint, om::primary_key>, om::column<"value", om::text>> {};
template <class Type>
struct converted
    : om::migration<"converted", given<Type>,
                    om::add_column<"as_type", Type, om::computed<&as_it_is, "as-it-is/1", Type>(om::col<"value">)>> {};

std::int32_t digits(const om::numeric_value& value) { return static_cast<std::int32_t>(value.view().size()); }

struct priced
    : om::table<"priced", om::column<"id", om::bigint, om::primary_key>, om::column<"value", om::numeric<6, 2>>> {};
struct length_of_price
    : om::migration<"length-of-price", priced,
                    om::add_column<"size", om::integer, om::computed<&digits, "digits/1">(om::col<"value">)>> {};

/// Values of which the server would refuse some, computed by the client: those become NULL, and why is noted.
template <class Type>
std::string noted(const std::string& rows, const std::string& before = "SELECT 1") {
  lab server;
  server.run(before + "; CREATE TABLE given (id bigint PRIMARY KEY, value text); INSERT INTO given VALUES " + rows);
  server.tools.ensure_state_tables();
  om::expand<converted<Type>>(server.tools);
  om::backfill_options some;
  some.on_data_error = om::data_error_policy::go_on;
  CHECK(om::backfill_runner<converted<Type>>{server.source, some}.run().finished());
  om::parity_options going_on;
  going_on.on_data_error = om::data_error_policy::go_on;
  CHECK(om::parity_checker<converted<Type>>{server.source, going_on}.check_all().mismatches == 0);
  return server.ask(
      "SELECT string_agg(format('%s=%s%s', id, as_type, q.sqlstate), ' ' ORDER BY id) FROM given LEFT JOIN "
      "online_migration_quarantine AS q ON q.key = ARRAY[id::text]");
}

}  // namespace

TEST_CASE("a column of another type than declared is drift, whatever the search_path is") {
  CHECK(has(refused_for<om::numeric<10, 2>>("numeric(10,3)"), "declared as numeric(10,2) and is numeric(10,3)"));
  CHECK(has(refused_for<om::numeric<>>("numeric(10,3)"), "declared as numeric and is numeric(10,3)"));
  CHECK(has(refused_for<om::character<3>>("char(4)"), "declared as character(3) and is character(4)"));
  CHECK(has(refused_for<om::json>("jsonb"), "declared as json and is jsonb"));
  CHECK(has(refused_for<om::array<om::varchar<3>>>("varchar(3)"),
            "declared as character varying(3)[] and is character varying(3)"));
  const char* moods =
      "DROP SCHEMA IF EXISTS app CASCADE; CREATE SCHEMA app; CREATE TYPE app.mood AS ENUM ('sad', 'ok'); "
      "CREATE TYPE mood AS ENUM ('sad', 'ok')";
  CHECK(has(refused_for<mood>("public.mood", moods), R"(declared as "app"."mood" and is "public"."mood")"));
  CHECK(has(refused_for<om::array<mood>>("public.mood[]", moods),
            R"(declared as "app"."mood"[] and is "public"."mood"[])"));
  CHECK(has(refused_for<om::domain<"d", om::text>>("text"), R"(declared as "public"."d" and is text)"));
}

TEST_CASE("a column of the declared type is none") {
  CHECK(fits<om::numeric<10, 2>>("numeric(10,2)"));
  CHECK(fits<om::numeric<>>("numeric"));
  CHECK(fits<om::character<3>>("char(3)"));
  CHECK(fits<om::time>("time"));
  CHECK(fits<om::float4>("real"));
  CHECK(fits<om::interval>("interval"));
  CHECK(fits<om::array<om::numeric<4, 1>>>("numeric(4,1)[]"));
  const char* moods =
      "DROP SCHEMA IF EXISTS app CASCADE; CREATE SCHEMA app; CREATE TYPE app.mood AS ENUM ('sad', 'ok'); "
      "CREATE DOMAIN app.\"d \"\"1\" AS text[]";
  CHECK(fits<mood>("app.mood", moods));
  CHECK(fits<om::array<mood>>("app.mood[]", moods));
  CHECK(fits<om::domain<"app.d \"1", om::array<om::text>>>(R"(app."d ""1")", moods));
}

TEST_CASE("an enum without a declared label, and a type that is not there") {
  std::string fewer =
      "DROP SCHEMA IF EXISTS app CASCADE; CREATE SCHEMA app; CREATE TYPE app.mood AS ENUM ('sad', 'happy')";
  CHECK(has(refused_for<mood>("app.mood", fewer),
            R"(refused: the enum "app"."mood" has no label "ok", which its declaration has)"));
  CHECK(has(refused_for<mood>("app.mood", fewer), R"(notice: the enum "app"."mood" has the label "happy")"));
  CHECK(has(refused_for<om::array<mood>>("app.mood[]", fewer), R"(has no label "ok")"));
  CHECK(has(refused_for<mood>("text", "DROP SCHEMA IF EXISTS app CASCADE"), R"(there is no type "app"."mood")"));
  CHECK(has(refused_for<om::domain<"d 1", om::text>>("text"), R"(there is no type "public"."d 1")"));
  CHECK(refused_for<mood>("app.mood",
                          "DROP SCHEMA IF EXISTS app CASCADE; CREATE SCHEMA app; "
                          "CREATE TYPE app.mood AS ENUM ('sad', 'ok')")
            .empty());
}

TEST_CASE("the library refuses what the server would refuse, for the same reason") {
  lab server;
  server.run(
      "DROP SCHEMA IF EXISTS app CASCADE; CREATE SCHEMA app; CREATE TYPE app.mood AS ENUM ('sad', 'ok'); "
      "CREATE DOMAIN short AS varchar(3)");
  same_refusal<om::numeric<>>(server, {"1.5", "NaN", "Infinity", "x", "", "1e", "0x"});
  same_refusal<om::numeric<5, 2>>(server,
                                  {"999.99", "999.994", "999.995", "1000", "-1000", "0.001", "NaN", "Infinity"});
  if (server.since(15)) same_refusal<om::numeric<2, -1>>(server, {"990", "994", "995", "1000"});
  same_refusal<om::character<3>>(server, {"abc", "abc  ", "abcd", ""});
  same_refusal<om::varchar<3>>(server, {"abc", "abc  ", "abcd", ""});
  same_refusal<om::domain<"short", om::varchar<3>>>(server, {"abc", "abcd"});
  same_refusal<mood>(server, {"sad", "SAD", "", "glad"});
}

TEST_CASE("rows whose computed value is not of the type go into the quarantine") {
  CHECK(noted<om::numeric<5, 2>>("(1, '1.005'), (2, '1e9'), (3, 'x'), (4, NULL)") == "1=1.01 2=22003 3=22P02 4=");
  CHECK(noted<om::character<2>>("(1, 'a   '), (2, 'abc')") == "1=a  2=22001");
  CHECK(noted<mood>("(1, 'ok'), (2, 'glad')",
                    "DROP SCHEMA IF EXISTS app CASCADE; CREATE SCHEMA app; "
                    "CREATE TYPE app.mood AS ENUM ('sad', 'ok')") == "1=ok 2=22P02");
}

TEST_CASE("a function of a dual write is given what the column will store") {
  lab server;
  server.run("CREATE TABLE priced (id bigint PRIMARY KEY, value numeric(6,2), size integer)");
  om::dual_writer<length_of_price> write{server.on};
  write.insert(om::key(1), om::set<"value">("2.00500"));
  CHECK(server.ask("SELECT format('%s %s', value, size) FROM priced") == "2.01 4");
}
