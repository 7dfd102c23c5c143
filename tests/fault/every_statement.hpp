// SPDX-License-Identifier: BSL-1.0
#pragma once

// A whole migration with a fault at its n-th statement, for n after n until none is left to harm. Afterwards everything
// has to be as after an undisturbed run: every row right, every row counted once.

#include <cstdlib>
#include <string>
#include <sys/wait.h>
#include <unistd.h>

#include <doctest/doctest.h>

#include "faulty_database.hpp"

namespace every_statement {

using namespace faults;

struct people
    : om::table<"people", om::column<"id", om::bigint, om::primary_key>, om::column<"name", om::text, om::not_null>> {};

struct lower_name
    : om::migration<"lower-name", people,
                    om::add_column<"name_lower", om::text, om::ascii_lower(om::trim(om::col<"name">)), om::not_null>> {
};

inline std::string greeting(std::string_view name) { return "Hello, " + std::string{name}; }

struct greeted_name
    : om::migration<"greeted-name", people,
                    om::add_column<"greeted", om::text, om::computed<&greeting, "greeting/1">(om::col<"name">)>> {};

inline constexpr om::statement start_over{"start_over", R"(
DROP TABLE IF EXISTS people;
DROP FUNCTION IF EXISTS "om_sync_lower-name"();
DROP TABLE IF EXISTS online_migration_parity_samples, online_migration_parity_passes, online_migration_backfill_state,
  online_migration_runs, online_migration_version;
CREATE TABLE people (id bigint PRIMARY KEY, name text NOT NULL);
INSERT INTO people SELECT g, '  Name ' || g FROM generate_series(-9223372036854775808, -9223372036854775808 + 19) AS g;
INSERT INTO people SELECT g * 3, 'Näme ' || g || ' ' FROM generate_series(1, 20) AS g)"};

constexpr int rows = 40;

inline constexpr om::statement wrong_lower{
    "wrong_lower", "SELECT count(*) FROM people WHERE name_lower IS DISTINCT FROM lower(btrim(name) COLLATE \"C\")"};
inline constexpr om::statement wrong_greeting{
    "wrong_greeting", "SELECT count(*) FROM people WHERE greeted IS DISTINCT FROM 'Hello, ' || name"};
inline constexpr om::statement run_state{
    "run_state",
    "SELECT r.phase, r.attempt, s.rows_done, s.rows_changed, s.finished, (SELECT count(*) FROM online_migration_runs) "
    "FROM online_migration_runs AS r JOIN online_migration_backfill_state AS s USING (run_id)"};

template <class Migration>
inline om::phase drive(plan& how) {
  faulty_database source{how};
  om::expand_contract_options options;
  options.backfill.chunk = om::fixed_chunk(11);
  options.backfill.takeover_wait = std::chrono::seconds{20};
  if constexpr (om::is_client_only<Migration>) options.expand.all_writers = om::all_writers_dual_write;
  return om::expand_contract<Migration, faulty_database, hasty_environment>{source, options}.run().reached;
}

template <class Migration>
void check(om::connection& look, const om::statement& wrong) {
  CHECK(look.execute(wrong).integer(0, 0) == 0);
  om::result state = look.execute(run_state);
  REQUIRE(state.rows() == 1);
  CHECK(state.text(0, 0) == "contract-ready");
  CHECK(state.integer(0, 1) == 1);
  CHECK(state.integer(0, 2) == rows);
  CHECK(state.integer(0, 3) == rows);
  CHECK(state.boolean(0, 4));
  CHECK(state.integer(0, 5) == 1);
}

/// Which statements are harmed: all with `step` 1, otherwise some, beginning at one that differs from run to run.
struct choice {
  std::int64_t step = 1;
  [[nodiscard]] std::int64_t first() const {
    std::int64_t chosen = 1 + om::system_environment::random(step - 1);
    MESSAGE("first statement harmed: ", chosen, ", then every ", step);
    return chosen;
  }
};

/// With the n-th statement harmed; whether there was an n-th.
template <class Migration>
bool harmed(om::connection& look, std::int64_t n, fault what, std::string_view sqlstate, const om::statement& wrong) {
  look.run_script(start_over);
  plan how;
  how.at = n;
  how.what = what;
  how.sqlstate = sqlstate;
  CAPTURE(n);
  CAPTURE(sqlstate);
  bool first_connection_lost = false;
  try {
    drive<Migration>(how);
  } catch (const om::error& problem) {
    // An error that the library does not handle by itself: it says so, and the next try ends well.
    first_connection_lost = true;
    INFO(problem.what());
    CHECK(n <= 3);
  }
  if (first_connection_lost) {
    plan quiet;
    drive<Migration>(quiet);
  }
  check<Migration>(look, wrong);
  return how.fired;
}

template <class Migration>
void harm_each(choice which, fault what, std::string_view sqlstate, const om::statement& wrong) {
  om::database app{""};
  om::connection look = app.connect();
  std::int64_t n = which.first();
  while (harmed<Migration>(look, n, what, sqlstate, wrong)) n += which.step;
  CHECK(n > 60);
}

/// In a process of its own that is really killed at the n-th statement.
template <class Migration>
void kill_each(choice which, fault what, const om::statement& wrong) {
  om::database app{""};
  om::connection look = app.connect();
  std::int64_t n = which.first();
  for (;; n += which.step) {
    look.run_script(start_over);
    pid_t child = fork();
    REQUIRE(child >= 0);
    if (child == 0) {
      plan how;
      how.at = n;
      how.what = what;
      how.real_kill = true;
      try {
        drive<Migration>(how);
      } catch (...) {
        _exit(3);
      }
      _exit(0);
    }
    int status = 0;
    REQUIRE(waitpid(child, &status, 0) == child);
    CAPTURE(n);
    bool killed = WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL;
    if (!killed) {
      CHECK(WEXITSTATUS(status) == 0);
      break;
    }
    plan quiet;
    CHECK(drive<Migration>(quiet) == om::phase::contract_ready);
    check<Migration>(look, wrong);
  }
  CHECK(n > 60);
}

/// How much of it: each program has its own.
extern const choice each;

TEST_CASE("every statement: the connection is lost before it") {
  harm_each<lower_name>(each, fault::lost_before, "", wrong_lower);
}
TEST_CASE("every statement: its answer is lost") { harm_each<lower_name>(each, fault::lost_after, "", wrong_lower); }
TEST_CASE("every statement: serialization failure") {
  harm_each<lower_name>(each, fault::refused, "40001", wrong_lower);
}
TEST_CASE("every statement: deadlock") { harm_each<lower_name>(each, fault::refused, "40P01", wrong_lower); }
TEST_CASE("every statement: its answer is lost, client-only transform") {
  harm_each<greeted_name>(each, fault::lost_after, "", wrong_greeting);
}
TEST_CASE("every statement: the process is killed before it") {
  kill_each<lower_name>(each, fault::killed_before, wrong_lower);
}
TEST_CASE("every statement: the process is killed after it") {
  kill_each<lower_name>(each, fault::killed_after, wrong_lower);
}
TEST_CASE("every statement: the process is killed after it, client-only transform") {
  kill_each<greeted_name>(each, fault::killed_after, wrong_greeting);
}

}  // namespace every_statement
