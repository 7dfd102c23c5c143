// SPDX-License-Identifier: BSL-1.0
// A replacement with structural changes behind it, in one migration: they come over the new columns, are in force from
// contract on, go with every way back, and outlive the old columns.
#include <string>
#include <string_view>

#include <doctest/doctest.h>

#include "support/hooked_database.hpp"
#include "support/lab.hpp"

using namespace test;

namespace {

struct accounts : table<"accounts", column<"id", bigint, primary_key>, column<"owner", text>,
                        column<"balance", integer, not_null>> {};

struct wide
    : om::migration<"accounts-balance", accounts,
                    replace_column<"balance", "balance_v2", bigint, col<"balance">,
                                   om::cast<integer>(col<"balance_v2">), not_null>,
                    create_index<"accounts_by_balance", om::columns<"balance_v2", "owner">>,
                    comment_column<"balance_v2", "in cents">, add_unique<"accounts_once", "owner", "balance_v2">,
                    add_check<"accounts_solvent", sql<"{} >= -100", boolean>(col<"balance_v2">)>> {};

/// Without a way back, and two columns that come.
struct parted
    : om::migration<
          "accounts-owner", accounts,
          replace_columns<from<"owner", lossy>, into<"local", text, split_part(col<"owner">, lit<"@">, lit<1>)>,
                          into<"host", text, split_part(col<"owner">, lit<"@">, lit<2>)>>,
          create_index<"accounts_by_host", om::columns<"host">>, add_unique<"accounts_address", "local", "host">> {};

/// In the place of a process that ends.
struct gone {};

const contract_options agreed{{risk::legacy_instances, risk::dual_writers, risk::no_way_back}, 0ms};
const rollback_options with_columns{{risk::dropped_column}, 0ms};

struct bank : lab {
  bank() {
    tools.ensure_state_tables();
    run("CREATE TABLE accounts (id bigint PRIMARY KEY, owner text, balance integer NOT NULL CONSTRAINT accounts_bounded CHECK (balance < 9000));"
        "CREATE INDEX accounts_by_owner ON accounts (owner); COMMENT ON COLUMN accounts.balance IS 'in euros';"
        "INSERT INTO accounts SELECT g, 'ada' || g || '@a.org', g FROM generate_series(1, 500) AS g");
    before = schema();
  }

  /// Everything of the table but its rows.
  std::string schema() {
    return ask(R"(SELECT string_agg(line, E'\n' ORDER BY line) FROM (
SELECT format('column %s %s %s %s', attname, attnotnull, pg_get_expr(adbin, adrelid), col_description(attrelid, attnum)) AS line FROM pg_attribute
  LEFT JOIN pg_attrdef ON adrelid = attrelid AND adnum = attnum WHERE attrelid = 'accounts'::regclass AND attnum > 0 AND NOT attisdropped
UNION ALL SELECT format('index %s %s', pg_get_indexdef(indexrelid), indisvalid) FROM pg_index WHERE indrelid = 'accounts'::regclass
UNION ALL SELECT format('constraint %s %s %s', conname, pg_get_constraintdef(oid), convalidated) FROM pg_constraint
  WHERE conrelid = 'accounts'::regclass AND contype <> 'n'
UNION ALL SELECT format('trigger %s', tgname) FROM pg_trigger WHERE tgrelid = 'accounts'::regclass AND NOT tgisinternal
UNION ALL SELECT format('function %s', proname) FROM pg_proc WHERE pronamespace = 'public'::regnamespace AND proname NOT LIKE 'online%') AS l)");
  }

  /// What stands behind the new columns, and is there.
  std::string behind() {
    return ask(R"(SELECT coalesce(string_agg(name, ' ' ORDER BY name), '') FROM (
SELECT relname AS name FROM pg_index JOIN pg_class ON oid = indexrelid WHERE indrelid = 'accounts'::regclass AND indisvalid
UNION SELECT conname FROM pg_constraint WHERE conrelid = 'accounts'::regclass AND convalidated
UNION SELECT col_description(attrelid, attnum) FROM pg_attribute WHERE attrelid = 'accounts'::regclass) AS l
  WHERE name IN ('accounts_by_balance', 'accounts_once', 'accounts_solvent', 'accounts_by_host', 'accounts_address', 'in cents'))");
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

  template <class Migration>
  void make_ready() {
    CHECK(expand_contract<Migration>{source}.run().reached == phase::contract_ready);
    tools.set_read_flag<Migration>(read_flag::new_column);
  }

  template <class Migration>
  void contract_all() {
    make_ready<Migration>();
    contract(tools, prove<Migration>(tools, agreed));
  }

  /// That old programs have written is told by the trigger, and takes another pass.
  template <class Migration>
  void prove_again() {
    parity_checker<Migration>{source}.check_all();
    settle<Migration>(tools);
  }

  /// What old programs may write: the same twice, and what the check does not allow.
  std::string old_writes() {
    std::string told = state("INSERT INTO accounts VALUES (2001, 'eve', 7), (2002, 'eve', 7), (2003, 'bob', -500)");
    run("DELETE FROM accounts WHERE id > 2000");
    return told;
  }

  std::string before;
};

constexpr const char* prepared = "accounts_by_balance in cents";
constexpr const char* all = "accounts_by_balance accounts_once accounts_solvent in cents";

/// Whether a text has a part; the text is shown where it has not.
void check_contains(const std::string& text, std::string_view part) {
  INFO(text);
  CHECK(text.find(part) != std::string::npos);
}

}  // namespace

TEST_CASE_FIXTURE(bank, "a whole life: legal until contract, in force after it, also when the old column is gone") {
  make_ready<wide>();
  CHECK(behind() == prepared);
  CHECK(old_writes() == "ok");
  CHECK(state("INSERT INTO accounts (id, owner, balance_v2) VALUES (1001, 'ada1@a.org', 1)") == "ok");
  REQUIRE(verify<wide>(tools).found.size() == 1);
  prove_again<wide>();
  check_contains(refusal([&] { contract(tools, prove<wide>(tools, agreed)); }), "\"accounts_once\"");
  CHECK(tools.phase<wide>() == phase::contract_ready);
  CHECK(behind() == prepared);
  CHECK(old_writes() == "ok");
  run("DELETE FROM accounts WHERE id > 1000");
  prove_again<wide>();
  check_contains(refusal([&] { prove<wide>(tools, {{risk::dual_writers}, 0ms}); }), "keeps to what is enforced");
  contract(tools, prove<wide>(tools, agreed));
  CHECK(behind() == all);
  CHECK(state("INSERT INTO accounts (id, owner, balance_v2) VALUES (1001, 'ada1@a.org', 1)") == "23505");
  CHECK(state("INSERT INTO accounts (id, owner, balance_v2) VALUES (1001, 'bob', -500)") == "23514");
  retire<wide>(tools, {{risk::dual_writers}});
  CHECK(behind() == all);
  drop_retired<wide>(tools, {{risk::dropped_column}, 0s});
  CHECK(behind() == all);
  CHECK(count("SELECT sum(balance_v2)::bigint FROM accounts") == 125250);
}

TEST_CASE_FIXTURE(bank, "revive takes away what contract brought into force, and the next contract brings it back") {
  contract_all<wide>();
  bool is_retired = false;
  SUBCASE("contracted") {}
  SUBCASE("retired") { is_retired = true; }
  if (is_retired) retire<wide>(tools, {{risk::dual_writers}});
  run("INSERT INTO accounts (id, owner, balance_v2) VALUES (501, 'new', 8)");
  revive<wide>(tools);
  CHECK(tools.phase<wide>() == phase::validate);
  CHECK(behind() == prepared);
  CHECK(old_writes() == "ok");
  CHECK(ask("SELECT balance FROM accounts WHERE id = 501") == "8");
  SUBCASE("forward again") {
    contract_all<wide>();
    CHECK(behind() == all);
    CHECK(state("INSERT INTO accounts (id, owner, balance_v2) VALUES (1001, 'ada1@a.org', 1)") == "23505");
  }
  SUBCASE("back") {
    rollback<wide>(tools, with_columns);
    CHECK(schema() == before);
  }
}

TEST_CASE_FIXTURE(bank, "a rollback leaves everything as it was, from each phase") {
  SUBCASE("expand") { expand<wide>(tools); }
  SUBCASE("contract-ready") { make_ready<wide>(); }
  SUBCASE("in the middle of contract") {
    make_ready<wide>();
    hooks around;
    hooked_database own{around};
    basic_toolkit<hooked_database> hooked{own, {hasty, 200ms}};
    around.once_before("relax_legacy", [] { throw gone{}; });
    CHECK_THROWS_AS(contract(hooked, prove<wide>(tools, agreed)), gone);
    CHECK(behind() == all);
  }
  rollback<wide>(tools, with_columns);
  CHECK(schema() == before);
  contract_all<wide>();
  CHECK(behind() == all);
}

TEST_CASE_FIXTURE(bank,
                  "a contract whose transaction is refused leaves nothing in force, and the old column as it was") {
  make_ready<wide>();
  std::string ready = schema();
  hooks around;
  hooked_database own{around};
  basic_toolkit<hooked_database> hooked{own, {hasty, 200ms}};
  auto proof = prove<wide>(tools, agreed);
  around.once_after("add_unique", [&] { run("ALTER TABLE accounts DISABLE TRIGGER \"~om_sync_accounts-balance\""); });
  CHECK(refusal([&] { contract(hooked, proof); }) != "(not refused)");
  CHECK(tools.phase<wide>() == phase::contract_ready);
  CHECK(schema() == ready);
}

TEST_CASE_FIXTURE(bank, "a revive that is interrupted is gone on with, and one that is late harms no later contract") {
  contract_all<wide>();
  hooks around;
  hooked_database own{around};
  basic_toolkit<hooked_database> hooked{own, {hasty, 200ms}};
  SUBCASE("interrupted before the constraints go") {
    around.once_before("drop_added_check", [] { throw cancelled{"test"}; });
    CHECK_THROWS_AS(revive<wide>(hooked), cancelled);
    revive<wide>(tools);
    CHECK(behind() == prepared);
  }
  SUBCASE("interrupted after they went") {
    around.once_before("state_reopen_run", [] { throw cancelled{"test"}; });
    CHECK_THROWS_AS(revive<wide>(hooked), cancelled);
    CHECK(tools.phase<wide>() == phase::contracted);
    check_contains(refusal([&] { retire<wide>(tools, {{risk::dual_writers}}); }), "finish om::revive first");
    revive<wide>(tools);
    CHECK(behind() == prepared);
  }
  SUBCASE("late, beside one that came further, and a contract after that") {
    around.once_before("drop_added_check", [&] {
      revive<wide>(tools);
      contract_all<wide>();
    });
    CHECK_THROWS_AS(revive<wide>(hooked), refused);
    CHECK(behind() == all);
  }
  SUBCASE("late before it says that they go, beside the same") {
    int holds = 0;
    around.before = [&](const statement& what) { holds += what.name == "state_hold_run" ? 1 : 0; };
    revive<wide>(hooked);
    contract_all<wide>();
    // The last one is that of the end.
    around.once_before(
        "state_hold_run",
        [&] {
          CHECK(behind() == all);
          revive<wide>(tools);
          contract_all<wide>();
        },
        holds - 1);
    CHECK_THROWS_AS(revive<wide>(hooked), refused);
    CHECK(behind() == all);
  }
  if (tools.phase<wide>() == phase::validate) contract_all<wide>();
  CHECK(behind() == all);
}

TEST_CASE_FIXTURE(bank, "several columns in the place of one, without a way back") {
  run("DROP INDEX accounts_by_owner");
  make_ready<parted>();
  CHECK(behind() == "accounts_by_host");
  contract(tools, prove<parted>(tools, agreed));
  CHECK(behind() == "accounts_address accounts_by_host");
  CHECK(state("INSERT INTO accounts (id, local, host, balance) VALUES (1001, 'ada1', 'a.org', 1)") == "23505");
  retire<parted>(tools, {{risk::dual_writers}});
  revive<parted>(tools);
  CHECK(tools.phase<parted>() == phase::contracted);
  CHECK(behind() == "accounts_address accounts_by_host");
  retire<parted>(tools, {{risk::dual_writers}});
  drop_retired<parted>(tools, {{risk::dropped_column}, 0s});
  CHECK(behind() == "accounts_address accounts_by_host");
}
