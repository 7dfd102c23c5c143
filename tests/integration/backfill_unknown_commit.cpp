// SPDX-License-Identifier: BSL-1.0
// The answer to a COMMIT is lost on the way, or the COMMIT itself is. Nobody can know which: only the state tells.
#include <string>

#include "support/lab.hpp"
#include "support/proxy.hpp"

using namespace test;

namespace {

struct broken_wire : lab {
  proxy wire;
  database far{wire.conninfo()};

  broken_wire() { tools.ensure_state_tables(); }

  void start_over() {
    run("TRUNCATE online_migration_runs CASCADE; DROP TABLE IF EXISTS people; DROP FUNCTION IF EXISTS \"om_sync_lower-name\"");
    run(make_people);
    run("INSERT INTO people SELECT g, '  Ada ' || g FROM generate_series(1, 25) AS g");
  }

  backfill_options options() {
    backfill_options some;
    some.chunk = fixed_chunk(10);
    some.retry = hasty;
    some.takeover_wait = 20s;
    return some;
  }

  void check_counts() {
    CHECK(
        ask("SELECT format('%s %s %s %s', rows_done, rows_changed, chunks, finished) FROM online_migration_backfill_state") ==
        "25 25 3 t");
    CHECK(ask(wrong_people) == "0");
    CHECK(tools.phase<lower_name>() == phase::validate);
  }

  /// The n-th request with the text is harmed, for every n until none is left.
  int every(const std::string& text, proxy::harm what) {
    int nth = 1;
    for (bool fired = true; fired; ++nth) {
      INFO(text << " number " << nth);
      start_over();
      expand<lower_name>(tools);
      tools.mark_phase<lower_name>(phase::backfill);
      backfill_runner<lower_name> runner{far, options()};
      wire.arm(text, what, nth);
      CHECK(runner.run().finished());
      fired = wire.fired();
      check_counts();
    }
    return nth - 2;
  }
};

}  // namespace

TEST_CASE_FIXTURE(broken_wire, "the answer to a COMMIT is lost: no row is counted twice") {
  CHECK(every("COMMIT", proxy::harm::cut_after) >= 8);
}

TEST_CASE_FIXTURE(broken_wire, "a COMMIT is lost: no row is left out") {
  CHECK(every("COMMIT", proxy::harm::cut_before) >= 8);
}

TEST_CASE_FIXTURE(broken_wire, "the chunk, or its answer, is lost") {
  CHECK(every("AS t SET", proxy::harm::cut_before) == 3);
  CHECK(every("AS t SET", proxy::harm::cut_after) == 3);
}

TEST_CASE_FIXTURE(broken_wire, "an answer that never comes ends at the client's own deadline") {
  start_over();
  expand<lower_name>(tools);
  tools.mark_phase<lower_name>(phase::backfill);
  database impatient{wire.conninfo(), {.deadline = 300ms}};
  wire.arm("AS t SET", proxy::harm::swallow, 2);
  backfill_result result = backfill_runner<lower_name>{impatient, options()}.run();
  CHECK(wire.fired());
  CHECK(result.finished());
  CHECK(result.retries == 1);
  check_counts();
}

TEST_CASE_FIXTURE(broken_wire, "the steps of a run are taken once, whatever is lost") {
  for (proxy::harm what : {proxy::harm::cut_before, proxy::harm::cut_after}) {
    int nth = 1;
    for (bool fired = true; fired; ++nth) {
      INFO("COMMIT number " << nth);
      start_over();
      toolkit there{far, {hasty, 200ms}};
      wire.arm("COMMIT", what, nth);
      there.ensure_state_tables();
      CHECK(expand<lower_name>(there).run.attempt == 1);
      there.mark_phase<lower_name>(phase::backfill);
      there.request_pause<lower_name>();
      there.resume<lower_name>();
      fired = wire.fired();
      CHECK(ask("SELECT format('%s %s', phase, attempt) FROM online_migration_runs") == "backfill 1");
      CHECK(ask("SELECT format('%s %s', epoch, pause_requested) FROM online_migration_backfill_state") == "0 f");
    }
    CHECK(nth >= 6);
  }
}

TEST_CASE_FIXTURE(broken_wire, "a parity pass counts every row once, whatever is lost") {
  start_over();
  expand<lower_name>(tools);
  backfill_runner<lower_name>{source, options()}.run();
  run("ALTER TABLE people DISABLE TRIGGER USER; UPDATE people SET name_lower = 'wrong' WHERE id IN (3, 23);"
      "ALTER TABLE people ENABLE ALWAYS TRIGGER \"~om_sync_lower-name\"");
  parity_options ranges;
  ranges.range_rows = 10;
  ranges.retry = hasty;
  for (proxy::harm what : {proxy::harm::cut_before, proxy::harm::cut_after}) {
    int nth = 1;
    for (bool fired = true; fired; ++nth) {
      INFO("COMMIT number " << nth);
      wire.arm("COMMIT", what, nth);
      parity_report report = parity_checker<lower_name>{far, ranges}.check_all();
      fired = wire.fired();
      CHECK(report.rows_checked == 25);
      CHECK(report.mismatches == 2);
      CHECK(report.complete);
      CHECK(count("SELECT count(DISTINCT key) FROM online_migration_parity_samples WHERE pass_id = " +
                  std::to_string(report.pass)) == 2);
    }
    CHECK(nth >= 6);
  }
}

TEST_CASE_FIXTURE(broken_wire, "a repair counts every row that it puts right once, whatever is lost") {
  parity_options some;
  some.chunk = fixed_chunk(10);
  some.retry = hasty;
  for (proxy::harm what : {proxy::harm::cut_before, proxy::harm::cut_after}) {
    int nth = 1;
    for (bool fired = true; fired; ++nth) {
      INFO("COMMIT number " << nth);
      start_over();
      expand<lower_name>(tools);
      backfill_runner<lower_name>{source, options()}.run();
      run("ALTER TABLE people DISABLE TRIGGER USER; UPDATE people SET name_lower = 'wrong' WHERE id IN (3, 4, 23);"
          "ALTER TABLE people ENABLE ALWAYS TRIGGER \"~om_sync_lower-name\"");
      wire.arm("COMMIT", what, nth);
      parity_report report = parity_checker<lower_name>{far, some}.repair();
      fired = wire.fired();
      CHECK(report.rows_checked == 25);
      CHECK(report.mismatches == 3);
      CHECK(ask("SELECT sum(mismatches) FROM online_migration_parity_passes WHERE kind = 'repair'") == "3");
      CHECK(count("SELECT count(*) FROM online_migration_parity_samples") == 3);
      CHECK(ask(wrong_people) == "0");
    }
    CHECK(nth >= 6);
  }
}
