// SPDX-License-Identifier: BSL-1.0
// The flag as it is remembered: how old it gets, who asks again, and what happens when there is no answer.
#include <atomic>
#include <chrono>
#include <cstdint>
#include <future>
#include <latch>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include <doctest/doctest.h>

#include <online_migration/runtime/read_flag_cache.hpp>

#include "reader_support.hpp"
#include "support/hooked_database.hpp"

using namespace test;
using namespace std::chrono_literals;

namespace {

using cache = om::read_flag_cache<portable, hooked_database, stepped_clock>;

/// A run, and a cache whose questions are counted.
struct remembered {
  connection on = fresh_folk<portable>();
  std::atomic<int> asked = 0;
  hooks around;
  hooked_database source;
  cache flags;

  explicit remembered(const std::string& conninfo = "")
      : source{around, conninfo}, flags{source, {.refresh_every = 5s, .longest_age = 30s, .retry_after = 1s}} {
    stepped_clock::milliseconds = 1'000'000;
    begin_run<portable>(on, "contract-ready", "legacy");
    count_only();
  }

  void count_only() {
    around.before = [this](const statement& what) { asked += what.name == "state_read_flag" ? 1 : 0; };
  }

  static void later(std::chrono::milliseconds time) { stepped_clock::milliseconds += time.count(); }
};

}  // namespace

TEST_CASE_FIXTURE(remembered, "the flag is asked for once in its time") {
  CHECK(flags() == read_flag::legacy);
  set_run(on, "contract-ready", "percent", 30);
  later(4'999ms);
  for (int i = 0; i < 10; ++i) CHECK(flags() == read_flag::legacy);
  CHECK(asked == 1);
  later(1ms);
  for (int i = 0; i < 10; ++i) CHECK(flags() == read_flag::percent(30));
  CHECK(asked == 2);
  set_run(on, "contract-ready", "new");
  later(4'999ms);
  CHECK(flags() == read_flag::percent(30));
  later(1h);
  CHECK(flags() == read_flag::new_column);
  CHECK(asked == 3);
}

TEST_CASE_FIXTURE(remembered, "a flag counts as far as the phase allows it") {
  auto read_as = [&](const char* phase, const char* flag) {
    set_run(on, phase, flag);
    later(5s);
    return flags();
  };
  CHECK(read_as("expand", "new") == read_flag::legacy);
  CHECK(read_as("backfill", "new") == read_flag::legacy);
  CHECK(read_as("backfill", "shadow") == read_flag::legacy);
  CHECK(read_as("validate", "shadow") == read_flag::shadow);
  CHECK(read_as("validate", "new") == read_flag::new_column);
  CHECK(read_as("contracted", "legacy") == read_flag::new_column);
  CHECK(read_as("rolled-back", "new") == read_flag::legacy);
  script(on, "DELETE FROM online_migration_runs");
  later(5s);
  CHECK(flags() == read_flag::legacy);
}

TEST_CASE("of the newest attempt") {
  remembered here;
  script(
      here.on,
      "UPDATE online_migration_runs SET phase = 'rolled-back', read_flag = 'new'; "
      "INSERT INTO online_migration_runs (migration, attempt, fingerprint, table_schema, table_name, target_column, phase, "
      "safety_net, read_flag) SELECT migration, 2, '', '', '', '', 'validate', safety_net, 'shadow' FROM "
      "online_migration_runs");
  CHECK(here.flags() == read_flag::shadow);
}

TEST_CASE("without an answer the last flag stays until it is too old; then reads fail, and recover") {
  {
    connection on{""};
    script(on, "DROP ROLE IF EXISTS application; CREATE ROLE application LOGIN");
  }
  remembered here{"user=application"};
  refused first = caught<refused>([&] { std::ignore = here.flags(); });
  CHECK(says(first, "42501"));
  CHECK(says(first, "GRANT SELECT (migration, attempt, phase, read_flag, read_percent)"));
  CHECK(first.migration() == "portable");
  const char* grant =
      "GRANT SELECT (migration, attempt, phase, read_flag, read_percent) ON online_migration_runs TO application";
  script(here.on, grant);
  CHECK_THROWS_AS(std::ignore = here.flags(), refused);  // the next try comes a second later
  CHECK(here.asked == 1);
  here.later(1s);
  set_run(here.on, "contract-ready", "percent", 7);
  CHECK(here.flags() == read_flag::percent(7));
  CHECK(here.asked == 2);

  script(here.on,
         "REVOKE ALL ON online_migration_runs FROM application; REVOKE ALL (migration, attempt, phase, read_flag, "
         "read_percent) ON online_migration_runs FROM application");
  for (int second = 1; second < 30; ++second) {
    here.later(1s);
    CHECK(here.flags() == read_flag::percent(7));
    CHECK(here.flags() == read_flag::percent(7));
  }
  CHECK(here.asked == 2 + 25);  // from the fifth second on, once in a second
  here.later(1s);
  refused closed = caught<refused>([&] { std::ignore = here.flags(); });
  CHECK(says(closed, "none younger than 30000 ms is known"));
  CHECK(says(closed, "42501"));
  script(here.on, grant);
  here.later(1s);
  CHECK(here.flags() == read_flag::percent(7));
  script(here.on, "DROP OWNED BY application; DROP ROLE application");
}

TEST_CASE("state tables that are missing, or of an older library") {
  remembered here;
  script(here.on, "ALTER TABLE online_migration_runs RENAME COLUMN read_percent TO other");
  CHECK(says(caught<refused>([&] { std::ignore = here.flags(); }), "call toolkit.ensure_state_tables() once"));
  script(here.on, "DROP TABLE online_migration_runs CASCADE");
  here.later(1s);
  CHECK(says(caught<refused>([&] { std::ignore = here.flags(); }), "has no state tables yet"));
}

TEST_CASE_FIXTURE(remembered, "one thread asks; the others go on with what is known") {
  CHECK(flags() == read_flag::legacy);
  set_run(on, "contract-ready", "new");
  later(5s);
  std::promise<void> go_on;
  std::latch is_asking{1};
  around.before = [&, wait = go_on.get_future().share()](const statement& what) {
    if (what.name != "state_read_flag") return;
    ++asked;
    is_asking.count_down();
    wait.wait();
  };
  std::atomic<bool> fresh = false;
  std::jthread asking{[&] { fresh = flags() == read_flag::new_column; }};
  is_asking.wait();
  std::vector<std::jthread> others;
  std::atomic<int> old = 0;
  for (int i = 0; i < 4; ++i) {
    others.emplace_back([&] {
      for (int n = 0; n < 1000; ++n) old += flags() == read_flag::legacy ? 1 : 0;
    });
  }
  others.clear();
  CHECK(old == 4000);
  CHECK(asked == 2);
  go_on.set_value();
  asking.join();
  CHECK(fresh);
  CHECK(flags() == read_flag::new_column);
  CHECK(asked == 2);
}

TEST_CASE_FIXTURE(remembered, "where nothing is known they wait for the one that asks") {
  std::promise<void> go_on;
  std::latch is_asking{1};
  around.before = [&, wait = go_on.get_future().share()](const statement& what) {
    if (what.name != "state_read_flag") return;
    if (++asked == 1) is_asking.count_down();
    wait.wait();
  };
  set_run(on, "contract-ready", "new");
  std::atomic<int> fresh = 0;
  std::vector<std::jthread> all;
  for (int i = 0; i < 6; ++i) {
    all.emplace_back([&] { fresh += flags() == read_flag::new_column ? 1 : 0; });
  }
  is_asking.wait();
  CHECK(fresh == 0);
  go_on.set_value();
  all.clear();
  CHECK(fresh == 6);
  CHECK(asked == 1);
}

TEST_CASE_FIXTURE(remembered, "they fail together where that one fails") {
  script(on, "DROP TABLE online_migration_runs CASCADE");
  std::atomic<int> failed = 0;
  std::vector<std::jthread> all;
  for (int i = 0; i < 6; ++i) {
    all.emplace_back([&] {
      try {
        std::ignore = flags();
      } catch (const refused&) {
        ++failed;
      }
    });
  }
  all.clear();
  CHECK(failed == 6);
  CHECK(asked == 1);
}

TEST_CASE_FIXTURE(remembered, "an answer that comes too late is not believed") {
  around.before = [&](const statement& what) {
    if (what.name == "state_read_flag") later(30s);
  };
  CHECK(says(caught<refused>([&] { std::ignore = flags(); }), "The answer took longer than that."));
  count_only();
  CHECK(flags() == read_flag::legacy);
}

TEST_CASE_FIXTURE(remembered, "a connection that was lost meanwhile is opened again") {
  CHECK(flags() == read_flag::legacy);
  ask(on,
      "SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity WHERE pid <> pg_backend_pid() AND backend_type = "
      "'client backend'");
  set_run(on, "contract-ready", "shadow");
  later(5s);
  CHECK(flags() == read_flag::shadow);
}

TEST_CASE_FIXTURE(remembered, "a flag is asked for beside the caller's transaction and not by its snapshot") {
  om::reader<portable> read{on, flags};
  connection other{""};
  script(on, "BEGIN ISOLATION LEVEL REPEATABLE READ");
  CHECK(read.get(om::key(3)).value() == "name 3");
  set_run(other, "contract-ready", "new");
  later(5s);
  CHECK(read.get(om::key(3)).value() == "new 3");
  script(on, "ROLLBACK");
}

TEST_CASE_FIXTURE(remembered, "a lock on the runs delays nobody for longer than a moment") {
  CHECK(flags() == read_flag::legacy);
  connection locking{""};
  script(locking, "BEGIN; LOCK TABLE online_migration_runs IN ACCESS EXCLUSIVE MODE");
  later(5s);
  CHECK(flags() == read_flag::legacy);
  later(25s);
  CHECK(says(caught<refused>([&] { std::ignore = flags(); }), "55P03"));
  script(locking, "ROLLBACK");
  later(1s);
  CHECK(flags() == read_flag::legacy);
}

TEST_CASE_FIXTURE(remembered, "a server that the cache is not connected to costs one question, and no more") {
  CHECK(flags() == read_flag::legacy);
  // Another time zone spells the start of the server in another way.
  om::database elsewhere{"options=-cTimeZone=Asia/Tokyo"};
  for (int i = 0; i < 5; ++i) {
    connection there = elsewhere.connect();
    om::reader<portable> read{there, flags};
    CHECK(read.get(om::key(3)).has_row());
  }
  CHECK(asked == 2);
}

TEST_CASE("times that contradict each other") {
  om::database source{""};
  using options = om::read_flag_cache_options;
  for (options wrong : {options{.refresh_every = 0ms}, options{.refresh_every = 31s}, options{.retry_after = 0ms},
                        options{.deadline = -1ms}, options{.longest_age = 4s}}) {
    CHECK_THROWS_AS((om::read_flag_cache<portable>{source, wrong}), refused);
  }
  om::read_flag_cache<portable> right{source, {.refresh_every = 30s}};
}
