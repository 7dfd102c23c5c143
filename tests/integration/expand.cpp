// SPDX-License-Identifier: BSL-1.0
#include <atomic>
#include <barrier>
#include <thread>
#include <vector>

#include "support/child.hpp"
#include "support/hooked_database.hpp"
#include "support/lab.hpp"

using namespace test;

namespace {

struct at_the_time : om::migration<"at-the-time", people,
                                   add_column<"name_lower", text, om::sql<"{} || (timestamptz '2026-01-01')::text", text>(col<"name">)>> {};
struct in_some_zone
    : om::migration<"in-some-zone", people,
                    add_column<"seen", timestamptz, om::sql<"{}::timestamp::timestamptz", timestamptz>(col<"name">)>> {
};
struct misspelt
    : om::migration<"misspelt", people, add_column<"name_lower", text, om::sql<"lowwer({})", text>(col<"name">)>> {};
struct not_even_sql
    : om::migration<"not-even-sql", people, add_column<"name_lower", text, om::sql<"{} FROM", text>(col<"name">)>> {};
struct server_side : om::migration<"server-side", people, add_column<"name_lower", text, om::lower(col<"name">)>> {};

struct ground : lab {
  ground() {
    tools.ensure_state_tables();
    run(make_people);
    run("INSERT INTO people SELECT g, '  Ada ' || g FROM generate_series(1, 100) AS g");
  }
};

}  // namespace

TEST_CASE_FIXTURE(ground, "expand adds the column, the trigger and the record of the run, and does it once") {
  expand_report first = expand<lower_name>(tools);
  CHECK(first.begun);
  CHECK(first.run.phase == phase::expand);
  CHECK(first.run.attempt == 1);
  CHECK(tools.phase<lower_name>() == phase::expand);
  std::string before = everything();
  expand_report second = expand<lower_name>(tools);
  CHECK_FALSE(second.begun);
  CHECK(second.run.id == first.run.id);
  CHECK(everything() == before);
}

TEST_CASE_FIXTURE(
    ground, "the trigger fires always, last, without a search path of its caller's, and nobody may call its function") {
  expand<lower_name>(tools);
  CHECK(
      ask("SELECT format('%s %s %s', tgenabled, tgtype, tgattr = '') FROM pg_trigger WHERE tgname = '~om_sync_lower-name'") ==
      "A 23 t");  // row, before, insert, update; of any column
  CHECK(ask("SELECT proconfig::text || prosecdef::text FROM pg_proc WHERE proname = 'om_sync_lower-name'") ==
        "{\"search_path=pg_catalog, pg_temp\",standard_conforming_strings=on}true");
  CHECK(ask("SELECT has_function_privilege('public', '\"om_sync_lower-name\"()', 'EXECUTE')") == "f");
}

TEST_CASE_FIXTURE(ground, "the row of an old client gets its new value from expand on") {
  expand<lower_name>(tools);
  run("INSERT INTO people VALUES (1000, ' Grace '); UPDATE people SET name = ' EDSGER' WHERE id = 7; COPY people (id, name) FROM "
      "PROGRAM 'printf \"1001\\t Donald \\n\"'; UPDATE people SET name_lower = 'wrong' WHERE id = 8");
  CHECK(ask("SELECT string_agg(name_lower, ',' ORDER BY id) FROM people WHERE id IN (7, 8, 1000, 1001)") ==
        "edsger,ada 8,grace,donald");
  CHECK(ask("SELECT count(*) FROM people WHERE name_lower IS NULL") == "98");
}

TEST_CASE_FIXTURE(ground, "while another session holds the table, expand tries again and nobody waits long behind it") {
  connection holder = somebody();
  script(holder, "BEGIN; LOCK TABLE people IN ACCESS EXCLUSIVE MODE");
  std::jthread release{[&] {
    std::this_thread::sleep_for(2s);
    script(holder, "COMMIT");
  }};
  toolkit impatient{source, {hasty, 50ms}};
  CHECK(expand<lower_name>(impatient).begun);
  CHECK(ask("SELECT attnum FROM pg_attribute WHERE attrelid = 'people'::regclass AND attname = 'name_lower'") == "3");
}

TEST_CASE_FIXTURE(ground, "cancelled by the caller while the table is held, expand ends and has changed nothing") {
  std::string before = everything();
  connection holder = somebody();
  script(holder, "BEGIN; LOCK TABLE people IN ACCESS EXCLUSIVE MODE");
  std::stop_source stop;
  std::jthread canceller{[&] {
    std::this_thread::sleep_for(300ms);
    stop.request_stop();
  }};
  // The table is held for ever: only the cancellation can end it before it would give up, after 30 s.
  toolkit slow{source, {{{10s, 10s}, 30s}, 50ms}};
  CHECK(says(caught<cancelled>([&] { expand<lower_name>(slow, {}, stop.get_token()); }), "Stopped on request"));
  script(holder, "ROLLBACK");
  CHECK(everything() == before);
}

TEST_CASE_FIXTURE(ground, "a table that stays held ends in an error that says so") {
  connection holder = somebody();
  script(holder, "BEGIN; LOCK TABLE people IN ACCESS EXCLUSIVE MODE");
  toolkit impatient{source, {{{5ms, 20ms}, 200ms}, 20ms}};
  CHECK(caught<statement_error>([&] { expand<lower_name>(impatient); }).sqlstate() == "55P03");
  script(holder, "ROLLBACK");
}

TEST_CASE_FIXTURE(ground, "writers wait for expand no longer than its lock time-out, and none fails") {
  connection reader = somebody("reader");
  script(reader, "BEGIN; SELECT * FROM people LIMIT 1");  // holds off ALTER TABLE for as long as it likes
  database library{"application_name=library"};
  toolkit own{library, {hasty, 50ms}};
  std::jthread beginning{[&] { expand<lower_name>(own); }};
  connection writer = somebody("writer");
  script(writer, "SET lock_timeout = '10s'");
  for (int i = 0; i < 3; ++i) {
    until_blocked("library");
    script(writer, "UPDATE people SET name = 'Busy' WHERE id = 1");  // the reader lets go only after it
  }
  script(reader, "COMMIT");
  beginning.join();
  CHECK(tools.phase<lower_name>() == phase::expand);
}

TEST_CASE_FIXTURE(ground, "several processes expand at once: one run, and all succeed") {
  for (int round = 0; round < 8; ++round) {
    run("TRUNCATE online_migration_runs CASCADE; DROP TABLE people; DROP FUNCTION IF EXISTS \"om_sync_lower-name\"");
    run(make_people);
    constexpr int count = 4;
    std::barrier start{count};
    std::atomic<int> begun = 0;
    std::atomic<int> failed = 0;
    std::vector<std::jthread> threads;
    for (int i = 0; i < count; ++i) {
      threads.emplace_back([&] {
        toolkit own{source, {hasty, 200ms}};
        (void)own.phase<lower_name>();  // connected
        start.arrive_and_wait();
        try {
          begun += expand<lower_name>(own).begun ? 1 : 0;
        } catch (const std::exception& problem) {
          ++failed;
          MESSAGE(std::string{problem.what()});
        }
      });
    }
    threads.clear();
    CHECK(failed == 0);
    CHECK(begun == 1);
    CHECK(ask("SELECT count(*) FROM online_migration_runs") == "1");
  }
}

TEST_CASE_FIXTURE(ground,
                  "a run that begins right after it was looked for is found, not taken for a column in the way") {
  hooks around;
  hooked_database hooked{around};
  basic_toolkit<hooked_database> second{hooked, {hasty, 200ms}};
  SUBCASE("before the preflight") {
    around.once_before("catalog_table_facts", [&] { expand<lower_name>(tools); });
  }
  SUBCASE("after the preflight") {
    around.once_before("state_begin_run", [&] { expand<lower_name>(tools); });
  }
  CHECK_FALSE(expand<lower_name>(second).begun);
  CHECK(ask("SELECT count(*) FROM online_migration_runs") == "1");
}

TEST_CASE_FIXTURE(ground, "a transform that depends on time, zone or a setting is refused, and nothing remains") {
  std::string before = everything();
  CHECK(says(caught<refused>([&] { expand<at_the_time>(tools); }), "is not immutable"));
  CHECK(says(caught<refused>([&] { expand<in_some_zone>(tools); }), "is not immutable"));
  CHECK(everything() == before);
  CHECK_FALSE(tools.phase<at_the_time>().has_value());
}

TEST_CASE_FIXTURE(ground, "a transform that is no SQL is an error, and nothing remains") {
  std::string before = everything();
  CHECK(caught<statement_error>([&] { expand<misspelt>(tools); }).sqlstate() == "42883");
  CHECK(caught<statement_error>([&] { expand<not_even_sql>(tools); }).sqlstate() == "42601");
  CHECK(everything() == before);
  CHECK_FALSE(tools.phase<misspelt>().has_value());
}

TEST_CASE_FIXTURE(ground, "killed at any statement of its transaction, expand leaves nothing, and is run again") {
  std::string before = everything();
  for (const char* where :
       {"probe_column", "state_begin_run", "add_column", "create_sync_function", "revoke_sync_function",
        "create_sync_trigger", "enable_sync_trigger", "add_not_null", "commit"}) {
    INFO(std::string{where});
    child victim{[&] {
      hooks around;
      bool begun = false;
      around.before = [&](const statement& what) {
        begun = begun || std::string_view{where} == "probe_column" || what.name == std::string_view{"state_begin_run"};
        if (begun && what.name == std::string_view{where}) raise(SIGKILL);
      };
      hooked_database hooked{around, "application_name=victim"};
      basic_toolkit<hooked_database> own{hooked};
      expand<required_name>(own);
    }};
    CHECK(victim.end() == -SIGKILL);
    eventually([&] { return ask("SELECT count(*) FROM pg_stat_activity WHERE application_name = 'victim'") == "0"; });
    CHECK(everything() == before);
  }
  CHECK(expand<required_name>(tools).begun);
}

TEST_CASE_FIXTURE(ground, "killed right after its commit, expand has begun the run, and says so when run again") {
  child victim{[&] {
    hooks around;
    bool begun = false;
    around.after = [&](const statement& what) {
      begun = begun || what.name == std::string_view{"state_begin_run"};
      if (begun && what.name == std::string_view{"commit"}) raise(SIGKILL);
    };
    hooked_database hooked{around};
    basic_toolkit<hooked_database> own{hooked};
    expand<required_name>(own);
  }};
  CHECK(victim.end() == -SIGKILL);
  CHECK_FALSE(expand<required_name>(tools).begun);
  CHECK(tools.phase<required_name>() == phase::expand);
}

TEST_CASE_FIXTURE(ground, "a server-only transform is kept by its trigger too") {
  expand<server_side>(tools);
  run("INSERT INTO people VALUES (1000, 'ÀÉ')");
  CHECK(ask("SELECT name_lower = lower('ÀÉ') FROM people WHERE id = 1000") == "t");
}
