// SPDX-License-Identifier: BSL-1.0
// The life of a column that gets another type, to its drop: text into an enum, float into numeric, varchar into text,
// timestamp into timestamptz. What PostgreSQL makes of the old value is what is expected; values that the new type does
// not take are in quarantine.
#include <limits>
#include <string>
#include <vector>

#include "contract_support.hpp"

using namespace test;

namespace {

template <class Type>
struct readings : table<"readings", in_schema<"bank">, column<"id", bigint, primary_key>, column<"old", Type>> {};

using mood = enumeration<"bank.mood", "sad", "ok", "so-so">;

struct text_to_enum
    : om::migration<"text-to-enum", readings<text>, replace_column<"old", "new", mood, om::cast<mood>(col<"old">)>> {};
struct enum_to_text
    : om::migration<"enum-to-text", readings<mood>, replace_column<"old", "new", text, om::cast<text>(col<"old">)>> {};

struct truth_to_enum : om::migration<"truth-to-enum", readings<boolean>,
                                     replace_column<"old", "new", mood,
                                                    case_when(col<"old">, om::cast<mood>(om::lit<"ok">), !col<"old">,
                                                              om::cast<mood>(om::lit<"sad">)),
                                                    om::cast<text>(col<"new">) == om::lit<"ok">>> {};

/// PostgreSQL counts its own casts between text and an enum as changeable, because labels may come, so where the
/// declaration does not know all of them they stand in functions that say otherwise.
using some_mood = enumeration<"bank.mood", "sad", "ok">;
struct text_to_any
    : om::migration<"text-to-any", readings<text>,
                    replace_column<"old", "new", some_mood, om::sql<"bank.as_mood({})", some_mood>(col<"old">),
                                   om::sql<"bank.as_text({})", text>(col<"new">)>> {};
struct cast_to_enum
    : om::migration<"cast-to-enum", readings<text>,
                    replace_column<"old", "new", mood, om::sql<"{}::bank.mood", mood>(col<"old">), lossy>> {};

using money = numeric<12, 2>;
struct float_to_numeric : om::migration<"float-to-numeric", readings<float8>,
                                        replace_column<"old", "new", money, om::sql<"{}::numeric", money>(col<"old">),
                                                       om::sql<"{}::float8", float8>(col<"new">)>> {};

struct short_to_long : om::migration<"short-to-long", readings<varchar<4>>,
                                     replace_column<"old", "new", text, col<"old">, om::left(col<"new">, om::lit<4>)>> {
};

struct local_to_instant
    : om::migration<"local-to-instant", readings<timestamp>,
                    replace_column<"old", "new", timestamptz, om::at_utc(col<"old">), om::derived_inverse>> {};

/// A zone with an hour that is not there in March, and one that is there twice in October.
struct local_to_berlin
    : om::migration<
          "local-to-berlin", readings<timestamp>,
          replace_column<"old", "new", timestamptz, om::sql<"{} AT TIME ZONE 'Europe/Berlin'", timestamptz>(col<"old">),
                         om::sql<"{} AT TIME ZONE 'Europe/Berlin'", timestamp>(col<"new">)>> {};

/// What is written to a column, as SQL and as C++, and what PostgreSQL makes of it in the other one: nothing if empty.
template <class Value>
struct written {
  Value value;
  std::string sql;
  std::string other;
};

template <class Migration, class Old, class New>
struct changing : bank {
  std::string old_type;
  std::string new_type;
  std::vector<written<Old>> olds;
  std::vector<written<New>> news;
  std::string then_refused;  ///< a new value that the old column cannot hold, as SQL; if there is one
  std::string then_refused_as = "23514";

  void is(const std::string& id, const std::string& column, const std::string& sql) {
    CAPTURE(id);
    CAPTURE(column);
    CAPTURE(sql);
    std::string wanted = sql.empty() ? "NULL" : sql;
    std::string type = column == "old" ? old_type : new_type;
    CHECK(ask("SELECT ROW(" + column + ")::record *= ROW((" + wanted + ")::" + type +
              ")::record FROM bank.readings WHERE id = " + id) == "t");
  }

  std::string missing() { return ask("SELECT count(*) FROM bank.readings WHERE old IS NOT NULL AND new IS NULL"); }

  /// As those do who know one column alone.
  void clients_write(int from) {
    for (const auto& [value, sql, other] : olds) {
      std::string id = std::to_string(from++);
      run("INSERT INTO bank.readings (id) VALUES (" + id + "); UPDATE bank.readings SET old = " + sql +
          " WHERE id = " + id);
      is(id, "old", sql);
      is(id, "new", other);
    }
    for (const auto& [value, sql, other] : news) {
      std::string id = std::to_string(from++);
      run("INSERT INTO bank.readings (id, new) VALUES (" + id + ", " + sql + ")");
      is(id, "new", sql);
      is(id, "old", other);
    }
  }

  void dual_writers_write(int from) {
    dual_writer<Migration> write{on};
    for (const auto& [value, sql, other] : olds) {
      std::string id = std::to_string(from);
      CHECK(write.insert(key(from), set<"old">(value)) == 1);
      CHECK(write.update(key(from++), set<"old">(value)) == 1);
      is(id, "old", sql);
      is(id, "new", other);
    }
    for (const auto& [value, sql, other] : news) {
      std::string id = std::to_string(from);
      CHECK(write.upsert(key(from), set<"new">(value)) == 1);
      CHECK(write.upsert(key(from++), set<"new">(value)) == 1);
      is(id, "new", sql);
      is(id, "old", other);
    }
  }

  void lives(std::size_t without_value) {
    run("CREATE TABLE bank.readings (id bigint PRIMARY KEY, old " + old_type +
        "); INSERT INTO bank.readings VALUES (0, NULL)");
    int id = 1;
    for (const auto& each : olds) {
      run("INSERT INTO bank.readings VALUES (" + std::to_string(id++) + ", " + each.sql + ")");
    }
    expand<Migration>(tools);
    clients_write(100);
    dual_writers_write(200);
    tools.mark_phase<Migration>(phase::backfill);
    auto filled = backfill_runner<Migration>{source, {.on_data_error = data_error_policy::go_on}}.run();
    REQUIRE(filled.finished());
    id = 1;
    for (const auto& each : olds) is(std::to_string(id++), "new", each.other);
    CHECK(missing() == std::to_string(3 * without_value));
    CHECK(ask("SELECT count(*) FROM online_migration_quarantine") == missing());

    prove_parity<Migration>();
    clients_write(300);
    dual_writers_write(400);
    REQUIRE(parity_checker<Migration>{source}.check_all().mismatches == 0);
    if (!then_refused.empty())
      refuses("INSERT INTO bank.readings (id, new) VALUES (500, " + then_refused + ")", then_refused_as);
    tools.set_read_flag<Migration>(read_flag::new_column);
    contract_options sure = contract_at_once();
    if (without_value != 0) {
      CHECK_FALSE(readiness<Migration>(tools, sure).ready());
      sure.acknowledged.push_back(risk::quarantined_rows);
    }
    contract(tools, prove<Migration>(tools, sure));
    refuses("INSERT INTO bank.readings (id, old) VALUES (500, " + olds.front().sql + ")", "55000");
    for (const auto& each : news) {
      run("UPDATE bank.readings SET new = " + each.sql + " WHERE id = 0");
      is("0", "new", each.sql);
    }
    if (!then_refused.empty()) run("UPDATE bank.readings SET new = " + then_refused + " WHERE id = 0");
    retire<Migration>(tools, all_new);
    drop_retired<Migration>(tools, at_once);
    id = 1;
    for (const auto& each : olds) is(std::to_string(id++), "new", each.other);
  }
};

constexpr const char* make_mood = "CREATE TYPE bank.mood AS ENUM ('sad', 'ok', 'so-so')";
constexpr const char* make_functions =
    "CREATE FUNCTION bank.as_mood(text) RETURNS bank.mood LANGUAGE sql IMMUTABLE STRICT AS 'SELECT $1::bank.mood';"
    "CREATE FUNCTION bank.as_text(bank.mood) RETURNS text LANGUAGE sql IMMUTABLE STRICT AS 'SELECT $1::text'";

/// Labels, what is nearly one, and what is nothing like it.
const std::vector<written<std::string>> moods{
    {"so-so", "'so-so'", "'so-so'"},
    {"OK", "'OK'", ""},
    {" ok", "' ok'", ""},
    {"", "''", ""},
    {"'; DROP TABLE bank.readings --", "'''; DROP TABLE bank.readings --'", ""},
    {std::string(70, 'x'), "repeat('x', 70)", ""},
    {"ok", "'ok'", "'ok'"}};

}  // namespace

TEST_CASE("text into an enum: what is no label is in quarantine") {
  changing<text_to_enum, std::string, std::string> life;
  life.run(make_mood);
  life.old_type = "text";
  life.new_type = "bank.mood";
  life.olds = moods;
  life.news = {{"sad", "'sad'", "'sad'"}};
  life.lives(5);
}

TEST_CASE("text into an enum of which the declaration does not know every label") {
  changing<text_to_any, std::string, std::string> life;
  life.run(make_mood);
  life.run(make_functions);
  life.old_type = "text";
  life.new_type = "bank.mood";
  life.olds = moods;
  life.news = {{"sad", "'sad'", "'sad'"}};
  life.lives(5);
}

TEST_CASE("an enum into text: what is no label there is refused until contract") {
  changing<enum_to_text, std::string, std::string> life;
  life.run(make_mood);
  life.old_type = "bank.mood";
  life.new_type = "text";
  life.olds = {{"so-so", "'so-so'", "'so-so'"}, {"sad", "'sad'", "'sad'"}, {"ok", "'ok'", "'ok'"}};
  life.news = {{"sad", "'sad'", "'sad'"}, {"so-so", "'so-so'", "'so-so'"}};
  life.then_refused = "'Sad'";
  life.then_refused_as = "22P02";
  life.lives(0);
}

TEST_CASE("an enum into text: a label that comes meanwhile fails no write, and is in quarantine") {
  bank there;
  there.run(make_mood);
  there.run("CREATE TABLE bank.readings (id bigint PRIMARY KEY, old bank.mood)");
  there.run("INSERT INTO bank.readings VALUES (1, 'ok')");
  expand<enum_to_text>(there.tools);
  there.run("ALTER TYPE bank.mood ADD VALUE 'new'");
  there.run("INSERT INTO bank.readings VALUES (2, 'new'); UPDATE bank.readings SET old = 'new' WHERE id = 1");
  CHECK(there.ask("SELECT count(*) FROM bank.readings WHERE old = 'new' AND new IS NULL") == "2");
  there.tools.mark_phase<enum_to_text>(phase::backfill);
  REQUIRE(backfill_runner<enum_to_text>{there.source, {.on_data_error = data_error_policy::go_on}}.run().finished());
  CHECK(there.ask("SELECT string_agg(DISTINCT sqlstate, ',') FROM online_migration_quarantine") == "22P02");
  CHECK(there.ask("SELECT count(*) FROM online_migration_quarantine") == "2");
}

TEST_CASE("a truth value into an enum: a label that is neither is refused until contract") {
  changing<truth_to_enum, bool, std::string> life;
  life.run(make_mood);
  life.old_type = "boolean";
  life.new_type = "bank.mood";
  life.olds = {{true, "true", "'ok'"}, {false, "false", "'sad'"}};
  life.news = {{"sad", "'sad'", "false"}, {"ok", "'ok'", "true"}};
  life.then_refused = "'so-so'";
  life.lives(0);
}

TEST_CASE("a plain cast into an enum is refused, because it may change its meaning") {
  bank there;
  there.run(make_mood);
  there.run("CREATE TABLE bank.readings (id bigint PRIMARY KEY, old text)");
  CHECK(says(caught<refused>([&] { expand<cast_to_enum>(there.tools); }), "immutable"));
}

TEST_CASE("float into numeric: NaN is a number there, infinity and what is too great are not") {
  using limits = std::numeric_limits<double>;
  changing<float_to_numeric, double, std::string> life;
  life.old_type = "double precision";
  life.new_type = "numeric(12,2)";
  life.olds = {{0.1, "0.1", "0.1"},
               {2.675, "2.675", "2.68"},
               {-0.0, "'-0'", "0"},
               {limits::denorm_min(), "'5e-324'", "0"},
               {limits::quiet_NaN(), "'NaN'", "'NaN'"},
               {9'999'999'999.99, "9999999999.99", "9999999999.99"},
               {9'999'999'999.995, "9999999999.995", ""},
               {limits::max(), "1.7976931348623157e308", ""},
               {limits::infinity(), "'Infinity'", ""},
               {-limits::infinity(), "'-Infinity'", ""}};
  life.news = {
      {"1.1", "1.10", "1.1"}, {"-9999999999.99", "-9999999999.99", "-9999999999.99"}, {"NaN", "'NaN'", "'NaN'"}};
  life.lives(4);
}

TEST_CASE("varchar into text: what would not go back is refused until contract") {
  changing<short_to_long, std::string, std::string> life;
  life.old_type = "varchar(4)";
  life.new_type = "text";
  life.olds = {{"", "''", "''"},
               {"a  ", "'a  '", "'a  '"},
               {"🏳️‍🌈", "'🏳️‍🌈'", "'🏳️‍🌈'"},
               {"e\u0301", "U&'e\\0301'", "U&'e\\0301'"}};
  life.news = {{"abcd", "'abcd'", "'abcd'"}};
  life.then_refused = "'abcde'";
  life.lives(0);
}

TEST_CASE("timestamp into timestamptz, as UTC, whatever the zone of a session is") {
  using limits = std::numeric_limits<std::int64_t>;
  changing<local_to_instant, local_timestamp_value, timestamp_value> life;
  life.run("SET TimeZone = 'America/St_Johns'");
  life.old_type = "timestamp";
  life.new_type = "timestamptz";
  life.olds = {{{0}, "'2000-01-01'", "'2000-01-01 00:00 UTC'"},
               {{limits::max()}, "'infinity'", "'infinity'"},
               {{limits::min()}, "'-infinity'", "'-infinity'"},
               {{-211'813'488'000'000'000}, "'4714-11-24 BC'", "'4714-11-24 00:00 UTC BC'"},
               {{9'223'371'331'199'999'999}, "'294276-12-31 23:59:59.999999'", "'294276-12-31 23:59:59.999999 UTC'"}};
  life.news = {{{1}, "'2000-01-01 00:00:00.000001+00'", "'2000-01-01 00:00:00.000001'"},
               {{limits::max()}, "'infinity'", "'infinity'"},
               {{9'223'371'331'199'999'999}, "'294276-12-31 23:59:59.999999 UTC'", "'294276-12-31 23:59:59.999999'"}};
  life.lives(0);
}

TEST_CASE("timestamp into timestamptz, in a zone whose clocks are changed") {
  using limits = std::numeric_limits<std::int64_t>;
  changing<local_to_berlin, local_timestamp_value, timestamp_value> life;
  life.old_type = "timestamp";
  life.new_type = "timestamptz";
  life.olds = {{{0}, "'2000-01-01'", "'1999-12-31 23:00 UTC'"},
               {{828'066'600'000'000}, "'2026-03-29 02:30'", "'2026-03-29 01:30 UTC'"},
               {{846'210'600'000'000}, "'2026-10-25 02:30'", "'2026-10-25 01:30 UTC'"},
               {{limits::max()}, "'infinity'", "'infinity'"},
               {{-211'813'488'000'000'000}, "'4714-11-24 BC'", ""}};
  life.news = {{{846'207'000'000'000}, "'2026-10-25 01:30 UTC'", "'2026-10-25 02:30'"}};
  life.then_refused = "'2026-10-25 00:30 UTC'";
  life.lives(1);
}
