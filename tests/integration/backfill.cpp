// SPDX-License-Identifier: BSL-1.0
#include <string>
#include <thread>
#include <vector>

#include "support/child.hpp"
#include "support/hooked_database.hpp"
#include "support/lab.hpp"

using namespace test;

namespace {

/// A transform that does not fail for any name, and whose new column has another type.
struct name_length : om::migration<"name-length", people, add_column<"letters", integer, om::length(col<"name">)>> {};

const char* state =
    "SELECT format('%s done, %s changed, %s chunks, %s', rows_done, rows_changed, chunks, "
    "CASE WHEN finished THEN 'finished' ELSE 'open' END) FROM online_migration_backfill_state";

struct filling : lab {
  hooks around;
  hooked_database hooked{around};

  filling() {
    tools.ensure_state_tables();
    run(make_people);
  }

  void people_from(int first, int last) {
    run("INSERT INTO people SELECT g, '  Ada ' || g FROM generate_series(" + std::to_string(first) + ", " +
        std::to_string(last) + ") AS g");
  }

  backfill_options options(int rows) {
    backfill_options some;
    some.chunk = fixed_chunk(rows);
    some.retry = hasty;
    some.progress_interval = 0ms;
    return some;
  }

  backfill_result fill(backfill_options some, const std::stop_token& stop = {}) {
    return backfill_runner<lower_name, hooked_database>{hooked, std::move(some)}.run(stop);
  }
};

}  // namespace

TEST_CASE_FIXTURE(filling, "every row is walked over and counted once, wherever the chunks end") {
  struct expectation {
    int rows;
    int chunk;
    const char* says;
  };
  for (auto [rows, chunk, says] :
       {expectation{0, 10, "0 done, 0 changed, 0 chunks, finished"},
        expectation{1, 10, "1 done, 1 changed, 1 chunks, finished"},
        expectation{99, 10, "99 done, 99 changed, 10 chunks, finished"},
        expectation{100, 10, "100 done, 100 changed, 10 chunks, finished"},  // a chunk ends at the end
        expectation{101, 10, "101 done, 101 changed, 11 chunks, finished"},
        expectation{100, 1000, "100 done, 100 changed, 1 chunks, finished"},
        expectation{5, 1, "5 done, 5 changed, 5 chunks, finished"}}) {
    INFO(rows << " rows by " << chunk);
    run("TRUNCATE online_migration_runs CASCADE; DROP TABLE people; DROP FUNCTION IF EXISTS \"om_sync_lower-name\"");
    run(make_people);
    if (rows > 0) people_from(1, rows);
    expand<lower_name>(tools);
    backfill_result result = fill(options(chunk));
    CHECK(result.finished());
    CHECK(result.retries == 0);
    CHECK(ask(state) == says);
    CHECK(ask(wrong_people) == "0");
    CHECK(tools.phase<lower_name>() == phase::validate);
    CHECK(fill(options(chunk)).finished());  // once more: nothing to do
    CHECK(ask(state) == says);
  }
}

TEST_CASE_FIXTURE(filling, "rows that are right already are not written") {
  people_from(1, 100);
  expand<lower_name>(tools);
  run("UPDATE people SET name = name WHERE id % 2 = 0");  // the trigger fills them
  run("CREATE TABLE versions AS SELECT id, xmin::text AS version, name_lower IS NOT NULL AS right_already FROM people");
  backfill_result result = fill(options(30));
  CHECK(result.progress.rows_done == 100);
  CHECK(result.progress.rows_changed == 50);
  CHECK(
      ask("SELECT count(*) FROM people JOIN versions USING (id) WHERE right_already AND people.xmin::text <> version") ==
      "0");
  CHECK(
      ask("SELECT count(*) FROM people JOIN versions USING (id) WHERE NOT right_already AND people.xmin::text = version") ==
      "0");
  CHECK(ask(wrong_people) == "0");
}

TEST_CASE_FIXTURE(filling, "where every source is NULL there is nothing to write, and all is done") {
  struct nullable : table<"people", column<"id", bigint, primary_key>, column<"name", text>> {};
  struct lower_nullable
      : om::migration<"lower-nullable", nullable, add_column<"name_lower", text, ascii_lower(col<"name">)>> {};
  run("ALTER TABLE people ALTER name DROP NOT NULL; INSERT INTO people SELECT g FROM generate_series(1, 50) AS g");
  expand<lower_nullable>(tools);
  backfill_result result = backfill_runner<lower_nullable>{source, options(20)}.run();
  CHECK(result.finished());
  CHECK(ask(state) == "50 done, 0 changed, 3 chunks, finished");
}

TEST_CASE_FIXTURE(filling, "a new column of another type") {
  people_from(1, 50);
  expand<name_length>(tools);
  CHECK(backfill_runner<name_length>{source, options(20)}.run().finished());
  CHECK(ask("SELECT count(*) FROM people WHERE letters IS DISTINCT FROM length(name)") == "0");
}

TEST_CASE_FIXTURE(filling,
                  "rows that come after the walk has begun are the trigger's, and the walk ends where it was to end") {
  people_from(1, 100);
  expand<lower_name>(tools);
  around.once_before("unnoted_chunk", [&] { people_from(101, 500); });
  CHECK(fill(options(10)).finished());
  CHECK(ask(state) == "100 done, 100 changed, 10 chunks, finished");
  CHECK(ask(wrong_people) == "0");
}

TEST_CASE_FIXTURE(filling, "the row at the end of the walk is deleted meanwhile") {
  people_from(1, 100);
  expand<lower_name>(tools);
  around.once_before("unnoted_chunk", [&] { run("DELETE FROM people WHERE id > 95"); });
  CHECK(fill(options(10)).finished());
  CHECK(ask(state) == "95 done, 95 changed, 10 chunks, finished");
  run("DELETE FROM people");
  tools.mark_phase<lower_name>(phase::backfill);
  CHECK(fill(options(10)).finished());
  CHECK(ask(state) == "0 done, 0 changed, 0 chunks, finished");
}

TEST_CASE_FIXTURE(filling, "all rows of the walk are deleted after it began") {
  people_from(1, 100);
  expand<lower_name>(tools);
  around.once_before("backfill_chunk_first", [&] { run("DELETE FROM people"); });
  CHECK(fill(options(10)).finished());
  CHECK(ask("SELECT finished FROM online_migration_backfill_state") == "t");
}

TEST_CASE_FIXTURE(filling, "chunks that adapt still count every row once") {
  people_from(1, 20'000);
  expand<lower_name>(tools);
  std::vector<int> sizes;
  backfill_options adaptive;
  adaptive.progress_interval = 0ms;
  adaptive.on_progress = [&](const backfill_progress& now) { sizes.push_back(now.chunk_rows); };
  CHECK(fill(adaptive).finished());
  CHECK(sizes.size() > 3);
  CHECK(ask("SELECT rows_done || ' ' || rows_changed FROM online_migration_backfill_state") == "20000 20000");
  CHECK(ask(wrong_people) == "0");
}

TEST_CASE_FIXTURE(filling, "progress never goes back, and ends finished") {
  people_from(1, 1000);
  run("ANALYZE people");
  expand<lower_name>(tools);
  std::vector<backfill_progress> seen;
  backfill_options some = options(100);
  some.on_progress = [&](const backfill_progress& now) { seen.push_back(now); };
  CHECK(fill(some).finished());
  REQUIRE(seen.size() == 10);
  for (std::size_t i = 0; i < seen.size(); ++i) {
    CHECK(seen[i].rows_done == static_cast<std::int64_t>(i + 1) * 100);
    CHECK(seen[i].rows_estimated == 1000);
    CHECK(seen[i].chunk_rows == 100);
    CHECK(seen[i].finished == (i == 9));
    CHECK(seen[i].ratio() == (i == 9 ? 1.0 : doctest::Approx(0.1 * static_cast<double>(i + 1))));
    CHECK(seen[i].rows_per_second.has_value());
    CHECK(seen[i].time_left.has_value());
  }
  CHECK_FALSE(seen.front().holder.empty());
  CHECK(seen.back().holder.empty());
}

TEST_CASE_FIXTURE(filling, "a throttle rests after each chunk but the last, and says what is in force") {
  people_from(1, 100);
  expand<lower_name>(tools);
  backfill_options some = options(25);
  SUBCASE("a fixed sleep") {
    some.throttle.sleep = 3ms;
    CHECK(fill(some).progress.throttled == 9ms);
    CHECK(
        ask("SELECT throttle_sleep_ms || ' ' || throttle_duty_cycle || ' ' || chunk_rows FROM online_migration_backfill_state") ==
        "3 1 25");
  }
  SUBCASE("a share of the time") {
    some.throttle.duty_cycle = 0.25;
    CHECK(fill(some).progress.throttled > 0ms);
    CHECK(ask("SELECT throttle_sleep_ms || ' ' || throttle_duty_cycle FROM online_migration_backfill_state") ==
          "0 0.25");
  }
}

TEST_CASE_FIXTURE(filling, "a stop pauses between two chunks, and run again goes on at the cursor") {
  people_from(1, 100);
  expand<lower_name>(tools);
  std::stop_source stop;
  backfill_options some = options(10);
  some.on_progress = [&](const backfill_progress& now) {
    if (now.rows_done == 30) stop.request_stop();
  };
  backfill_result first = fill(some, stop.get_token());
  CHECK_FALSE(first.finished());
  CHECK(ask(state) == "30 done, 30 changed, 3 chunks, open");
  CHECK(ask("SELECT cursor::text || (holder IS NULL) FROM online_migration_backfill_state") == "{30}true");
  CHECK(tools.phase<lower_name>() == phase::backfill);
  CHECK(fill(options(10)).finished());
  CHECK(ask(state) == "100 done, 100 changed, 10 chunks, finished");
  CHECK(ask(wrong_people) == "0");
}

TEST_CASE_FIXTURE(filling, "a stop ends a long rest") {
  people_from(1, 100);
  expand<lower_name>(tools);
  backfill_options some = options(10);
  some.throttle.sleep = 1h;
  std::stop_source stop;
  std::jthread stopper{[&] {
    eventually([&] { return tools.progress<lower_name>().value_or(backfill_progress{}).rows_done == 10; });
    stop.request_stop();
  }};
  CHECK_FALSE(fill(some, stop.get_token()).finished());
  stopper.join();
  CHECK(ask(state) == "10 done, 10 changed, 1 chunks, open");
}

TEST_CASE_FIXTURE(filling, "a stop before the first chunk does nothing") {
  people_from(1, 100);
  expand<lower_name>(tools);
  std::stop_source stop;
  stop.request_stop();
  CHECK_FALSE(fill(options(10), stop.get_token()).finished());
  CHECK(ask(state) == "0 done, 0 changed, 0 chunks, open");
}

TEST_CASE_FIXTURE(
    filling, "a pause asked for by another process lets the chunk end, keeps the cursor, and stands until resume") {
  people_from(1, 100);
  CHECK(says(caught<refused>([&] { tools.request_pause<lower_name>(); }), "There is no run"));
  expand<lower_name>(tools);
  CHECK(says(caught<refused>([&] { tools.request_pause<lower_name>(); }), "has not begun: there is nothing to pause"));
  child runner{[&] {
    database own{""};
    backfill_options some = options(10);
    some.throttle.sleep = 1ms;
    some.on_progress = [&](const backfill_progress& now) {
      // As far as here, and no further until somebody asked: whether the request is honoured does not depend on time.
      while (now.rows_done == 40 && !toolkit{own}.progress<lower_name>()->pause_requested)
        std::this_thread::sleep_for(1ms);
    };
    if (backfill_runner<lower_name>{own, some}.run().finished()) throw 1;
  }};
  eventually([&] {
    auto now = tools.progress<lower_name>();
    return now.has_value() && now->rows_done == 40;
  });
  tools.request_pause<lower_name>();
  CHECK(runner.end() == 0);
  CHECK(ask(state) == "40 done, 40 changed, 4 chunks, open");
  CHECK_FALSE(fill(options(10)).finished());  // the request stands
  CHECK(ask(state) == "40 done, 40 changed, 4 chunks, open");
  CHECK(tools.progress<lower_name>()->pause_requested);
  tools.resume<lower_name>();
  CHECK(fill(options(10)).finished());
  CHECK(ask(state) == "100 done, 100 changed, 10 chunks, finished");
}

TEST_CASE_FIXTURE(filling, "killed in the middle of a chunk, it goes on where the last committed one ended") {
  people_from(1, 100);
  expand<lower_name>(tools);
  for (const char* where : {"backfill_bound", "unnoted_chunk", "advance", "commit"}) {
    INFO(std::string{where});
    tools.mark_phase<lower_name>(phase::backfill);
    run("ALTER TABLE people DISABLE TRIGGER USER; UPDATE people SET name_lower = NULL; ALTER TABLE people ENABLE ALWAYS TRIGGER \"~om_sync_lower-name\"");
    child victim{[&] {
      int chunks = 0;
      around.after = [&](const statement& what) {
        if (what.name == std::string_view{"advance"}) ++chunks;
        if (chunks == 4 && what.name == std::string_view{where}) raise(SIGKILL);
        if (chunks == 3 && where != std::string_view{"advance"} && where != std::string_view{"commit"} &&
            what.name == std::string_view{where})
          raise(SIGKILL);
      };
      fill(options(10));
    }};
    CHECK(victim.end() == -SIGKILL);
    bool committed = where == std::string_view{"commit"};
    eventually([&] { return ask("SELECT count(*) FROM pg_stat_activity WHERE application_name = 'library'") == "0"; });
    CHECK(ask(state) == (committed ? "40 done, 40 changed, 4 chunks, open" : "30 done, 30 changed, 3 chunks, open"));
    CHECK(ask("SELECT count(*) FROM people WHERE name_lower IS NOT NULL") == (committed ? "40" : "30"));
    CHECK(fill(options(10)).finished());  // at once: the victim's session is gone, so its lease is nobody's
    CHECK(ask(state) == "100 done, 100 changed, 10 chunks, finished");
    CHECK(ask(wrong_people) == "0");
  }
}

TEST_CASE_FIXTURE(filling, "an error of the data is recorded where others see it, and leaves the slice to others") {
  people_from(1, 100);
  expand<lower_name>(tools);
  run("ALTER TABLE people ADD CONSTRAINT no_sixty CHECK (name_lower <> 'ada 60')");
  data_error problem = caught<data_error>([&] { fill(options(25)); });
  CHECK(problem.sqlstate() == "23514");
  CHECK_FALSE(says(problem, "ada 60"));
  CHECK(ask("SELECT key[1] || ' ' || sqlstate FROM online_migration_quarantine") == "60 23514");
  auto now = tools.progress<lower_name>();
  CHECK(now->errors == 1);
  CHECK(now->holder.empty());
  CHECK(now->last_error.find("23514") != std::string::npos);
  CHECK(now->last_error.find("ada 60") == std::string::npos);
  run("ALTER TABLE people DROP CONSTRAINT no_sixty");
  CHECK(fill(options(25)).finished());
  CHECK(ask("SELECT rows_done FROM online_migration_backfill_state") == "100");
}

TEST_CASE_FIXTURE(filling, "what the caller's own code throws leaves the slice to others too") {
  people_from(1, 100);
  expand<lower_name>(tools);
  backfill_options some = options(10);
  some.takeover_wait = 0ms;
  some.alone = true;
  some.on_progress = [](const backfill_progress&) { throw 1; };
  backfill_runner<lower_name, hooked_database> thrown{hooked, some};
  CHECK_THROWS_AS(thrown.run(), int);
  some.on_progress = {};
  CHECK(fill(some).finished());
  CHECK(ask(state) == "100 done, 100 changed, 10 chunks, finished");
}
