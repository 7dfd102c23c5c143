// SPDX-License-Identifier: BSL-1.0
// The state tables by each of the three ways that lead to them: ensure_state_tables(), the managed migration in
// templates/, and the upgrade of version 1.
#include <algorithm>
#include <csignal>
#include <cstdio>
#include <iterator>
#include <set>
#include <sstream>
#include <string>
#include <vector>

#include "support/child.hpp"
#include "support/hooked_database.hpp"
#include "support/lab.hpp"

using namespace test;

namespace {

const std::string up = "/templates/202604150001_online_migration_toolkit.up.sql";
const std::string down = "/templates/202604150001_online_migration_toolkit.down.sql";
const std::string version_1 = "/tests/integration/state_v1.sql";

/// The lines that are in one of two texts only; of equal texts none.
std::string difference(const std::string& expected, const std::string& actual) {
  auto lines = [](const std::string& text) {
    std::multiset<std::string> all;
    std::istringstream input{text};
    for (std::string line; std::getline(input, line);) all.insert(line);
    return all;
  };
  std::multiset<std::string> before = lines(expected);
  std::multiset<std::string> after = lines(actual);
  std::vector<std::string> only;
  std::set_symmetric_difference(before.begin(), before.end(), after.begin(), after.end(), std::back_inserter(only));
  std::string text;
  for (const std::string& line : only) text += (before.contains(line) ? "- " : "+ ") + line + "\n";
  return text;
}

struct setup : lab {
  setup() {
    run("DROP ROLE IF EXISTS deployer; DROP ROLE IF EXISTS stranger; CREATE ROLE stranger; CREATE ROLE deployer LOGIN;"
        "GRANT ALL ON SCHEMA public TO deployer;"
        "ALTER DEFAULT PRIVILEGES FOR ROLE deployer GRANT ALL ON TABLES TO PUBLIC, stranger;"
        "ALTER DEFAULT PRIVILEGES FOR ROLE deployer GRANT ALL ON SEQUENCES TO PUBLIC, stranger");
  }
  ~setup() { run("DROP OWNED BY deployer, stranger; DROP ROLE deployer, stranger"); }

  /// Runs a file of the project by psql, as a role; whether it succeeded.
  bool psql(const std::string& file, const std::string& role = "postgres") {
    // Any psql will do where the server has none beside it.
    std::string command = "PATH='" + environment("ONLINE_MIGRATION_TEST_PGBIN") +
                          "':$PATH; psql -XqAt -v ON_ERROR_STOP=1 -U " + role + " -f '" +
                          environment("ONLINE_MIGRATION_SOURCE_DIR") + file + "' 2>&1";
    FILE* output = popen(command.c_str(), "r");
    REQUIRE(output != nullptr);
    said.clear();
    for (int letter = 0; (letter = std::fgetc(output)) != EOF;) said += static_cast<char>(letter);
    return pclose(output) == 0;
  }

  /// All that the catalog holds of the schema `public`, but for numbers that are chance.
  std::string catalog() {
    return ask(R"(SELECT string_agg(line, E'\n' ORDER BY line COLLATE "C") FROM (
SELECT format('relation %s %s %s %s %s %s %s %s', relname, relkind, relpersistence, reloptions, relacl, relowner::regrole,
    relreplident, relrowsecurity) AS line FROM pg_class WHERE relnamespace = 'public'::regnamespace
UNION ALL SELECT format('column %s.%s %s %s not null %s default %s identity %s generated %s collation %s storage %s %s',
    a.attrelid::regclass, a.attnum, a.attname, format_type(a.atttypid, a.atttypmod), a.attnotnull,
    pg_get_expr(d.adbin, d.adrelid), a.attidentity, a.attgenerated, a.attcollation::regcollation, a.attstorage, a.attacl)
  FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
  WHERE c.relnamespace = 'public'::regnamespace AND a.attnum > 0
UNION ALL SELECT format('constraint %s %s %s %s', conrelid::regclass, conname, pg_get_constraintdef(oid), convalidated)
  FROM pg_constraint WHERE connamespace = 'public'::regnamespace
UNION ALL SELECT format('index %s %s', pg_get_indexdef(indexrelid), indisvalid) FROM pg_index JOIN pg_class c ON c.oid = indexrelid
  WHERE c.relnamespace = 'public'::regnamespace
UNION ALL SELECT format('sequence %s %s %s %s %s', seqrelid::regclass, seqstart, seqincrement, seqmax, seqcycle)
  FROM pg_sequence JOIN pg_class c ON c.oid = seqrelid WHERE c.relnamespace = 'public'::regnamespace
UNION ALL SELECT format('comment %s.%s %s', objoid::regclass, objsubid, description) FROM pg_description
  JOIN pg_class c ON c.oid = objoid WHERE classoid = 'pg_class'::regclass AND c.relnamespace = 'public'::regnamespace
UNION ALL SELECT 'function ' || oid::regprocedure FROM pg_proc WHERE pronamespace = 'public'::regnamespace
) AS lines)");
  }

  /// What ensure_state_tables() makes, called as a role.
  std::string fresh_catalog(const std::string& role = "postgres") {
    database own{"user=" + role};
    toolkit{own}.ensure_state_tables();
    std::string fresh = catalog();
    REQUIRE(fresh.find("column online_migration_runs.1 run_id bigint") != std::string::npos);
    clear();
    return fresh;
  }

  void clear() { run("DROP SCHEMA public CASCADE; CREATE SCHEMA public; GRANT ALL ON SCHEMA public TO deployer"); }

  void begin_run(const std::string& phase) {
    run("INSERT INTO online_migration_runs (migration, attempt, fingerprint, table_schema, table_name, target_column, "
        "phase, safety_net) VALUES ('lower-name', 1, 'f', 's', 't', 'c', '" +
        phase + "', 'sync-trigger')");
  }

  /// The rows of version 1, as far as version 1 has columns for them.
  std::string history() {
    std::string rows;
    for (
        const char* query :
        {"SELECT run_id, migration, attempt, fingerprint, table_schema, table_name, target_column, phase, safety_net, walk, "
         "started_at, phase_since, metadata FROM online_migration_runs",
         "SELECT run_id, slice, cursor, upper_bound, finished, rows_done, rows_changed, rows_estimated, chunks, chunk_rows, "
         "throttle_sleep_ms, throttle_duty_cycle, pause_requested, epoch, holder, holder_pid, lease_until, errors, "
         "last_error, last_error_at, started_at, updated_at FROM online_migration_backfill_state",
         "SELECT pass_id, run_id, walk, started_in, started_at, finished_at, rows_checked, mismatches FROM "
         "online_migration_parity_passes",
         "SELECT sample_id, run_id, pass_id, key, expected, actual, observed_at FROM online_migration_parity_samples"}) {
      rows += ask(std::string{"SELECT string_agg(r::text, E'\\n' ORDER BY r::text) FROM ("} + query + ") AS r") + "\n";
    }
    return rows;
  }

  std::string version() { return ask("SELECT array_agg(version)::text FROM online_migration_version"); }

  std::string said;
};

}  // namespace

TEST_CASE_FIXTURE(setup,
                  "the managed migration makes the catalog that ensure_state_tables makes, which then does nothing") {
  std::string fresh = fresh_catalog();
  REQUIRE_MESSAGE(psql(up), said);
  CHECK(difference(fresh, catalog()) == "");
  begin_run("contracted");
  std::string before = everything();
  tools.ensure_state_tables();
  CHECK(everything() == before);
  CHECK(difference(fresh, catalog()) == "");
}

TEST_CASE_FIXTURE(setup, "the same by a role that has default privileges, which give nobody any rights on the tables") {
  std::string fresh = fresh_catalog("deployer");
  REQUIRE_MESSAGE(psql(up, "deployer"), said);
  CHECK(difference(fresh, catalog()) == "");
  CHECK(
      ask("SELECT count(*) FROM pg_class, aclexplode(relacl) AS a WHERE relname LIKE 'online%' AND a.grantee <> relowner") ==
      "0");
  CHECK(ask("SELECT has_table_privilege('stranger', 'online_migration_parity_samples', 'SELECT')") == "f");
  database own{"user=deployer"};
  toolkit{own}.ensure_state_tables();
  CHECK(difference(fresh, catalog()) == "");
}

TEST_CASE_FIXTURE(setup,
                  "the managed migration a second time, or after ensure_state_tables, fails and changes nothing") {
  tools.ensure_state_tables();
  begin_run("backfill");
  std::string before = everything();
  CHECK_FALSE(psql(up));
  CHECK(everything() == before);
}

TEST_CASE_FIXTURE(setup, "its way down leaves nothing") {
  SUBCASE("of the managed migration") { REQUIRE_MESSAGE(psql(up), said); }
  SUBCASE("of ensure_state_tables") { tools.ensure_state_tables(); }
  begin_run("rolled-back");
  run("INSERT INTO online_migration_parity_passes (run_id, walk, started_in) SELECT run_id, 1, 'validate' FROM "
      "online_migration_runs; CREATE SEQUENCE \"online_migration_alarm_Lower \"\"name\"\"\"; CREATE TABLE people (id int)");
  REQUIRE_MESSAGE(psql(down), said);
  CHECK(ask("SELECT string_agg(relname, ' ') FROM pg_class WHERE relnamespace = 'public'::regnamespace") == "people");
  tools.ensure_state_tables();
}

TEST_CASE_FIXTURE(setup, "its way down refuses while a migration is under way") {
  REQUIRE_MESSAGE(psql(up), said);
  for (const char* phase : {"expand", "backfill", "validate", "contract-ready"}) {
    CAPTURE(phase);
    run("TRUNCATE online_migration_runs CASCADE");
    begin_run(phase);
    std::string before = everything();
    CHECK_FALSE(psql(down));
    CHECK_MESSAGE(said.find("migrations are under way: lower-name (" + std::string{phase} + ")") != std::string::npos,
                  said);
    CHECK(everything() == before);
  }
}

TEST_CASE_FIXTURE(setup, "its way down refuses while a replaced column can still be brought back") {
  REQUIRE_MESSAGE(psql(up), said);
  begin_run("contracted");
  run("UPDATE online_migration_runs SET metadata = '{\"legacy\": {\"not_null\": true}}'");
  std::string before = everything();
  CHECK_FALSE(psql(down));
  CHECK_MESSAGE(said.find("lower-name (contracted)") != std::string::npos, said);
  CHECK(everything() == before);
  run("UPDATE online_migration_runs SET metadata = metadata || '{\"dropped_at\": \"now\"}'");
  CHECK_MESSAGE(psql(down), said);
}

TEST_CASE_FIXTURE(setup, "tables of version 1 are upgraded to the catalog of fresh ones, with every row of history") {
  std::string fresh = fresh_catalog();
  REQUIRE_MESSAGE(psql(version_1), said);
  std::string before = history();
  REQUIRE(before.find("Grüße") != std::string::npos);
  tools.ensure_state_tables();
  CHECK(version() == "{2}");
  CHECK(difference(fresh, catalog()) == "");
  CHECK(history() == before);
  CHECK(ask("SELECT string_agg(DISTINCT concat_ws(' ', read_flag, read_percent, retired_column), ', ') FROM "
            "online_migration_runs") == "legacy 0");
  CHECK(ask("SELECT string_agg(DISTINCT concat_ws(' ', kind, alarm, rows_failed), ', ') FROM "
            "online_migration_parity_passes") == "full 0 0");
  std::string upgraded = everything();
  tools.ensure_state_tables();
  CHECK(everything() == upgraded);
}

TEST_CASE_FIXTURE(setup, "an upgraded run goes on: what version 1 recorded is understood") {
  REQUIRE_MESSAGE(psql(version_1), said);
  tools.ensure_state_tables();
  std::optional<run_record> run = tools.run<lower_name>();
  REQUIRE(run.has_value());
  CHECK(run->attempt == 2);
  CHECK(run->phase == phase::validate);
  CHECK(run->net == safety_net::sync_trigger);
}

TEST_CASE_FIXTURE(setup, "several processes upgrade at once: all succeed, and it is done once") {
  std::string fresh = fresh_catalog();
  for (int round = 0; round < 3; ++round) {
    clear();
    REQUIRE_MESSAGE(psql(version_1), said);
    std::string before = history();
    auto upgrade = [] {
      database own{""};
      toolkit{own, {hasty, 200ms}}.ensure_state_tables();
    };
    child processes[]{child{upgrade}, child{upgrade}, child{upgrade}, child{upgrade}};
    for (child& process : processes) CHECK(process.end() == 0);
    CHECK(version() == "{2}");
    CHECK(difference(fresh, catalog()) == "");
    CHECK(history() == before);
  }
}

TEST_CASE_FIXTURE(setup, "a process that is killed in the middle of the upgrade leaves version 1 whole") {
  REQUIRE_MESSAGE(psql(version_1), said);
  std::string before = everything();
  std::string old_catalog = catalog();
  for (const char* where : {"state_upgrade_parity_samples", "state_raise_version", "commit"}) {
    CAPTURE(where);
    child process{[&] {
      hooks around;
      around.once_before(where, [] { raise(SIGKILL); });
      hooked_database own{around};
      basic_toolkit<hooked_database>{own}.ensure_state_tables();
    }};
    CHECK(process.end() == -SIGKILL);
    eventually([&] { return count("SELECT count(*) FROM pg_stat_activity WHERE application_name = 'library'") == 0; });
    CHECK(everything() == before);
    CHECK(difference(old_catalog, catalog()) == "");
  }
  tools.ensure_state_tables();
  CHECK(version() == "{2}");
}

TEST_CASE_FIXTURE(setup, "a version that is newer, or is none, is refused and nothing is changed") {
  std::string found;
  SUBCASE("newer") {
    tools.ensure_state_tables();
    run("UPDATE online_migration_version SET version = 3");
    found = "3";
  }
  SUBCASE("none") {
    REQUIRE_MESSAGE(psql(version_1), said);
    run("DELETE FROM online_migration_version");
    found = "none";
  }
  SUBCASE("nonsense") {
    REQUIRE_MESSAGE(psql(version_1), said);
    run("UPDATE online_migration_version SET version = 0");
    found = "0";
  }
  std::string before = everything();
  CHECK(says(caught<refused>([&] { tools.ensure_state_tables(); }),
             "have the version " + found + ", and this library knows 2"));
  CHECK(everything() == before);
}
