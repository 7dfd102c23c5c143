// SPDX-License-Identifier: BSL-1.0
#pragma once

// A repair with a fault at its n-th statement, for every n. Whatever is lost or killed: what was put right was said so
// in the same moment, exactly once, and closes the gate until a further full pass.
#include <cstdint>
#include <string>
#include <string_view>

#include <doctest/doctest.h>

#include "faulty_database.hpp"

namespace repair {

using namespace faults;

struct people
    : om::table<"people", om::column<"id", om::bigint, om::primary_key>, om::column<"name", om::text, om::not_null>> {};

struct lower_name : om::migration<"lower-name", people,
                                  om::add_column<"made", om::text, om::ascii_lower(om::trim(om::col<"name">))>> {};

inline std::string greeting(std::string_view name) { return "Hello, " + std::string{name}; }

struct greeted_name
    : om::migration<"greeted-name", people,
                    om::add_column<"made", om::text, om::computed<&greeting, "greeting/1">(om::col<"name">)>> {};

constexpr om::statement start_over{"start_over",
                                   "DROP SCHEMA public CASCADE; CREATE SCHEMA public;"
                                   "CREATE TABLE people (id bigint PRIMARY KEY, name text NOT NULL);"
                                   "INSERT INTO people SELECT g, '  Name ' || g FROM generate_series(-10, 19) AS g"};
/// A trigger that fires after ours, so that nobody notices.
constexpr om::statement spoil{"spoil", R"(
CREATE FUNCTION spoil() RETURNS trigger LANGUAGE plpgsql AS $$BEGIN NEW.made := 'wrong'; RETURN NEW; END$$;
CREATE TRIGGER "~~spoil" BEFORE UPDATE ON people FOR EACH ROW EXECUTE FUNCTION spoil();
ALTER TABLE people ENABLE ALWAYS TRIGGER "~~spoil";
UPDATE people SET made = made WHERE id % 3 = 0;
DROP TRIGGER "~~spoil" ON people)"};
constexpr int spoiled = 10;

constexpr om::statement still_wrong{"still_wrong", "SELECT count(*) FROM people WHERE made = 'wrong'"};
constexpr om::statement said{
    "said",
    "SELECT coalesce(sum(mismatches), 0), (SELECT count(*) FROM online_migration_parity_samples) "
    "FROM online_migration_parity_passes WHERE kind = 'repair'"};

template <class Migration>
om::parity_report run(plan& how) {
  faulty_database source{how};
  om::parity_options some;
  some.chunk = om::fixed_chunk(7);
  return om::parity_checker<Migration, faulty_database, hasty_environment>{source, some}.repair();
}

template <class Migration>
bool opens(om::toolkit& tools) {
  try {
    tools.mark_phase<Migration>(om::phase::contract_ready);
    return true;
  } catch (const om::refused&) {
    return false;
  }
}

/// Whether there was an n-th statement.
template <class Migration>
bool harmed(om::database& app, std::int64_t n, fault what) {
  CAPTURE(n);
  om::connection look = app.connect();
  om::toolkit tools{app};
  look.run_script(om::statement{"quiet", "SET client_min_messages = warning"});
  look.run_script(start_over);
  tools.ensure_state_tables();
  om::expand<Migration>(tools);
  REQUIRE(om::backfill_runner<Migration>{app}.run().finished());
  REQUIRE(om::parity_checker<Migration>{app}.check_all().mismatches == 0);
  look.run_script(spoil);

  plan how;
  how.at = n;
  how.what = what;
  bool ended = false;
  try {
    om::parity_report report = run<Migration>(how);
    ended = true;
    CHECK(report.complete);
    CHECK(report.rows_checked == 30);
    CHECK(report.mismatches == spoiled);
  } catch (const process_killed&) {
  } catch (const om::connection_error&) {
    CHECK(n <= 4);  // the first connection is not tried twice
  }
  std::int64_t wrong = look.execute(still_wrong).integer(0, 0);
  CHECK((ended ? wrong == 0 : wrong <= spoiled));
  om::result told = look.execute(said);
  CHECK(told.integer(0, 0) == spoiled - wrong);
  CHECK(told.integer(0, 1) == spoiled - wrong);
  if (wrong < spoiled) CHECK_FALSE(opens<Migration>(tools));

  plan quiet;
  CHECK(run<Migration>(quiet).mismatches == wrong);
  CHECK(look.execute(still_wrong).integer(0, 0) == 0);
  CHECK(look.execute(said).integer(0, 0) == spoiled);
  CHECK_FALSE(opens<Migration>(tools));
  CHECK(om::parity_checker<Migration>{app}.check_all().mismatches == 0);
  CHECK(opens<Migration>(tools));
  return how.fired;
}

/// Which statements are harmed: all with `step` 1, otherwise some, beginning at one that differs from run to run.
extern const std::int64_t step;

template <class Migration>
void harm_each(fault what) {
  om::database app{""};
  std::int64_t n = 1 + om::system_environment::random(step - 1);
  MESSAGE("first statement harmed: ", n, ", then every ", step);
  while (harmed<Migration>(app, n, what)) n += step;
  CHECK(n > 40);
}

TEST_CASE("repair: the process is killed before a statement") { harm_each<lower_name>(fault::killed_before); }
TEST_CASE("repair: the process is killed after a statement") { harm_each<lower_name>(fault::killed_after); }
TEST_CASE("repair: an answer is lost") { harm_each<lower_name>(fault::lost_after); }
TEST_CASE("repair: a statement is lost, client-only transform") { harm_each<greeted_name>(fault::lost_before); }
TEST_CASE("repair: the process is killed after a statement, client-only transform") {
  harm_each<greeted_name>(fault::killed_after);
}

}  // namespace repair
