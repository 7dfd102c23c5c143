// SPDX-License-Identifier: BSL-1.0
// Structural changes, undone by one process while another one goes on with them.
#include <string>

#include <doctest/doctest.h>

#include "support/hooked_database.hpp"
#include "support/lab.hpp"

using namespace test;

namespace {

struct users : table<"users", column<"id", bigint, primary_key>, column<"age", integer>> {};

struct adult : om::migration<"users-adult", users, create_index<"users_by_age", om::columns<"age">>,
                             add_check<"users_of_age", sql<"{} >= 18", boolean>(col<"age">)>> {};

const contract_options agreed{{risk::legacy_instances}};

/// In the place of a process that ends.
struct gone {};

struct register_of_users : lab {
  register_of_users() {
    tools.ensure_state_tables();
    run("CREATE TABLE users (id bigint PRIMARY KEY, age integer);"
        "INSERT INTO users SELECT g, 20 FROM generate_series(1, 100) AS g");
  }

  std::string there() {
    return ask(R"(SELECT coalesce(string_agg(name, ' ' ORDER BY name), '') FROM (
SELECT relname AS name FROM pg_index JOIN pg_class ON oid = indexrelid WHERE indrelid = 'users'::regclass AND NOT indisprimary
UNION SELECT conname FROM pg_constraint WHERE conrelid = 'users'::regclass AND contype = 'c') AS l)");
  }

  std::string undoing() { return ask("SELECT coalesce(metadata->>'undoing', '') FROM online_migration_runs"); }

  hooks around;
  hooked_database own{around};
  basic_toolkit<hooked_database> hooked{own, {hasty, 200ms}};
};

}  // namespace

TEST_CASE_FIXTURE(register_of_users, "a contract that fails leaves a rollback that has begun its mark") {
  expand_contract<adult>{source}.run();
  hooks others_around;
  hooked_database others_own{others_around};
  basic_toolkit<hooked_database> others{others_own, {hasty, 200ms}};
  others_around.once_after("state_note_undoing", [] { throw gone{}; });
  // In the transaction of the mark, so the first try is lost; the second one has it and ends before its first step.
  auto begin_rollback = [&] {
    CHECK_THROWS_AS(rollback<adult>(others), gone);
    CHECK(undoing() == "");
    others_around.once_before("state_was_made", [] { throw gone{}; });
    CHECK_THROWS_AS(rollback<adult>(others), gone);
    CHECK(undoing() == "way back");
  };
  auto proof = prove<adult>(tools, agreed);
  run("INSERT INTO users VALUES (101, 3)");
  around.once_before("validate_check", begin_rollback);
  CHECK_THROWS_AS(contract(hooked, proof), om::detail::moved_on);
  CHECK(undoing() == "way back");
  rollback<adult>(tools);
  CHECK(tools.phase<adult>() == phase::rolled_back);
  CHECK(there() == "");
}

TEST_CASE_FIXTURE(register_of_users, "a contract that is undoing itself leaves the rest to a rollback that begins") {
  expand_contract<adult>{source}.run();
  auto proof = prove<adult>(tools, agreed);
  run("INSERT INTO users VALUES (101, 3)");
  hooks others_around;
  hooked_database others_own{others_around};
  basic_toolkit<hooked_database> others{others_own, {hasty, 200ms}};
  others_around.once_before("state_was_made", [] { throw gone{}; });
  // The contract has nothing left to do but to take its own mark away.
  bool is_begun = false;
  around.after = [&](const statement& what) {
    if (what.name != "state_forget_made" || is_begun) return;
    is_begun = true;
  };
  around.before = [&](const statement& what) {
    if (what.name != "phase_durable" || !is_begun) return;
    is_begun = false;
    around.after = [](const statement&) {};
    CHECK_THROWS_AS(rollback<adult>(others), gone);
  };
  CHECK_THROWS_AS(contract(hooked, proof), om::detail::moved_on);
  CHECK(undoing() == "way back");
  rollback<adult>(tools);
  CHECK(tools.phase<adult>() == phase::rolled_back);
  CHECK(there() == "");
}

TEST_CASE_FIXTURE(register_of_users, "a rollback follows a run that is moved on meanwhile") {
  expand<adult>(tools);
  SUBCASE("to contract-ready") {
    around.once_before("state_hold_structure", [&] { CHECK(verify<adult>(tools).clean()); });
    rollback<adult>(hooked);
    CHECK(tools.phase<adult>() == phase::rolled_back);
    CHECK(there() == "");
  }
  SUBCASE("to its end, which is left as it is") {
    around.once_before("state_hold_structure", [&] {
      verify<adult>(tools);
      contract(tools, prove<adult>(tools, agreed));
    });
    CHECK_THROWS_AS(rollback<adult>(hooked), refused);
    CHECK(tools.phase<adult>() == phase::contracted);
    CHECK(there() == "users_by_age users_of_age");
  }
  SUBCASE("to another attempt, which is not meant") {
    around.once_before("state_hold_structure", [&] {
      rollback<adult>(tools);
      expand<adult>(tools);
    });
    rollback<adult>(hooked);
    CHECK(tools.phase<adult>() == phase::validate);
    CHECK(there() == "users_by_age");
  }
}
