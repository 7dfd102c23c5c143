// SPDX-License-Identifier: BSL-1.0
// What a run relies on is looked at before each step: the new column, and the trigger that covers other writers.

#include <utility>

#include <doctest/doctest.h>

#include "support/lab.hpp"

using namespace test;

namespace {

constexpr const char* disable = R"(ALTER TABLE people DISABLE TRIGGER "~om_sync_lower-name")";
constexpr const char* enable = R"(ALTER TABLE people ENABLE ALWAYS TRIGGER "~om_sync_lower-name")";

struct begun : lab {
  begun() {
    run(make_people);
    run("INSERT INTO people SELECT g, ' Name ' || g FROM generate_series(1, 20) AS g");
    tools.ensure_state_tables();
    expand<lower_name>(tools);
  }

  /// Refused with these words, and nothing changed.
  template <class Work>
  void refuses(Work work, const char* words) {
    std::string before = everything();
    CHECK_THROWS_WITH_AS(work(), doctest::Contains(words), refused);
    CHECK(everything() == before);
  }
};

}  // namespace

TEST_CASE_FIXTURE(begun, "no step is taken while the sync trigger is disabled or gone") {
  tools.mark_phase<lower_name>(phase::backfill);
  run(disable);
  refuses([&] { expand<lower_name>(tools); }, "not ENABLE ALWAYS any more");
  CHECK_THROWS_AS(backfill_runner<lower_name>{source}.run(), refused);
  CHECK(tools.phase<lower_name>() == phase::backfill);
  run(enable);
  CHECK(backfill_runner<lower_name>{source}.run().finished());
  CHECK(tools.phase<lower_name>() == phase::validate);
  CHECK(parity_checker<lower_name>{source}.check_all().mismatches == 0);
  run(R"(DROP TRIGGER "~om_sync_lower-name" ON people)");
  refuses([&] { tools.mark_phase<lower_name>(phase::contract_ready); }, "is gone");
  refuses([&] { om::expand_contract<lower_name>{source}.run(); }, "is gone");
}

TEST_CASE_FIXTURE(begun, "a trigger that was disabled and enabled again has let writes through") {
  CHECK(backfill_runner<lower_name>{source}.run().finished());
  CHECK(parity_checker<lower_name>{source}.check_all().mismatches == 0);
  run(disable);
  run("INSERT INTO people VALUES (100, ' Bob ')");
  run(enable);
  refuses([&] { tools.mark_phase<lower_name>(phase::contract_ready); }, "was changed since the backfill began");
  tools.mark_phase<lower_name>(phase::backfill);
  CHECK(om::expand_contract<lower_name>{source}.run().reached == phase::contract_ready);
  CHECK(ask(wrong_people) == "0");
}

TEST_CASE_FIXTURE(begun, "a slower pass that sees a mismatch closes the gate that a clean one has opened") {
  CHECK(backfill_runner<lower_name>{source}.run().finished());
  parity_options slow;
  slow.range_rows = 5;
  bool once = false;
  slow.on_progress = [&](const parity_report&) {
    if (std::exchange(once, true)) return;
    CHECK(parity_checker<lower_name>{source}.check_all().mismatches == 0);
    // Past the trigger, as a superuser can: the gate may only believe what the passes saw.
    run("SET session_replication_role = replica; UPDATE pg_trigger SET tgenabled = 'D' WHERE tgname = '~om_sync_lower-name'");
    run("UPDATE people SET name_lower = 'wrong' WHERE id = 20");
    run("UPDATE pg_trigger SET tgenabled = 'A' WHERE tgname = '~om_sync_lower-name'; SET session_replication_role = origin");
    run(R"(UPDATE online_migration_runs SET metadata = metadata || jsonb_build_object('trigger',
           (SELECT oid::text || '.' || xmin::text FROM pg_trigger WHERE tgname = '~om_sync_lower-name')))");
  };
  CHECK(parity_checker<lower_name>{source, slow}.check_all().mismatches == 1);
  refuses([&] { tools.mark_phase<lower_name>(phase::contract_ready); }, "saw mismatches");
}

TEST_CASE_FIXTURE(begun, "a pass of an earlier walk opens no gate, whatever the clock says") {
  CHECK(backfill_runner<lower_name>{source}.run().finished());
  CHECK(parity_checker<lower_name>{source}.check_all().mismatches == 0);
  tools.mark_phase<lower_name>(phase::backfill);
  CHECK(backfill_runner<lower_name>{source}.run().finished());
  run("UPDATE online_migration_runs SET phase_since = phase_since - interval '1 hour'");
  refuses([&] { tools.mark_phase<lower_name>(phase::contract_ready); }, "No full parity pass");
}

TEST_CASE_FIXTURE(begun, "a table that was made anew is noticed, given up, and migrated again") {
  CHECK(om::expand_contract<lower_name>{source}.run().reached == phase::contract_ready);
  run("DROP TABLE people");
  run(make_people);
  run("INSERT INTO people VALUES (1, ' Ada ')");
  refuses([&] { expand<lower_name>(tools); }, "has no column \"name_lower\"");
  refuses([&] { om::expand_contract<lower_name>{source}.run(); }, "made anew");
  run("UPDATE online_migration_runs SET phase = 'rolled-back'");
  // The function of the first trigger is still there.
  CHECK(om::expand_contract<lower_name>{source}.run().reached == phase::contract_ready);
  CHECK(ask("SELECT attempt FROM online_migration_runs ORDER BY run_id DESC LIMIT 1") == "2");
  CHECK(ask(wrong_people) == "0");
}

TEST_CASE_FIXTURE(begun, "errors of the server say in which migration they happened") {
  run("ALTER TABLE people RENAME COLUMN name TO nickname");
  try {
    backfill_runner<lower_name>{source}.run();
    FAIL("it did not throw");
  } catch (const statement_error& problem) {
    CHECK(problem.migration() == "lower-name");
  }
  try {
    dual_writer<required_name> write{on};
    write.upsert(om::key(1), om::set<"name">("Ada"));
    FAIL("it did not throw");
  } catch (const statement_error& problem) {
    CHECK(problem.migration() == "required-name");
    CHECK(std::string_view{problem.what()}.find("has om::expand run") != std::string_view::npos);
  }
}

TEST_CASE_FIXTURE(begun, "options that make no sense are refused before anything is done") {
  backfill_options idle;
  idle.throttle.duty_cycle = 0;
  CHECK_THROWS_WITH_AS((backfill_runner<lower_name>{source, idle}), doctest::Contains("duty_cycle"), refused);
  backfill_options empty;
  empty.chunk = fixed_chunk(0);
  CHECK_THROWS_WITH_AS((backfill_runner<lower_name>{source, empty}), doctest::Contains("chunk"), refused);
  CHECK_THROWS_WITH_AS((parity_checker<lower_name>{source, parity_options{.range_rows = 0}}),
                       doctest::Contains("range_rows"), refused);
}
