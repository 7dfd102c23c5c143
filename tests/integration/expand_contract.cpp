// SPDX-License-Identifier: BSL-1.0
// The drive through the phases: from anywhere to contract-ready, stopped or killed at any point.
#include <atomic>
#include <string>

#include "support/child.hpp"
#include "support/hooked_database.hpp"
#include "support/lab.hpp"

using namespace test;

namespace {

struct drive : lab {
  hooks around;
  hooked_database hooked{around};

  drive() {
    run(make_people);
    run("INSERT INTO people SELECT g, '  Ada ' || g FROM generate_series(1, 100) AS g");
  }

  expand_contract_options options() {
    expand_contract_options some;
    some.backfill.chunk = fixed_chunk(10);
    some.backfill.retry = hasty;
    some.backfill.progress_interval = 0ms;
    some.parity.range_rows = 30;
    some.toolkit.retry = hasty;
    return some;
  }

  expand_contract_result to_the_end() { return expand_contract<required_name>{source, options()}.run(); }

  void check_end() {
    CHECK(tools.phase<required_name>() == phase::contract_ready);
    CHECK(ask(wrong_people) == "0");
    CHECK(ask("SELECT format('%s %s', sum(rows_done), sum(rows_changed)) FROM online_migration_backfill_state") ==
          "100 100");
    CHECK(ask("SELECT attnotnull FROM pg_attribute WHERE attrelid = 'people'::regclass AND attname = 'name_lower'") ==
          "t");
    CHECK(ask("SELECT count(*) FROM online_migration_runs") == "1");
  }
};

}  // namespace

TEST_CASE_FIXTURE(drive, "from nothing to contract-ready, and there it stops") {
  expand_contract_result result = to_the_end();
  CHECK(result.reached == phase::contract_ready);
  CHECK_FALSE(result.paused);
  CHECK(result.backfill->progress.rows_done == 100);
  CHECK(result.parity->rows_checked == 100);
  CHECK(result.parity->mismatches == 0);
  check_end();
  std::string before = everything();
  expand_contract_result again = to_the_end();
  CHECK(again.reached == phase::contract_ready);
  CHECK_FALSE(again.backfill.has_value());
  CHECK_FALSE(again.parity.has_value());
  CHECK(everything() == before);
}

TEST_CASE_FIXTURE(drive, "from every phase where something else left it") {
  tools.ensure_state_tables();
  expand<required_name>(tools);
  SUBCASE("expand") {}
  SUBCASE("backfill") { tools.mark_phase<required_name>(phase::backfill); }
  SUBCASE("validate") {
    backfill_options some;
    some.chunk = fixed_chunk(10);
    backfill_runner<required_name>{source, some}.run();
  }
  CHECK(to_the_end().reached == phase::contract_ready);
  check_end();
}

TEST_CASE_FIXTURE(drive, "stopped during the backfill or the parity pass, it is paused, and goes on when run again") {
  std::stop_source stop;
  expand_contract_options some = options();
  some.backfill.on_progress = [&](const backfill_progress& now) {
    if (now.rows_done == 40) stop.request_stop();
  };
  expand_contract_result first = expand_contract<required_name>{source, some}.run(stop.get_token());
  CHECK(first.paused);
  CHECK(first.reached == phase::backfill);
  CHECK(first.backfill->progress.rows_done == 40);

  std::stop_source in_parity;
  around.once_after("parity_count_first", [&] { in_parity.request_stop(); });
  expand_contract_result second =
      expand_contract<required_name, hooked_database>{hooked, options()}.run(in_parity.get_token());
  CHECK(second.paused);
  CHECK(second.reached == phase::validate);
  CHECK_FALSE(second.parity->complete);

  CHECK_FALSE(to_the_end().paused);
  check_end();
}

TEST_CASE_FIXTURE(drive, "mismatches stop it in validate; a step back, and it goes through") {
  around.once_before("state_begin_parity_pass", [&] {
    run("ALTER TABLE people DISABLE TRIGGER USER; UPDATE people SET name_lower = 'wrong' WHERE id = 42;"
        "ALTER TABLE people ENABLE ALWAYS TRIGGER \"~om_sync_required-name\"");
  });
  refused problem = caught<refused>([&] { expand_contract<required_name, hooked_database>{hooked, options()}.run(); });
  CHECK(says(problem, "found 1 mismatches in 100 rows"));
  CHECK_FALSE(says(problem, "wrong"));
  CHECK(tools.phase<required_name>() == phase::validate);
  CHECK_THROWS_AS(to_the_end(), refused);
  tools.mark_phase<required_name>(phase::backfill);
  CHECK(to_the_end().reached == phase::contract_ready);
  CHECK(ask(wrong_people) == "0");
}

TEST_CASE_FIXTURE(drive, "killed at any step between its parts, it goes on there") {
  for (const char* where : {"state_insert_version", "state_begin_run", "begin_backfill", "state_claim_slice", "advance",
                            "state_release_lease", "state_begin_parity_pass", "parity_count",
                            "state_finish_parity_pass", "validate_not_null", "set_not_null", "state_enter_phase"}) {
    INFO(std::string{where});
    run("DROP SCHEMA public CASCADE; CREATE SCHEMA public");
    run(make_people);
    run("INSERT INTO people SELECT g, '  Ada ' || g FROM generate_series(1, 100) AS g");
    for (bool before : {true, false}) {
      child victim{[&] {
        auto kill = [&] { raise(SIGKILL); };
        if (before) {
          around.once_before(where, kill);
        } else {
          around.once_after(where, kill);
        }
        expand_contract_options some = options();
        some.backfill.takeover_wait = 20s;
        expand_contract<required_name, hooked_database>{hooked, some}.run();
      }};
      // What is finished is not taken again, so the second time there is nothing to release.
      bool nothing_left = !before && std::string_view{where} == "state_release_lease";
      CHECK(victim.end() == (nothing_left ? 0 : -SIGKILL));
    }
    CHECK(to_the_end().reached == phase::contract_ready);
    check_end();
  }
}

TEST_CASE_FIXTURE(drive, "two processes drive the same migration: one does the work, and both find it done") {
  for (int round = 0; round < 3; ++round) {
    run("DROP SCHEMA public CASCADE; CREATE SCHEMA public");
    run(make_people);
    run("INSERT INTO people SELECT g, '  Ada ' || g FROM generate_series(1, 100) AS g");
    auto one = [&] {
      database own{""};
      expand_contract_options some = options();
      some.backfill.takeover_wait = 20s;
      expand_contract<required_name>{own, some}.run();
    };
    child first{one};
    child second{one};
    CHECK(first.end() == 0);
    CHECK(second.end() == 0);
    check_end();
  }
}
