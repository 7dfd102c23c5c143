// SPDX-License-Identifier: BSL-1.0
// Triggers of the table's own that fire for every row of the backfill.

#include <thread>

#include <doctest/doctest.h>

#include "support/lab.hpp"

using namespace test;

namespace {

/// An audit trigger as applications write them: names without schema, found by the path of the session.
constexpr const char* audited = R"(
CREATE TABLE people (id bigint PRIMARY KEY, name text NOT NULL);
CREATE TABLE audit (id bigint);
CREATE FUNCTION remember(who bigint) RETURNS void LANGUAGE sql AS 'INSERT INTO audit VALUES (who)';
CREATE FUNCTION note() RETURNS trigger LANGUAGE plpgsql AS $$BEGIN PERFORM remember(NEW.id); RETURN NEW; END$$;
INSERT INTO people SELECT g, ' Name ' || g FROM generate_series(1, 500) AS g;
CREATE TRIGGER audit_people AFTER UPDATE ON people FOR EACH ROW EXECUTE FUNCTION note())";

expand_contract_options acknowledged() {
  expand_contract_options options;
  options.expand.acknowledged = {risk::user_triggers};
  return options;
}

}  // namespace

TEST_CASE("a trigger that finds its tables and functions by the session's path fires in the backfill") {
  lab here;
  here.run(audited);
  auto result = om::expand_contract<lower_name>{here.source, acknowledged()}.run();
  CHECK(result.reached == phase::contract_ready);
  CHECK(here.ask(wrong_people) == "0");
  CHECK(here.ask("SELECT count(*), count(DISTINCT id) FROM audit") == "500");
}

TEST_CASE("pg_catalog stays first in that path: nobody's operator of the same name is called") {
  lab here;
  here.run(audited);
  here.run(R"(CREATE SCHEMA evil;
CREATE FUNCTION evil.equal(text, text) RETURNS boolean LANGUAGE plpgsql IMMUTABLE AS $$BEGIN RAISE 'called'; END$$;
CREATE OPERATOR evil.= (LEFTARG = text, RIGHTARG = text, FUNCTION = evil.equal);
ALTER ROLE CURRENT_USER SET search_path = evil, pg_catalog, public)");
  here.tools.ensure_state_tables();
  om::expand<lower_name>(here.tools, {.acknowledged = {risk::user_triggers}});
  here.run("UPDATE people SET name = name || ' '");  // so that there is something to compare
  database misled{""};
  auto result = om::expand_contract<lower_name>{misled, acknowledged()}.run();
  here.run("ALTER ROLE CURRENT_USER RESET search_path");
  CHECK(result.reached == phase::contract_ready);
  CHECK(here.ask(wrong_people) == "0");
}

TEST_CASE("a deferred trigger runs with its statement, not at COMMIT where no time-out of the chunk bounds it") {
  lab here;
  here.run(make_people);
  here.run(R"(INSERT INTO people VALUES (1, ' Ada ');
CREATE FUNCTION complain() RETURNS trigger LANGUAGE plpgsql AS $$BEGIN RAISE 'no'; END$$;
CREATE CONSTRAINT TRIGGER late AFTER UPDATE ON people DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION complain())");
  try {
    om::expand_contract<lower_name>{here.source, acknowledged()}.run();
    FAIL("it did not throw");
  } catch (const statement_error& problem) {
    CHECK(problem.statement_name() == "backfill_chunk_first");
  }
}

TEST_CASE("a range of a composite key is never read by a scan of the whole table") {
  struct wide : table<"wide", column<"tenant", integer, primary_key>, column<"id", integer, primary_key>,
                      column<"name", text, not_null>> {};
  struct wide_lower : om::migration<"wide-lower", wide, add_column<"name_lower", text, ascii_lower(col<"name">)>> {};
  lab here;
  here.run(R"(CREATE TABLE wide (tenant integer, id integer, name text NOT NULL, PRIMARY KEY (tenant, id));
INSERT INTO wide SELECT 1, g, 'Name ' || g FROM generate_series(1, 20000) AS g; ANALYZE wide)");
  here.tools.ensure_state_tables();
  om::expand<wide_lower>(here.tools);
  // The scans of this session so far; before PostgreSQL 15 a session reports them with a statement, once in half a
  // second.
  if (here.since(15)) {
    here.run("SELECT pg_stat_force_next_flush()");
  } else {
    for (int turn = 0; turn < 2; ++turn) {
      std::this_thread::sleep_for(1s);
      here.run("SELECT");
    }
  }
  std::int64_t before = here.count("SELECT seq_scan FROM pg_stat_user_tables WHERE relname = 'wide'");
  backfill_options options;
  options.chunk = fixed_chunk(1000);
  CHECK(backfill_runner<wide_lower>{here.source, options}.run().finished());
  parity_options ranges;
  ranges.range_rows = 1000;
  ranges.walk = walk_by::keys;
  int reports = 0;
  ranges.on_progress = [&](const parity_report&) { ++reports; };
  CHECK(parity_checker<wide_lower>{here.source, ranges}.check_all().mismatches == 0);
  CHECK(reports >= 20);
  // Sessions of the library report their scans when they end, which they have by now.
  eventually([&] { return here.count("SELECT n_tup_upd FROM pg_stat_user_tables WHERE relname = 'wide'") == 20000; });
  CHECK(here.count("SELECT seq_scan FROM pg_stat_user_tables WHERE relname = 'wide'") == before);
}

TEST_CASE("without the state tables the error says how to make them") {
  lab here;
  here.run(make_people);
  CHECK_THROWS_WITH_AS((void)here.tools.phase<lower_name>(), doctest::Contains("ensure_state_tables"), refused);
}
