// SPDX-License-Identifier: BSL-1.0
// Writes that know nothing of a client-only migration: each one that may leave a row wrong leaves its key in the queue,
// and none fails or waits that would not have without us.
#include <string>
#include <string_view>

#include "support/lab.hpp"

using namespace test;

namespace {

text_value backwards(std::string_view name) { return text_value{std::string(name.rbegin(), name.rend())}; }
std::optional<text_value> only_long(std::string_view name) {
  if (name.size() < 3) return std::nullopt;
  return backwards(name);
}

struct backwards_name : om::migration<"backwards-name", people,
                                      add_column<"name_back", text, computed<&backwards, "backwards/1">(col<"name">)>> {
};

/// Two sources, one of which may be NULL, and new values that may be.
struct noted : table<"noted", column<"id", bigint, primary_key>, column<"a", text>, column<"x", float8, om::not_null>,
                     column<"other", text>> {};
text_value joined(std::string_view a, double x) { return text_value{std::string{a} + std::to_string(x)}; }
struct join_both
    : om::migration<"join-both", noted, add_column<"joined", text, computed<&joined, "joined/1">(col<"a">, col<"x">)>> {
};

struct parted : table<"parted", column<"region", varchar<10>, primary_key>, column<"at", timestamptz, primary_key>,
                      column<"name", text, om::not_null>> {};
struct parted_back
    : om::migration<"parted-back", parted, add_column<"back", text, computed<&backwards, "backwards/1">(col<"name">)>> {
};

struct short_or_not : om::migration<"short-or-not", people,
                                    add_column<"name_back", text, computed<&only_long, "long/1">(col<"name">)>> {};

struct queue : lab {
  queue() {
    tools.ensure_state_tables();
    run(make_people);
    run("INSERT INTO people SELECT g, 'Ada ' || g FROM generate_series(1, 20) AS g");
  }

  /// Keys in the queue in the order of their entries, and an empty queue afterwards.
  std::string noted_keys() {
    std::string keys = ask(
        "SELECT coalesce(string_agg(array_to_string(key, '|'), ' ' ORDER BY entry_id), '-') FROM online_migration_dirty_keys");
    run("DELETE FROM online_migration_dirty_keys");
    return keys;
  }

  std::string after(const std::string& sql) {
    run(sql);
    return noted_keys();
  }
};

const char* triggers =
    "SELECT string_agg(tgname || ' ' || tgenabled::text, ', ' ORDER BY tgname) FROM pg_trigger WHERE NOT tgisinternal";

}  // namespace

TEST_CASE_FIXTURE(queue, "expand puts up the triggers of the queue, unless all writers dual-write") {
  CHECK(expand<backwards_name>(tools).run.net == safety_net::dirty_key_trigger);
  CHECK(ask(triggers) ==
        "~om_dirty_insert_backwards-name A, ~om_dirty_key_backwards-name A, ~om_dirty_update_backwards-name A");
  CHECK(ask("SELECT safety_net FROM online_migration_runs") == "dirty-key-trigger");
  CHECK(tools.run<backwards_name>()->net == safety_net::dirty_key_trigger);
  CHECK_FALSE(expand<backwards_name>(tools).begun);

  run("DROP TABLE people; DELETE FROM online_migration_runs");
  run(make_people);
  CHECK(expand<backwards_name>(tools, {.all_writers = all_writers_dual_write}).run.net ==
        safety_net::all_writers_dual_write);
  CHECK(ask("SELECT count(*) FROM pg_trigger WHERE NOT tgisinternal") == "0");
}

TEST_CASE_FIXTURE(queue,
                  "each write of the old ways that may leave a row wrong leaves its key, and no other write does") {
  expand<backwards_name>(tools);
  CHECK(noted_keys() == "-");
  CHECK(after("INSERT INTO people VALUES (21, 'Bob'), (-9223372036854775808, '')") == "21 -9223372036854775808");
  CHECK(after("COPY people (id, name) FROM PROGRAM 'printf \"22\\tCopied\\n\"'") == "22");
  CHECK(after("UPDATE people SET name = name || '!' WHERE id IN (1, 2)") == "1 2");
  CHECK(after("INSERT INTO people VALUES (3, 'Cid') ON CONFLICT (id) DO UPDATE SET name = excluded.name") == "3");
  CHECK(after("INSERT INTO people VALUES (23, 'Cid') ON CONFLICT (id) DO UPDATE SET name = excluded.name") == "23");
  if (since(15))
    CHECK(after("MERGE INTO people USING (VALUES (4, 'x'), (24, 'y')) AS v (id, name) ON people.id = v.id "
                "WHEN MATCHED THEN UPDATE SET name = v.name WHEN NOT MATCHED THEN INSERT VALUES (v.id, v.name)") ==
          "4 24");
  CHECK(after("UPDATE people SET id = 105 WHERE id = 5") == "105");
  CHECK(after("DELETE FROM people WHERE id = 6; INSERT INTO people VALUES (6, 'again')") == "6");
  CHECK(
      after(
          "WITH gone AS (DELETE FROM people WHERE id = 7 RETURNING *) UPDATE people SET name = gone.name FROM gone WHERE people.id = 8") ==
      "8");
  CHECK(
      after(
          "SET session_replication_role = replica; UPDATE people SET name = 'r' WHERE id = 9; RESET session_replication_role") ==
      "9");
  CHECK(after("BEGIN; UPDATE people SET name = 'never' WHERE id = 10; ROLLBACK") == "-");

  // The source was right before, and is no more.
  run("UPDATE people SET name_back = reverse(name)");
  CHECK(noted_keys() == "-");
  CHECK(after("UPDATE people SET name = 'Eve' WHERE id = 11") == "11");
  // Nothing that the new column follows from.
  CHECK(after("ALTER TABLE people ADD COLUMN other int; UPDATE people SET other = 1; UPDATE people SET name = name") ==
        "-");
  CHECK(after("DELETE FROM people WHERE id = 12; TRUNCATE people") == "-");
}

TEST_CASE_FIXTURE(queue, "what is right leaves no key: dual writes and the backfill") {
  expand<backwards_name>(tools);
  dual_writer<backwards_name> write{on};
  write.insert(om::key(std::int64_t{30}), om::set<"name">("Zoe"));
  write.update(om::key(std::int64_t{1}), om::set<"name">("Una"));
  write.upsert(om::key(std::int64_t{2}), om::set<"name">("Due"));
  write.upsert(om::key(std::int64_t{31}), om::set<"name">("Tri"));
  write.erase(om::key(std::int64_t{3}));
  CHECK(noted_keys() == "-");
  backfill_options some;
  some.chunk = fixed_chunk(7);
  CHECK(backfill_runner<backwards_name>{source, some}.run().finished());
  CHECK(noted_keys() == "-");
  CHECK(ask("SELECT count(*) FROM people WHERE name_back IS DISTINCT FROM reverse(name)") == "0");
}

TEST_CASE_FIXTURE(queue, "a dual write whose new value is NULL leaves a key too many, which does no harm") {
  expand<short_or_not>(tools);
  dual_writer<short_or_not> write{on};
  write.insert(om::key(std::int64_t{30}), om::set<"name">("ab"));
  write.update(om::key(std::int64_t{1}), om::set<"name">("cd"));
  CHECK(ask("SELECT count(*) FROM online_migration_dirty_keys") == "2");
  backfill_result result = backfill_runner<short_or_not>{source}.run();
  CHECK(result.finished());
  CHECK(result.progress.dirty_done == 2);
  CHECK(noted_keys() == "-");
  CHECK(
      ask("SELECT count(*) FROM people WHERE name_back IS DISTINCT FROM CASE WHEN length(name) > 2 THEN reverse(name) END") ==
      "0");
}

TEST_CASE_FIXTURE(queue, "changed means not identical, for each type") {
  run("CREATE COLLATION blind (provider = icu, locale = 'und-u-ks-level2', deterministic = false)");
  run("CREATE TABLE noted (id bigint PRIMARY KEY, a text COLLATE blind, x double precision NOT NULL, other text)");
  expand<join_both>(tools);
  CHECK(after("INSERT INTO noted VALUES (1, 'a', 0)") == "1");
  run("UPDATE noted SET joined = 'a0'");
  CHECK(noted_keys() == "-");
  CHECK(after("UPDATE noted SET a = 'A'") == "1");   // equal under its collation
  CHECK(after("UPDATE noted SET x = '-0'") == "1");  // equal as a number
  CHECK(after("UPDATE noted SET a = NULL") == "1");
  CHECK(after("UPDATE noted SET a = NULL, x = '-0', other = 'x'") == "-");
  CHECK(after("UPDATE noted SET a = 'b', joined = 'b-0'") == "-");
}

TEST_CASE_FIXTURE(queue, "a row that moves to another partition leaves its new key") {
  run("CREATE TABLE parted (region varchar(10), at timestamptz, name text NOT NULL, PRIMARY KEY (region, at)) PARTITION BY LIST (region);"
      "CREATE TABLE parted_eu PARTITION OF parted FOR VALUES IN ('eu'); CREATE TABLE parted_us PARTITION OF parted FOR VALUES IN ('us')");
  run("INSERT INTO parted VALUES ('eu', '2026-01-02 03:04:05.678901+00', 'Ada')");
  expand<parted_back>(tools);
  backfill_runner<parted_back> runner{source};
  CHECK(runner.run().finished());
  // The server makes a delete and an insert of it: no trigger after updates fires, and the new column is not NULL.
  run("UPDATE parted SET region = 'us', name = 'Bob'");
  CHECK(ask("SELECT name_of FROM (SELECT format('%s %s', name, back) AS name_of FROM parted) AS p") == "Bob adA");
  CHECK(ask("SELECT key::text FROM online_migration_dirty_keys") == "{us,\"2026-01-02 03:04:05.678901+00\"}");
  CHECK(runner.run().finished());
  CHECK(ask("SELECT back FROM parted") == "boB");
}

TEST_CASE_FIXTURE(queue,
                  "no trigger before updates, for which the server would lock each row first, unless it is needed") {
  expand<backwards_name>(tools);
  CHECK(
      ask("SELECT count(*) || ' ' || count(*) FILTER (WHERE tgtype & 2 = 0) FROM pg_trigger WHERE tgrelid = 'people'::regclass "
          "AND tgname LIKE '~om%'") == "3 3");
  run("UPDATE people SET name_back = reverse(name)");
  run("DELETE FROM online_migration_dirty_keys; UPDATE people SET id = -id WHERE id = 1");
  CHECK(ask("SELECT key::text FROM online_migration_dirty_keys") == "{-1}");
}

TEST_CASE_FIXTURE(queue, "a key has the same text whatever the settings of the writer are") {
  run("CREATE TABLE parted (region varchar(10), at timestamptz, name text NOT NULL, PRIMARY KEY (region, at))");
  expand<parted_back>(tools);
  // An abbreviation that another server, or the library's session, reads as another zone.
  run("SET timezone_abbreviations = 'Australia'; SET \"DateStyle\" = 'Postgres, DMY'; SET \"TimeZone\" = 'Australia/Sydney'");
  run("INSERT INTO parted VALUES (E'a\\'\"{},\\\\', '2026-03-02 03:04:05.678901+00', 'Ada'), ('', 'infinity', 'Bob')");
  run("RESET ALL");
  CHECK(ask("SELECT string_agg(key[2], ' ' ORDER BY entry_id) FROM online_migration_dirty_keys") ==
        "2026-03-02 03:04:05.678901+00 infinity");
  CHECK(backfill_runner<parted_back>{source}.run().finished());
  CHECK(ask("SELECT count(*) FROM parted WHERE back IS DISTINCT FROM reverse(name)") == "0");
}

TEST_CASE_FIXTURE(queue, "a role without any right on the queue writes as before, and cannot use its function") {
  run("DO $$BEGIN CREATE ROLE app; EXCEPTION WHEN duplicate_object THEN NULL; END$$;"
      "GRANT USAGE, CREATE ON SCHEMA public TO app; GRANT ALL ON people TO app");
  expand<backwards_name>(tools);
  run("SET ROLE app");
  run("INSERT INTO people VALUES (30, 'Zoe'); UPDATE people SET name = 'Una' WHERE id = 1; UPDATE people SET id = -2 WHERE id = 2");
  CHECK(caught<statement_error>([&] { run("SELECT FROM online_migration_dirty_keys"); }).sqlstate() == "42501");
  run("CREATE TABLE mine (id text)");
  CHECK(caught<statement_error>([&] {
          run("CREATE TRIGGER mine AFTER INSERT ON mine FOR EACH ROW EXECUTE FUNCTION \"om_dirty_backwards-name\"()");
        }).sqlstate() == "42501");
  run("RESET ROLE");
  CHECK(noted_keys() == "30 1 -2");
  run("DROP TABLE mine; REVOKE ALL ON people FROM app; REVOKE ALL ON SCHEMA public FROM app");
}

TEST_CASE_FIXTURE(queue, "what the writer's path leads to is not used by the triggers") {
  run("CREATE SCHEMA trap; CREATE TABLE trap.online_migration_dirty_keys (migration text, key text[]);"
      "CREATE FUNCTION trap.to_regclass(text) RETURNS regclass LANGUAGE sql AS 'SELECT NULL::regclass';"
      "CREATE FUNCTION trap.equal(text, text) RETURNS boolean LANGUAGE plpgsql AS $$BEGIN RAISE 'called'; END$$;"
      "CREATE OPERATOR trap.= (LEFTARG = text, RIGHTARG = text, FUNCTION = trap.equal)");
  run("SET search_path = trap, pg_catalog, public");
  tools.ensure_state_tables();
  expand<backwards_name>(tools);
  run("UPDATE people SET name = 'Una' WHERE id OPERATOR(pg_catalog.=) 1; INSERT INTO people VALUES (30, 'Zoe')");
  run("RESET search_path; DROP SCHEMA trap CASCADE");
  CHECK(noted_keys() == "1 30");
}

TEST_CASE_FIXTURE(queue, "writers do not wait for each other, nor for a run that reads the queue") {
  expand<backwards_name>(tools);
  connection first = somebody("first");
  connection second = somebody("second");
  for (connection* each : {&first, &second}) script(*each, "SET lock_timeout = '1s'; BEGIN");
  script(first, "UPDATE people SET name = 'x' WHERE id = 1; INSERT INTO people VALUES (30, 'y')");
  script(second, "UPDATE people SET name = 'x' WHERE id = 2; INSERT INTO people VALUES (31, 'y')");
  // Both have entries that are not committed; a drain in the middle of its transaction has its own.
  run("BEGIN; DELETE FROM online_migration_dirty_keys WHERE migration = 'backwards-name'");
  script(second, "UPDATE people SET name = 'z' WHERE id = 2");
  script(first, "UPDATE people SET name = 'z' WHERE id = 1; COMMIT");
  script(second, "COMMIT");
  run("COMMIT");
  CHECK(noted_keys() == "1 30 2 31 2 1");
}

TEST_CASE_FIXTURE(queue, "where somebody has dropped the queue, writes go on as if there was none") {
  expand<backwards_name>(tools);
  run("DROP TABLE online_migration_dirty_keys");
  run("INSERT INTO people VALUES (30, 'Zoe'); UPDATE people SET name = 'Una' WHERE id = 1; UPDATE people SET id = -2 WHERE id = 2");
  CHECK(ask("SELECT count(*) FROM people WHERE id IN (30, -2) OR name = 'Una'") == "3");
}

TEST_CASE_FIXTURE(queue, "a transaction that leaves many keys uses no subtransaction for them") {
  expand<backwards_name>(tools);
  run("BEGIN; UPDATE people SET name = name || '!'");
  // An id of its own for each key would be taken from the same counter.
  CHECK(
      ask("SELECT (SELECT count(DISTINCT xmin::text) FROM online_migration_dirty_keys) || ' ' || "
          "(SELECT bool_and(xmin::text = (pg_current_xact_id()::text::numeric % 4294967296)::text) FROM online_migration_dirty_keys)") ==
      "1 true");
  run("COMMIT");
}

TEST_CASE_FIXTURE(queue, "a new attempt begins with an empty queue, and with a function of its own") {
  expand<backwards_name>(tools);
  run("UPDATE people SET name = 'Una' WHERE id = 1");
  run(R"(UPDATE online_migration_runs SET phase = 'rolled-back'; DROP TRIGGER "~om_dirty_insert_backwards-name" ON people;
DROP TRIGGER "~om_dirty_update_backwards-name" ON people; DROP TRIGGER "~om_dirty_key_backwards-name" ON people;
ALTER TABLE people DROP COLUMN name_back;
DO $$BEGIN CREATE ROLE app; EXCEPTION WHEN duplicate_object THEN NULL; END$$;
GRANT CREATE ON SCHEMA public TO app; ALTER FUNCTION "om_dirty_backwards-name"() OWNER TO app; REVOKE CREATE ON SCHEMA public FROM app)");
  CHECK(expand<backwards_name>(tools).run.attempt == 2);
  CHECK(ask("SELECT count(*) FROM online_migration_dirty_keys") == "0");
  CHECK(
      ask("SELECT proowner::regrole = current_user::regrole FROM pg_proc WHERE proname = 'om_dirty_backwards-name'") ==
      "t");
  CHECK(after("UPDATE people SET name = 'Una' WHERE id = 2") == "2");
}

TEST_CASE_FIXTURE(queue, "a source that a trigger of the table changes behind a dual write is found by parity alone") {
  run("CREATE FUNCTION shout() RETURNS trigger LANGUAGE plpgsql AS $$BEGIN NEW.name := upper(NEW.name); RETURN NEW; END$$;"
      "CREATE TRIGGER shout BEFORE INSERT ON people FOR EACH ROW EXECUTE FUNCTION shout()");
  expand<backwards_name>(tools);
  CHECK(backfill_runner<backwards_name>{source}.run().finished());
  dual_writer<backwards_name> write{on};
  write.insert(om::key(std::int64_t{30}), om::set<"name">("Zoe"));
  CHECK(noted_keys() == "-");
  CHECK(parity_checker<backwards_name>{source}.check_all().mismatches == 1);
  CHECK(ask("SELECT key::text FROM online_migration_parity_samples") == "{30}");
}

TEST_CASE_FIXTURE(queue, "no step is taken while a trigger of the queue is disabled or gone, or was") {
  expand<backwards_name>(tools);
  for (const char* name : {"insert", "update", "key"}) {
    std::string trigger = "\"~om_dirty_" + std::string{name} + "_backwards-name\"";
    run("ALTER TABLE people DISABLE TRIGGER " + trigger);
    std::string before = everything();
    refused problem = caught<refused>([&] { tools.mark_phase<backwards_name>(phase::backfill); });
    CHECK(says(problem, "dirty-key trigger"));
    CHECK(says(problem, "not ENABLE ALWAYS any more"));
    CHECK(everything() == before);
    run("ALTER TABLE people ENABLE ALWAYS TRIGGER " + trigger);
  }
  CHECK(backfill_runner<backwards_name>{source}.run().finished());
  CHECK(parity_checker<backwards_name>{source}.check_all().mismatches == 0);
  run("ALTER TABLE people DISABLE TRIGGER \"~om_dirty_key_backwards-name\"; ALTER TABLE people ENABLE ALWAYS TRIGGER \"~om_dirty_key_backwards-name\"");
  CHECK(says(caught<refused>([&] { tools.mark_phase<backwards_name>(phase::contract_ready); }),
             "was changed since the backfill began"));
  run("DROP TRIGGER \"~om_dirty_key_backwards-name\" ON people");
  CHECK(says(caught<refused>([&] { tools.mark_phase<backwards_name>(phase::contract_ready); }), "is gone"));
}

TEST_CASE_FIXTURE(queue, "the queue of one migration is no trigger of the user's to another") {
  expand<backwards_name>(tools);
  CHECK(expand<lower_name>(tools).begun);
  run("UPDATE people SET name = 'Una' WHERE id = 1");
  CHECK(om::expand_contract<lower_name>{source}.run().reached == phase::contract_ready);
  CHECK(om::expand_contract<backwards_name>{source}.run().reached == phase::contract_ready);
  CHECK(ask("SELECT count(*) FROM people WHERE name_back IS DISTINCT FROM reverse(name)") == "0");
}
