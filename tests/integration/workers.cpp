// SPDX-License-Identifier: BSL-1.0
// Several runners of one backfill, in threads and in processes: they share its walk, come, go and die, and each row is
// worked on once.
#include <atomic>
#include <chrono>
#include <functional>
#include <mutex>
#include <stop_token>
#include <string>
#include <thread>
#include <utility>

#include "support/child.hpp"
#include "support/hooked_database.hpp"
#include "support/lab.hpp"

using namespace test;

namespace {

/// One row for the walk: rows, changed, rows counted by the slices, slices that are not finished.
const char* totals =
    "SELECT format('%s done, %s changed, %s open', sum(rows_done), sum(rows_changed), count(*) FILTER (WHERE NOT finished)) "
    "FROM online_migration_backfill_state";

/// Slices whose rows are not those between their ends: a slice begins where the one before it, in the order of keys,
/// ends.
const char* gaps =
    "SELECT count(*) FROM (SELECT upper_bound[1]::bigint AS last, lag(upper_bound[1]::bigint, 1, 0::bigint) OVER (ORDER BY "
    "upper_bound[1]::bigint) AS before, rows_done FROM online_migration_backfill_state) AS s WHERE s.rows_done <> "
    "(SELECT count(*) FROM people WHERE id > s.before AND id <= s.last)";

struct several : lab {
  explicit several(int rows = 4000) {
    tools.ensure_state_tables();
    run(make_people);
    run("INSERT INTO people SELECT g * 3, '  Ada ' || g FROM generate_series(1, " + std::to_string(rows) + ") AS g");
    run("ANALYZE people");
    expand<lower_name>(tools);
    tools.mark_phase<lower_name>(phase::backfill);
  }

  static backfill_options options(std::string holder, int workers = 1) {
    backfill_options some;
    some.chunk = fixed_chunk(20);
    some.retry = hasty;
    some.progress_interval = 0ms;
    some.holder = std::move(holder);
    some.workers = workers;
    return some;
  }

  void check_all_done(int rows = 4000) {
    CHECK(ask(totals) == std::to_string(rows) + " done, " + std::to_string(rows) + " changed, 0 open");
    CHECK(ask(gaps) == "0");
    CHECK(ask(wrong_people) == "0");
    CHECK(ask("SELECT phase FROM online_migration_runs") == "validate");
    CHECK(ask("SELECT count(*) FROM online_migration_backfill_state WHERE holder IS NOT NULL") == "0");
  }

  /// Works while somebody else is in the middle, and waits there until it is allowed to go on.
  static void slow(const backfill_progress&) { std::this_thread::sleep_for(2ms); }
};

/// Whether callbacks come one at a time, and from which threads.
struct listener {
  std::atomic<int> inside = 0;
  std::atomic<bool> together = false;
  std::atomic<int> chunks = 0;
  std::int64_t rows = 0;  // guarded by nothing but the promise
  void on(const chunk_event& chunk) {
    if (++inside > 1) together = true;
    rows += chunk.rows;
    ++chunks;
    std::this_thread::yield();
    --inside;
  }
};

/// A clock that stands still, but for those who sleep.
struct still_clock {
  static inline std::chrono::steady_clock::time_point time{1h};
  static inline std::function<void()> on_sleep;
  static std::chrono::steady_clock::time_point now() { return time; }
  static bool sleep(std::chrono::milliseconds length, const std::stop_token&) {
    time += length;
    if (on_sleep) on_sleep();
    return false;
  }
};

/// What a runner keeps its connection in.
struct one_session {
  connection& on;
  int asked = 0;
  template <class Work>
  auto retrying(Work work, const std::stop_token&) {
    ++asked;
    return work(on);
  }
};

struct orders : table<"orders", column<"tenant", text, primary_key>, column<"no", integer, primary_key>,
                      column<"name", text, om::not_null>> {};
struct order_name
    : om::migration<"order-name", orders, add_column<"name_lower", text, ascii_lower(trim(col<"name">))>> {};

struct things : table<"things", column<"id", uuid, primary_key>, column<"name", text, om::not_null>> {};
struct thing_name
    : om::migration<"thing-name", things, add_column<"name_lower", text, ascii_lower(trim(col<"name">))>> {};

}  // namespace

TEST_CASE_FIXTURE(several, "threads share a walk: each row once, whole, and the callbacks need no locks") {
  listener heard;
  backfill_options some = options("threads", 4);
  some.observer = heard;
  auto caller = std::this_thread::get_id();
  int most = 0;
  some.on_progress = [&](const backfill_progress& now) {
    CHECK(std::this_thread::get_id() == caller);
    most = std::max(most, now.workers);
    CHECK(now.workers <= 4);
  };
  some.throttle.sleep = 1ms;
  backfill_result result = backfill_runner<lower_name>{source, some}.run();
  CHECK(result.finished());
  CHECK(result.progress.rows_done == 4000);
  CHECK(result.progress.slices >= 4);
  CHECK(most > 1);
  CHECK(heard.rows == 4000);
  CHECK_FALSE(heard.together.load());
  check_all_done();
  CHECK(count("SELECT count(*) FROM online_migration_backfill_state WHERE chunks > 0") >= 4);
}

TEST_CASE_FIXTURE(several,
                  "processes share a walk; one that joins late takes a part, one that is killed loses its part") {
  auto working = [&](const char* holder) {
    return count(
               "SELECT count(*) FROM online_migration_backfill_state WHERE NOT finished AND chunks > 0 AND holder LIKE '" +
               std::string{holder} + "%'") > 0;
  };
  auto worker = [](const char* holder) {
    database own{""};
    backfill_options some = options(holder, 2);
    some.throttle.sleep = 5ms;
    if (!backfill_runner<lower_name>{own, some}.run().finished()) _exit(3);
  };
  child first{[&] { worker("first"); }};
  eventually([&] { return working("first"); });
  child late{[&] { worker("late"); }};
  eventually([&] { return working("late"); });
  child doomed{[&] { worker("doomed"); }};
  eventually([&] { return working("doomed"); });
  CHECK(tools.progress<lower_name>()->workers >= 3);
  doomed.send(SIGKILL);
  CHECK(doomed.end() == -SIGKILL);
  CHECK(first.end() == 0);
  CHECK(late.end() == 0);
  check_all_done();
}

TEST_CASE_FIXTURE(several, "one that leaves gives its part to the others at once") {
  std::stop_source stop;
  backfill_options leaving = options("leaving");
  leaving.throttle.sleep = 1ms;
  std::jthread other{[&] { backfill_runner<lower_name>{source, leaving}.run(stop.get_token()); }};
  eventually([&] { return count("SELECT coalesce(sum(chunks), 0) FROM online_migration_backfill_state") > 3; });
  backfill_options some = options("staying");
  bool left = false;
  some.on_progress = [&](const backfill_progress& now) {
    if (left || now.slices < 2) return;
    left = true;
    stop.request_stop();
    other.join();
  };
  CHECK(backfill_runner<lower_name>{source, some}.run().finished());
  CHECK(left);
  check_all_done();
}

TEST_CASE_FIXTURE(several, "a pause holds all workers, and the last one that was told is none too few") {
  backfill_options some = options("threads", 3);
  some.throttle.sleep = 2ms;
  backfill_result result;
  std::jthread other{[&] { result = backfill_runner<lower_name>{source, some}.run(); }};
  eventually([&] { return count("SELECT count(*) FROM online_migration_backfill_state WHERE chunks > 0") >= 3; });
  tools.request_pause<lower_name>();
  std::string then = ask(totals);
  other.join();
  CHECK_FALSE(result.finished());
  CHECK(result.progress.pause_requested);
  CHECK(ask(totals) == then);
  CHECK(ask("SELECT bool_and(pause_requested OR finished) FROM online_migration_backfill_state") == "t");
  tools.resume<lower_name>();
  CHECK(backfill_runner<lower_name>{source, some}.run().finished());
  check_all_done();
}

TEST_CASE_FIXTURE(several, "an error of one worker ends all, and is thrown to the caller; nothing is lost") {
  run("CREATE FUNCTION public.refuse() RETURNS trigger LANGUAGE plpgsql AS $$BEGIN IF NEW.id = 9000 THEN RAISE EXCEPTION "
      "'no' USING ERRCODE = 'P0001'; END IF; RETURN NEW; END$$; "
      "CREATE TRIGGER refuse BEFORE UPDATE ON people FOR EACH ROW EXECUTE FUNCTION public.refuse()");
  CHECK(caught<statement_error>([&] {
          backfill_runner<lower_name>{source, options("threads", 3)}.run();
        }).sqlstate() == "P0001");
  CHECK(ask("SELECT count(*) FROM online_migration_backfill_state WHERE errors = 1 AND last_error IS NOT NULL") == "1");
  CHECK(ask("SELECT count(*) FROM online_migration_backfill_state WHERE holder IS NOT NULL") == "0");
  run("DROP TRIGGER refuse ON people");
  CHECK(backfill_runner<lower_name>{source, options("threads", 3)}.run().finished());
  check_all_done();
}

TEST_CASE_FIXTURE(several, "the step to validate waits for every slice, also one that came a moment ago") {
  std::stop_source stop;
  backfill_options some = options("first", 3);
  some.on_progress = [&](const backfill_progress& now) {
    if (now.slices >= 3 && now.rows_done > 500) stop.request_stop();
  };
  CHECK_FALSE(backfill_runner<lower_name>{source, some}.run(stop.get_token()).finished());
  run("UPDATE online_migration_backfill_state SET finished = true WHERE slice = 0");
  CHECK(says(caught<refused>([&] { tools.mark_phase<lower_name>(phase::validate); }), "is not finished"));
}

TEST_CASE_FIXTURE(several, "a walk that begins anew has one slice, whose epoch no runner ever had") {
  CHECK(backfill_runner<lower_name>{source, options("threads", 3)}.run().finished());
  REQUIRE(count("SELECT count(*) FROM online_migration_backfill_state") >= 3);
  std::int64_t highest = count("SELECT max(epoch) FROM online_migration_backfill_state");
  tools.mark_phase<lower_name>(phase::backfill);
  CHECK(ask("SELECT count(*) || ' ' || sum(rows_done) FROM online_migration_backfill_state") == "1 0");
  CHECK(count("SELECT epoch FROM online_migration_backfill_state") > highest);
  CHECK(backfill_runner<lower_name>{source, options("again", 2)}.run().finished());
  CHECK(ask("SELECT sum(rows_done) FROM online_migration_backfill_state") == "4000");
}

TEST_CASE_FIXTURE(several, "alone, a runner refuses to begin beside another") {
  backfill_options some = options("first", 2);
  bool asked = false;
  some.on_progress = [&](const backfill_progress& now) {
    if (asked || now.slices < 2) return;
    asked = true;
    backfill_options lonely = options("lonely", 2);
    lonely.alone = true;
    lonely.takeover_wait = 0ms;
    CHECK(says(caught<refused>([&] {
                 backfill_runner<lower_name>{source, lonely}.run();
               }),
               "Another runner is at work on this backfill: first"));
  };
  CHECK(backfill_runner<lower_name>{source, some}.run().finished());
  CHECK(asked);
  check_all_done();
}

TEST_CASE("only the first thread of a run vacuums, for all of them") {
  om::detail::crew all{2, {}};
  all.share(0).changed += 3;
  all.share(1).changed += 4;
  CHECK(all.changed_by_others() == 7);
  CHECK(all.changed_by_others() == 0);
  backfill_options some;
  some.throttle.vacuum_every = 0.1;
  CHECK(om::detail::helper_options(some, "helper").throttle.vacuum_every == 0);
}

TEST_CASE_FIXTURE(several, "one that loses its slice takes another one; alone it stops") {
  hooks around;
  hooked_database hooked{around};
  // As somebody does who takes it over, and leaves it.
  around.once_before(
      "fence", [&] { run("UPDATE online_migration_backfill_state SET epoch = epoch + 1, holder = NULL"); }, 10);
  backfill_options some = options("loser");
  SUBCASE("in company") {
    some.alone = false;
    backfill_result result = backfill_runner<lower_name, hooked_database>{hooked, some}.run();
    CHECK(result.finished());
    CHECK(count("SELECT epoch FROM online_migration_backfill_state") >= 3);
    check_all_done();
  }
  SUBCASE("alone") {
    some.alone = true;
    CHECK_THROWS_AS((backfill_runner<lower_name, hooked_database>{hooked, some}.run()), const lost_lease&);
    CHECK(ask(totals) == "180 done, 180 changed, 1 open");
  }
}

TEST_CASE_FIXTURE(several, "a worker waits for somebody who waits to change the phase, and for nobody else") {
  connection looking = somebody();
  one_session session{looking};
  std::stop_source never;
  auto looks = [&](std::chrono::steady_clock::time_point& looked) {
    int before = session.asked;
    om::detail::make_way<still_clock>(session, looked, never.get_token());
    return session.asked - before;
  };
  auto looked = still_clock::now();
  CHECK(looks(looked) == 0);  // it looked a moment ago
  still_clock::time += 1s;
  CHECK(looks(looked) == 1);

  connection chunk = somebody();
  script(chunk, "BEGIN; SELECT 1 FROM online_migration_runs FOR SHARE");
  std::thread step{[&] { run("BEGIN; SELECT 1 FROM online_migration_runs FOR UPDATE; COMMIT"); }};
  eventually([&] { return looking.execute(om::state::phase_waits).boolean(0, 0); });
  still_clock::time += 1s;
  int slept = 0;
  still_clock::on_sleep = [&] {
    if (++slept == 5) {
      script(chunk, "COMMIT");
      step.join();
    }
  };
  CHECK(looks(looked) >= 6);
  CHECK(slept >= 5);
  still_clock::on_sleep = {};
  if (step.joinable()) {
    script(chunk, "COMMIT");
    step.join();
  }

  // Not for ever.
  script(chunk, "BEGIN; SELECT 1 FROM online_migration_runs FOR SHARE");
  std::thread another{[&] { run("BEGIN; SELECT 1 FROM online_migration_runs FOR UPDATE; COMMIT"); }};
  eventually([&] { return looking.execute(om::state::phase_waits).boolean(0, 0); });
  still_clock::time += 1s;
  auto begin = still_clock::now();
  CHECK(looks(looked) > 50);
  CHECK(still_clock::now() - begin < 3s);
  script(chunk, "COMMIT");
  another.join();
}

TEST_CASE_FIXTURE(lab, "keys of several columns and of random bytes are split where a row is, never between bytes") {
  tools.ensure_state_tables();
  backfill_options some = several::options("threads", 3);
  some.throttle.sleep = 1ms;
  SUBCASE("two columns, few of the first, of a collation of their own") {
    run("CREATE TABLE orders (tenant text COLLATE \"C\", no integer, name text NOT NULL, PRIMARY KEY (tenant, no));"
        "INSERT INTO orders SELECT (ARRAY['a', 'B', 'ä''{\"'])[g % 3 + 1], g, ' X' || g FROM generate_series(1, 3000) AS g;"
        "ANALYZE orders");
    expand<order_name>(tools);
    tools.mark_phase<order_name>(phase::backfill);
    CHECK(backfill_runner<order_name>{source, some}.run().finished());
    CHECK(ask("SELECT count(*) FROM orders WHERE name_lower IS DISTINCT FROM 'x' || no") == "0");
    CHECK(ask("SELECT bool_and(cardinality(upper_bound) = 2) FROM online_migration_backfill_state") == "t");
  }
  SUBCASE("uuid, by a sample of the table") {
    run("CREATE TABLE things (id uuid PRIMARY KEY, name text NOT NULL);"
        "INSERT INTO things SELECT md5(g::text)::uuid, ' X' || g FROM generate_series(1, 30000) AS g; ANALYZE things");
    some.chunk = fixed_chunk(500);
    expand<thing_name>(tools);
    tools.mark_phase<thing_name>(phase::backfill);
    CHECK(backfill_runner<thing_name>{source, some}.run().finished());
    CHECK(ask("SELECT count(*) FROM things WHERE name_lower IS DISTINCT FROM 'x' || substr(name, 3)") == "0");
    // The first cut is somewhere in the middle, not a few rows behind the cursor.
    CHECK(count("SELECT sum(rows_done) FROM online_migration_backfill_state WHERE upper_bound[1]::uuid <= "
                "(SELECT cursor[1]::uuid FROM online_migration_backfill_state WHERE slice = 0)") > 3000);
  }
  CHECK(count("SELECT sum(rows_done) FROM online_migration_backfill_state") ==
        count("SELECT sum(rows_changed) FROM online_migration_backfill_state"));
  CHECK(count("SELECT count(*) FROM online_migration_backfill_state") >= 3);
}
