// SPDX-License-Identifier: BSL-1.0
// Objects of other roles that are in the way, or lie in wait.

#include <doctest/doctest.h>

#include "support/lab.hpp"

using namespace test;

namespace {

struct coded : table<"coded", column<"code", varchar<20>, primary_key>, column<"name", varchar<20>>> {};
struct coded_copy : om::migration<"coded-copy", coded, add_column<"copy", varchar<20>, col<"name">>> {};

constexpr const char* make_coded = R"(
CREATE TABLE coded (code varchar(20) PRIMARY KEY, name varchar(20));
INSERT INTO coded SELECT 'c' || g, 'n' || g FROM generate_series(1, 50) AS g)";

/// PostgreSQL has no such operators of its own, so an exact match in any schema of the path would be taken.
constexpr const char* lie_in_wait = R"(
CREATE FUNCTION anything(varchar, varchar) RETURNS boolean LANGUAGE plpgsql IMMUTABLE AS $$BEGIN RAISE 'called'; END$$;
CREATE OPERATOR = (LEFTARG = varchar, RIGHTARG = varchar, FUNCTION = anything);
CREATE OPERATOR <> (LEFTARG = varchar, RIGHTARG = varchar, FUNCTION = anything);
CREATE OPERATOR > (LEFTARG = varchar, RIGHTARG = varchar, FUNCTION = anything);
CREATE OPERATOR <= (LEFTARG = varchar, RIGHTARG = varchar, FUNCTION = anything))";

}  // namespace

TEST_CASE("nobody's operator on varchars is called, by the backfill or by a dual write") {
  lab here;
  here.run(make_coded);
  here.run(R"(CREATE FUNCTION note() RETURNS trigger LANGUAGE plpgsql AS $$BEGIN RETURN NEW; END$$;
CREATE TRIGGER own BEFORE UPDATE ON coded FOR EACH ROW EXECUTE FUNCTION note())");
  here.run(lie_in_wait);
  expand_contract_options options;
  options.expand.acknowledged = {risk::user_triggers};
  options.backfill.chunk = fixed_chunk(7);
  CHECK(om::expand_contract<coded_copy>{here.source, options}.run().reached == phase::contract_ready);
  dual_writer<coded_copy> write{here.on};
  CHECK(write.update(om::key("c1"), om::set<"name">("new")) == 1);
  CHECK(write.erase(om::key("c2")) == 1);
  CHECK(here.ask("SELECT count(*) FROM coded WHERE copy::text IS NOT DISTINCT FROM name::text") == "49");
}

TEST_CASE("default privileges give nobody rights on the state tables") {
  lab here;
  here.run(R"(DO $$BEGIN CREATE ROLE stranger; EXCEPTION WHEN duplicate_object THEN NULL; END$$;
ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT ALL ON TABLES TO stranger, PUBLIC)");
  here.tools.ensure_state_tables();
  here.run("ALTER DEFAULT PRIVILEGES IN SCHEMA public REVOKE ALL ON TABLES FROM stranger, PUBLIC");
  CHECK(here.ask(R"(SELECT count(*) FROM pg_class AS c WHERE relname LIKE 'online\_migration\_%' AND relkind = 'r'
   AND (has_table_privilege('stranger', c.oid, 'SELECT') OR has_table_privilege('stranger', c.oid, 'UPDATE')))") ==
        "0");
}

TEST_CASE("default privileges give nobody rights on the counter of the alarm") {
  struct scored : table<"scored", column<"id", bigint, primary_key>, column<"score", integer>> {};
  struct scored_wide
      : om::migration<"scored-wide", scored, replace_column<"score", "score_v2", bigint, col<"score">, lossy>> {};
  lab here;
  here.tools.ensure_state_tables();
  here.run(R"(DO $$BEGIN CREATE ROLE "Odd stranger"; EXCEPTION WHEN duplicate_object THEN NULL; END$$;
CREATE TABLE scored (id bigint PRIMARY KEY, score integer);
ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT ALL ON SEQUENCES TO "Odd stranger", PUBLIC)");
  expand<scored_wide>(here.tools);
  here.run("ALTER DEFAULT PRIVILEGES IN SCHEMA public REVOKE ALL ON SEQUENCES FROM \"Odd stranger\", PUBLIC");
  CHECK(
      here.ask(
          R"(SELECT has_sequence_privilege('Odd stranger', 'public."om_alarm_scored-wide"', 'UPDATE, USAGE, SELECT'))") ==
      "f");
}

TEST_CASE("a trigger on a partition is seen before anything is changed") {
  struct parted : table<"parted", column<"id", bigint, primary_key>, column<"name", text, not_null>> {};
  struct parted_lower
      : om::migration<"parted-lower", parted, add_column<"name_lower", text, ascii_lower(col<"name">)>> {};
  lab here;
  here.run(R"(CREATE TABLE parted (id bigint PRIMARY KEY, name text NOT NULL) PARTITION BY RANGE (id);
CREATE TABLE parted_1 PARTITION OF parted FOR VALUES FROM (0) TO (1000);
CREATE FUNCTION stamp() RETURNS trigger LANGUAGE plpgsql AS $$BEGIN NEW.name := NEW.name || '!'; RETURN NEW; END$$;
CREATE TRIGGER "~p_stamp" BEFORE UPDATE ON parted_1 FOR EACH ROW EXECUTE FUNCTION stamp())");
  here.tools.ensure_state_tables();
  CHECK_THROWS_WITH_AS(expand<parted_lower>(here.tools), doctest::Contains("~p_stamp"), refused);
}

TEST_CASE("what a user's function puts into an error's fields stays there") {
  lab here;
  here.run(make_people);
  here.run(R"(CREATE FUNCTION tell() RETURNS trigger LANGUAGE plpgsql AS
$$BEGIN RAISE 'no' USING COLUMN = NEW.name, TABLE = NEW.name; END$$;
INSERT INTO people VALUES (1, 'secret');
CREATE TRIGGER tell BEFORE UPDATE ON people FOR EACH ROW EXECUTE FUNCTION tell())");
  expand_contract_options options;
  options.expand.acknowledged = {risk::user_triggers};
  try {
    om::expand_contract<lower_name>{here.source, options}.run();
    FAIL("it did not throw");
  } catch (const error& problem) {
    CHECK(std::string_view{problem.what()}.find("secret") == std::string_view::npos);
  }
  CHECK(here.ask("SELECT last_error LIKE '%secret%' FROM online_migration_backfill_state") == "f");
}
