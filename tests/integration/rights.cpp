// SPDX-License-Identifier: BSL-1.0
// What docs/how-to/rights-and-poolers.md says that a role needs is enough, and without it the reason is told.
#include <cstdlib>
#include <fstream>
#include <sstream>
#include <string>
#include <string_view>

#include <doctest/doctest.h>

#include "support/lab.hpp"

using namespace test;

namespace {

/// The table of the page.
struct users : table<"users", column<"id", bigint, primary_key>, column<"name", text, not_null>, column<"n", bigint>> {
};

struct by_trigger
    : om::migration<"by-trigger", users, add_column<"name_low", text, ascii_lower(col<"name">), not_null>> {};
/// It has an alarm.
struct by_application : om::migration<"by-application", users,
                                      add_column<"name_up", text, ascii_upper(col<"name">), kept_by_application>> {};
/// It has functions of its own, and a quarantine.
struct partial : om::migration<"partial", users, add_column<"small", integer, om::cast<integer>(col<"n">)>> {};

/// It calls a function of the user's.
struct by_function
    : om::migration<"by-function", users, add_column<"shout", text, om::sql<"vault.shout({})", text>(col<"name">)>> {};

std::string_view first(std::string_view name) { return name.substr(0, 1); }
/// It has a queue.
struct by_client
    : om::migration<"by-client", users, add_column<"initial", text, computed<&first, "first/1">(col<"name">)>> {};

const contract_options sure{{risk::legacy_instances}, 0ms};

/// The n-th block of SQL on the page.
std::string block_of_page(int number) {
  const char* root = std::getenv("ONLINE_MIGRATION_SOURCE_DIR");
  REQUIRE(root != nullptr);
  std::ifstream file{std::string{root} + "/docs/how-to/rights-and-poolers.md"};
  std::stringstream text;
  text << file.rdbuf();
  std::string page = text.str();
  std::size_t begin = 0;
  for (; number >= 0; --number) {
    begin = page.find("```sql\n", begin);
    REQUIRE(begin != std::string::npos);
    begin += 7;
  }
  return page.substr(begin, page.find("```", begin) - begin);
}

struct rights : lab {
  database as{"user=backfiller"};
  toolkit theirs{as, {hasty, 200ms}};

  rights() {
    remove_role();
    run("GRANT USAGE ON SCHEMA public TO PUBLIC; CREATE TABLE users (id bigint PRIMARY KEY, name text NOT NULL, n bigint);"
        "INSERT INTO users SELECT i, 'Ada ' || i, i FROM generate_series(1, 300) AS i");
    tools.ensure_state_tables();
  }

  ~rights() { remove_role(); }

  void remove_role() {
    run("DO $$ BEGIN IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'backfiller') THEN DROP OWNED BY backfiller; "
        "DROP ROLE backfiller; END IF; END $$");
  }

  /// Everything that the page lets the role do, from the backfill to the gate of contract.
  template <class Migration>
  void works() {
    backfill_options options;
    options.on_data_error = data_error_policy::go_on;
    CHECK(backfill_runner<Migration>{as, options}.run().finished());
    run("UPDATE users SET name = 'GRACE', n = 5 WHERE id = 7");  // by somebody who knows only the old columns
    CHECK(backfill_runner<Migration>{as, options}.run().finished());
    settle<Migration>(tools);
    parity_checker<Migration> parity{as};
    CHECK(parity.check_all().mismatches == 0);
    CHECK(parity.check_sample(50).mismatches == 0);
    CHECK(theirs.progress<Migration>().has_value());
    CHECK(theirs.quarantine<Migration>().empty());
    theirs.request_pause<Migration>();
    theirs.resume<Migration>();
    theirs.mark_phase<Migration>(phase::contract_ready);
    theirs.set_read_flag<Migration>(read_flag::new_column);
    CHECK(readiness<Migration>(theirs, sure).ready());
  }
};

}  // namespace

TEST_CASE_FIXTURE(rights, "a role with the rights of the page does all from the backfill to contract-ready") {
  expand<by_trigger>(tools);
  expand<by_application>(tools);
  expand<partial>(tools);
  expand<by_client>(tools);
  run(block_of_page(0) +
      "ALTER ROLE backfiller LOGIN; GRANT SELECT ON SEQUENCE \"om_alarm_by-application\" TO backfiller");
  works<by_trigger>();
  works<by_application>();
  works<partial>();
  works<by_client>();
}

TEST_CASE_FIXTURE(rights, "what only the table's owner may is refused to others, and nothing is changed") {
  expand<by_application>(tools);
  run(block_of_page(0) +
      "ALTER ROLE backfiller LOGIN; GRANT SELECT ON SEQUENCE \"om_alarm_by-application\" TO backfiller");
  works<by_application>();
  std::string before = everything();
  CHECK(caught<statement_error>([&] {
          contract<by_application>(theirs, prove<by_application>(theirs, sure));
        }).sqlstate() == "42501");
  CHECK(caught<statement_error>([&] { rollback<by_application>(theirs, {{}, 0ms}); }).sqlstate() == "42501");
  run("UPDATE online_migration_runs SET read_flag = 'new'");  // rollback has begun with the flag, which is theirs to
                                                              // set
  CHECK(before.substr(0, before.find("online_migration_runs:")) ==
        everything().substr(0, before.find("online_migration_runs:")));
  CHECK(ask("SELECT phase FROM online_migration_runs") == "contract-ready");
}

TEST_CASE_FIXTURE(rights, "without a right the error says so, and which statement it was") {
  expand<by_trigger>(tools);
  run(block_of_page(0) + "ALTER ROLE backfiller LOGIN; REVOKE UPDATE ON users FROM backfiller");
  statement_error problem = caught<statement_error>([&] { backfill_runner<by_trigger>{as}.run(); });
  CHECK(problem.sqlstate() == "42501");
  CHECK(problem.statement_name() == "backfill_chunk_first");
}

TEST_CASE_FIXTURE(rights, "who writes needs no right on what a transform calls, and who expanded does") {
  run("DROP SCHEMA IF EXISTS vault CASCADE; CREATE SCHEMA vault; CREATE ROLE backfiller LOGIN;"
      "GRANT SELECT, INSERT, UPDATE ON users TO backfiller;"
      "CREATE FUNCTION vault.upper(text) RETURNS text LANGUAGE sql IMMUTABLE AS 'SELECT pg_catalog.upper($1)';"
      "CREATE FUNCTION vault.shout(text) RETURNS text LANGUAGE plpgsql IMMUTABLE AS 'BEGIN RETURN vault.upper($1); END';"
      "REVOKE ALL ON ALL FUNCTIONS IN SCHEMA vault FROM PUBLIC");
  SUBCASE("who writes") {
    expand<by_function>(tools);
    connection application = as.connect();
    script(application, "UPDATE users SET name = 'ada' WHERE id = 1");
    dual_writer<by_function>{application}.update(key(2), om::set<"name">("grace"));
    CHECK(ask("SELECT string_agg(shout, ' ' ORDER BY id) FROM users WHERE id < 3") == "ADA GRACE");
  }
  SUBCASE("who expanded") {
    run("GRANT CREATE, USAGE ON SCHEMA public TO backfiller; ALTER TABLE users OWNER TO backfiller;"
        "GRANT ALL ON ALL TABLES IN SCHEMA public TO backfiller; GRANT ALL ON ALL SEQUENCES IN SCHEMA public TO backfiller");
    auto denied = [&] { return caught<statement_error>([&] { expand<by_function>(theirs); }).sqlstate() == "42501"; };
    CHECK(denied());
    run("GRANT USAGE ON SCHEMA vault TO backfiller");
    CHECK(denied());
    run("GRANT EXECUTE ON FUNCTION vault.shout(text) TO backfiller");
    expand<by_function>(theirs);
    theirs.mark_phase<by_function>(phase::backfill);
    data_error problem = caught<data_error>([&] { backfill_runner<by_function>{as}.run(); });
    CHECK(says(problem, "(SQLSTATE 42501)"));
    CHECK(says(problem, "no value of a row is at fault"));
    run("GRANT EXECUTE ON FUNCTION vault.upper(text) TO backfiller");
    CHECK(backfill_runner<by_function>{as}.run().finished());
  }
  run("DROP SCHEMA vault CASCADE");
}
