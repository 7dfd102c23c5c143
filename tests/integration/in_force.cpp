// SPDX-License-Identifier: BSL-1.0
// What a run relies on is looked at before each step: the new column, and the trigger that covers other writers.

#include <doctest/doctest.h>

#include "support/lab.hpp"

using namespace test;

namespace {

constexpr const char* disable = R"(ALTER TABLE people DISABLE TRIGGER "~om_lower-name")";
constexpr const char* enable = R"(ALTER TABLE people ENABLE ALWAYS TRIGGER "~om_lower-name")";

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
  run(R"(DROP TRIGGER "~om_lower-name" ON people)");
  refuses([&] { tools.mark_phase<lower_name>(phase::contract_ready); }, "is gone");
  refuses([&] { om::expand_contract<lower_name>{source}.run(); }, "is gone");
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
