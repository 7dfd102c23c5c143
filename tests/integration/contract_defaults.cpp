// SPDX-License-Identifier: BSL-1.0
// Contract where writers leave the old column to its default, or where the new column follows from several columns.

#include <string>

#include "contract_support.hpp"

using namespace test;

namespace {

struct people : table<"people", in_schema<"bank">, column<"id", integer, primary_key>, column<"name", text, not_null>,
                      column<"nick", text>> {};

struct shown_name : om::migration<"shown-name", people,
                                  replace_column<"nick", "shown", text, coalesce(col<"nick">, col<"name">), lossy>> {};

struct full_name
    : om::migration<
          "full-name", people,
          replace_column<"nick", "label", text, concat(coalesce(col<"nick">, lit<"-">), col<"name">), lossy>> {};

struct plain_points : table<"points", in_schema<"bank">, column<"id", bigint, primary_key>, column<"score", integer>> {
};

struct plain_score
    : om::migration<"plain-score", plain_points,
                    replace_column<"score", "score_v2", bigint, col<"score">, cast<integer>(col<"score_v2">)>> {};

struct grades
    : table<"grades", in_schema<"bank">, column<"id", integer, primary_key>, column<"grade", text, has_default>> {};

/// Partial: some texts are no numbers.
struct grade_number
    : om::migration<
          "grade-number", grades,
          replace_column<"grade", "grade_v2", integer, om::sql<"({})::integer", integer>(col<"grade">), lossy>> {};

struct defaults : bank {
  void open_points(const std::string& fallback = "7") {
    run("CREATE TABLE bank.points (id bigint PRIMARY KEY, score integer DEFAULT " + fallback +
        "); INSERT INTO bank.points SELECT g, g * 10 FROM generate_series(1, 200) AS g");
  }

  std::string point(int id) {
    return ask("SELECT format('%s %s', score, score_v2) FROM bank.points WHERE id = " + std::to_string(id));
  }

  template <class Migration>
  void ready() {
    bring_to<Migration>(phase::contract_ready);
    tools.set_read_flag<Migration>(read_flag::new_column);
  }
};

}  // namespace

TEST_CASE_FIXTURE(defaults, "a number from a sequence goes on behind the end of the old type") {
  run("CREATE SEQUENCE bank.numbers START 2147483647");
  open_points("nextval('bank.numbers')");
  run("DELETE FROM bank.points WHERE id > 0; SELECT setval('bank.numbers', 2147483646)");
  bring_to<wide_score>(phase::contracted);
  run("INSERT INTO bank.points (id) VALUES (1), (2)");
  CHECK(point(1) == " 2147483647");
  CHECK(point(2) == " 2147483648");
  CHECK(
      ask("SELECT pg_get_expr(adbin, adrelid) FROM pg_attrdef JOIN pg_attribute AS a ON a.attrelid = adrelid AND a.attnum = adnum "
          "WHERE adrelid = 'bank.points'::regclass AND a.attname = 'score_v2'") == "nextval('bank.numbers'::regclass)");
}

TEST_CASE_FIXTURE(defaults,
                  "an INSERT that leaves the old column to its default has its value after contract as before") {
  open_points();
  bring_to<wide_score>(phase::contracted);
  run("INSERT INTO bank.points (id) VALUES (501)");
  CHECK(point(501) == " 7");
  run("INSERT INTO bank.points (id, score_v2) VALUES (502, 5000000000)");
  CHECK(point(502) == " 5000000000");
  refuses("INSERT INTO bank.points (id, score) VALUES (503, 8)", "55000");
  SUBCASE("and after the way back a writer of either column is understood") {
    run("UPDATE bank.points SET score_v2 = 4 WHERE id = 502");
    revive<wide_score>(tools);
    run("INSERT INTO bank.points (id) VALUES (601); INSERT INTO bank.points (id, score) VALUES (602, 5);"
        "INSERT INTO bank.points (id, score_v2) VALUES (603, 6)");
    CHECK(point(501) == "7 7");
    CHECK(point(601) == "7 7");
    CHECK(point(602) == "5 5");
    CHECK(point(603) == "6 6");
    prove_parity<wide_score>();
    contract_now<wide_score>();
    run("INSERT INTO bank.points (id) VALUES (701)");
    CHECK(point(701) == " 7");
  }
  SUBCASE("and nothing of it stands in the way of the drop") {
    retire<wide_score>(tools, all_new);
    drop_retired<wide_score>(tools, at_once);
    run("INSERT INTO bank.points (id) VALUES (701)");
    CHECK(ask("SELECT score_v2 FROM bank.points WHERE id = 701") == "7");
  }
}

TEST_CASE_FIXTURE(defaults, "a default that gives each row another value goes on doing so") {
  run("CREATE SEQUENCE bank.counter START 1000");
  open_points("(nextval('bank.counter'::regclass))::integer");
  bring_to<wide_score>(phase::contracted);
  run("INSERT INTO bank.points (id) VALUES (501), (502)");
  CHECK(point(501) + point(502) == " 1000 1001");
}

TEST_CASE_FIXTURE(defaults, "a default on which the transform fails is none") {
  std::string fallback;
  std::string given;
  SUBCASE("it fails") {
    fallback = "none";
    given = "NULL";
  }
  SUBCASE("it does not") {
    fallback = "12";
    given = "12";
  }
  run("CREATE TABLE bank.grades (id integer PRIMARY KEY, grade text DEFAULT '" + fallback +
      "');"
      "INSERT INTO bank.grades SELECT g, g FROM generate_series(1, 100) AS g");
  ready<grade_number>();
  contract_now<grade_number>();
  run("INSERT INTO bank.grades (id) VALUES (501)");
  CHECK(ask("SELECT coalesce(grade_v2::text, 'NULL') FROM bank.grades WHERE id = 501") == given);
  retire<grade_number>(tools, all_new);
  drop_retired<grade_number>(tools, at_once);
}

TEST_CASE_FIXTURE(defaults, "a default of the new column is refused as long as it would be taken for a writer's wish") {
  open_points();
  bring_to<wide_score>(phase::backfill);
  constexpr const char* words = "has a default, which an old INSERT would be taken to have meant: ALTER TABLE";
  auto with_default = [&](auto step) {
    run("ALTER TABLE bank.points ALTER COLUMN score_v2 SET DEFAULT 0");
    CHECK(says(caught<refused>([&] { step(); }), words));
    run("ALTER TABLE bank.points ALTER COLUMN score_v2 DROP DEFAULT");
    step();
  };
  with_default([&] { backfill_runner<wide_score>{source}.run(); });
  REQUIRE(parity_checker<wide_score>{source}.check_all().mismatches == 0);
  with_default([&] { tools.mark_phase<wide_score>(phase::contract_ready); });
  tools.set_read_flag<wide_score>(read_flag::new_column);
  auto proof = prove<wide_score>(tools, contract_at_once());
  run("ALTER TABLE bank.points ALTER COLUMN score_v2 SET DEFAULT 0");
  CHECK(has(readiness<wide_score>(tools, contract_at_once()).text(), words));
  CHECK(says(caught<refused>([&] { contract(tools, proof); }), words));
}

TEST_CASE_FIXTURE(defaults,
                  "a default that the new column was given after contract is refused on the way back at once") {
  run("CREATE TABLE bank.points (id bigint PRIMARY KEY, score integer);"
      "INSERT INTO bank.points SELECT g, g * 10 FROM generate_series(1, 200) AS g");
  bring_to<plain_score>(phase::contracted);
  run("ALTER TABLE bank.points ALTER COLUMN score_v2 SET DEFAULT 0; INSERT INTO bank.points (id) VALUES (501)");
  CHECK(point(501) == " 0");
  std::string before = whole();
  CHECK(says(caught<refused>([&] { revive<plain_score>(tools); }), "has a default, which an old INSERT"));
  CHECK(difference(before, whole()) == "");
  run("ALTER TABLE bank.points ALTER COLUMN score_v2 DROP DEFAULT");
  revive<plain_score>(tools);
  CHECK(point(501) == "0 0");
}

TEST_CASE_FIXTURE(defaults,
                  "a default that the old column was given since expand is refused where nobody declared one") {
  open_accounts();
  bring_to<wide_balance>(phase::validate);
  run("ALTER TABLE bank.accounts ALTER COLUMN balance SET DEFAULT 0");
  REQUIRE(parity_checker<wide_balance>{source}.check_all().mismatches == 0);
  CHECK(says(caught<refused>([&] { tools.mark_phase<wide_balance>(phase::contract_ready); }),
             "has a default, which a writer of \"balance_v2\" alone is taken to have meant"));
  run("ALTER TABLE bank.accounts ALTER COLUMN balance DROP DEFAULT");
  prove_parity<wide_balance>();
}

TEST_CASE_FIXTURE(defaults, "a default that has no way into the new column stands in the way of contract") {
  run("CREATE TABLE bank.people (id integer PRIMARY KEY, name text NOT NULL, nick text DEFAULT 'x');"
      "INSERT INTO bank.people SELECT g, 'n' || g FROM generate_series(1, 100) AS g");
  ready<shown_name>();
  constexpr const char* words = "The old column has a default, which contract takes from it";
  CHECK(has(readiness<shown_name>(tools, contract_at_once({risk::no_way_back})).text(), words));
  SUBCASE("unless the new one has its own") { run("ALTER TABLE bank.people ALTER COLUMN shown SET DEFAULT 'x'"); }
  SUBCASE("unless it is dropped") { run("ALTER TABLE bank.people ALTER COLUMN nick DROP DEFAULT"); }
  contract_now<shown_name>();
}

TEST_CASE_FIXTURE(defaults, "a write that slept through contract is refused whichever source it changes") {
  run("CREATE TABLE bank.people (id integer PRIMARY KEY, name text NOT NULL, nick text);"
      "INSERT INTO bank.people SELECT g, 'n' || g, CASE WHEN g % 2 = 0 THEN 'k' || g END FROM generate_series(1, 100) AS g");
  ready<full_name>();
  contract_now<full_name>();
  refuses("UPDATE bank.people SET name = 'late' WHERE id = 1", "55000");
  refuses("UPDATE bank.people SET name = 'late' WHERE id = 2", "55000");
  refuses("UPDATE bank.people SET nick = 'late' WHERE id = 2", "55000");
  refuses("INSERT INTO bank.people (id, name) VALUES (501, 'late')", "55000");
  refuses("INSERT INTO bank.people (id, name, nick) VALUES (501, 'late', 'k')", "55000");
  // Who knows the new column gives it its value.
  run("INSERT INTO bank.people (id, name, label) VALUES (501, 'a', 'b');"
      "UPDATE bank.people SET name = 'c' WHERE id = 501;"  // this row never followed from its sources
      "UPDATE bank.people SET name = 'd', label = 'e' WHERE id = 1; UPDATE bank.people SET name = 'f' WHERE id = 1");
  dual_writer<full_name> write{on};
  write.update(key(2), set<"name">("g"), set<"nick">("h"));
  CHECK(
      ask("SELECT string_agg(format('%s %s', name, label), ',' ORDER BY id) FROM bank.people WHERE id IN (1, 2, 501)") ==
      "f e,g hg,c b");
}
