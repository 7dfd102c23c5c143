// SPDX-License-Identifier: BSL-1.0
#include <array>
#include <optional>
#include <string>
#include <thread>

#include "support/lab.hpp"

using namespace test;

namespace {

/// The name of `lower_name`, and something else in it.
struct other_declaration
    : om::migration<"lower-name", people, add_column<"name_lower", text, ascii_upper(trim(col<"name">))>> {};

struct steps : lab {
  steps() {
    tools.ensure_state_tables();
    run(make_people);
    run("INSERT INTO people SELECT g, '  Ada ' || g FROM generate_series(1, 100) AS g");
  }

  template <class Migration>
  void bring_to(phase wanted) {
    expand<Migration>(tools);
    if (wanted >= phase::backfill) tools.mark_phase<Migration>(phase::backfill);
    if (wanted >= phase::validate) fill<Migration>();
    if (wanted >= phase::contract_ready) {
      check<Migration>();
      settle<Migration>(tools);
      tools.mark_phase<Migration>(phase::contract_ready);
    }
  }

  template <class Migration>
  backfill_result fill() {
    return backfill_runner<Migration>{source, {.chunk = fixed_chunk(30)}}.run();
  }

  template <class Migration>
  parity_report check() {
    return parity_checker<Migration>{source}.check_all();
  }

  /// A step that must be refused: why, and nothing changed.
  template <class Migration>
  std::string refusal(phase next, std::optional<all_writers_dual_write_t> promise = {}) {
    std::string before = everything();
    refused problem = caught<refused>([&] { tools.mark_phase<Migration>(next, promise); });
    CHECK(everything() == before);
    CHECK(says(problem, "Nothing was changed."));
    return problem.what();
  }
};

bool has(const std::string& text, std::string_view part) { return text.find(part) != std::string::npos; }

}  // namespace

TEST_CASE_FIXTURE(steps, "before expand there is no phase, and no step") {
  CHECK_FALSE(tools.phase<lower_name>().has_value());
  for (phase next : {phase::expand, phase::backfill, phase::validate, phase::contract_ready}) {
    CHECK(has(refusal<lower_name>(next), "There is no run of \"lower-name\": begin one with om::expand"));
  }
}

TEST_CASE_FIXTURE(steps, "from each phase only its own steps are taken; every other one changes nothing") {
  constexpr std::array all{phase::expand,         phase::backfill,   phase::validate,
                           phase::contract_ready, phase::contracted, phase::rolled_back};
  for (phase at : {phase::expand, phase::backfill, phase::validate, phase::contract_ready}) {
    run("DROP TABLE people; DROP FUNCTION IF EXISTS \"om_sync_lower-name\";"
        "TRUNCATE online_migration_runs, online_migration_backfill_state, online_migration_parity_passes, "
        "online_migration_parity_samples");
    run(make_people);
    bring_to<lower_name>(at);
    CHECK(tools.phase<lower_name>() == at);
    for (phase next : all) {
      INFO(std::string{to_string(at)} << " to " << std::string{to_string(next)});
      bool forward = static_cast<int>(next) == static_cast<int>(at) + 1 && next <= phase::contract_ready;
      bool over_again = at == phase::validate && next == phase::backfill;
      if (next == at || forward || over_again) continue;
      std::string why = refusal<lower_name>(next);
      CHECK(has(why, "cannot go from " + std::string{to_string(at)} + " to " + std::string{to_string(next)}));
    }
    std::string before = everything();
    tools.mark_phase<lower_name>(at);  // where it is already: nothing to do
    CHECK(everything() == before);
  }
}

TEST_CASE_FIXTURE(steps, "an ended run leads nowhere") {
  bring_to<lower_name>(phase::expand);
  for (const char* ended : {"contracted", "rolled-back"}) {
    run("UPDATE online_migration_runs SET phase = '" + std::string{ended} + "'");
    CHECK(has(refusal<lower_name>(phase::expand), "a run begins with om::expand"));
    for (phase next : {phase::backfill, phase::validate, phase::contract_ready}) {
      CHECK(has(refusal<lower_name>(next), "mark_phase leads no further"));
    }
    CHECK(says(caught<refused>([&] { fill<lower_name>(); }), "there is nothing to fill"));
  }
}

TEST_CASE_FIXTURE(steps, "a phase that a newer library wrote is refused") {
  bring_to<lower_name>(phase::expand);
  run("ALTER TABLE online_migration_runs DROP CONSTRAINT online_migration_runs_phase_check;"
      "UPDATE online_migration_runs SET phase = 'half-done'");
  CHECK(says(caught<refused>([&] { (void)tools.phase<lower_name>(); }),
             "\"half-done\", which this version of the library does not know"));
  CHECK(says(caught<refused>([&] { fill<lower_name>(); }), "half-done"));
}

TEST_CASE_FIXTURE(steps, "a run is not gone on with by another declaration") {
  bring_to<lower_name>(phase::validate);
  CHECK(has(refusal<other_declaration>(phase::contract_ready), "is not the one that its run began with"));
  std::string before = everything();
  CHECK(says(caught<refused>([&] { expand<other_declaration>(tools); }), "fingerprint"));
  CHECK(says(caught<refused>([&] { fill<other_declaration>(); }), "fingerprint"));
  CHECK(says(caught<refused>([&] { check<other_declaration>(); }), "fingerprint"));
  CHECK(says(caught<refused>([&] { tools.request_pause<other_declaration>(); }), "fingerprint"));
  CHECK(says(caught<refused>([&] { (void)tools.progress<other_declaration>(); }), "fingerprint"));
  CHECK(everything() == before);
}

TEST_CASE_FIXTURE(steps, "backfill begins only where the safety net is in force") {
  bring_to<lower_name>(phase::expand);
  SUBCASE("the trigger is gone") {
    run("DROP TRIGGER \"~om_sync_lower-name\" ON people");
    CHECK(has(refusal<lower_name>(phase::backfill),
              "The sync trigger \"~om_sync_lower-name\" of \"public\".\"people\" is gone"));
  }
  SUBCASE("the trigger is disabled") {
    run("ALTER TABLE people DISABLE TRIGGER \"~om_sync_lower-name\"");
    CHECK(has(refusal<lower_name>(phase::backfill), "not ENABLE ALWAYS any more"));
  }
  SUBCASE("the trigger is for ordinary sessions only") {
    run("ALTER TABLE people ENABLE TRIGGER \"~om_sync_lower-name\"");
    CHECK(has(refusal<lower_name>(phase::backfill), "not ENABLE ALWAYS any more"));
  }
  SUBCASE("the column is gone") {
    run("ALTER TABLE people DROP COLUMN name_lower CASCADE");
    CHECK(has(refusal<lower_name>(phase::backfill), "the column was dropped"));
  }
}

TEST_CASE_FIXTURE(steps, "without a trigger the promise is asked for again, and open writers are waited for") {
  expand<lower_name>(tools, {.all_writers = all_writers_dual_write});
  CHECK(ask("SELECT count(*) FROM pg_trigger WHERE tgrelid = 'people'::regclass") == "0");
  CHECK(has(refusal<lower_name>(phase::backfill), "pass om::all_writers_dual_write if that is true"));

  connection writer = somebody();
  script(writer, "BEGIN; UPDATE people SET name = 'old ways' WHERE id = 7");
  std::stop_source give_up;
  give_up.request_stop();
  std::string before = everything();
  caught<cancelled>(
      [&] { tools.mark_phase<lower_name>(phase::backfill, all_writers_dual_write, give_up.get_token()); });
  CHECK(everything() == before);

  toolkit impatient{source, {{{5ms, 50ms}, 100ms}, 200ms}};
  CHECK(says(caught<refused>([&] { impatient.mark_phase<lower_name>(phase::backfill, all_writers_dual_write); }),
             "transactions that may write to \"public\".\"people\" by the old ways are still open"));
  CHECK(everything() == before);

  std::jthread step{[&] {
    toolkit{source, {hasty, 200ms}}.mark_phase<lower_name>(phase::backfill, all_writers_dual_write);
  }};
  std::this_thread::sleep_for(100ms);
  CHECK(tools.phase<lower_name>() == phase::expand);
  script(writer, "COMMIT");
  step.join();
  CHECK(tools.phase<lower_name>() == phase::backfill);
}

TEST_CASE_FIXTURE(steps, "validate needs the walk finished") {
  bring_to<lower_name>(phase::backfill);
  CHECK(has(refusal<lower_name>(phase::validate), "is not finished: run om::backfill_runner to its end first"));
  run("UPDATE online_migration_backfill_state SET finished = true");
  tools.mark_phase<lower_name>(phase::validate);
}

TEST_CASE_FIXTURE(steps, "contract-ready needs a full clean pass of this validate") {
  bring_to<lower_name>(phase::backfill);
  REQUIRE(check<lower_name>().mismatches == 100);  // too early: the walk is not done
  fill<lower_name>();
  CHECK(has(refusal<lower_name>(phase::contract_ready), "No full parity pass of \"lower-name\" was finished since"));

  std::stop_source stop;
  stop.request_stop();
  CHECK_FALSE(parity_checker<lower_name>{source}.check_all(stop.get_token()).complete);
  CHECK(has(refusal<lower_name>(phase::contract_ready), "No full parity pass"));

  REQUIRE(check<lower_name>().mismatches == 0);
  tools.mark_phase<lower_name>(phase::backfill);
  fill<lower_name>();
  CHECK(has(refusal<lower_name>(phase::contract_ready),
            "No full parity pass"));  // the clean one was before the step back
  REQUIRE(check<lower_name>().complete);
  tools.mark_phase<lower_name>(phase::contract_ready);
}

TEST_CASE_FIXTURE(steps, "from validate back to backfill begins the walk over") {
  bring_to<lower_name>(phase::validate);
  CHECK(ask("SELECT rows_done || ' ' || rows_changed || ' ' || chunks FROM online_migration_backfill_state") ==
        "100 100 4");
  run("INSERT INTO people VALUES (500, 'Later')");
  tools.mark_phase<lower_name>(phase::backfill);
  CHECK(
      ask("SELECT rows_done || ' ' || finished || ' ' || (cursor IS NULL) || ' ' || upper_bound::text || ' ' || epoch "
          "FROM online_migration_backfill_state") == "0 false true {500} 2");
  backfill_result again = fill<lower_name>();
  CHECK(again.progress.rows_done == 101);
  CHECK(again.progress.rows_changed == 0);
  CHECK(tools.phase<lower_name>() == phase::validate);
}

TEST_CASE_FIXTURE(steps, "NOT NULL is put in force before contract-ready, without a scan under the strong lock") {
  bring_to<required_name>(phase::validate);
  REQUIRE(check<required_name>().mismatches == 0);
  CHECK(has(refusal<required_name>(phase::contract_ready), "call om::settle first"));
  settle<required_name>(tools);
  CHECK(ask("SELECT attnotnull FROM pg_attribute WHERE attrelid = 'people'::regclass AND attname = 'name_lower'") ==
        "t");
  CHECK(ask("SELECT count(*) FROM pg_constraint WHERE conrelid = 'people'::regclass AND contype = 'c'") == "0");
  std::string settled = everything();
  settle<required_name>(tools);
  CHECK(everything() == settled);
  tools.mark_phase<required_name>(phase::contract_ready);
}

TEST_CASE_FIXTURE(steps, "a NULL that got past everything stops settle, and nothing is changed") {
  bring_to<required_name>(phase::validate);
  run("ALTER TABLE people DISABLE TRIGGER ALL; ALTER TABLE people DROP CONSTRAINT \"om_not_null_required-name\";"
      "UPDATE people SET name_lower = NULL WHERE id = 50;"
      "ALTER TABLE people ADD CONSTRAINT \"om_not_null_required-name\" CHECK (name_lower IS NOT NULL) NOT VALID");
  std::string before = everything();
  statement_error problem = caught<statement_error>([&] { settle<required_name>(tools); });
  CHECK(problem.sqlstate() == "23514");
  CHECK_FALSE(says(problem, "Ada"));
  CHECK(everything() == before);
}

TEST_CASE_FIXTURE(steps, "while a migration runs, no writer leaves NULL in a NOT NULL column") {
  bring_to<required_name>(phase::expand);
  run("INSERT INTO people (id, name, name_lower) VALUES (200, ' Bob ', NULL); UPDATE people SET name_lower = NULL WHERE id = 200");
  CHECK(ask("SELECT name_lower FROM people WHERE id = 200") == "bob");
  CHECK(ask("SELECT convalidated FROM pg_constraint WHERE conname = 'om_not_null_required-name'") == "f");
}

TEST_CASE_FIXTURE(steps,
                  "without a trigger a NOT NULL column is not enforced, and contract-ready is reached all the same") {
  expand<required_name>(tools, {.all_writers = all_writers_dual_write});
  backfill_options options;
  options.all_writers = all_writers_dual_write;
  REQUIRE(backfill_runner<required_name>{source, options}.run().finished());
  REQUIRE(check<required_name>().mismatches == 0);
  settle<required_name>(tools);
  tools.mark_phase<required_name>(phase::contract_ready);
  CHECK(tools.phase<required_name>() == phase::contract_ready);
}
