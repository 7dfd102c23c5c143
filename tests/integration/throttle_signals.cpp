// SPDX-License-Identifier: BSL-1.0
// What a backfill looks at between chunks, on a server that is really so.
#include <algorithm>
#include <cstdlib>
#include <string>
#include <thread>
#include <vector>

#include "support/hooked_database.hpp"
#include "support/lab.hpp"

using namespace test;

namespace {

/// Hears why the backfill sleeps.
struct reasons {
  std::vector<std::string> heard;
  void on(const throttled_event& pause) { heard.emplace_back(pause.reason); }
  [[nodiscard]] bool have(std::string_view word) const {
    return std::find(heard.begin(), heard.end(), word) != heard.end();
  }
};

struct braking_lab : lab {
  reasons why;
  std::vector<backfill_progress> seen;

  explicit braking_lab(int rows = 500) {
    tools.ensure_state_tables();
    run(make_people);
    run("INSERT INTO people SELECT g, ' Ada ' || g FROM generate_series(1, " + std::to_string(rows) + ") AS g");
    expand<lower_name>(tools);
  }

  /// Only what a test is about is watched.
  backfill_options options(throttle_signals signals) {
    backfill_options some;
    some.chunk = fixed_chunk(100);
    some.retry = hasty;
    some.progress_interval = 0ms;
    some.throttle.signals = signals;
    some.observer = why;
    some.on_progress = [this](const backfill_progress& now) { seen.push_back(now); };
    return some;
  }

  backfill_result fill(backfill_options some) const {
    return backfill_runner<lower_name>{source, std::move(some)}.run();
  }

  /// The walk begins anew, as if nothing were done.
  void again() {
    (void)fill(options(throttle_signals::none()));
    run("UPDATE online_migration_backfill_state SET finished = false, cursor = NULL, upper_bound = ARRAY['500']; "
        "UPDATE online_migration_runs SET phase = 'backfill'");
    seen.clear();
    why.heard.clear();
  }

  [[nodiscard]] bool told(std::string_view words) const {
    return std::any_of(seen.begin(), seen.end(),
                       [&](const backfill_progress& each) { return each.braked_by.starts_with(words); });
  }
  [[nodiscard]] bool noted(std::string_view words) const {
    return std::any_of(seen.back().notes.begin(), seen.back().notes.end(),
                       [&](const std::string& each) { return each.find(words) != std::string::npos; });
  }
};

/// Brakes at once, but does not stop.
constexpr throttle_limits touchy{0, 1e-9, 0.5, 0ms};

}  // namespace

TEST_CASE_FIXTURE(braking_lab, "on a quiet server nothing brakes, and everything is known to a superuser") {
  backfill_result result = fill(options({}));
  CHECK(result.finished());
  CHECK(why.heard.empty());
  CHECK(result.progress.braked_by.empty());
  CHECK(result.progress.notes.empty());
  CHECK(result.progress.brake == 0);
  CHECK(ask(wrong_people) == "0");
}

TEST_CASE_FIXTURE(braking_lab, "a slot that nobody reads brakes, and everybody is told why") {
  run("SELECT pg_create_physical_replication_slot('forgotten', true)");
  throttle_signals signals = throttle_signals::none();
  signals.slot_bytes = touchy;
  backfill_result result = fill(options(signals));
  run("SELECT pg_drop_replication_slot('forgotten')");
  CHECK(result.finished());
  CHECK(why.have("slot_bytes"));
  CHECK(told("slot_bytes: a replication slot keeps "));
  CHECK(ask("SELECT throttle_reason IS NULL FROM online_migration_backfill_state") == "t");  // it has left
}

TEST_CASE_FIXTURE(braking_lab, "WAL in bytes a second, of the whole server") {
  throttle_signals signals = throttle_signals::none();
  signals.wal_rate = {0, 1, 0.5, 0ms};
  CHECK(fill(options(signals)).finished());
  CHECK(why.have("wal_rate"));
  CHECK(told("wal_rate: the server writes "));
}

TEST_CASE_FIXTURE(braking_lab, "checkpoints that are asked for") {
  throttle_signals signals = throttle_signals::none();
  signals.checkpoints = {0, 1, 0.5, 0ms};
  backfill_options some = options(signals);
  some.on_progress = [&](const backfill_progress& now) {
    seen.push_back(now);
    // Before PostgreSQL 15 statistics arrive late.
    const char* requested = on.facts().version >= 170'000 ? "SELECT num_requested FROM pg_stat_checkpointer"
                                                          : "SELECT checkpoints_req FROM pg_stat_bgwriter";
    std::int64_t before = count(requested);
    run("CHECKPOINT");
    eventually([&] { return count(requested) > before; });
  };
  CHECK(fill(std::move(some)).finished());
  CHECK(why.have("checkpoints"));
}

TEST_CASE_FIXTURE(braking_lab, "sessions at work") {
  std::jthread busy{[] {
    connection other = somebody();
    try {
      script(other, "SELECT pg_sleep(30)");
    } catch (const statement_error&) {  // it is cancelled below
    }
  }};
  eventually([&] {
    return count(
               "SELECT count(*) FROM pg_stat_activity WHERE query LIKE '%pg_sleep(30)%' AND state = "
               "'active' AND pid <> pg_backend_pid()") > 0;
  });
  throttle_signals signals = throttle_signals::none();
  signals.active_sessions = touchy;
  CHECK(fill(options(signals)).finished());
  CHECK(told("active_sessions: 1 % of max_connections"));
  run("SELECT pg_cancel_backend(pid) FROM pg_stat_activity WHERE application_name = 'somebody'");
}

TEST_CASE_FIXTURE(braking_lab, "a vacuum of this table, and of no other") {
  run("CREATE TABLE others (id bigint)");
  connection vacuum = somebody("vacuum");
  script(vacuum, "SET vacuum_cost_delay = 100; SET vacuum_cost_limit = 1");
  for (const char* table : {"others", "people"}) {
    INFO(table);
    run("INSERT INTO others SELECT generate_series(1, 20000); UPDATE people SET name = name || '!'; "
        "DELETE FROM others WHERE id % 2 = 0");
    std::string sql = std::string{"VACUUM "} + table;
    std::jthread work{[&] {
      try {
        script(vacuum, sql);
      } catch (const statement_error&) {  // it is cancelled below
      }
    }};
    eventually([&] {
      return count("SELECT count(*) FROM pg_stat_progress_vacuum WHERE relid = '" + std::string{table} +
                   "'::regclass") > 0;
    });
    throttle_signals signals = throttle_signals::none();
    signals.vacuum = {0, 1, 0.5, 0ms};
    again();
    CHECK(fill(options(signals)).finished());
    CHECK(told("vacuum: the table is being vacuumed") == (sql == "VACUUM people"));
    run("SELECT pg_cancel_backend(pid) FROM pg_stat_activity WHERE application_name = 'vacuum'");
  }
}

TEST_CASE_FIXTURE(braking_lab, "sessions that wait for rows of a chunk are counted while they do") {
  hooks around;
  hooked_database hooked{around};
  std::vector<std::jthread> waiting;
  around.once_after("backfill_chunk_first", [&] {
    for (std::string name : {"first", "second"}) {
      waiting.emplace_back([name] {
        connection other = somebody(name);
        script(other, "UPDATE people SET name = 'Eve' WHERE id = " + std::string{name == "first" ? "1" : "2"});
      });
    }
    until_blocked("first");
    until_blocked("second");
  });
  throttle_signals signals = throttle_signals::none();
  signals.blocked_sessions = {1, 3, 1};
  backfill_result result = backfill_runner<lower_name, hooked_database>{hooked, options(signals)}.run();
  CHECK(result.finished());
  CHECK(told("blocked_sessions: 2 sessions waited"));
  CHECK(why.have("blocked_sessions"));
}

TEST_CASE_FIXTURE(braking_lab, "a role without pg_monitor is told what it cannot see, and works on") {
  run("DROP ROLE IF EXISTS plain; CREATE ROLE plain LOGIN; GRANT ALL ON ALL TABLES IN SCHEMA public TO plain; "
      "GRANT USAGE ON SCHEMA public TO plain");
  throttle_signals signals;
  backfill_options some = options(signals);
  database as_plain{"user=plain"};
  backfill_result result = backfill_runner<lower_name>{as_plain, some}.run();
  CHECK(result.finished());
  CHECK(why.heard.empty());
  CHECK(noted("archive_queue is not watched: this role may not see it (GRANT pg_monitor) (SQLSTATE 42501)"));
  CHECK(noted("active_sessions is not known: this role may not see it (GRANT pg_monitor)"));
  CHECK(seen.back().notes.size() == 2);
  run("DROP OWNED BY plain; DROP ROLE plain");
}

namespace {

/// A server that refuses some of what is asked.
struct refusing_connection : hooked_connection {
  using hooked_connection::hooked_connection;
  static inline std::string words;
  static inline std::string sqlstate;
  static inline int asked = 0;

  result execute_prepared(const statement& what, std::span<const parameter> parameters = {},
                          result_format format = result_format::text) {
    if (!words.empty() && what.view().find(words) != std::string_view::npos) {
      ++asked;
      throw statement_error{what.name, sqlstate};
    }
    return hooked_connection::execute_prepared(what, parameters, format);
  }
};
struct refusing_database {
  hooks* around;
  [[nodiscard]] refusing_connection connect() const { return {database{""}.connect(), *around}; }
};

}  // namespace

TEST_CASE_FIXTURE(braking_lab, "what a server does not have switches itself off, what fails brakes gently") {
  hooks around;
  refusing_database source_of{&around};
  for (bool missing : {true, false}) {
    refusing_connection::words = "pg_replication_slots";
    refusing_connection::sqlstate = missing ? "42P01" : "57014";
    refusing_connection::asked = 0;
    throttle_signals signals;
    signals.slot_bytes.every = 0ms;
    signals.checkpoints = {0, 1e9, 1, 0ms};  // asked for in the same statement
    again();
    backfill_options some = options(signals);
    CHECK(backfill_runner<lower_name, refusing_database>{source_of, some}.run().finished());
    CHECK(noted(missing ? "slot_bytes is not watched: this server does not have it (SQLSTATE 42P01)"
                        : "slot_bytes could not be asked for (SQLSTATE 57014)"));
    CHECK(told("slot_bytes: could not be asked for") == !missing);
    if (missing) CHECK(refusing_connection::asked == 2);  // together, alone, and never again
    if (!missing) CHECK(refusing_connection::asked > 3);
    CHECK(seen.back().notes.size() == 1);
  }
  refusing_connection::words.clear();
}

TEST_CASE_FIXTURE(braking_lab, "questions of the caller's own") {
  backfill_options some = options(throttle_signals::none());
  int asked = 0;
  SUBCASE("hold the work up until the answer is another one") {
    some.throttle.questions.push_back({"queue", [&] { return ++asked < 3 ? 1.0 : 0.0; }, 0ms});
    CHECK(fill(some).finished());
    CHECK(asked >= 3);
    CHECK(why.heard == std::vector<std::string>{"queue", "queue"});
    CHECK(told("queue"));
  }
  SUBCASE("that throw, or give no number, brake gently") {
    some.throttle.questions.push_back({"thrown", []() -> double { throw std::runtime_error{"no"}; }, 0ms});
    CHECK(fill(some).finished());
    CHECK(told("thrown: the question failed"));
    CHECK(seen.back().brake < 0.5);
  }
  SUBCASE("that never end may only slow the work down") {
    some.throttle.questions.push_back({"for ever", [] { return 1.0; }, 0ms});
    some.throttle.longest_pause = 1ms;
    CHECK(fill(some).finished());
    CHECK(why.have("for ever"));
  }
  SUBCASE("or end the run, which says why") {
    some.throttle.questions.push_back({"for ever", [] { return 1.0; }, 0ms});
    some.throttle.longest_pause = 1ms;
    some.throttle.when_held_up = held_up_policy::pause;
    backfill_result result = fill(some);
    CHECK(!result.finished());
    CHECK(result.progress.braked_by == "for ever");
    CHECK(ask("SELECT throttle_reason FROM online_migration_backfill_state") == "for ever");
    CHECK(tools.progress<lower_name>()->braked_by == "for ever");
    CHECK(tools.progress<lower_name>()->holder.empty());
    some.throttle.questions.clear();
    CHECK(fill(some).finished());
    CHECK(ask("SELECT throttle_reason IS NULL FROM online_migration_backfill_state") == "t");
  }
  SUBCASE("hold a comparison up as well") {
    CHECK(fill(some).finished());
    parity_options parity;
    parity.range_rows = 100;
    parity.throttle.signals = throttle_signals::none();
    parity.throttle.questions.push_back({"queue", [&] { return ++asked < 3 ? 1.0 : 0.0; }, 0ms});
    CHECK(parity_checker<lower_name>{source, parity}.check_all().complete);
    CHECK(asked >= 3);
  }
}

TEST_CASE_FIXTURE(braking_lab, "settings that mean nothing are refused") {
  auto refuses = [&](auto change) {
    backfill_options some;
    change(some.throttle);
    CHECK_THROWS_AS((backfill_runner<lower_name>{source, some}), const refused&);
  };
  refuses([](throttle& some) { some.duty_cycle = 0; });
  refuses([](throttle& some) { some.signals.vacuum.most = 1.5; });
  refuses([](throttle& some) { some.signals.replica_lag = {10, 5}; });
  refuses([](throttle& some) { some.questions.push_back({"nothing", {}}); });
}

TEST_CASE("the table is vacuumed after each tenth of its rows, where that is asked for") {
  int workers = 1;
  SUBCASE("by one worker") {}
  SUBCASE("by two, the first of which vacuums for both") { workers = 2; }
  braking_lab here{20'000};
  here.run("ALTER TABLE people SET (autovacuum_enabled = off); ANALYZE people");
  backfill_options some = here.options(throttle_signals::none());
  some.chunk = fixed_chunk(1'000);
  some.throttle.vacuum_every = 0.1;
  some.workers = workers;
  CHECK(here.fill(some).finished());
  CHECK(here.noted("VACUUM") == false);
  auto vacuumed = [&] { return here.count("SELECT vacuum_count FROM pg_stat_user_tables WHERE relname = 'people'"); };
  // While the first of two waits for it, the other goes on. Before PostgreSQL 15 statistics arrive late.
  eventually([&] { return vacuumed() >= (workers == 1 ? 8 : 1); });
  CHECK(vacuumed() <= 10);
  CHECK(here.ask(wrong_people) == "0");
}
