// SPDX-License-Identifier: BSL-1.0
// Behind new columns: what changes other columns, and takes constraints and indexes away. All of it is done at
// contract, or none, and every way back leads to the catalog that was there before.
#include <string>
#include <string_view>

#include <doctest/doctest.h>

#include "support/hooked_database.hpp"
#include "support/lab.hpp"

using namespace test;

namespace {

struct users : table<"users", column<"id", bigint, primary_key>, column<"email", text, not_null>, column<"nick", text>,
                     column<"kind", text, not_null>, column<"age", integer>> {};

/// A case-insensitive key takes the place of the old one, and the table is tidied beside it.
struct tidy : om::migration<"users-tidy", users, add_column<"email_low", text, ascii_lower(col<"email">), not_null>,
                            add_unique<"users_email_low_key", "email_low">, drop_constraint<"users_email_key">,
                            drop_index<"users_by_nick">, set_default<"nick", lit<"nobody">>, set_not_null<"nick">,
                            drop_default<"kind">, drop_not_null<"kind">,
                            rename_constraint<"users_age_check", "users_is_born">> {};

/// With writers who are asked to keep it, so that contract has something of its own to wait for.
struct kept_tidy
    : om::migration<"users-kept", users, add_column<"email_low", text, ascii_lower(col<"email">), kept_by_application>,
                    add_unique<"users_email_low_key", "email_low">, drop_constraint<"users_email_key">,
                    drop_index<"users_by_nick">, drop_not_null<"kind">> {};

const contract_options agreed{{risk::legacy_instances}};
const rollback_options with_columns{{risk::dropped_column}};

struct registry : lab {
  registry() {
    tools.ensure_state_tables();
    run("CREATE TABLE users (id bigint PRIMARY KEY, email text NOT NULL CONSTRAINT users_email_key UNIQUE,"
        " nick text DEFAULT 'old', kind text NOT NULL DEFAULT 'k', age integer CHECK (age >= 0));"
        "CREATE INDEX users_by_nick ON users (nick) WHERE nick <> ''; COMMENT ON INDEX users_by_nick IS 'names';"
        "INSERT INTO users SELECT g, 'Ada' || g || '@a.org', 'ada', 'k', 7 FROM generate_series(1, 500) AS g");
    before = schema();
  }

  /// Everything of the table but its rows.
  std::string schema() {
    return ask(R"(SELECT string_agg(line, E'\n' ORDER BY line) FROM (
SELECT format('column %s %s %s', attname, attnotnull, pg_get_expr(adbin, adrelid)) AS line FROM pg_attribute
  LEFT JOIN pg_attrdef ON adrelid = attrelid AND adnum = attnum WHERE attrelid = 'users'::regclass AND attnum > 0 AND NOT attisdropped
UNION ALL SELECT format('index %s %s %s', pg_get_indexdef(indexrelid), indisvalid, obj_description(indexrelid, 'pg_class'))
  FROM pg_index WHERE indrelid = 'users'::regclass
UNION ALL SELECT format('constraint %s %s %s', conname, pg_get_constraintdef(oid), convalidated) FROM pg_constraint
  WHERE conrelid = 'users'::regclass AND contype <> 'n'
UNION ALL SELECT format('trigger %s', tgname) FROM pg_trigger WHERE tgrelid = 'users'::regclass AND NOT tgisinternal
UNION ALL SELECT format('function %s', proname) FROM pg_proc WHERE pronamespace = 'public'::regnamespace AND proname NOT LIKE 'online%') AS l)");
  }

  /// What the changes are about, in the order of their declaration.
  std::string now() {
    return ask(R"(SELECT format('%s %s %s | %s %s | %s %s | %s', to_regclass('users_email_low_key') IS NOT NULL,
  to_regclass('users_email_key') IS NOT NULL, to_regclass('users_by_nick') IS NOT NULL,
  (SELECT pg_get_expr(adbin, adrelid) FROM pg_attrdef WHERE adrelid = c.oid AND adnum = 3),
  (SELECT attnotnull FROM pg_attribute WHERE attrelid = c.oid AND attnum = 3),
  (SELECT pg_get_expr(adbin, adrelid) FROM pg_attrdef WHERE adrelid = c.oid AND adnum = 4),
  (SELECT attnotnull FROM pg_attribute WHERE attrelid = c.oid AND attnum = 4),
  (SELECT string_agg(conname, ' ') FROM pg_constraint WHERE conrelid = c.oid AND conname LIKE 'users%' AND contype = 'c')) FROM pg_class AS c
  WHERE oid = 'users'::regclass)");
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

constexpr const char* untouched = "f t t | 'old'::text f | 'k'::text t | users_age_check";
constexpr const char* prepared = "f t t | 'nobody'::text f | 'k'::text t | users_age_check";
constexpr const char* done = "t f f | 'nobody'::text t |  f | users_is_born";

/// Whether a text has a part; the text is shown where it has not.
void check_contains(const std::string& text, std::string_view part) {
  INFO(text);
  CHECK(text.find(part) != std::string::npos);
}

}  // namespace

TEST_CASE_FIXTURE(registry, "a whole life: what was legal stays so until contract, and then all of it is done") {
  expand<tidy>(tools);
  CHECK(now() == untouched);
  CHECK(expand_contract<tidy>{source}.run().reached == phase::contract_ready);
  CHECK(now() == prepared);
  CHECK(state("INSERT INTO users VALUES (1001, 'new@a.org', NULL)") == "ok");
  CHECK(state("INSERT INTO users VALUES (1002, 'Ada1@a.org')") == "23505");
  violation_report rows = verify<tidy>(tools);
  REQUIRE(rows.found.size() == 1);
  CHECK(rows.found[0].about == "NOT NULL of \"nick\"");
  run("UPDATE users SET nick = 'x' WHERE nick IS NULL");
  check_contains(refusal([&] { prove<tidy>(tools); }), "and does without what goes");
  contract(tools, prove<tidy>(tools, agreed));
  CHECK(tools.phase<tidy>() == phase::contracted);
  CHECK(now() == done);
  CHECK(state("INSERT INTO users VALUES (1003, 'ADA1@a.org')") == "23505");
  CHECK(state("INSERT INTO users VALUES (1003, 'Eve@a.org')") == "ok");
  CHECK(ask("SELECT format('%s %s %s', email_low, nick, kind) FROM users WHERE id = 1003") == "eve@a.org nobody ");
}

TEST_CASE_FIXTURE(registry, "a contract that rows stop takes nothing away") {
  expand_contract<tidy>{source}.run();
  run("INSERT INTO users VALUES (1001, 'new@a.org', NULL)");
  check_contains(refusal([&] { contract(tools, prove<tidy>(tools, agreed)); }), "NOT NULL of \"nick\"");
  CHECK(now() == prepared);
  run("DELETE FROM users WHERE id > 1000");
  contract(tools, prove<tidy>(tools, agreed));
  CHECK(now() == done);
}

TEST_CASE_FIXTURE(registry, "a contract whose transaction is refused puts back what it had taken away") {
  expand_contract<kept_tidy>{source}.run();
  std::string ready = schema();
  hooks around;
  hooked_database own{around};
  basic_toolkit<hooked_database> hooked{own, {hasty, 200ms}};
  // A writer who does not write the new column, after everything was looked at.
  around.once_after("drop_index", [&] { run("INSERT INTO users VALUES (1001, 'Late@a.org')"); });
  auto proof = prove<kept_tidy>(tools, agreed);
  check_contains(refusal([&] { contract(hooked, proof); }), "not ready for contract any more");
  CHECK(tools.phase<kept_tidy>() == phase::contract_ready);
  CHECK(schema() == ready);
  // Another index by the next try: that one is what comes back.
  run("DROP INDEX users_by_nick; CREATE INDEX users_by_nick ON users (nick, kind); DELETE FROM users WHERE id > 1000");
  std::string changed = schema();
  parity_checker<kept_tidy>{source}.check_all();
  settle<kept_tidy>(tools);
  around.once_before("drop_index", [] { throw cancelled{"test"}; });
  CHECK_THROWS_AS(contract(hooked, prove<kept_tidy>(tools, agreed)), cancelled);
  CHECK(schema() != changed);
  om::detail::undo_contract<structure_of<kept_tidy>>(tools, std::to_string(tools.run<kept_tidy>()->id), {});
  CHECK(schema() == changed);
}

TEST_CASE_FIXTURE(registry, "what something else depends on stays, with everything else, and the error says so") {
  expand_contract<tidy>{source}.run();
  run("CREATE TABLE mails (email text REFERENCES users (email))");
  std::string told = refusal([&] { contract(tools, prove<tidy>(tools, agreed)); });
  check_contains(told, "something depends on what goes (\"drop_constraint\" failed)");
  CHECK(tools.phase<tidy>() == phase::contract_ready);
  CHECK(now() == prepared);
  run("DROP TABLE mails");
  contract(tools, prove<tidy>(tools, agreed));
  CHECK(now() == done);
}

TEST_CASE_FIXTURE(registry, "a rollback leaves everything as it was, from each phase") {
  hooks around;
  hooked_database own{around};
  basic_toolkit<hooked_database> hooked{own, {hasty, 200ms}};
  SUBCASE("expand") { expand<tidy>(tools); }
  SUBCASE("contract-ready") { expand_contract<tidy>{source}.run(); }
  SUBCASE("in the middle of what goes") {
    expand_contract<tidy>{source}.run();
    around.once_after("drop_index", [] { throw cancelled{"test"}; });
    CHECK_THROWS_AS(contract(hooked, prove<tidy>(tools, agreed)), cancelled);
    CHECK(now() == "t f f | 'nobody'::text t | 'k'::text t | users_age_check");
  }
  SUBCASE("in the middle of its own") {
    expand_contract<tidy>{source}.run();
    around.once_before("drop_default", [] { throw cancelled{"test"}; });
    CHECK_THROWS_AS(contract(hooked, prove<tidy>(tools, agreed)), cancelled);
    around.once_before("restore_index", [] { throw cancelled{"test"}; });
    CHECK_THROWS_AS(rollback<tidy>(hooked, with_columns), cancelled);
    check_contains(refusal([&] { contract(tools, prove<tidy>(tools, agreed)); }), "its rollback has begun");
  }
  rollback<tidy>(tools, with_columns);
  CHECK(schema() == before);
  CHECK(tools.phase<tidy>() == phase::rolled_back);
  // And it may begin again.
  expand_contract<tidy>{source}.run();
  contract(tools, prove<tidy>(tools, agreed));
  CHECK(now() == done);
}

TEST_CASE_FIXTURE(registry, "what is in the way is told before anything is changed") {
  run("ALTER TABLE users DROP CONSTRAINT users_email_key, DROP CONSTRAINT users_age_check; DROP INDEX users_by_nick");
  std::string before_expand = everything();
  std::string told = refusal([&] { expand<tidy>(tools); });
  check_contains(told, "the table has no constraint \"users_email_key\"");
  check_contains(told, "the table has no index \"users_by_nick\"");
  check_contains(told, "the table has no constraint \"users_age_check\"");
  CHECK(everything() == before_expand);
}
