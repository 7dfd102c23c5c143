// SPDX-License-Identifier: BSL-1.0
// Rows for which the transform has no value: their keys go into the quarantine, and a policy says whether the run ends.
#include <optional>
#include <stdexcept>
#include <string>

#include "support/hooked_database.hpp"
#include "support/lab.hpp"

using namespace test;

namespace {

/// Fails on what is no number, in the server.
struct number_of
    : om::migration<"number-of", people,
                    add_column<"number", integer, om::sql<"CAST({} AS pg_catalog.int4)", integer>(col<"name">)>> {};

/// Throws for some names, in the client.
text_value careful(std::string_view name) {
  if (name.find("bad") != std::string_view::npos) throw std::runtime_error{"secret " + std::string{name}};
  if (name == "broken") return text_value{std::string_view{"\xC3\x28"}};
  if (name == "long") return text_value{std::string_view{"eleven char"}};
  if (name == "blank") return text_value{std::string_view{"ten chars.  "}};
  if (name == "nul") return text_value{std::string_view{"a\0b", 3}};
  return text_value{std::string(name.rbegin(), name.rend())};
}
struct careful_name
    : om::migration<"careful-name", people,
                    add_column<"back", varchar<10>, computed<&careful, "careful/1", varchar<10>>(col<"name">)>> {};

struct secrets : table<"secrets", column<"ssn", text, primary_key, om::sensitive>, column<"no", integer, primary_key>,
                       column<"name", text, om::not_null>> {};
struct careful_secret
    : om::migration<"careful-secret", secrets, add_column<"back", text, computed<&careful, "careful/1">(col<"name">)>> {
};
struct secret_number
    : om::migration<"secret-number", secrets,
                    add_column<"number", integer, om::sql<"CAST({} AS pg_catalog.int4)", integer>(col<"name">)>> {};

const char* quarantine =
    "SELECT coalesce(string_agg(array_to_string(key, '|') || ' ' || sqlstate || ' ' || noted_by, ', ' ORDER BY length(key::text), key), '-') "
    "FROM online_migration_quarantine";
const char* state = "SELECT format('%s %s %s', rows_done, chunks, finished) FROM online_migration_backfill_state";

struct failing : lab {
  failing() {
    tools.ensure_state_tables();
    run(make_people);
    run("INSERT INTO people SELECT g, g::text FROM generate_series(1, 40) AS g");
  }

  template <class Migration>
  backfill_result fill(data_error_policy policy = data_error_policy::stop) {
    backfill_options some;
    some.chunk = fixed_chunk(10);
    some.retry = hasty;
    some.on_data_error = policy;
    return backfill_runner<Migration>{source, some}.run();
  }
};

}  // namespace

TEST_CASE_FIXTURE(failing,
                  "a row on which the server cannot compute ends the run behind its chunk, without its value") {
  run("UPDATE people SET name = 'Ada' WHERE id IN (7, 9, 25)");
  expand<number_of>(tools);
  data_error problem = caught<data_error>([&] { fill<number_of>(); });
  CHECK(problem.rows() == 2);
  CHECK(problem.sqlstate() == "22P02");
  CHECK(problem.retry() == retry_class::data);
  CHECK(says(problem, "no value for 2 rows (SQLSTATE 22P02)"));
  CHECK(says(problem, "online_migration_quarantine"));
  CHECK_FALSE(says(problem, "Ada"));
  CHECK(ask(state) == "10 1 f");
  CHECK(ask(quarantine) == "7 22P02 backfill, 9 22P02 backfill");
  CHECK(
      ask("SELECT errors || ' ' || (last_error LIKE '%online_migration_quarantine%') FROM online_migration_backfill_state") ==
      "1 true");

  // Run again it goes on behind them.
  CHECK(caught<data_error>([&] { fill<number_of>(); }).rows() == 1);
  CHECK(ask(state) == "30 3 f");
  CHECK(fill<number_of>().finished());
  CHECK(ask(state) == "40 4 t");
  CHECK(
      ask("SELECT count(*) FROM people WHERE number IS DISTINCT FROM CASE WHEN name = 'Ada' THEN NULL ELSE name::int END") ==
      "0");
  CHECK(ask(quarantine) == "7 22P02 backfill, 9 22P02 backfill, 25 22P02 backfill");
}

TEST_CASE_FIXTURE(failing, "under go_on the run comes to its end, and says how many rows have no value") {
  run("UPDATE people SET name = 'Ada' WHERE id IN (7, 9, 25); UPDATE people SET name = '99999999999' WHERE id = 40");
  expand<number_of>(tools);
  backfill_result result = fill<number_of>(data_error_policy::go_on);
  CHECK(result.finished());
  CHECK(result.rows_failed == 4);
  CHECK(result.progress.quarantined == 4);
  CHECK(ask(state) == "40 4 t");
  CHECK(ask(quarantine) == "7 22P02 backfill, 9 22P02 backfill, 25 22P02 backfill, 40 22003 backfill");
  std::vector<quarantined_row> listed = tools.quarantine<number_of>();
  REQUIRE(listed.size() == 4);
  CHECK(listed[0].key == std::vector<std::string>{"7"});
  CHECK(listed[3].sqlstate == "22003");
  CHECK(listed[3].noted_by == "backfill");
  CHECK(listed[3].noted_at > std::chrono::system_clock::now() - 1h);
  CHECK(tools.quarantine<number_of>(2).size() == 2);
  CHECK(tools.quarantine<lower_name>().empty());

  // What is mended is found by the next walk, which begins with an empty quarantine.
  run("UPDATE people SET name = '7' WHERE id = 7");
  tools.mark_phase<number_of>(phase::backfill);
  CHECK(fill<number_of>(data_error_policy::go_on).rows_failed == 3);
  CHECK(ask(quarantine) == "9 22P02 backfill, 25 22P02 backfill, 40 22003 backfill");
}

TEST_CASE_FIXTURE(failing, "a row without a value that a chunk finds NULL already is noted all the same") {
  expand<number_of>(tools);
  run("UPDATE people SET name = 'Ada' WHERE id = 7; DELETE FROM online_migration_quarantine");
  CHECK(ask("SELECT number FROM people WHERE id = 7") == "");
  CHECK(fill<number_of>(data_error_policy::go_on).rows_failed == 1);
  CHECK(ask(quarantine) == "7 22P02 backfill");
}

TEST_CASE_FIXTURE(failing, "what a function throws ends the run as it was thrown, and its row is in the quarantine") {
  run("UPDATE people SET name = 'bad' WHERE id = 25");
  expand<careful_name>(tools);
  try {
    fill<careful_name>();
    FAIL("it did not throw");
  } catch (const std::runtime_error& thrown) {
    CHECK(std::string{thrown.what()} == "secret bad");
  }
  CHECK(ask(state) == "20 2 f");
  CHECK(ask(quarantine) == "25 38000 backfill");
  CHECK_THROWS_AS(fill<careful_name>(), std::runtime_error);
  CHECK(ask("SELECT position('secret' in coalesce(last_error, '')) FROM online_migration_backfill_state") == "0");
  CHECK(ask("SELECT holder IS NULL FROM online_migration_backfill_state") == "t");
  dual_writer<careful_name> write{on};
  write.update(om::key(std::int64_t{25}), om::set<"name">("good"));
  CHECK(fill<careful_name>().finished());
  CHECK(ask(quarantine) == "-");
  CHECK(ask("SELECT count(*) FROM people WHERE back IS DISTINCT FROM reverse(name)") == "0");
}

TEST_CASE_FIXTURE(failing, "a value that the server would not take is an error of its row alone") {
  run("UPDATE people SET name = 'broken' WHERE id = 3; UPDATE people SET name = 'long' WHERE id = 4; UPDATE people SET name = 'blank' WHERE id = 5;"
      "UPDATE people SET name = 'bad' WHERE id = 6; UPDATE people SET name = 'nul' WHERE id = 7");
  expand<careful_name>(tools);
  statement_error problem = caught<statement_error>([&] { fill<careful_name>(); });
  CHECK(problem.sqlstate() == "22021");
  CHECK(ask(quarantine) == "3 22021 backfill");
  backfill_result result = fill<careful_name>(data_error_policy::go_on);
  CHECK(result.finished());
  CHECK(result.rows_failed == 4);
  CHECK(result.retries == 0);
  CHECK(ask(quarantine) == "3 22021 backfill, 4 22001 backfill, 6 38000 backfill, 7 22021 backfill");
  CHECK(
      ask("SELECT string_agg(id::text, ' ' ORDER BY id) FROM people WHERE back IS DISTINCT FROM left(reverse(name), 10)") ==
      "3 4 5 6 7");
  CHECK(ask("SELECT back || '|' FROM people WHERE id = 5") == "ten chars.|");
  CHECK(ask("SELECT count(back) FROM people WHERE id IN (3, 4, 6, 7)") == "0");
}

TEST_CASE_FIXTURE(failing, "a row of the queue without a value becomes NULL and is noted; mended, it is right again") {
  expand<careful_name>(tools);
  CHECK(fill<careful_name>().finished());
  run("UPDATE people SET name = 'bad' || id WHERE id IN (7, 8); UPDATE people SET name = 'Eve' WHERE id = 9");
  CHECK_THROWS_AS(fill<careful_name>(), std::runtime_error);
  CHECK(ask(quarantine) == "7 38000 backfill");
  CHECK(tools.progress<careful_name>()->dirty_keys == 3);
  CHECK(ask("SELECT back FROM people WHERE id = 7") == "7");

  backfill_result result = fill<careful_name>(data_error_policy::go_on);
  CHECK(result.finished());
  CHECK(result.rows_failed == 2);
  CHECK(result.progress.dirty_keys == 0);
  CHECK(result.progress.quarantined == 2);
  CHECK(ask("SELECT string_agg(coalesce(back, 'NULL'), ' ' ORDER BY id) FROM people WHERE id BETWEEN 7 AND 9") ==
        "NULL NULL evE");
  CHECK(ask(quarantine) == "7 38000 backfill, 8 38000 backfill");

  run("UPDATE people SET name = 'good' WHERE id = 7");
  CHECK(fill<careful_name>().finished());
  CHECK(ask(quarantine) == "8 38000 backfill");
  CHECK(ask("SELECT back FROM people WHERE id = 7") == "doog");
}

TEST_CASE_FIXTURE(failing, "a row that gets a bad value while the client computes is no worse than one that had it") {
  hooks around;
  hooked_database hooked{around};
  expand<careful_name>(tools);
  around.once_before("client_chunk", [&] { run("UPDATE people SET name = 'bad' WHERE id = 3"); });
  backfill_options some;
  some.chunk = fixed_chunk(10);
  some.retry = hasty;
  SUBCASE("stop") {
    CHECK_THROWS_AS((backfill_runner<careful_name, hooked_database>{hooked, some}.run()), std::runtime_error);
    CHECK(ask(state) == "0 0 f");
    CHECK(ask(quarantine) == "3 38000 backfill");
  }
  SUBCASE("go on") {
    some.on_data_error = data_error_policy::go_on;
    CHECK((backfill_runner<careful_name, hooked_database>{hooked, some}.run().finished()));
    CHECK(ask(state) == "40 4 t");
    CHECK(ask(quarantine) == "3 38000 backfill");
  }
}

TEST_CASE_FIXTURE(failing, "a dual writer throws before anything is sent") {
  expand<careful_name>(tools);
  dual_writer<careful_name> write{on};
  CHECK_THROWS_AS(write.update(om::key(std::int64_t{3}), om::set<"name">("bad")), std::runtime_error);
  CHECK(ask("SELECT name FROM people WHERE id = 3") == "3");
  CHECK(ask(quarantine) == "-");
}

TEST_CASE_FIXTURE(failing, "a key that is sensitive is in the quarantine as a hash") {
  run("CREATE TABLE secrets (ssn text, no integer, name text NOT NULL, PRIMARY KEY (ssn, no)); INSERT INTO secrets VALUES ('123-45', 6, 'bad'), ('x', 1, '1')");
  const char* noted =
      "SELECT string_agg((key[1] = 'sha256:' || encode(sha256('123-45'), 'hex'))::text || ' ' || key[2], ',') FROM online_migration_quarantine";
  SUBCASE("computed by the client") {
    expand<careful_secret>(tools);
    CHECK(fill<careful_secret>(data_error_policy::go_on).rows_failed == 1);
    CHECK(ask(noted) == "true 6");
    run("UPDATE secrets SET name = 'good'");
    CHECK(fill<careful_secret>().finished());
    CHECK(ask(quarantine) == "-");
  }
  SUBCASE("computed by the server") {
    expand<secret_number>(tools);
    CHECK(fill<secret_number>(data_error_policy::go_on).rows_failed == 1);
    CHECK(ask(noted) == "true 6");
  }
}
