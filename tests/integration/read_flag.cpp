// SPDX-License-Identifier: BSL-1.0
// Setting the read flag: what each phase allows, and that nothing else changes.
#include <array>
#include <optional>
#include <string>
#include <thread>

#include "support/lab.hpp"

using namespace test;

namespace {

struct other_declaration
    : om::migration<"lower-name", people, add_column<"name_lower", text, ascii_upper(trim(col<"name">))>> {};

struct flags : lab {
  flags() {
    tools.ensure_state_tables();
    run(make_people);
    expand<lower_name>(tools);
  }

  void in_phase(const std::string& phase) { run("UPDATE online_migration_runs SET phase = '" + phase + "'"); }

  std::string stored() {
    return ask("SELECT read_flag || ' ' || read_percent FROM online_migration_runs ORDER BY attempt DESC LIMIT 1");
  }
  std::string since() { return ask("SELECT read_flag_since FROM online_migration_runs ORDER BY attempt DESC LIMIT 1"); }

  /// Why a flag is refused, with nothing changed.
  template <class Migration = lower_name>
  std::string refusal(read_flag flag) {
    std::string before = everything();
    refused problem = caught<refused>([&] { tools.set_read_flag<Migration>(flag); });
    CHECK(everything() == before);
    CHECK(says(problem, "Nothing was changed."));
    return problem.what();
  }
};

bool has(const std::string& text, std::string_view part) { return text.find(part) != std::string::npos; }

constexpr std::array all{read_flag::legacy, read_flag::shadow, read_flag::percent(0), read_flag::percent(37),
                         read_flag::new_column};

}  // namespace

TEST_CASE_FIXTURE(flags, "each phase takes its flags and refuses the others") {
  struct {
    const char* name;
    const char* reason;
    std::array<bool, 5> allowed;
  } const phases[]{
      {"expand", "shadow is possible from validate on", {true, false, false, false, false}},
      {"backfill", "rows may still have no value in the new column", {true, false, false, false, false}},
      {"validate", "shadow is as far as reads can go before contract-ready", {true, true, false, false, false}},
      {"contract-ready", "", {true, true, true, true, true}},
      {"contracted", "the old columns may not be written any more", {false, false, false, false, true}},
      {"rolled-back", "this run was undone", {true, false, false, false, false}},
  };
  for (const auto& each : phases) {
    for (std::size_t i = 0; i < all.size(); ++i) {
      // From a flag that is another one in any case.
      run("UPDATE online_migration_runs SET read_flag = 'percent', read_percent = 99");
      in_phase(each.name);
      INFO(std::string{each.name} << ", " << to_string(all[i]));
      if (each.allowed[i]) {
        tools.set_read_flag<lower_name>(all[i]);
        CHECK(tools.read_flag<lower_name>() == all[i]);
        CHECK(stored() == std::string{to_string(all[i].what())} + ' ' + std::to_string(all[i].share()));
      } else {
        std::string why = refusal(all[i]);
        CHECK(has(why, "Reads of \"lower-name\" cannot go to " + to_string(all[i])));
        CHECK(has(why, std::string{"in the phase "} + each.name));
        CHECK(has(why, each.reason));
      }
    }
  }
}

TEST_CASE_FIXTURE(flags, "the flag that is set already is no step, in any phase, and stays as old as it is") {
  in_phase("contract-ready");
  std::string first = since();
  tools.set_read_flag<lower_name>(read_flag::percent(10));
  std::string second = since();
  CHECK(first != second);
  for (const char* phase : {"contract-ready", "validate", "backfill", "contracted"}) {
    in_phase(phase);
    tools.set_read_flag<lower_name>(read_flag::percent(10));
    CHECK(since() == second);
  }
  in_phase("contract-ready");
  tools.set_read_flag<lower_name>(read_flag::percent(11));
  CHECK(since() != second);

  // What om::revive leaves: both representations are kept, and reads are at new.
  tools.set_read_flag<lower_name>(read_flag::new_column);
  std::string third = since();
  CHECK(
      ask("SELECT string_agg(name, ' ' ORDER BY name) FROM online_migration_runs, jsonb_object_keys(metadata) AS name "
          "WHERE name LIKE 'read\\_%'") == "read_new_at read_percent_at");
  in_phase("validate");
  tools.set_read_flag<lower_name>(read_flag::new_column);
  CHECK(since() == third);
  CHECK(stored() == "new 0");
  tools.set_read_flag<lower_name>(read_flag::legacy);
  CHECK(has(refusal(read_flag::new_column), "shadow is as far as reads can go"));
}

TEST_CASE_FIXTURE(flags, "of the newest run only") {
  CHECK(tools.read_flag<lower_name>() == read_flag::legacy);
  CHECK_FALSE(tools.read_flag<required_name>().has_value());
  CHECK(has(refusal<required_name>(read_flag::legacy), "There is no run of \"required-name\""));
  in_phase("rolled-back");
  run("UPDATE online_migration_runs SET read_flag = 'shadow'");
  run("INSERT INTO online_migration_runs (migration, attempt, fingerprint, table_schema, table_name, target_column, phase, "
      "safety_net) SELECT migration, 2, fingerprint, table_schema, table_name, target_column, 'contract-ready', safety_net "
      "FROM online_migration_runs");
  CHECK(tools.read_flag<lower_name>() == read_flag::legacy);
  tools.set_read_flag<lower_name>(read_flag::percent(5));
  CHECK(ask("SELECT string_agg(read_flag, ' ' ORDER BY attempt) FROM online_migration_runs") == "shadow percent");
}

TEST_CASE_FIXTURE(flags, "not without what reads of the new column rely on") {
  in_phase("contract-ready");
  run("ALTER TABLE people DISABLE TRIGGER \"~om_sync_lower-name\"");
  CHECK(has(refusal(read_flag::new_column), "is not ENABLE ALWAYS any more"));
  run("ALTER TABLE people ENABLE ALWAYS TRIGGER \"~om_sync_lower-name\"");
  tools.set_read_flag<lower_name>(read_flag::new_column);
  run("ALTER TABLE people DROP COLUMN name_lower CASCADE");
  CHECK(has(refusal(read_flag::shadow), "has no column \"name_lower\""));
  tools.set_read_flag<lower_name>(read_flag::legacy);
  CHECK(stored() == "legacy 0");
}

TEST_CASE_FIXTURE(flags, "not by another declaration, and not with what a newer library has set") {
  in_phase("contract-ready");
  CHECK(has(refusal<other_declaration>(read_flag::shadow), "is not the one that its run began with"));
  run("ALTER TABLE online_migration_runs DROP CONSTRAINT online_migration_runs_read_flag_check; "
      "UPDATE online_migration_runs SET read_flag = 'half'");
  refused problem = caught<refused>([&] { std::ignore = tools.read_flag<lower_name>(); });
  CHECK(says(problem, "the read flag \"half\", which this version of the library does not know"));
}

TEST_CASE_FIXTURE(flags, "a step that the phase changes under is judged by the phase that it finds") {
  in_phase("contract-ready");
  connection stepping = somebody();
  script(stepping, "BEGIN; UPDATE online_migration_runs SET phase = 'validate'");
  std::optional<refused> problem;
  std::jthread setting{[&] {
    database own{"application_name=library"};
    toolkit other{own, {hasty, 30s, 40s}};
    try {
      other.set_read_flag<lower_name>(read_flag::new_column);
    } catch (const refused& thrown) {
      problem = thrown;
    }
  }};
  until_blocked("library");
  script(stepping, "COMMIT");
  setting.join();
  REQUIRE(problem.has_value());
  CHECK(says(*problem, "in the phase validate"));
  CHECK(stored() == "legacy 0");
}

TEST_CASE_FIXTURE(flags, "a flag is durable, whatever the role's default is") {
  in_phase("contract-ready");
  run("ALTER ROLE postgres SET synchronous_commit = off");
  {
    database own{"application_name=library"};
    toolkit other{own, {hasty, 200ms}};
    run("CREATE TABLE seen (setting text); CREATE FUNCTION note() RETURNS trigger LANGUAGE plpgsql AS "
        "$$BEGIN INSERT INTO public.seen VALUES (current_setting('synchronous_commit')); RETURN NEW; END$$; "
        "CREATE TRIGGER noting BEFORE UPDATE ON online_migration_runs FOR EACH ROW EXECUTE FUNCTION note()");
    other.set_read_flag<lower_name>(read_flag::shadow);
  }
  run("ALTER ROLE postgres RESET synchronous_commit");
  CHECK(ask("SELECT string_agg(setting, ' ') FROM seen") == "on");
}
