// SPDX-License-Identifier: BSL-1.0
#include <atomic>
#include <barrier>
#include <functional>
#include <optional>
#include <thread>
#include <vector>

#include "support/child.hpp"
#include "support/lab.hpp"

using namespace test;

namespace {

/// Does the same in several threads that begin together. How many of them succeeded.
int together(int count, const std::function<void()>& action) {
  std::barrier start{count};
  std::atomic<int> succeeded = 0;
  std::vector<std::jthread> threads;
  for (int i = 0; i < count; ++i) {
    threads.emplace_back([&] {
      start.arrive_and_wait();
      try {
        action();
        ++succeeded;
      } catch (const std::exception& problem) {
        MESSAGE(std::string{problem.what()});
      }
    });
  }
  threads.clear();
  return succeeded;
}

const char* state_tables =
    "SELECT string_agg(relname, ' ' ORDER BY relname) FROM pg_class WHERE relkind = 'r' AND relname LIKE 'online%'";

/// A role that is no superuser, and a session of it.
struct ordinary_role {
  explicit ordinary_role(lab& in) : in_{in} {
    in_.run("DROP ROLE IF EXISTS ordinary; CREATE ROLE ordinary LOGIN; GRANT ALL ON SCHEMA public TO ordinary");
  }
  ~ordinary_role() { in_.run("DROP OWNED BY ordinary; DROP ROLE ordinary"); }
  database source{"user=ordinary"};
  toolkit tools{source, {{{5ms, 50ms}, 2s}, 200ms}};

 private:
  lab& in_;
};

}  // namespace

TEST_CASE_FIXTURE(lab, "several processes and threads make the state tables at once: all succeed, one schema") {
  for (int round = 0; round < 5; ++round) {
    run("DROP SCHEMA public CASCADE; CREATE SCHEMA public");
    child other{[] {
      database own{""};
      toolkit{own}.ensure_state_tables();
    }};
    child another{[] {
      database own{""};
      toolkit{own}.ensure_state_tables();
    }};
    CHECK(together(6, [&] { toolkit{source, {hasty, 200ms}}.ensure_state_tables(); }) == 6);
    CHECK(other.end() == 0);
    CHECK(another.end() == 0);
    CHECK(ask(state_tables) ==
          "online_migration_backfill_state online_migration_dirty_keys online_migration_parity_passes "
          "online_migration_parity_samples online_migration_quarantine online_migration_runs online_migration_version");
    CHECK(ask("SELECT array_agg(version) FROM online_migration_version") == "{2}");
  }
}

TEST_CASE_FIXTURE(lab, "made once more, the state tables stay as they are") {
  tools.ensure_state_tables();
  run("INSERT INTO online_migration_runs (migration, attempt, fingerprint, table_schema, table_name, target_column, phase, "
      "safety_net) VALUES ('m', 1, 'f', 's', 't', 'c', 'expand', 'sync-trigger')");
  std::string before = everything();
  tools.ensure_state_tables();
  CHECK(everything() == before);
}

TEST_CASE_FIXTURE(lab, "one migration has one open run, whatever writes to the tables") {
  tools.ensure_state_tables();
  std::string insert =
      "INSERT INTO online_migration_runs (migration, attempt, fingerprint, table_schema, table_name, "
      "target_column, phase, safety_net) VALUES ('m', ";
  run(insert + "1, 'f', 's', 't', 'c', 'validate', 'sync-trigger')");
  CHECK(caught<statement_error>([&] { run(insert + "2, 'f', 's', 't', 'c', 'expand', 'sync-trigger')"); }).sqlstate() ==
        "23505");
  run("UPDATE online_migration_runs SET phase = 'rolled-back'");
  run(insert + "2, 'f', 's', 't', 'c', 'expand', 'sync-trigger')");
}

TEST_CASE_FIXTURE(lab, "state tables of a stranger are refused: they could say anything") {
  ordinary_role role{*this};
  SUBCASE("a table") { run("CREATE TABLE online_migration_runs (anything text)"); }
  SUBCASE("a view") { run("CREATE VIEW online_migration_version AS SELECT 1 AS version"); }
  SUBCASE("all of them") { tools.ensure_state_tables(); }
  std::string before = everything();
  CHECK(says(caught<refused>([&] { role.tools.ensure_state_tables(); }),
             "belongs to a role that this one is no member of"));
  CHECK(everything() == before);
}

TEST_CASE_FIXTURE(lab, "a member of the owner finds its tables, and others have no rights on them") {
  ordinary_role role{*this};
  role.tools.ensure_state_tables();
  role.tools.ensure_state_tables();
  CHECK(ask("SELECT count(DISTINCT relowner) FROM pg_class WHERE relname LIKE 'online%'") == "1");
  run("DROP ROLE IF EXISTS stranger; CREATE ROLE stranger LOGIN; GRANT USAGE ON SCHEMA public TO stranger");
  connection stranger = database{"user=stranger"}.connect();
  CHECK(caught<statement_error>([&] { test::ask(stranger, "SELECT * FROM online_migration_runs"); }).sqlstate() ==
        "42501");
  stranger.close();
  run("DROP OWNED BY stranger; DROP ROLE stranger");
}

TEST_CASE_FIXTURE(lab, "a role that may not create tables is told so") {
  ordinary_role role{*this};
  run("REVOKE ALL ON SCHEMA public FROM ordinary, public; GRANT USAGE ON SCHEMA public TO ordinary");
  CHECK(caught<statement_error>([&] { role.tools.ensure_state_tables(); }).sqlstate() == "42501");
  CHECK(ask("SELECT count(*) FROM pg_class WHERE relname LIKE 'online%'") == "0");
}

TEST_CASE_FIXTURE(lab, "ensure_table makes a table once, and does not look at one that is there") {
  CHECK(tools.ensure_table<people>());
  std::string before = everything();
  CHECK_FALSE(tools.ensure_table<people>());
  CHECK(everything() == before);
  run("INSERT INTO people VALUES (1, 'Ada'); DROP TABLE people; CREATE TABLE people (other int)");
  CHECK_FALSE(tools.ensure_table<people>());
  CHECK(ask("SELECT string_agg(attname, ' ') FROM pg_attribute WHERE attrelid = 'people'::regclass AND attnum > 0") ==
        "other");
}

TEST_CASE_FIXTURE(lab, "several processes make a table and a column at once: one made it, all succeed") {
  for (int round = 0; round < 5; ++round) {
    run("DROP TABLE IF EXISTS people");
    std::atomic<int> made = 0;
    CHECK(together(6, [&] { made += toolkit{source, {hasty, 200ms}}.ensure_table<people>() ? 1 : 0; }) == 6);
    CHECK(made == 1);
    made = 0;
    CHECK(together(6, [&] { made += toolkit{source, {hasty, 200ms}}.ensure_column<lower_name>() ? 1 : 0; }) == 6);
    CHECK(made == 1);
    CHECK(ask("SELECT count(*) FROM pg_attribute WHERE attrelid = 'people'::regclass AND attname = 'name_lower'") ==
          "1");
  }
}

TEST_CASE_FIXTURE(lab, "ensure_column refuses a column of another type, and says which") {
  run(make_people);
  run("ALTER TABLE people ADD COLUMN name_lower varchar(5)");
  std::string before = everything();
  refused problem = caught<refused>([&] { tools.ensure_column<lower_name>(); });
  CHECK(says(problem, "as character varying(5) and not as text"));
  CHECK(everything() == before);
}
