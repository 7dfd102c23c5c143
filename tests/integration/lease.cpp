// SPDX-License-Identifier: BSL-1.0
// Two runners of one backfill: one works, the other is refused or takes over, and one that was taken over changes
// nothing.
#include <string>
#include <thread>

#include "support/child.hpp"
#include "support/hooked_database.hpp"
#include "support/lab.hpp"

using namespace test;

namespace {

const char* state =
    "SELECT format('%s done, %s changed, %s chunks, %s, cursor %s', rows_done, rows_changed, chunks, finished, cursor) "
    "FROM online_migration_backfill_state";
const char* all_done = "100 done, 100 changed, 10 chunks, t, cursor {100}";

struct two_runners : lab {
  hooks around;
  hooked_database hooked{around};

  two_runners() {
    tools.ensure_state_tables();
    run(make_people);
    run("INSERT INTO people SELECT g, '  Ada ' || g FROM generate_series(1, 100) AS g");
    expand<lower_name>(tools);
    tools.mark_phase<lower_name>(phase::backfill);
  }

  backfill_options options(std::string holder) {
    backfill_options some;
    some.chunk = fixed_chunk(10);
    some.retry = hasty;
    some.takeover_wait = 0ms;
    some.progress_interval = 0ms;
    some.holder = std::move(holder);
    some.alone = true;
    return some;
  }

  /// Does something once, after the chunk that made so many rows done.
  static std::function<void(const backfill_progress&)> at(std::int64_t rows, std::function<void()> action) {
    return [rows, action = std::move(action)](const backfill_progress& now) {
      if (now.rows_done == rows && !now.finished) action();
    };
  }

  backfill_result second(backfill_options some) { return backfill_runner<lower_name>{source, std::move(some)}.run(); }
  backfill_result first(backfill_options some) {
    return backfill_runner<lower_name, hooked_database>{hooked, std::move(some)}.run();
  }

  void end_session_of_holder() {
    REQUIRE(ask("SELECT pg_terminate_backend(holder_pid, 10000) FROM online_migration_backfill_state") == "t");
  }
};

}  // namespace

TEST_CASE_FIXTURE(two_runners, "a second runner is refused with the name of the first, and changes nothing") {
  backfill_options some = options("the first one");
  int asked = 0;
  some.on_progress = at(30, [&] {
    std::string before = everything();
    CHECK(says(caught<refused>([&] { second(options("the second")); }),
               "Another runner is at work on this backfill: the first one"));
    CHECK(everything() == before);
    CHECK(tools.progress<lower_name>()->holder == "the first one");
    ++asked;
  });
  CHECK(first(some).finished());
  CHECK(asked == 1);
  CHECK(ask(state) == all_done);
}

TEST_CASE_FIXTURE(two_runners, "a second runner may wait for the end of the first") {
  backfill_options some = options("the first one");
  std::jthread other;
  some.on_progress = at(30, [&] {
    other = std::jthread{[&] {
      backfill_options patient = options("the patient one");
      patient.takeover_wait = 30s;
      CHECK(second(patient).finished());
    }};
  });
  CHECK(first(some).finished());
  other.join();
  CHECK(ask(state) == all_done);
}

TEST_CASE_FIXTURE(two_runners, "a runner whose session is ended between two chunks connects again and goes on") {
  backfill_options some = options("the only one");
  some.on_progress = at(30, [&] { end_session_of_holder(); });
  CHECK(first(some).finished());
  CHECK(ask(state) == all_done);
  CHECK(ask(wrong_people) == "0");
  CHECK(ask("SELECT epoch FROM online_migration_backfill_state") == "1");
}

TEST_CASE_FIXTURE(two_runners,
                  "a runner whose session is ended at any statement of a chunk connects again and goes on") {
  for (const char* where : {"transaction_settings", "fence", "backfill_bound", "backfill_chunk", "advance", "commit"}) {
    INFO(std::string{where});
    tools.mark_phase<lower_name>(phase::backfill);
    int chunks = 0;
    bool ended = false;
    around.before = [&](const statement& what) {
      if (what.name == std::string_view{"fence"}) ++chunks;
      if (chunks < 3 || ended || what.name != std::string_view{where}) return;
      ended = true;
      end_session_of_holder();
    };
    backfill_result result = first(options("the only one"));
    CHECK(ended);
    CHECK(result.finished());
    CHECK(result.retries == 1);
    CHECK(ask("SELECT format('%s %s', rows_done, chunks) FROM online_migration_backfill_state") == "100 10");
    around.before = [](const statement&) {};
  }
  CHECK(ask(wrong_people) == "0");
}

TEST_CASE_FIXTURE(two_runners,
                  "taken over after the loss of its session, a runner stops, and no row is counted twice") {
  backfill_options some = options("the first one");
  some.on_progress = at(30, [&] {
    end_session_of_holder();
    backfill_options other = options("the second");
    std::stop_source stop;
    other.on_progress = at(50, [&] { stop.request_stop(); });
    CHECK_FALSE(backfill_runner<lower_name>{source, other}.run(stop.get_token()).finished());
    CHECK(ask("SELECT epoch || ' ' || rows_done FROM online_migration_backfill_state") == "2 50");
  });
  CHECK(says(caught<lost_lease>([&] { first(some); }), "Another runner has taken over this backfill"));
  CHECK(ask("SELECT rows_done FROM online_migration_backfill_state") == "50");
  CHECK(second(options("the third")).finished());
  CHECK(ask(state) == all_done);
}

TEST_CASE_FIXTURE(two_runners, "a process that was frozen past its lease and wakes changes nothing") {
  child sleeper{[&] {
    backfill_options some = options("the sleeper");
    some.lease = 50ms;
    some.on_progress = at(30, [] { raise(SIGSTOP); });
    try {
      first(some);
    } catch (const lost_lease&) {
      _exit(7);
    }
  }};
  sleeper.until_stopped();
  backfill_options other = options("the other");
  other.takeover_wait = 30s;  // until the lease has ended: the session of the sleeper is still there
  CHECK(second(other).finished());
  CHECK(ask(state) == all_done);
  run("ALTER TABLE people DISABLE TRIGGER USER; UPDATE people SET name_lower = 'a later truth';"
      "ALTER TABLE people ENABLE ALWAYS TRIGGER \"~om_sync_lower-name\"");  // as a new-only writer might
  std::string before = everything();
  sleeper.send(SIGCONT);
  CHECK(sleeper.end() == 7);
  CHECK(everything() == before);
  CHECK(ask("SELECT count(*) FROM people WHERE name_lower = 'a later truth'") == "100");
}

TEST_CASE_FIXTURE(two_runners, "the fence stops a runner that stalls right before its chunk") {
  SUBCASE("somebody else took over and is not done") {
    backfill_options some = options("the first one");
    some.lease = 1ms;
    around.once_before(
        "fence",
        [&] {
          std::stop_source stop;
          backfill_options other = options("the second");
          other.takeover_wait = 30s;
          other.on_progress = at(50, [&] { stop.request_stop(); });
          backfill_runner<lower_name>{source, other}.run(stop.get_token());
        },
        3);
    CHECK(says(caught<lost_lease>([&] { first(some); }), "taken over"));
    CHECK(ask(state) == "50 done, 50 changed, 5 chunks, f, cursor {50}");
  }
  SUBCASE("the run was contracted meanwhile, and the new column is somebody else's") {
    around.once_before(
        "fence",
        [&] {
          run("ALTER TABLE people DISABLE TRIGGER USER; UPDATE online_migration_runs SET phase = 'contracted';"
              "UPDATE people SET name_lower = 'new-only'");
        },
        3);
    CHECK(says(caught<lost_lease>([&] { first(options("the first one")); }),
               "has left the phase backfill for contracted"));
    CHECK(ask("SELECT count(*) FROM people WHERE name_lower = 'new-only'") == "100");
    CHECK(ask(state) == "20 done, 20 changed, 2 chunks, f, cursor {20}");
  }
  SUBCASE("the walk was begun over meanwhile") {
    around.once_before(
        "fence",
        [&] {
          run("UPDATE online_migration_runs SET phase = 'validate'");
          tools.mark_phase<lower_name>(phase::backfill);
        },
        3);
    CHECK(says(caught<lost_lease>([&] { first(options("the first one")); }), "taken over"));
    CHECK(ask(state) == "0 done, 0 changed, 0 chunks, f, cursor ");
  }
}

TEST_CASE_FIXTURE(two_runners, "no step of the run is taken while a chunk is in flight") {
  around.once_after("fence", [&] {
    for (const char* what : {"SELECT 1 FROM online_migration_runs FOR UPDATE NOWAIT",
                             "SELECT 1 FROM online_migration_backfill_state FOR UPDATE NOWAIT"}) {
      CHECK(caught<statement_error>([&] { ask(what); }).sqlstate() == "55P03");
    }
  });
  CHECK(first(options("the only one")).finished());
}

TEST_CASE_FIXTURE(two_runners,
                  "the cursor moves by compare-and-set: epoch, old cursor and being open all have to fit") {
  std::stop_source stop;
  backfill_options some = options("the first one");
  some.on_progress = at(30, [&] { stop.request_stop(); });
  backfill_runner<lower_name>{source, some}.run(stop.get_token());
  REQUIRE(ask(state) == "30 done, 30 changed, 3 chunks, f, cursor {30}");
  std::string run_id = ask("SELECT run_id FROM online_migration_runs");
  auto moved = [&](const char* epoch, const char* from) {
    std::vector<parameter> all;
    for (std::string_view text :
         {std::string_view{run_id}, std::string_view{"0"}, std::string_view{epoch}, std::string_view{"10"},
          std::string_view{"10"}, std::string_view{"false"}, std::string_view{"10"}, std::string_view{"0"},
          std::string_view{"1"}, std::string_view{"1000"}, std::string_view{"40"}, std::string_view{from}}) {
      all.push_back(text_parameter(text, 25));
    }
    // No span is open.
    for (std::string_view text : {std::string_view{}, std::string_view{"0"}, std::string_view{"1"},
                                  std::string_view{"false"}, std::string_view{}, std::string_view{}, std::string_view{}}) {
      all.push_back(text.empty() ? null_parameter(25) : text_parameter(text, 25));
    }
    return on.execute(statements<lower_name>::advance, all).affected();
  };
  CHECK(moved("0", "30") == 0);
  CHECK(moved("2", "30") == 0);
  CHECK(moved("1", "20") == 0);
  CHECK(moved("1", "40") == 0);
  CHECK(ask(state) == "30 done, 30 changed, 3 chunks, f, cursor {30}");
  CHECK(moved("1", "30") == 1);
  CHECK(moved("1", "30") == 0);  // twice is once
  CHECK(ask(state) == "40 done, 40 changed, 4 chunks, f, cursor {40}");
  run("UPDATE online_migration_backfill_state SET finished = true");
  CHECK(moved("1", "40") == 0);
}

TEST_CASE_FIXTURE(two_runners, "a long rest goes on holding the lease") {
  backfill_options some = options("the resting one");
  some.lease = 60ms;
  some.throttle.sleep = 1h;
  std::jthread resting{[&](const std::stop_token& stop) { backfill_runner<lower_name>{source, some}.run(stop); }};
  const char* until = "SELECT lease_until FROM online_migration_backfill_state WHERE chunks = 1";
  eventually([&] { return count("SELECT chunks FROM online_migration_backfill_state") == 1; });
  std::string before = ask(until);
  eventually([&] { return ask(until) != before; });
  resting.request_stop();
  resting.join();
  CHECK(ask("SELECT chunks || ' ' || (holder IS NULL) FROM online_migration_backfill_state") == "1 true");
}

TEST_CASE_FIXTURE(two_runners, "the one before finished and went on to the next phase: there is nothing left to do") {
  phase further = phase::validate;
  SUBCASE("validate") {}
  SUBCASE("contract-ready") { further = phase::contract_ready; }
  around.once_before("fence", [&] {
    run("UPDATE online_migration_backfill_state SET finished = true; UPDATE online_migration_runs SET phase = '" +
        std::string{to_string(further)} + "'");
  });
  CHECK(first(options("too late")).finished());
  CHECK(tools.phase<lower_name>() == further);
  CHECK(tools.progress<lower_name>()->holder.empty());
}

TEST_CASE_FIXTURE(two_runners,
                  "a runner that took over goes on with the chunk size of the one before, within its own bounds") {
  std::stop_source stop;
  backfill_options some = options("the first one");
  some.on_progress = at(10, [&] { stop.request_stop(); });
  backfill_runner<lower_name>{source, some}.run(stop.get_token());
  backfill_options other = options("the second");
  other.chunk = {25ms, 500, 5, 1000};
  std::stop_source again;
  std::int64_t rows = 0;
  other.on_progress = [&](const backfill_progress& now) {
    if (rows == 0) rows = now.rows_done;
    again.request_stop();
  };
  backfill_runner<lower_name>{source, other}.run(again.get_token());
  CHECK(rows == 20);
}
