// SPDX-License-Identifier: BSL-1.0
// Repair: it puts right what parity finds, says so, and proves nothing by itself.
#include <algorithm>
#include <atomic>
#include <cstdint>
#include <string>
#include <thread>

#include "integration/parity_support.hpp"

using namespace test;

namespace {

const char* wrong = "SELECT count(*) FROM people WHERE name_lower IS DISTINCT FROM lower(btrim(name))";

struct events : table<"events", column<"tenant", varchar<10>, primary_key>, column<"at", timestamptz, primary_key>,
                      column<"no", integer, primary_key>, column<"title", text>> {};
struct lower_title : om::migration<"lower-title", events, add_column<"title_lower", text, ascii_lower(col<"title">)>> {
};

/// The process is gone.
struct killed {};

}  // namespace

TEST_CASE_FIXTURE(filled, "every row that differs is put right, and recorded with its value before and after") {
  hundred_people();
  spoil("id % 5 = 0");
  spoil("id = 7", "");
  run("CREATE TABLE versions AS SELECT id, xmin::text AS version FROM people");
  for (int rows : {1, 7, 100, 1000}) {
    if (rows != 1) spoil("id % 5 = 0 OR id = 7");
    parity_report report = repair(rows);
    CHECK(report.rows_checked == 100);
    CHECK(report.mismatches == 21);
    CHECK(report.complete);
    CHECK(pass_row(report) == "repair validate 100 21 0 t");
    CHECK(ask(wrong) == "0");
    CHECK(ask("SELECT count(*) FROM online_migration_parity_samples WHERE pass_id = " + std::to_string(report.pass)) ==
          "21");
    if (rows == 1) {
      CHECK(witnesses(report).starts_with("5:'ada 5'<>'wrong' 7:'ada 7'<>'' 10:'ada 10'<>'wrong'"));
      // What was right was not written.
      CHECK(ask("SELECT count(*) FROM people JOIN versions USING (id) WHERE id % 5 <> 0 AND id <> 7 AND "
                "people.xmin::text <> version") == "0");
    }
  }
}

TEST_CASE_FIXTURE(filled, "every kind of key") {
  fill<lower_title>(
      "CREATE TABLE events (tenant varchar(10), at timestamptz, no int, title text, PRIMARY KEY (tenant, at, no)) "
      "PARTITION BY LIST (tenant); CREATE TABLE events_a PARTITION OF events FOR VALUES IN ('a'); "
      "CREATE TABLE events_b PARTITION OF events DEFAULT",
      "INSERT INTO events SELECT CASE g % 3 WHEN 0 THEN 'a' ELSE 'b c ' || g % 2 END, timestamptz '2020-01-01 00:00+00' + "
      "(g / 10) * interval '1 day', -g, 'T ' || g FROM generate_series(1, 100) AS g");
  run("ALTER DATABASE postgres SET TimeZone = 'Asia/Tokyo'");
  spoil("no % 4 = 0", "wrong", "title_lower", "events");
  parity_report report = repair<lower_title>(9);
  CHECK(report.mismatches == 25);
  CHECK(check<lower_title>().mismatches == 0);
  CHECK(
      ask("SELECT count(*) FROM online_migration_parity_samples AS s JOIN events AS e ON s.key = ARRAY[e.tenant::text, "
          "to_char(e.at AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS+00'), e.no::text] AND s.expected = e.title_lower AND "
          "s.actual = 'wrong'") == "25");
  run("ALTER DATABASE postgres RESET TimeZone");
}

TEST_CASE_FIXTURE(filled, "a repair counts only after a further full pass") {
  hundred_people();
  REQUIRE(check().mismatches == 0);
  spoil("id = 42");
  REQUIRE(repair().mismatches == 1);
  CHECK(ask(wrong) == "0");
  CHECK(says(caught<refused>([&] { tools.mark_phase<lower_name>(phase::contract_ready); }), "put rows right"));
  REQUIRE(check().mismatches == 0);
  CHECK(opens());
}

TEST_CASE_FIXTURE(filled, "an observer hears what was put right, and by which kind of pass") {
  hundred_people();
  spoil("id IN (5, 6, 95)");
  struct listener {
    std::string heard;
    void on(const parity_range_event& range) {
      if (range.mismatches > 0) heard += std::string{range.kind} + " " + std::to_string(range.mismatches) + ", ";
    }
    void on(const parity_pass_event& pass) {
      heard += std::string{pass.kind} + (pass.complete ? " ended " : " stopped ") + std::to_string(pass.rows_checked) +
               " " + std::to_string(pass.mismatches);
    }
  } listening;
  parity_options some;
  some.observer = listening;
  repair(10, some);
  CHECK(listening.heard == "repair 2, repair 1, repair ended 100 3");
}

TEST_CASE_FIXTURE(filled, "a repair that changes nothing changes nothing for the gate") {
  hundred_people();
  REQUIRE(check().mismatches == 0);
  parity_report report = repair();
  CHECK(report.mismatches == 0);
  CHECK(pass_row(report) == "repair validate 100 0 0 t");
  CHECK(opens());
}

TEST_CASE_FIXTURE(filled, "a repair alone opens nothing") {
  hundred_people();
  REQUIRE(repair().mismatches == 0);
  CHECK(says(caught<refused>([&] { tools.mark_phase<lower_name>(phase::contract_ready); }), "No full parity pass"));
}

TEST_CASE_FIXTURE(filled, "a pass that began before a repair does not count, though it saw nothing wrong") {
  hundred_people();
  spoil("id = 95");
  parity_options some;
  some.range_rows = 10;
  // Mended ahead of the pass.
  around.once_before("parity_count", [&] { REQUIRE(parity_checker<lower_name>{source}.repair().mismatches == 1); });
  REQUIRE(check(some).mismatches == 0);
  CHECK_FALSE(opens());
  REQUIRE(check().mismatches == 0);
  CHECK(opens());
}

TEST_CASE_FIXTURE(filled, "a pass that began while a repair was on does not count") {
  hundred_people();
  spoil("id IN (5, 95)");
  // After the last row was put right, and before the repair ended.
  around.once_before("state_finish_parity_pass",
                     [&] { REQUIRE(parity_checker<lower_name>{source}.check_all().mismatches == 0); });
  REQUIRE(repair().mismatches == 2);
  CHECK_FALSE(opens());
  REQUIRE(check().mismatches == 0);
  CHECK(opens());
}

TEST_CASE_FIXTURE(filled, "clocks that step back do not open the gate after a repair") {
  hundred_people();
  REQUIRE(check().mismatches == 0);
  run("UPDATE online_migration_parity_passes SET started_at = started_at + interval '1 day', "
      "finished_at = finished_at + interval '1 day'");
  spoil("id = 42");
  parity_options some;
  some.most_kept_witnesses = 0;
  REQUIRE(repair(10, some).mismatches == 1);
  CHECK(ask("SELECT count(*) FROM online_migration_parity_samples") == "0");
  CHECK_FALSE(opens());
}

TEST_CASE_FIXTURE(filled, "a repair that was killed, stopped or lost has said what it did until then") {
  hundred_people();
  REQUIRE(check().mismatches == 0);
  spoil("id IN (15, 95)");
  parity_options some;
  some.most_kept_witnesses = 0;
  SUBCASE("killed") {
    around.once_before(
        "parity_repair", [&] { throw killed{}; }, 2);
    CHECK_THROWS_AS(repair(10, some), killed);
  }
  SUBCASE("stopped") {
    std::stop_source stop;
    around.once_after("parity_repair", [&] { stop.request_stop(); });
    some.chunk = fixed_chunk(10);
    parity_report report = parity_checker<lower_name, hooked_database>{hooked, some}.repair(stop.get_token());
    CHECK_FALSE(report.complete);
    CHECK(report.mismatches == 1);
  }
  around.before = [](const statement&) {};
  CHECK(ask("SELECT count(*) FROM people WHERE name_lower = 'wrong'") == "1");
  CHECK(
      ask("SELECT format('%s %s', kind, mismatches) FROM online_migration_parity_passes ORDER BY pass_id DESC LIMIT 1") ==
      "repair 1");
  spoil("false");
  run("UPDATE people SET name = name");
  REQUIRE(ask(wrong) == "0");
  CHECK_FALSE(opens());
  REQUIRE(check().mismatches == 0);
  CHECK(opens());
}

TEST_CASE_FIXTURE(filled, "repair is for validate and contract-ready") {
  hundred_people();
  spoil("id = 42");
  for (const char* phase : {"expand", "backfill", "contracted", "rolled-back"}) {
    run("UPDATE online_migration_runs SET phase = '" + std::string{phase} + "'");
    std::string before = everything();
    CHECK(says(caught<refused>([&] { repair(); }), "is in the phase " + std::string{phase}));
    CHECK(everything() == before);
  }
  run("UPDATE online_migration_runs SET phase = 'contract-ready'");
  CHECK(repair().mismatches == 1);
  CHECK(ask(wrong) == "0");
}

TEST_CASE_FIXTURE(filled, "in contract-ready a full pass counts as well") {
  hundred_people();
  REQUIRE(check().mismatches == 0);
  REQUIRE(opens());
  spoil("id = 42");
  REQUIRE(repair().mismatches == 1);
  std::string gate = std::string{state::newest_parity_pass.view()};
  gate.replace(gate.find("$1::bigint"), 10, "(SELECT run_id FROM online_migration_runs)");
  CHECK(ask("SELECT n.exists FROM (" + gate + ") AS n (mismatches, exists, pass, alarm)") == "t");
  parity_report report = check();
  CHECK(pass_row(report) == "full contract-ready 100 0 0 t");
  CHECK(ask("SELECT format('%s %s %s', n.mismatches, n.exists, n.pass = " + std::to_string(report.pass) + ") FROM (" +
            gate + ") AS n (mismatches, exists, pass, alarm)") == "0 f t");
}

TEST_CASE_FIXTURE(filled,
                  "the run cannot go to another phase while rows are put right, and the repair stops when it has") {
  hundred_people();
  spoil("id IN (5, 95)");
  int fences = 0;
  around.after = [&](const statement& what) {
    if (what.name != std::string_view{"state_hold_run"} || ++fences != 2) return;  // the first is that of its begin
    CHECK(caught<statement_error>([&] { run("SELECT FROM online_migration_runs FOR UPDATE NOWAIT"); }).sqlstate() ==
          "55P03");
  };
  around.before = [&](const statement& what) {
    if (what.name == std::string_view{"state_constraints_now"} && fences == 3)
      run("UPDATE online_migration_runs SET phase = 'contracted'");
  };
  CHECK(says(caught<refused>([&] { repair(); }), "is in the phase contracted"));
  CHECK(ask("SELECT string_agg(id::text, ',') FROM people WHERE name_lower = 'wrong'") == "95");
}

TEST_CASE_FIXTURE(filled, "a value that is written meanwhile is never overwritten with an older one") {
  hundred_people();
  spoil("true");
  int ranges = 0;
  around.before = [&](const statement& what) {
    if (!what.name.starts_with("parity_repair")) return;
    ++ranges;
    run("UPDATE people SET name = 'FRESH ' || id WHERE id % 3 = 0; DELETE FROM people WHERE id = " +
        std::to_string(100 - ranges));
  };
  repair();
  CHECK(ranges == 10);
  CHECK(ask(wrong) == "0");
  CHECK(ask("SELECT name_lower FROM people WHERE id = 33") == "fresh 33");
}

TEST_CASE_FIXTURE(filled, "a row that stays locked is tried again in smaller chunks, and mended in the end") {
  hundred_people();
  spoil("true");
  connection writer = somebody("writer");
  script(writer, "BEGIN; UPDATE people SET name = 'HELD' WHERE id = 50");
  int tries = 0;
  around.before = [&](const statement& what) {
    if (what.name.starts_with("parity_repair") && ++tries == 12) script(writer, "COMMIT");
  };
  std::int64_t smallest = 100;
  std::int64_t before = 0;
  parity_options some;
  some.on_progress = [&](const parity_report& now) {
    smallest = std::min(smallest, now.rows_checked - before);
    before = now.rows_checked;
  };
  parity_report report = repair(40, some);
  CHECK(tries > 12);
  CHECK(smallest <= 2);
  CHECK(report.mismatches == 99);  // one was put right by its writer
  CHECK(ask(wrong) == "0");
  CHECK(ask("SELECT name_lower FROM people WHERE id = 50") == "held");
}

TEST_CASE_FIXTURE(filled, "in a deadlock between the application and a repair, the application never dies") {
  // As with a chunk: the application has row 7 and waits for row 3, which the repair has, before that comes to row 7.
  hundred_people();
  spoil("id < 10");
  run("CREATE FUNCTION slow() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN PERFORM pg_sleep(0.4); RETURN NEW; END';"
      "CREATE TRIGGER slow BEFORE UPDATE ON people FOR EACH ROW WHEN (NEW.id = 5) EXECUTE FUNCTION slow()");
  connection writer = somebody("writer");
  std::jthread crossing;
  std::atomic<bool> survived = false;
  around.once_before("parity_repair_first", [&] {
    script(writer, "BEGIN; UPDATE people SET name = 'SEVEN' WHERE id = 7");
    crossing = std::jthread{[&] {
      eventually([&] { return ask("SELECT count(*) FROM pg_stat_activity WHERE wait_event = 'PgSleep'") == "1"; });
      try {
        script(writer, "UPDATE people SET name = 'THREE' WHERE id = 3; COMMIT");
        survived = true;
      } catch (const error& problem) {
        MESSAGE(std::string{problem.what()});
      }
    }};
  });
  repair(20);
  crossing.join();
  CHECK(survived);
  CHECK(ask(wrong) == "0");
  CHECK(ask("SELECT string_agg(name_lower, ',' ORDER BY id) FROM people WHERE id IN (3, 7)") == "three,seven");
}

TEST_CASE_FIXTURE(filled, "the table's own triggers find their objects by the session's path") {
  run("CREATE TABLE log (id bigint)");
  hundred_people();
  spoil("id = 42");
  run("CREATE FUNCTION note() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN INSERT INTO log VALUES (NEW.id); RETURN NULL; END';"
      "CREATE TRIGGER note AFTER UPDATE ON people FOR EACH ROW EXECUTE FUNCTION note()");
  CHECK(repair().mismatches == 1);
  CHECK(ask("SELECT string_agg(id::text, ',') FROM log") == "42");
}

TEST_CASE_FIXTURE(filled,
                  "a deferred trigger runs with the statement that repairs, which has a time-out, not at COMMIT") {
  hundred_people();
  spoil("id = 42");
  run("CREATE FUNCTION complain() RETURNS trigger LANGUAGE plpgsql AS $$BEGIN RAISE 'no'; END$$;"
      "CREATE CONSTRAINT TRIGGER late AFTER UPDATE ON people DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION complain()");
  CHECK(caught<statement_error>([&] { repair(); }).statement_name() == "parity_repair");
}

TEST_CASE_FIXTURE(filled, "as many repaired rows are recorded as witnesses are kept") {
  hundred_people();
  spoil("true");
  parity_options some;
  some.most_witnesses = 3;  // of other passes
  some.most_kept_witnesses = 25;
  parity_report report = repair(10, some);
  CHECK(report.mismatches == 100);
  CHECK(ask("SELECT count(*) FROM online_migration_parity_samples") == "25");
  CHECK(ask(wrong) == "0");
}
