// SPDX-License-Identifier: BSL-1.0
#pragma once

// A whole migration with a fault at its n-th statement, for n after n until none is left to harm. Afterwards everything
// has to be as after an undisturbed run: every row right, every row counted once.

#include <cstdint>
#include <cstdlib>
#include <memory>
#include <string>
#include <string_view>
#include <sys/wait.h>
#include <type_traits>
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

/// Several new columns at once.
struct name_parts
    : om::migration<"name-parts", people,
                    om::add_column<"name_lower", om::text, om::ascii_lower(om::trim(om::col<"name">)), om::not_null>,
                    om::add_column<"name_length", om::integer, om::length(om::col<"name">), om::not_null>> {};

struct shadows : om::table<"shadows", om::column<"person", om::bigint, om::primary_key>,
                           om::column<"name_lower", om::text, om::not_null>, om::column<"name", om::text>> {};

/// Columns of another table.
struct moved_name
    : om::migration<"moved-name", people,
                    om::move_columns<shadows, om::moved<"name_lower", om::ascii_lower(om::trim(om::col<"name">))>,
                                     om::moved<"name">>> {};

struct forms
    : om::table<"forms", om::column<"person", om::bigint, om::primary_key>,
                om::column<"place", om::integer, om::primary_key>, om::column<"form", om::text, om::not_null>> {};

/// Rows of another table, one of which only some people have.
struct extracted_name
    : om::migration<
          "extracted-name", people,
          om::extract_rows<
              forms, om::row_at<1, om::moved<"form", om::ascii_lower(om::trim(om::col<"name">))>>,
              om::row_at<2, om::moved<"form", om::nullif(om::split_part(om::col<"name">, om::lit<"Name">, om::lit<2>),
                                                         om::lit<"">)>>>> {};

inline std::string greeting(std::string_view name) { return "Hello, " + std::string{name}; }

/// What the client computes, in stripes.
struct greeted_name
    : om::migration<"greeted-name", people,
                    om::add_column<"greeted", om::text, om::computed<&greeting, "greeting/1">(om::col<"name">)>> {};

/// The same without stripes, beside writers of the old ways, who leave keys for the runner.
struct queued_name
    : om::migration<"queued-name", people,
                    om::add_column<"greeted", om::text, om::computed<&greeting, "greeting/1">(om::col<"name">)>> {};

struct kinds
    : om::table<"kinds", om::column<"id", om::integer, om::primary_key>, om::column<"label", om::text, om::not_null>> {
};

struct sorted_people
    : om::table<"people", om::column<"id", om::bigint, om::primary_key>, om::column<"kind", om::integer>> {};

/// Looked up in another table, beside writers of that one, who leave keys for the runner.
struct kind_label
    : om::migration<
          "kind-label", sorted_people,
          om::add_column<"label", om::text, om::lookup<kinds, "label">(om::col<"kind">), om::kept_by_application>> {};

/// The same by blocks and in stripes.
struct striped_name
    : om::migration<"striped-name", people,
                    om::add_column<"name_lower", om::text, om::ascii_lower(om::trim(om::col<"name">)), om::not_null>> {
};

inline constexpr om::statement start_over{"start_over", R"(
SET client_min_messages = warning;
DROP SCHEMA public CASCADE;
CREATE SCHEMA public;
CREATE TABLE people (id bigint PRIMARY KEY, name text NOT NULL) WITH (fillfactor = 10);
INSERT INTO people SELECT g, '  Name ' || g FROM generate_series(-9223372036854775808, -9223372036854775808 + 19) AS g;
INSERT INTO people SELECT g * 3, 'Näme ' || g || ' ' FROM generate_series(1, 20) AS g)"};

inline constexpr om::statement sort_people{"sort_people", R"(
CREATE TABLE kinds (id integer PRIMARY KEY, label text NOT NULL);
INSERT INTO kinds SELECT g, 'label ' || g FROM generate_series(0, 4) AS g;
ALTER TABLE people ADD COLUMN kind integer REFERENCES kinds;
UPDATE people SET kind = abs(id % 5);
CREATE INDEX ON people (kind, id))"};

/// The tables as they are before a migration.
template <class Migration>
void make_tables(om::connection& on) {
  on.run_script(start_over);
  if constexpr (std::is_same_v<Migration, kind_label>) on.run_script(sort_people);
}

constexpr int rows = 40;

inline constexpr om::statement wrong_lower{
    "wrong_lower", "SELECT count(*) FROM people WHERE name_lower IS DISTINCT FROM lower(btrim(name) COLLATE \"C\")"};
inline constexpr om::statement wrong_forms{"wrong_forms", R"(WITH wanted AS (
  SELECT id, 1 AS place, lower(btrim(name) COLLATE "C") AS form FROM people
  UNION ALL SELECT id, 2, split_part(name, 'Name', 2) FROM people WHERE split_part(name, 'Name', 2) <> '')
SELECT (SELECT count(*) FROM (SELECT * FROM wanted EXCEPT ALL SELECT person, place, form FROM forms) AS a)
  + (SELECT count(*) FROM (SELECT person, place, form FROM forms EXCEPT ALL SELECT * FROM wanted) AS b))"};
inline constexpr om::statement wrong_parts{
    "wrong_parts",
    "SELECT count(*) FROM people WHERE name_lower IS DISTINCT FROM lower(btrim(name) COLLATE \"C\") OR name_length IS "
    "DISTINCT FROM char_length(name)"};
inline constexpr om::statement wrong_shadows{
    "wrong_shadows",
    "SELECT count(*) FROM people AS p FULL JOIN shadows AS s ON s.person = p.id WHERE s.person IS NULL OR p.id IS NULL OR "
    "s.name_lower IS DISTINCT FROM lower(btrim(p.name) COLLATE \"C\") OR s.name IS DISTINCT FROM p.name"};
inline constexpr om::statement wrong_greeting{
    "wrong_greeting", "SELECT count(*) FROM people WHERE greeted IS DISTINCT FROM 'Hello, ' || name"};
inline constexpr om::statement wrong_label{
    "wrong_label",
    "SELECT count(*) FROM people AS p LEFT JOIN kinds AS k ON k.id = p.kind WHERE p.label IS DISTINCT FROM k.label"};
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
  if constexpr (std::is_same_v<Migration, striped_name>) {
    options.backfill.walk = om::walk_by::blocks;
    options.backfill.stripes = 4;
    options.backfill.chunk = om::fixed_chunk(3);
  }
  if constexpr (std::is_same_v<Migration, greeted_name>) {
    options.expand.all_writers = om::all_writers_dual_write;
    options.backfill.stripes = 4;
    options.backfill.chunk = om::fixed_chunk(3);
  }
  return om::expand_contract<Migration, faulty_database, hasty_environment>{source, options}.run().reached;
}

/// Writes by the old ways before every fifth statement of the library, for a while, because the queue has to be empty
/// at the end. A write that cannot have its lock never happened: whoever waited here would wait for itself.
class old_writer {
 public:
  explicit old_writer(bool of_kinds) : of_kinds_{of_kinds} {}

  void act(std::int64_t number) {
    if (number % 5 != 0 || number > 150) return;
    std::string text =
        of_kinds_ ? "UPDATE kinds SET label = 'new ' || clock_timestamp() WHERE id = " + std::to_string(number / 5 % 5)
                  : "UPDATE people SET name = 'old ' || clock_timestamp() WHERE id = " +
                        std::to_string(3 * (1 + number / 5 % 20));
    try {
      on_.run_script(om::statement{"old_write", text});
    } catch (const om::statement_error& problem) {
      REQUIRE(problem.sqlstate() == "55P03");
    }
  }

 private:
  om::connection on_ = [] {
    om::connection made = om::database{""}.connect();
    made.run_script(om::statement{"hurry", "SET lock_timeout = '3ms'"});
    return made;
  }();
  bool of_kinds_;
};

template <class Migration>
inline constexpr bool is_queued = std::is_same_v<Migration, queued_name> || std::is_same_v<Migration, kind_label>;

/// A plan with everybody who is there.
template <class Migration>
plan plan_with_writers() {
  plan how;
  if constexpr (is_queued<Migration>) {
    how.between = [writer = std::make_shared<old_writer>(std::is_same_v<Migration, kind_label>)](std::int64_t number) {
      writer->act(number);
    };
  }
  return how;
}

inline constexpr om::statement queue_state{
    "queue_state",
    "SELECT (SELECT count(*) FROM online_migration_dirty_keys), s.dirty_done, CASE WHEN q.is_called THEN q.last_value ELSE 0 END "
    "FROM online_migration_backfill_state AS s, online_migration_dirty_keys_entry_id_seq AS q"};

/// Every key that a writer has left is done, once.
template <class Migration>
void check_queue(om::connection& look) {
  om::database app{""};
  CHECK(om::backfill_runner<Migration>{app}.run().finished());
  om::result state = look.execute(queue_state);
  CHECK(state.integer(0, 0) == 0);
  CHECK(state.integer(0, 1) == state.integer(0, 2));
}

template <class Migration>
void check(om::connection& look, const om::statement& wrong) {
  if constexpr (is_queued<Migration>) check_queue<Migration>(look);
  CHECK(look.execute(wrong).integer(0, 0) == 0);
  om::result state = look.execute(run_state);
  REQUIRE(state.rows() == 1);
  CHECK(state.text(0, 0) == "contract-ready");
  CHECK(state.integer(0, 1) == 1);
  CHECK(state.integer(0, 2) == rows);
  if (!is_queued<Migration>) CHECK(state.integer(0, 3) == rows);
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
  make_tables<Migration>(look);
  plan how = plan_with_writers<Migration>();
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
    plan quiet = plan_with_writers<Migration>();
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
    make_tables<Migration>(look);
    pid_t child = fork();
    REQUIRE(child >= 0);
    if (child == 0) {
      plan how = plan_with_writers<Migration>();
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
    plan quiet = plan_with_writers<Migration>();
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
TEST_CASE("every statement: the connection is lost before it, to another table") {
  harm_each<moved_name>(each, fault::lost_before, "", wrong_shadows);
}
TEST_CASE("every statement: its answer is lost, to another table") {
  harm_each<moved_name>(each, fault::lost_after, "", wrong_shadows);
}
TEST_CASE("every statement: its answer is lost, to rows of another table") {
  harm_each<extracted_name>(each, fault::lost_after, "", wrong_forms);
}
TEST_CASE("every statement: the process is killed after it, to rows of another table") {
  kill_each<extracted_name>(each, fault::killed_after, wrong_forms);
}
TEST_CASE("every statement: the connection is lost before it, by striped blocks") {
  harm_each<striped_name>(each, fault::lost_before, "", wrong_lower);
}
TEST_CASE("every statement: its answer is lost, by striped blocks") {
  harm_each<striped_name>(each, fault::lost_after, "", wrong_lower);
}
TEST_CASE("every statement: serialization failure, by striped blocks") {
  harm_each<striped_name>(each, fault::refused, "40001", wrong_lower);
}
TEST_CASE("every statement: the process is killed after it, to another table") {
  kill_each<moved_name>(each, fault::killed_after, wrong_shadows);
}
TEST_CASE("every statement: the process is killed after it, by striped blocks") {
  kill_each<striped_name>(each, fault::killed_after, wrong_lower);
}
TEST_CASE("every statement: its answer is lost, several new columns") {
  harm_each<name_parts>(each, fault::lost_after, "", wrong_parts);
}
TEST_CASE("every statement: the process is killed after it, several new columns") {
  kill_each<name_parts>(each, fault::killed_after, wrong_parts);
}
TEST_CASE("every statement: its answer is lost, client-only transform") {
  harm_each<greeted_name>(each, fault::lost_after, "", wrong_greeting);
}
TEST_CASE("every statement: its answer is lost, beside writers of the old ways") {
  harm_each<queued_name>(each, fault::lost_after, "", wrong_greeting);
}
TEST_CASE("every statement: serialization failure, beside writers of the old ways") {
  harm_each<queued_name>(each, fault::refused, "40001", wrong_greeting);
}
TEST_CASE("every statement: the process is killed after it, beside writers of the old ways") {
  kill_each<queued_name>(each, fault::killed_after, wrong_greeting);
}
TEST_CASE("every statement: its answer is lost, looked up in a table that changes") {
  harm_each<kind_label>(each, fault::lost_after, "", wrong_label);
}
TEST_CASE("every statement: the connection is lost before it, looked up in a table that changes") {
  harm_each<kind_label>(each, fault::lost_before, "", wrong_label);
}
TEST_CASE("every statement: the process is killed after it, looked up in a table that changes") {
  kill_each<kind_label>(each, fault::killed_after, wrong_label);
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
