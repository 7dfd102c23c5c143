// SPDX-License-Identifier: BSL-1.0
// Parity watched round and round: rows that somebody is writing are no mismatches, rows that stay different are told.
#include <atomic>
#include <functional>
#include <stop_token>
#include <string>
#include <string_view>
#include <thread>
#include <utility>

#include "integration/parity_support.hpp"

using namespace test;

namespace {

struct kept_name : om::migration<"kept-name", people,
                                 add_column<"name_lower", text, ascii_lower(trim(col<"name">)), kept_by_application>> {
};

struct events : table<"events", column<"tenant", varchar<10>, primary_key>, column<"at", timestamptz, primary_key>,
                      column<"title", text>> {};
text_value backwards(std::string_view title) { return text_value{std::string(title.rbegin(), title.rend())}; }
struct backwards_title
    : om::migration<"backwards-title", events,
                    add_column<"title_back", text, computed<&backwards, "backwards/1">(col<"title">)>> {};
struct title_length : om::migration<"title-length", events, add_column<"title_size", integer, length(col<"title">)>> {};

struct watched : filled {
  watch_options quick{0ms, 2, 0ms, 1, {}};
  parity_options some;
  std::stop_source enough;

  template <class Migration = lower_name>
  watch_report watch() {
    some.retry = hasty;
    some.range_rows = 10;
    return parity_checker<Migration, hooked_database>{hooked, some}.watch(enough.get_token(), quick);
  }

  template <class Migration>
  void ten_events() {
    run("CREATE TABLE events (tenant varchar(10), at timestamptz, title text, PRIMARY KEY (tenant, at))");
    run("INSERT INTO events SELECT 'it''s \"' || g % 3, '2024-01-01 12:00+00'::timestamptz + g * interval '1 minute', "
        "'title ' || g FROM generate_series(1, 40) AS g");
    expand<Migration>(tools);
    REQUIRE(backfill_runner<Migration>{source}.run().finished());
  }

  std::string passes() {
    return ask(
        "SELECT COALESCE(string_agg(format('%s %s %s', kind, rows_checked, mismatches), ', ' ORDER BY pass_id), '') "
        "FROM online_migration_parity_passes");
  }
};

}  // namespace

TEST_CASE_FIXTURE(watched, "a row that stays different is told with its witness, and closes the gate") {
  hundred_people();
  spoil("id IN (5, 55)");
  quick.looks = 3;
  watch_report report = watch();
  CHECK(report.complete);
  CHECK(report.round == 1);
  CHECK(report.rows_checked == 100);
  CHECK(report.mismatches == 2);
  CHECK(report.in_flight == 0);
  CHECK(witnesses(report) == "5:'ada 5'<>'wrong' 55:'ada 55'<>'wrong'");
  CHECK_FALSE(opens());
  run("UPDATE people SET name = name");
  REQUIRE(count(wrong_people) == 0);
  CHECK(watch().mismatches == 0);
  CHECK_FALSE(opens());  // only a full pass opens it
  CHECK(check().mismatches == 0);
  CHECK(opens());
  CHECK(passes() == "watch 100 2, watch 100 0, full 100 0");
}

TEST_CASE_FIXTURE(watched, "a mismatch that a watch sees speaks against the proof before it") {
  hundred_people();
  CHECK(check().mismatches == 0);
  spoil("id = 5");
  CHECK(watch().mismatches == 1);
  run("UPDATE people SET name = name");
  CHECK_FALSE(opens());
}

TEST_CASE_FIXTURE(watched, "a row that is right when it is looked at again was being written") {
  hundred_people();
  spoil("id IN (5, 15)");
  int look = 0;
  auto right_at = [&](std::string_view statement, int nth) {
    around.before = [&, statement, nth](const om::statement& what) {
      if (what.name == statement && ++look == nth) run("UPDATE people SET name = name WHERE id = 5");
    };
  };
  SUBCASE("at the last look") { right_at("parity_suspects_first", 2); }
  SUBCASE("at one in the middle") {
    quick.looks = 5;
    right_at("parity_suspects_first", 3);
  }
  watch_report report = watch();
  CHECK(report.in_flight == 1);
  CHECK(report.mismatches == 1);
  CHECK(witnesses(report) == "15:'ada 15'<>'wrong'");
  CHECK(passes() == "watch 100 1");
}

TEST_CASE_FIXTURE(watched, "another row of the range that differs meanwhile is not told for the first one") {
  hundred_people();
  spoil("id = 5");
  around.once_before(
      "parity_suspects_first",
      [&] {
        run("UPDATE people SET name = name WHERE id = 5");
        spoil("id = 6");
      },
      2);
  watch_report report = watch();
  CHECK(report.mismatches == 0);
  CHECK(report.in_flight == 1);
  CHECK(watch().mismatches == 1);
}

TEST_CASE_FIXTURE(watched, "a program that writes both columns in two transactions is not a mismatch") {
  run(make_people);
  run("INSERT INTO people SELECT g, 'Ada ' || g FROM generate_series(1, 100) AS g");
  expand<kept_name>(tools, {.all_writers = all_writers_dual_write});
  backfill_options promised;
  promised.all_writers = all_writers_dual_write;
  REQUIRE(backfill_runner<kept_name>{source, promised}.run().finished());
  std::jthread writer{[&](const std::stop_token& stop) {
    connection own = source.connect();
    for (int turn = 0; !stop.stop_requested(); ++turn) {
      std::string id = std::to_string(turn % 100 + 1);
      script(own, "UPDATE people SET name = 'Turn " + std::to_string(turn) + "' WHERE id = " + id);
      script(own, "UPDATE people SET name_lower = lower(name) WHERE id = " + id);
    }
  }};
  quick.looks = 6;
  quick.look_again_after = 3ms;
  quick.rounds = 0;
  std::int64_t in_flight = 0;
  std::int64_t mismatches = 0;
  quick.on_round = [&](const watch_report& round) {
    in_flight += round.in_flight;
    mismatches += round.mismatches;
    if (in_flight > 3) enough.request_stop();
  };
  watch<kept_name>();
  CHECK(in_flight > 3);
  CHECK(mismatches == 0);
}

TEST_CASE_FIXTURE(watched, "rounds follow each other until a stop, and those that found nothing do not pile up") {
  hundred_people();
  quick.rounds = 0;
  int rounds = 0;
  quick.on_round = [&](const watch_report& round) {
    CHECK(round.round == ++rounds);
    CHECK(round.rows_checked == 100);
    if (rounds == 2) spoil("id = 5");
    if (rounds == 4) run("UPDATE people SET name = name");
    if (rounds == 7) enough.request_stop();
  };
  watch_report last = watch();
  CHECK(last.round == 7);
  CHECK(last.complete);
  CHECK(passes() == "watch 100 1, watch 100 1, watch 100 0");
}

TEST_CASE_FIXTURE(watched, "a watch that was stopped goes on where it was") {
  ten_events<title_length>();
  corrupt("events", "UPDATE events SET title_size = -1 WHERE title = 'title 1'");
  std::int64_t ranges = 0;
  some.on_progress = [&](const parity_report&) {
    if (++ranges == 2) enough.request_stop();
  };
  watch_report begun = watch<title_length>();
  CHECK_FALSE(begun.complete);
  CHECK(begun.rows_checked == 20);
  enough = {};
  bool same = true;
  SUBCASE("stopped") {}
  SUBCASE("killed") {
    run("UPDATE online_migration_parity_passes SET noted_at = clock_timestamp(), worker_pid = 2147483647");
  }
  SUBCASE("somebody else is at work on it") {
    run("UPDATE online_migration_parity_passes SET noted_at = clock_timestamp(), worker_pid = pg_backend_pid()");
    same = false;
  }
  SUBCASE("a step back to the backfill was taken") {
    tools.mark_phase<title_length>(phase::backfill);
    REQUIRE(backfill_runner<title_length>{source}.run().finished());
    corrupt("events", "UPDATE events SET title_size = -1 WHERE title = 'title 1'");
    same = false;
  }
  watch_report whole = watch<title_length>();
  CHECK((whole.pass == begun.pass) == same);
  CHECK(whole.complete);
  CHECK(whole.rows_checked == 40);
  CHECK(whole.mismatches == 1);
  CHECK(ranges == (same ? 4 : 6));
}

TEST_CASE_FIXTURE(watched, "a stop is heard while a row waits for its next look, and nothing is told of it") {
  hundred_people();
  spoil("id = 15");
  quick.look_again_after = 1h;
  around.once_after("parity_suspects", [&] { enough.request_stop(); });
  watch_report report = watch();
  CHECK_FALSE(report.complete);
  CHECK(report.mismatches == 0);
  CHECK(report.rows_checked == 10);
  CHECK(passes() == "watch 10 ");
  enough = {};
  quick.look_again_after = 0ms;
  CHECK(watch().mismatches == 1);
}

TEST_CASE_FIXTURE(watched, "where only the client computes: rows in flight, in the queue, and wrong ones") {
  ten_events<backwards_title>();
  corrupt("events", "UPDATE events SET title_back = 'wrong' WHERE title IN ('title 1', 'title 2', 'title 3')");
  run("UPDATE events SET title = 'old way' WHERE title = 'title 2'");  // waits in the queue
  around.once_before(
      "parity_look_again",
      [&] { corrupt("events", "UPDATE events SET title_back = reverse(title) WHERE title = 'title 3'"); }, 2);
  some.range_rows = 1'000;
  some.retry = hasty;
  quick.looks = 3;
  watch_report report = parity_checker<backwards_title, hooked_database>{hooked, some}.watch(enough.get_token(), quick);
  CHECK(report.rows_checked == 40);
  CHECK(report.mismatches == 1);
  CHECK(report.in_flight == 1);
  CHECK(ask("SELECT string_agg(format('%s<>%s', expected, actual), ' ') FROM online_migration_parity_samples") ==
        "1 eltit<>wrong");
}

TEST_CASE_FIXTURE(watched, "it is for the phases in which rows must not differ") {
  hundred_people();
  SUBCASE("it does not begin in another one") {
    tools.mark_phase<lower_name>(phase::backfill);
    CHECK_THROWS_AS(watch(), refused);
    CHECK(passes().empty());
  }
  SUBCASE("it ends between two rounds") {
    quick.rounds = 0;
    quick.on_round = [&](const watch_report&) { tools.mark_phase<lower_name>(phase::backfill); };
    watch_report report = watch();
    CHECK(report.phase_left);
    CHECK(report.round == 1);
  }
  SUBCASE("it ends before it tells of a row") {
    spoil("id = 5");
    around.once_before("state_hold_run", [&] { tools.mark_phase<lower_name>(phase::backfill); });
    watch_report report = watch();
    CHECK(report.phase_left);
    CHECK_FALSE(report.complete);
    CHECK(report.mismatches == 0);
    CHECK(count("SELECT count(*) FROM online_migration_parity_samples") == 0);
  }
}

TEST_CASE_FIXTURE(watched, "options that mean nothing are refused") {
  hundred_people();
  quick.looks = 0;
  CHECK_THROWS_AS(watch(), refused);
  quick = {};
  quick.rounds = -1;
  CHECK_THROWS_AS(watch(), refused);
}

TEST_CASE_FIXTURE(watched, "a watch beside it does not make a pass by blocks begin anew") {
  hundred_people();
  parity_options blocks;
  blocks.walk = walk_by::blocks;
  blocks.on_progress = [&](const parity_report&) { enough.request_stop(); };
  run("INSERT INTO people SELECT g, repeat('x', 100) FROM generate_series(101, 10000) AS g");
  parity_checker<lower_name> checker{source, blocks};
  parity_report begun = checker.check_all(enough.get_token());
  REQUIRE_FALSE(begun.complete);
  enough = {};
  some.on_progress = {};
  bool clean = true;
  SUBCASE("that found nothing") {}
  SUBCASE("that found something") {
    spoil("id = 5");
    clean = false;
  }
  CHECK(parity_checker<lower_name>{source}.watch({}, quick).complete);
  CHECK((checker.check_all().pass == begun.pass) == clean);
}
