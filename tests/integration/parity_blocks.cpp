// SPDX-License-Identifier: BSL-1.0
// Full passes by blocks: what they see, what they stand on, workers, and how they go on where they were.
#include <atomic>
#include <functional>
#include <stdexcept>
#include <stop_token>
#include <string>
#include <thread>
#include <utility>

#include "integration/parity_support.hpp"

using namespace test;

namespace {

constexpr int rows = 4'000;

struct blocks : filled {
  /// A few rows in each of many blocks.
  void many_people() {
    fill<lower_name>(std::string{make_people} + " WITH (fillfactor = 10)",
                     "INSERT INTO people SELECT g, '  Ada ' || g FROM generate_series(1, 4000) AS g");
    REQUIRE(count("SELECT pg_relation_size('people') / 8192") > 250);
  }

  parity_report check_blocks(int workers = 1, const std::stop_token& stop = {}, parity_options some = {}) {
    some.walk = walk_by::blocks;
    some.workers = workers;
    some.retry = hasty;
    some.on_progress = on_progress;
    return parity_checker<lower_name, hooked_database>{hooked, some}.check_all(stop);
  }

  std::function<void(const parity_report&)> on_progress;

  bool was_by_blocks(const parity_report& report) {
    return ask("SELECT net_mark IS NOT NULL FROM online_migration_parity_passes WHERE pass_id = " +
               std::to_string(report.pass)) == "t";
  }

  /// Stops after some ranges; the pass that was begun.
  parity_report stop_in_the_middle() {
    std::stop_source enough;
    on_progress = [&](const parity_report& now) {
      if (now.rows_checked > 500) enough.request_stop();
    };
    parity_report begun = check_blocks(1, enough.get_token());
    on_progress = {};
    REQUIRE_FALSE(begun.complete);
    REQUIRE(begun.rows_checked > 500);
    REQUIRE(begun.rows_checked < rows);
    return begun;
  }
};

}  // namespace

TEST_CASE_FIXTURE(blocks, "every row is seen once, by one worker or several, and a clean pass opens the gate") {
  many_people();
  for (int workers : {1, 4}) {
    INFO("workers: ", workers);
    parity_report report = check_blocks(workers);
    CHECK(report.complete);
    CHECK(report.rows_checked == rows);
    CHECK(report.mismatches == 0);
    CHECK(was_by_blocks(report));
    CHECK(pass_row(report) == "full validate 4000 0 0 t");
  }
  CHECK(opens());
}

TEST_CASE_FIXTURE(blocks, "each worker looks at what its throttle watches") {
  many_people();
  std::atomic<int> asked = 0;
  parity_options some;
  some.throttle.questions.push_back({"somebody's own",
                                     [&] {
                                       ++asked;
                                       return 0.0;
                                     },
                                     0ms});
  CHECK(check_blocks(2, {}, some).complete);
  CHECK(asked >= 3);
}

TEST_CASE_FIXTURE(blocks, "rows that differ are counted and witnessed, wherever they are, and close the gate") {
  many_people();
  spoil("id IN (1, 1500, 4000)");
  for (int workers : {1, 3}) {
    INFO("workers: ", workers);
    parity_report report = check_blocks(workers);
    CHECK(report.mismatches == 3);
    CHECK(
        ask("SELECT string_agg(key[1] || expected || actual, ' ' ORDER BY key[1]::int) FROM online_migration_parity_samples "
            "WHERE pass_id = " +
            std::to_string(report.pass)) == "1ada 1wrong 1500ada 1500wrong 4000ada 4000wrong");
    CHECK_FALSE(opens());
  }
  parity_options few;
  few.walk = walk_by::blocks;
  few.most_witnesses = 1;
  CHECK(parity_checker<lower_name>{source, few}.check_all().mismatches == 3);
  CHECK(count("SELECT count(*) FROM online_migration_parity_samples WHERE pass_id = "
              "(SELECT max(pass_id) FROM online_migration_parity_passes)") == 1);
}

TEST_CASE_FIXTURE(blocks, "rows that are written and moved during the pass are no mismatches") {
  many_people();
  std::atomic<int> written = 0;
  std::jthread writer{[&](const std::stop_token& stop) {
    connection own = source.connect();
    for (int turn = 1; !stop.stop_requested(); ++turn) {
      std::string id = std::to_string(turn * 37 % rows + 1);
      script(own, "UPDATE people SET name = repeat('MOVED ', " + std::to_string(turn % 60) +
                      ") || id WHERE id = " + id + "; DELETE FROM people WHERE id = " + id +
                      " + 100000; INSERT INTO people VALUES (" + id + " + 100000, 'New')");
      ++written;
    }
  }};
  eventually([&] { return written > 20; });
  for (int turn = 0; turn < 5; ++turn) {
    parity_report report = check_blocks(2);
    CHECK(report.complete);
    CHECK(report.mismatches == 0);
    CHECK(report.rows_checked >= rows);
    CHECK(was_by_blocks(report));
  }
}

TEST_CASE_FIXTURE(blocks, "a pass whose ground has changed begins anew, by keys, and at once") {
  many_people();
  int ranges = 0;  // that were looked at, the first one after the change included
  auto at_the_second = [&](const std::string& sql) {
    around.before = [&ranges, sql, this](const statement& what) {
      if (what.name == std::string_view{"parity_blocks"} && ++ranges == 2) run(sql);
    };
  };
  SUBCASE("the table was written to another file") { at_the_second("VACUUM FULL people"); }
  SUBCASE("the trigger was off for a moment, and a row became wrong in what was seen already") {
    at_the_second(
        "ALTER TABLE people DISABLE TRIGGER USER; UPDATE people SET name = 'Unseen' WHERE id = 1;"
        "ALTER TABLE people ENABLE ALWAYS TRIGGER \"~om_sync_lower-name\"");
  }
  SUBCASE("the trigger was dropped and made again meanwhile") {
    std::string definition = ask("SELECT pg_get_triggerdef(oid) FROM pg_trigger WHERE tgname = '~om_sync_lower-name'");
    at_the_second("DROP TRIGGER \"~om_sync_lower-name\" ON people; UPDATE people SET name = 'Unseen' WHERE id = 1; " +
                  definition + "; ALTER TABLE people ENABLE ALWAYS TRIGGER \"~om_sync_lower-name\"");
  }
  SUBCASE("its function did nothing for a moment") {
    std::string function =
        ask("SELECT pg_get_functiondef(tgfoid) FROM pg_trigger WHERE tgname = '~om_sync_lower-name'");
    std::string name = ask("SELECT tgfoid::regproc FROM pg_trigger WHERE tgname = '~om_sync_lower-name'");
    at_the_second(
        "CREATE OR REPLACE FUNCTION " + name +
        "() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS 'BEGIN RETURN NEW; END'; "
        "UPDATE people SET name = 'Unseen' WHERE id = 1; " +
        function);
  }
  SUBCASE("it has a child, whose rows no trigger makes right") {
    at_the_second("CREATE TABLE more () INHERITS (people); INSERT INTO more VALUES (0, 'Unseen')");
  }
  parity_report report = check_blocks();
  around.before = [](const statement&) {};
  std::int64_t wrong = count(wrong_people);
  CHECK(ranges == 2);
  CHECK(report.complete);
  CHECK(report.rows_checked == count("SELECT count(*) FROM people"));
  CHECK(report.mismatches == wrong);
  CHECK_FALSE(was_by_blocks(report));
  CHECK(count("SELECT count(*) FROM online_migration_parity_passes WHERE finished_at IS NULL") == 1);
  CHECK(opens() == (wrong == 0));
}

TEST_CASE_FIXTURE(blocks, "a change behind the last range is seen at the end") {
  many_people();
  bool is_last = false;
  on_progress = [&](const parity_report& now) {
    if (!std::exchange(is_last, now.rows_checked == rows) && is_last) run("VACUUM FULL people");
  };
  parity_report report = check_blocks();
  CHECK(is_last);
  CHECK(report.complete);
  CHECK(report.rows_checked == rows);
  CHECK_FALSE(was_by_blocks(report));
}

TEST_CASE_FIXTURE(blocks, "a stop is heard while witnesses are recorded") {
  many_people();
  spoil("id = 1");
  std::stop_source enough;
  around.before = [&](const statement& what) {
    if (what.name != std::string_view{"parity_blocks_witness"}) return;
    enough.request_stop();
    throw statement_error{what.name, "40001"};
  };
  CHECK_THROWS_AS(check_blocks(1, enough.get_token()), cancelled);
  around.before = [](const statement&) {};
  CHECK(count("SELECT count(*) FROM online_migration_parity_passes WHERE finished_at IS NULL") == 1);
  CHECK_FALSE(opens());
}

TEST_CASE_FIXTURE(blocks, "workers go on while one of them records, and witnesses have the room of the pass") {
  many_people();
  spoil("true");
  std::atomic<int> ranges = 0;
  std::atomic<bool> first = true;
  on_progress = [&](const parity_report&) { ++ranges; };
  around.before = [&](const statement& what) {
    if (what.name != std::string_view{"parity_blocks_witness"} || !first.exchange(false)) return;
    eventually([&] { return ranges > 0; });
  };
  parity_report report = check_blocks(2);
  around.before = [](const statement&) {};
  CHECK(report.complete);
  CHECK(report.rows_checked == rows);
  CHECK(report.mismatches == rows);
  CHECK(count("SELECT count(*) FROM online_migration_parity_samples") == 100);
}

TEST_CASE_FIXTURE(blocks, "a pass that was stopped goes on where it was") {
  many_people();
  parity_report begun = stop_in_the_middle();
  // Rows that are seen already, written under the safety net.
  run("UPDATE people SET name = 'Seen already' WHERE id < 100");
  std::int64_t seen = 0;
  on_progress = [&, first = true](const parity_report& now) mutable {
    if (std::exchange(first, false)) seen = now.rows_checked;
  };
  parity_report whole = check_blocks(2);
  CHECK(whole.pass == begun.pass);
  CHECK(seen > begun.rows_checked);
  CHECK(whole.rows_checked >= rows);
  CHECK(whole.complete);
  CHECK(opens());
}

TEST_CASE_FIXTURE(blocks, "whoever stopped a pass can go on with it, in the same session") {
  many_people();
  std::stop_source enough;
  parity_options some;
  some.walk = walk_by::blocks;
  some.on_progress = [&](const parity_report&) { enough.request_stop(); };
  parity_checker<lower_name> checker{source, some};
  parity_report begun = checker.check_all(enough.get_token());
  REQUIRE_FALSE(begun.complete);
  parity_report whole = checker.check_all();
  CHECK(whole.pass == begun.pass);
  CHECK(whole.rows_checked == rows);
  CHECK(whole.complete);
}

TEST_CASE_FIXTURE(blocks, "a pass that died goes on where it was noted last") {
  many_people();
  on_progress = [&](const parity_report& now) {
    if (now.rows_checked > 500) throw std::runtime_error{"died"};
  };
  CHECK_THROWS_WITH(check_blocks(3), "died");
  on_progress = {};
  eventually([&] {
    return ask("SELECT NOT EXISTS (SELECT FROM pg_stat_activity AS a JOIN online_migration_parity_passes AS p "
               "ON a.pid = p.worker_pid)") == "t";
  });
  parity_report whole = check_blocks();
  CHECK(whole.pass == count("SELECT max(pass_id) FROM online_migration_parity_passes"));
  CHECK(count("SELECT count(*) FROM online_migration_parity_passes") == 1);
  CHECK(whole.rows_checked == rows);
  CHECK(whole.complete);
}

TEST_CASE_FIXTURE(blocks, "a pass that cannot be trusted any more is not gone on with") {
  many_people();
  parity_report begun = stop_in_the_middle();
  SUBCASE("it is at work") {
    run("UPDATE online_migration_parity_passes SET noted_at = clock_timestamp(), worker_pid = pg_backend_pid()");
  }
  SUBCASE("the trigger was touched") {
    run("ALTER TABLE people DISABLE TRIGGER USER; ALTER TABLE people ENABLE ALWAYS TRIGGER \"~om_sync_lower-name\"");
  }
  SUBCASE("the table has another file") { run("VACUUM FULL people"); }
  SUBCASE("another pass came since") {
    parity_options keys;
    keys.walk = walk_by::keys;
    check(keys);
  }
  SUBCASE("it saw a mismatch") { run("UPDATE online_migration_parity_passes SET mismatches = 1"); }
  SUBCASE("a step back to the backfill was taken") {
    tools.mark_phase<lower_name>(phase::backfill);
    REQUIRE(backfill_runner<lower_name>{source}.run().finished());
  }
  parity_report whole = check_blocks();
  CHECK(whole.pass > begun.pass);
  CHECK(whole.rows_checked == rows);
  CHECK(whole.complete);
}

TEST_CASE_FIXTURE(blocks, "where blocks are no proof, or not worth while, it goes by keys") {
  SUBCASE("a small table") {
    hundred_people();
    CHECK_FALSE(was_by_blocks(check()));
    CHECK(was_by_blocks(check_blocks()));  // unless it is asked for
  }
  SUBCASE("asked for") {
    many_people();
    CHECK(was_by_blocks(check()));
    parity_options keys;
    keys.walk = walk_by::keys;
    CHECK_FALSE(was_by_blocks(check(keys)));
  }
  SUBCASE("a table with parts") {
    fill<lower_name>(
        "CREATE TABLE people (id bigint PRIMARY KEY, name text NOT NULL) PARTITION BY RANGE (id);"
        "CREATE TABLE people_1 PARTITION OF people DEFAULT",
        "INSERT INTO people SELECT g, 'Ada' FROM generate_series(1, 100) AS g");
    parity_report report = check_blocks();
    CHECK_FALSE(was_by_blocks(report));
    CHECK(report.rows_checked == 100);
  }
  SUBCASE("a table that is inherited from") {
    hundred_people();
    run("CREATE TABLE more () INHERITS (people)");
    CHECK_FALSE(was_by_blocks(check_blocks()));
  }
}

TEST_CASE_FIXTURE(blocks, "a table without blocks goes by keys") {
  fill<lower_name>(make_people, "SELECT");
  parity_report report = check_blocks(2);
  CHECK(report.complete);
  CHECK_FALSE(was_by_blocks(report));
  CHECK(report.rows_checked == 0);
}

TEST_CASE_FIXTURE(blocks, "a range that takes too long is tried again with fewer blocks, and every row is seen once") {
  many_people();
  int refused_times = 0;
  around.before = [&](const statement& what) {
    if (what.name != statements<lower_name>::parity_blocks.name || refused_times == 2) return;
    ++refused_times;
    throw statement_error{what.name, "57014"};
  };
  std::int64_t first = 0;
  on_progress = [&](const parity_report& now) {
    if (first == 0) first = now.rows_checked;
  };
  parity_report report = check_blocks();
  around.before = [](const statement&) {};
  CHECK(report.complete);
  CHECK(report.rows_checked == rows);
  CHECK(first == count("SELECT count(*) FROM people WHERE ctid < '(32,0)'"));
}
