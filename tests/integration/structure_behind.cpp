// SPDX-License-Identifier: BSL-1.0
// New columns with structural changes behind them, in one migration: nothing is enforced before contract, contract is
// all or nothing, and every way back leads to the catalog that was there before.
#include <atomic>
#include <string>
#include <string_view>
#include <thread>

#include <doctest/doctest.h>

#include "support/hooked_database.hpp"
#include "support/lab.hpp"

using namespace test;

namespace {

struct hosts : table<"hosts", column<"name", text, primary_key>> {};
struct users : table<"users", column<"id", bigint, primary_key>, column<"email", text, not_null>> {};

using low_email = add_column<"email_low", text, ascii_lower(col<"email">), not_null>;
using host = add_column<"host", text, split_part(col<"email">, lit<"@">, lit<2>)>;

struct search
    : om::migration<"users-search", users, low_email, host,
                    create_index<"users_by_host", om::columns<"host", "email_low">>,
                    comment_column<"email_low", "for the search">, add_unique<"users_email_low_key", "email_low">,
                    add_check<"users_host_given", sql<"{} <> ''", boolean>(col<"host">)>,
                    add_foreign_key<"users_host_fkey", om::columns<"host">, references<hosts, "name">>> {};

/// With writers who are asked to keep it, so that contract has something of its own to wait for.
struct kept_search
    : om::migration<"users-kept", users, add_column<"email_low", text, ascii_lower(col<"email">), kept_by_application>,
                    add_unique<"users_email_low_key", "email_low">> {};

struct indexed : om::migration<"users-indexed", users, host, create_index<"users_by_host", om::columns<"host">>> {};

const contract_options agreed{{risk::legacy_instances}};
const rollback_options with_columns{{risk::dropped_column}};

struct directory : lab {
  directory() {
    tools.ensure_state_tables();
    run("CREATE TABLE hosts (name text PRIMARY KEY); INSERT INTO hosts VALUES ('a.org'), ('b.org');"
        "CREATE TABLE users (id bigint PRIMARY KEY, email text NOT NULL);"
        "INSERT INTO users SELECT g, 'Ada' || g || '@' || CASE WHEN g % 2 = 0 THEN 'a.org' ELSE 'b.org' END "
        " FROM generate_series(1, 1000) AS g");
    before = schema();
  }

  /// Everything of the tables but their rows.
  std::string schema() {
    return ask(R"(SELECT string_agg(line, E'\n' ORDER BY line) FROM (
SELECT format('column %s.%s %s %s', attrelid::regclass, attname, attnotnull, col_description(attrelid, attnum)) AS line
  FROM pg_attribute WHERE attrelid IN ('users'::regclass, 'hosts'::regclass) AND attnum > 0 AND NOT attisdropped
UNION ALL SELECT format('index %s %s', pg_get_indexdef(indexrelid), indisvalid) FROM pg_index WHERE indrelid = 'users'::regclass
UNION ALL SELECT format('constraint %s %s %s', conname, pg_get_constraintdef(oid), convalidated) FROM pg_constraint
  WHERE conrelid = 'users'::regclass AND contype <> 'n'
UNION ALL SELECT format('trigger %s', tgname) FROM pg_trigger WHERE tgrelid = 'users'::regclass AND NOT tgisinternal
UNION ALL SELECT format('function %s', proname) FROM pg_proc WHERE pronamespace = 'public'::regnamespace AND proname NOT LIKE 'online%') AS l)");
  }

  /// What stands behind the columns, and is there: indexes, constraints and the comment.
  std::string behind() {
    return ask(R"(SELECT coalesce(string_agg(name, ' ' ORDER BY name), '') FROM (
SELECT relname AS name FROM pg_index JOIN pg_class ON oid = indexrelid WHERE indrelid = 'users'::regclass AND NOT indisprimary
UNION SELECT conname FROM pg_constraint WHERE conrelid = 'users'::regclass AND contype IN ('c', 'f', 'u')
UNION SELECT 'commented' FROM pg_attribute WHERE attrelid = 'users'::regclass AND col_description(attrelid, attnum) IS NOT NULL) AS l)");
  }

  std::string state(const std::string& sql) {
    try {
      on.execute(statement{"try", sql});
    } catch (const statement_error& problem) {
      return std::string{problem.sqlstate()};
    }
    return "ok";
  }

  template <class Work>
  static std::string refusal(Work work) {
    try {
      work();
    } catch (const refused& problem) {
      return problem.what();
    }
    return "(not refused)";
  }

  std::string before;
};

constexpr const char* prepared = "commented users_by_host";
constexpr const char* all = "commented users_by_host users_email_low_key users_host_fkey users_host_given";

/// Whether a text has a part; the text is shown where it has not.
void check_contains(const std::string& text, std::string_view part) {
  INFO(text);
  CHECK(text.find(part) != std::string::npos);
}

}  // namespace

TEST_CASE_FIXTURE(directory, "a whole life beside writers: nothing is enforced before contract, everything after it") {
  std::atomic<bool> stop{false};
  std::atomic<int> failed{0};
  std::thread writer{[&] {
    connection own = source.connect();
    for (int i = 1; !stop; ++i) {
      try {
        script(own, "UPDATE users SET email = 'Eve" + std::to_string(i) +
                        "@b.org' WHERE id = " + std::to_string(i % 1000 + 1) + "; INSERT INTO users VALUES (" +
                        std::to_string(1000 + i) + ", 'New" + std::to_string(i) + "@a.org')");
      } catch (const statement_error&) {
        ++failed;
      }
    }
  }};
  auto result = expand_contract<search>{source}.run();
  CHECK(result.reached == phase::contract_ready);
  CHECK(behind() == prepared);
  // What is legal until contract: the same address twice, a host that nobody knows.
  CHECK(state("INSERT INTO users VALUES (-1, 'ADA1@b.org'), (-2, 'ada1@b.org'), (-3, 'x@nowhere'), (-4, 'x')") == "ok");
  CHECK(verify<search>(tools).found.size() == 3);
  run("DELETE FROM users WHERE id < 0");
  CHECK(verify<search>(tools).clean());
  contract(tools, prove<search>(tools, agreed));
  stop = true;
  writer.join();
  CHECK(failed == 0);
  CHECK(tools.phase<search>() == phase::contracted);
  CHECK(behind() == all);
  CHECK(state("INSERT INTO users VALUES (-1, 'UNLIKE@a.org'), (-2, 'unlike@a.org')") == "23505");
  CHECK(state("INSERT INTO users VALUES (-3, 'x@nowhere')") == "23503");
  CHECK(state("INSERT INTO users VALUES (-4, 'x')") == "23514");
  CHECK(state("INSERT INTO users VALUES (-5, 'X@a.org')") == "ok");
  CHECK(count("SELECT count(*) FROM users WHERE email_low IS DISTINCT FROM lower(email) OR host IS DISTINCT FROM "
              "split_part(email, '@', 2)") == 0);
  CHECK(count("SELECT count(*) FROM pg_constraint WHERE conrelid = 'users'::regclass AND NOT convalidated") == 0);
}

TEST_CASE_FIXTURE(directory, "rows in the way are told before contract-ready, and nothing is enforced for them") {
  run("INSERT INTO users VALUES (2001, 'ADA1@b.org'), (2002, 'x@nowhere')");
  std::string told = refusal([&] { expand_contract<search>{source}.run(); });
  check_contains(told, "Rows are in the way of \"users-search\"");
  check_contains(told, "the unique constraint \"users_email_low_key\"");
  check_contains(told, "the foreign key \"users_host_fkey\"");
  CHECK(told.find("users_host_given") == std::string::npos);
  CHECK(tools.phase<search>() == phase::validate);
  CHECK(behind() == prepared);
  run("DELETE FROM users WHERE id > 2000");
  CHECK(expand_contract<search>{source}.run().reached == phase::contract_ready);
}

TEST_CASE_FIXTURE(directory, "a contract that rows stop leaves nothing in force, and is tried again") {
  expand_contract<search>{source}.run();
  run("INSERT INTO users VALUES (2001, 'x@nowhere')");
  std::string told = refusal([&] { contract(tools, prove<search>(tools, agreed)); });
  check_contains(told, "the foreign key \"users_host_fkey\"");
  CHECK(tools.phase<search>() == phase::contract_ready);
  CHECK(behind() == prepared);
  CHECK(state("INSERT INTO users VALUES (2002, 'ADA1@b.org')") == "ok");
  run("DELETE FROM users WHERE id > 2000");
  contract(tools, prove<search>(tools, agreed));
  CHECK(behind() == all);
}

TEST_CASE_FIXTURE(directory, "a contract whose transaction is refused leaves nothing in force") {
  expand_contract<kept_search>{source}.run();
  hooks around;
  hooked_database own{around};
  basic_toolkit<hooked_database> hooked{own, {hasty, 200ms}};
  // A writer who does not write the new column, after everything was looked at.
  around.once_after("add_unique", [&] { run("INSERT INTO users VALUES (2001, 'Late@a.org')"); });
  auto proof = prove<kept_search>(tools, agreed);
  std::string told = refusal([&] { contract(hooked, proof); });
  check_contains(told, "not ready for contract any more");
  CHECK(tools.phase<kept_search>() == phase::contract_ready);
  CHECK(behind() == "");
  CHECK(state("INSERT INTO users VALUES (2002, 'LATE@a.org')") == "ok");
}

TEST_CASE_FIXTURE(directory, "contract asks for what stands behind the columns, and for who keeps to it") {
  expand<search>(tools);
  check_contains(refusal([&] { prepare_structure<search>(tools); }), "comes after the backfill");
  check_contains(refusal([&] { verify<search>(tools); }), "comes after the backfill");
  backfill_runner<search>{source}.run();
  parity_checker<search>{source}.check_all();
  settle<search>(tools);
  check_contains(refusal([&] { tools.mark_phase<search>(phase::contract_ready); }), "call om::prepare_structure first");
  CHECK(tools.phase<search>() == phase::validate);
  prepare_structure<search>(tools);
  tools.mark_phase<search>(phase::contract_ready);
  run("DROP INDEX users_by_host");
  check_contains(
      refusal([&] { prove<search>(tools, agreed); }),
      "missing: the indexes, defaults and comments behind the new columns are not all there: om::prepare_structure");
  prepare_structure<search>(tools);
  CHECK(behind() == prepared);
  check_contains(refusal([&] { prove<search>(tools); }),
                 "and does without what goes (acknowledge om::risk::legacy_instances)");
  CHECK(readiness<search>(tools, agreed).ready());
  contract(tools, prove<search>(tools, agreed));
  CHECK(behind() == all);
  prepare_structure<search>(tools);
}

TEST_CASE_FIXTURE(directory, "one report tells what is in the way of both parts") {
  run("ALTER TABLE users ADD COLUMN host integer, ADD CONSTRAINT users_host_given CHECK (id <> 0); DROP TABLE hosts;"
      "CREATE INDEX users_by_host ON users (email)");
  preflight_report report = tools.session().retrying([](auto& session) { return preflight<search>(session); });
  std::string text = report.text();
  check_contains(text, "the new column \"host\" is there already, as integer and not as text");
  check_contains(text, "the name \"users_host_given\" of the check \"users_host_given\" is taken");
  check_contains(text, "the name \"users_by_host\" of the index \"users_by_host\" is taken");
  check_contains(text, "the foreign key \"users_host_fkey\" refers to \"public\".\"hosts\", which is not there");
  std::string before_expand = everything();
  CHECK_THROWS_AS(expand<search>(tools), refused);
  CHECK(everything() == before_expand);
}

TEST_CASE_FIXTURE(directory, "a rollback leaves nothing, from each phase") {
  SUBCASE("expand") { expand<search>(tools); }
  SUBCASE("validate, with its indexes") {
    run("INSERT INTO users VALUES (2001, 'ADA1@b.org')");
    CHECK_THROWS_AS(expand_contract<search>{source}.run(), refused);
    CHECK(behind() == prepared);
  }
  SUBCASE("contract-ready") { expand_contract<search>{source}.run(); }
  SUBCASE("contract-ready, with an index that somebody else had made") {
    expand<search>(tools);
    run("CREATE INDEX users_by_host ON users (host, email_low)");
    expand_contract<search>{source}.run();
    rollback<search>(tools);
    CHECK(behind() == "users_by_host");
    run("DROP INDEX users_by_host");
  }
  SUBCASE("in the middle of contract") {
    expand_contract<search>{source}.run();
    hooks around;
    hooked_database own{around};
    basic_toolkit<hooked_database> hooked{own, {hasty, 200ms}};
    around.once_before("validate_foreign_key", [&] { throw cancelled{"test"}; });
    auto proof = prove<search>(tools, agreed);
    CHECK_THROWS_AS(contract(hooked, proof), cancelled);
    CHECK(behind() == all);
  }
  rollback<search>(tools, with_columns);
  CHECK(schema() == before);
  CHECK(tools.phase<search>() == phase::rolled_back);
  // And it may begin again.
  run("DELETE FROM users WHERE id > 2000");
  CHECK(expand_contract<search>{source}.run().reached == phase::contract_ready);
  contract(tools, prove<search>(tools, agreed));
  CHECK(behind() == all);
}

TEST_CASE_FIXTURE(directory, "a rollback without the columns frees them of what stood behind") {
  expand_contract<search>{source}.run();
  rollback<search>(tools);
  CHECK(behind() == "");
  CHECK(count("SELECT count(email_low) FROM users") == 1000);
  rollback<search>(tools, with_columns);
  CHECK(schema() == before);
}

TEST_CASE_FIXTURE(directory, "a column that somebody has dropped takes what is over it along, and stops no rollback") {
  expand_contract<search>{source}.run();
  run("ALTER TABLE users DROP COLUMN email_low CASCADE");
  CHECK_THROWS_AS(prove<search>(tools, agreed), refused);
  rollback<search>(tools, with_columns);
  CHECK(schema() == before);
}

TEST_CASE_FIXTURE(directory, "contract and rollback at once: one of them, whole") {
  expand_contract<search>{source}.run();
  hooks around;
  hooked_database own{around};
  basic_toolkit<hooked_database> hooked{own, {hasty, 200ms}};
  auto proof = prove<search>(tools, agreed);
  // The first thing that the transaction does, before it holds anything.
  const std::string locks_run{om::state::lock_newest_run.name};
  SUBCASE("a rollback comes between two constraints") {
    around.once_before("validate_check", [&] { rollback<search>(tools, with_columns); });
    CHECK_THROWS_AS(contract(hooked, proof), refused);
    CHECK(schema() == before);
  }
  SUBCASE("a rollback comes before the transaction of contract") {
    around.once_before(locks_run, [&] { rollback<search>(tools, with_columns); });
    CHECK_THROWS_AS(contract(hooked, proof), refused);
    CHECK(schema() == before);
  }
  SUBCASE("another contract comes first") {
    around.once_before("validate_check", [&] { contract(tools, proof); });
    contract(hooked, proof);
    CHECK(behind() == all);
  }
  SUBCASE("a rollback stops in the middle, and then nothing goes forward") {
    around.once_after("drop_built_index", [&] { throw cancelled{"test"}; });
    CHECK_THROWS_AS(rollback<search>(hooked, with_columns), cancelled);
    check_contains(refusal([&] { contract(tools, proof); }), "rollback");
    check_contains(refusal([&] { prepare_structure<search>(tools); }), "go on with om::rollback");
    CHECK(tools.phase<search>() == phase::contract_ready);
    rollback<search>(tools, with_columns);
    CHECK(schema() == before);
  }
  // What a contract of another process does whose rows stood in its way.
  auto undo_another = [&] {
    std::string id = std::to_string(tools.run<search>()->id);
    om::detail::undo_contract<structure_of<search>>(tools, id, {});
  };
  SUBCASE("another contract fails before the transaction of this one, and undoes what both have made") {
    around.once_before(locks_run, undo_another);
    check_contains(refusal([&] { contract(hooked, proof); }), "undone by another process");
    CHECK(tools.phase<search>() == phase::contract_ready);
    CHECK(behind() == prepared);
    contract(tools, proof);
    CHECK(behind() == all);
  }
  SUBCASE("a rollback begins before the transaction of contract, and is not forgotten") {
    hooks other_around;
    hooked_database other{other_around};
    basic_toolkit<hooked_database> others{other, {hasty, 200ms}};
    other_around.once_after("drop_added_check", [] { throw cancelled{"test"}; });
    around.once_before(locks_run, [&] { CHECK_THROWS_AS(rollback<search>(others, with_columns), cancelled); });
    check_contains(refusal([&] { contract(hooked, proof); }), "its rollback has begun");
    check_contains(refusal([&] { contract(tools, proof); }), "its rollback has begun");
    rollback<search>(tools, with_columns);
    CHECK(schema() == before);
  }
  SUBCASE("another contract fails before the transaction of rollback, and leaves everything to that") {
    around.once_before(
        locks_run,
        [&] {
          CHECK_THROWS_AS(undo_another(), om::detail::moved_on);
          check_contains(refusal([&] { prepare_structure<search>(tools); }), "go on with om::rollback");
        },
        2);
    rollback<search>(hooked);
    CHECK(tools.phase<search>() == phase::rolled_back);
    CHECK(behind() == "");
    rollback<search>(tools, with_columns);
    CHECK(schema() == before);
  }
  SUBCASE("a contract comes before the transaction of rollback") {
    std::string told;
    around.once_after("drop_built_index", [&] { told = refusal([&] { contract(tools, proof); }); });
    rollback<search>(hooked, with_columns);
    CHECK(told != "(not refused)");
    CHECK(schema() == before);
  }
}

TEST_CASE_FIXTURE(directory, "an index alone: nothing is enforced, so nothing is to be acknowledged") {
  expand_contract<indexed>{source}.run();
  contract(tools, prove<indexed>(tools));
  CHECK(behind() == "users_by_host");
  CHECK(state("INSERT INTO users VALUES (2001, 'x@nowhere')") == "ok");
}
