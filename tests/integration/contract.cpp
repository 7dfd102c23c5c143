// SPDX-License-Identifier: BSL-1.0
// Contract of a replaced column: what it asks for, what it does, and who may write what afterwards.

#include <algorithm>
#include <atomic>
#include <string>
#include <thread>

#include "contract_support.hpp"

using namespace test;

namespace {

struct contracting : bank {
  /// Refused by the gate with these words, and nothing changed.
  void refuses_contract(std::string_view words, const contract_options& options = contract_at_once()) {
    std::string before = whole();
    refused problem = caught<refused>([&] { (void)prove<wide_balance>(tools, options); });
    INFO(std::string{problem.what()});
    CHECK(says(problem, words));
    CHECK(says(problem, "Nothing was changed."));
    CHECK_FALSE(readiness<wide_balance>(tools, options).ready());
    CHECK(has(readiness<wide_balance>(tools, options).text(), "  missing: "));
    CHECK(difference(before, whole()) == "");
  }

  void ready() {
    bring_to(phase::contract_ready);
    tools.set_read_flag<wide_balance>(read_flag::new_column);
  }
};

}  // namespace

TEST_CASE_FIXTURE(contracting, "each thing that contract asks for, missing in turn") {
  open_accounts();
  SUBCASE("no run") {
    CHECK(says(caught<refused>([&] { (void)prove<wide_balance>(tools); }), "There is no run of \"wide-balance\""));
    CHECK(says(caught<refused>([&] { (void)readiness<wide_balance>(tools); }), "begin one with om::expand"));
  }
  SUBCASE("too early") {
    expand<wide_balance>(tools);
    refuses_contract("the run is in the phase expand");
    tools.mark_phase<wide_balance>(phase::backfill);
    refuses_contract("the run is in the phase backfill");
    REQUIRE(backfill_runner<wide_balance>{source}.run().finished());
    refuses_contract("the run is in the phase validate");
  }
  SUBCASE("the walk was begun again") {
    ready();
    run("UPDATE online_migration_backfill_state SET finished = false");
    refuses_contract("is not finished: run om::backfill_runner to its end first");
  }
  SUBCASE("a parity pass of this walk is missing") {
    ready();
    run("DELETE FROM online_migration_parity_passes");
    refuses_contract("No full parity pass");
  }
  SUBCASE("a pass has seen a mismatch since") {
    ready();
    run("ALTER TABLE bank.accounts DISABLE TRIGGER USER; UPDATE bank.accounts SET balance = 4711 WHERE id = 7;"
        "ALTER TABLE bank.accounts ENABLE ALWAYS TRIGGER \"~om_sync_wide-balance\"");
    refuses_contract("The trigger of \"wide-balance\" was changed since the backfill began");
    CHECK(parity_checker<wide_balance>{source}.check_all().mismatches == 1);
    refuses_contract("found 1 mismatches");
  }
  SUBCASE("the trigger is gone") {
    ready();
    run("DROP TRIGGER \"~om_sync_wide-balance\" ON bank.accounts");
    refuses_contract("The sync trigger \"~om_sync_wide-balance\" of \"bank\".\"accounts\" is gone");
  }
  SUBCASE("the new column is gone") {
    ready();
    run("ALTER TABLE bank.accounts DROP COLUMN balance_v2 CASCADE");
    refuses_contract("has no column \"balance_v2\"");
  }
  SUBCASE("NOT NULL is not in force") {
    ready();
    run("ALTER TABLE bank.accounts ALTER COLUMN balance_v2 DROP NOT NULL");
    refuses_contract("call om::settle first");
  }
  SUBCASE("nobody reads the new column, or not for long enough") {
    bring_to(phase::contract_ready);
    refuses_contract("the read flag has to be `new` for 0 s, and is `legacy`");
    tools.set_read_flag<wide_balance>(read_flag::percent(100));
    refuses_contract("and is `percent`");
    tools.set_read_flag<wide_balance>(read_flag::new_column);
    contract_options patient = contract_at_once();
    patient.flag_settle = 60s;
    refuses_contract("for 60 s, and is `new` for a shorter time", patient);
    run("UPDATE online_migration_runs SET read_flag_since = read_flag_since - interval '61 seconds'");
    CHECK(readiness<wide_balance>(tools, patient).ready());
  }
  SUBCASE("nobody said that all live instances write both") {
    ready();
    refuses_contract("(acknowledge om::risk::legacy_instances)", {{}, 0ms});
  }
  SUBCASE("a writer that knows only the old column") {
    ready();
    run("UPDATE bank.accounts SET balance = 1 WHERE id IN (1, 2)");
    refuses_contract("the sync trigger had to put 2 writes right since the newest full parity pass began");
    run("UPDATE bank.accounts SET balance_v2 = 3 WHERE id = 3");  // one that knows only the new one is no reason
    refuses_contract("had to put 2 writes right");
    REQUIRE(parity_checker<wide_balance>{source}.check_all().mismatches == 0);
    CHECK(readiness<wide_balance>(tools, contract_at_once()).ready());
  }
  SUBCASE("who writes both, or only the new one, is no reason") {
    ready();
    dual_writer<wide_balance> write{on};
    write.update(key(1), set<"balance">(5));
    write.insert(key(500), set<"balance_v2">(std::int64_t{6}));
    run("UPDATE bank.accounts SET balance_v2 = 3 WHERE id = 3; UPDATE bank.accounts SET note = 'x'");
    CHECK(readiness<wide_balance>(tools, contract_at_once()).ready());
  }
  SUBCASE("a writer that rolled back") {
    ready();
    run("BEGIN; UPDATE bank.accounts SET balance = 1 WHERE id = 1; ROLLBACK");
    refuses_contract("had to put 1 writes right");
  }
}

TEST_CASE_FIXTURE(contracting, "without an inverse it has to be said that there is no way back") {
  open_accounts();
  bring_to<lossy_balance>(phase::contract_ready);
  tools.set_read_flag<lossy_balance>(read_flag::new_column);
  refused problem = caught<refused>([&] { (void)prove<lossy_balance>(tools, contract_at_once()); });
  CHECK(says(problem, "(acknowledge om::risk::no_way_back)"));
  contract(tools, prove<lossy_balance>(tools, contract_at_once({risk::no_way_back})));
  CHECK(tools.phase<lossy_balance>() == phase::contracted);
  run("UPDATE bank.accounts SET balance_v2 = 5000000000 WHERE id = 1; INSERT INTO bank.accounts (id, balance_v2) VALUES (900, 1)");
  refuses("UPDATE bank.accounts SET balance = 6 WHERE id = 2", "55000");
}

TEST_CASE_FIXTURE(contracting, "what was true when it was proven is looked at again") {
  open_accounts();
  ready();
  auto proof = prove<wide_balance>(tools, contract_at_once());
  SUBCASE("a writer of the old column came") {
    run("UPDATE bank.accounts SET balance = 1 WHERE id = 1");
    std::string before = whole();
    refused problem = caught<refused>([&] { contract(tools, proof); });
    CHECK(says(problem, "is not ready for contract any more. Nothing was changed."));
    CHECK(difference(before, whole()) == "");
  }
  SUBCASE("the run was rolled back, and another one begun") {
    rollback<wide_balance>(tools, and_drop);
    ready();
    std::string before = whole();
    CHECK(says(caught<refused>([&] { contract(tools, proof); }), "The proof is of another run of \"wide-balance\""));
    CHECK(difference(before, whole()) == "");
  }
  SUBCASE("reads went back") {
    tools.set_read_flag<wide_balance>(read_flag::legacy);
    CHECK(says(caught<refused>([&] { contract(tools, proof); }), "the read flag has to be `new`"));
  }
  SUBCASE("somebody else has contracted meanwhile") {
    contract(tools, prove<wide_balance>(tools, contract_at_once()));
    std::string before = whole();
    contract(tools, proof);
    contract(tools, prove<wide_balance>(tools, {}));
    CHECK(difference(before, whole()) == "");
  }
}

TEST_CASE_FIXTURE(contracting, "who may write what after contract") {
  open_accounts("integer NOT NULL CHECK (balance > -100000) UNIQUE");
  dual_writer<wide_balance> write{on};
  ready();
  // Prepared before: their plans have to live on.
  connection application = somebody();
  dual_writer<wide_balance> old_binary{application};
  old_binary.update(key(1), set<"balance">(10));
  old_binary.insert(key(501), set<"balance">(5010));
  old_binary.upsert(key(502), set<"balance_v2">(std::int64_t{5020}));
  connection legacy = somebody();
  script(legacy,
         "PREPARE legacy_update AS UPDATE bank.accounts SET balance = balance + 1 WHERE id = $1;"
         "PREPARE legacy_insert AS INSERT INTO bank.accounts (id, balance) VALUES ($1, $2);"
         "PREPARE legacy_note AS UPDATE bank.accounts SET note = 'x' WHERE id = $1;"
         "PREPARE legacy_select AS SELECT balance FROM bank.accounts WHERE id = $1");
  REQUIRE(parity_checker<wide_balance>{source}.check_all().mismatches == 0);
  contract_now();

  SUBCASE("a dual writer goes on, of either column") {
    CHECK(old_binary.update(key(1), set<"balance">(11)) == 1);
    CHECK(old_binary.insert(key(503), set<"balance">(5030)) == 1);
    CHECK(old_binary.upsert(key(502), set<"balance_v2">(std::int64_t{5021})) == 1);
    CHECK(old_binary.update(key(2), set<"balance_v2">(std::int64_t{21})) == 1);
    CHECK(out_of_step() == 0);
  }
  SUBCASE("who knows only the new column is not held up by what the old one was") {
    run("INSERT INTO bank.accounts (id, balance_v2) VALUES (601, 5000000000), (602, -5000000000);"
        "UPDATE bank.accounts SET balance_v2 = 5000000000 WHERE id IN (1, 2);"  // the old one is UNIQUE and has a CHECK
        "UPDATE bank.accounts SET balance_v2 = balance_v2 + 1, note = 'y' WHERE id IN (1, 601)");
    CHECK(ask("SELECT string_agg(balance_v2::text, ' ' ORDER BY id) FROM bank.accounts WHERE id IN (1, 2, 601, 602)") ==
          "5000000001 5000000000 5000000001 -5000000000");
    CHECK(ask("SELECT count(*) FROM bank.accounts WHERE id > 600 AND balance IS NULL") == "2");
  }
  SUBCASE("who slept and knows only the old one is refused, and nothing is lost") {
    run("UPDATE bank.accounts SET balance_v2 = 4000 WHERE id = 3");
    refuses("EXECUTE legacy_update(3)", "55000", &legacy);
    refuses("EXECUTE legacy_update(4)", "55000", &legacy);
    refuses("EXECUTE legacy_insert(701, 1)", "55000", &legacy);
    refuses(
        "INSERT INTO bank.accounts (id, balance) VALUES (3, 1) ON CONFLICT (id) DO UPDATE SET balance = excluded.balance",
        "55000", &legacy);
    refuses("COPY bank.accounts (id, balance) FROM PROGRAM 'printf \"702\\t1\\n\"'", "55000", &legacy);
    refuses("SET session_replication_role = replica; UPDATE bank.accounts SET balance = 1 WHERE id = 4", "55000",
            &legacy);
    script(legacy, "RESET session_replication_role");
    script(legacy,
           "EXECUTE legacy_note(3); EXECUTE legacy_note(4); UPDATE bank.accounts SET balance = balance WHERE id = 4;"
           "EXECUTE legacy_select(3); DELETE FROM bank.accounts WHERE id = 5");
    CHECK(
        ask("SELECT string_agg(format('%s %s', balance_v2, note), ',' ORDER BY id) FROM bank.accounts WHERE id IN (3, 4)") ==
        "4000 x,40 x");
    CHECK(ask("SELECT count(*) FROM bank.accounts WHERE id > 700") == "0");
  }
  SUBCASE("the new column has a default by then, so an old INSERT gives it a value without knowing it") {
    run("ALTER TABLE bank.accounts ALTER COLUMN balance_v2 SET DEFAULT 0");
    refuses("EXECUTE legacy_insert(701, 1)", "55000", &legacy);
    run("INSERT INTO bank.accounts (id) VALUES (702)");
    CHECK(ask("SELECT balance_v2 FROM bank.accounts WHERE id = 702") == "0");
  }
}

TEST_CASE_FIXTURE(contracting, "statements that sleep through contract") {
  open_accounts();
  ready();
  // They wait for a lock on the row, in the middle of their statement: contract has to wait for them.
  connection holder = somebody("holder");
  script(holder, "BEGIN; SELECT FROM bank.accounts WHERE id = 1 FOR UPDATE");
  std::jthread asleep{[] {
    connection legacy = somebody("legacy");
    script(legacy, "UPDATE bank.accounts SET balance = balance + 1 WHERE id = 1");
  }};
  until_blocked("legacy");
  auto proof = prove<wide_balance>(tools, contract_at_once());
  std::atomic<bool> over = false;
  std::string refusal;
  std::jthread step{[&] {
    toolkit other{source, {hasty, 50ms}};
    try {
      contract(other, proof);
    } catch (const refused& problem) {
      refusal = problem.what();
    }
    over = true;
  }};
  std::this_thread::sleep_for(200ms);
  CHECK_FALSE(over);
  script(holder, "COMMIT");
  asleep.join();
  step.join();
  // The write went through, the trigger put it right, and so contract has to be proven anew.
  CHECK(has(refusal, "had to put 1 writes right"));
  CHECK(ask("SELECT format('%s %s', balance, balance_v2) FROM bank.accounts WHERE id = 1") == "11 11");
  CHECK(tools.phase<wide_balance>() == phase::contract_ready);
}

TEST_CASE_FIXTURE(contracting,
                  "a statement that is planned and waits for the table until contract is done is refused") {
  open_accounts();
  ready();
  auto proof = prove<wide_balance>(tools, contract_at_once());
  std::vector<std::jthread> asleep;
  std::atomic<int> stopped = 0;
  auto begin = [&](const std::string& name, const std::string& sql) {
    asleep.emplace_back([&stopped, name, sql] {
      connection legacy = somebody(name);
      if (caught<statement_error>([&] { script(legacy, sql); }).sqlstate() == "55000") ++stopped;
    });
    until_blocked(name);
  };
  around.once_after("relax_legacy", [&] {
    begin("update", "UPDATE bank.accounts SET balance = balance + 1 WHERE id = 1");
    begin("insert", "INSERT INTO bank.accounts (id, balance) VALUES (900, 1)");
  });
  contract(hooked_tools, proof);
  asleep.clear();
  CHECK(stopped == 2);
  CHECK(ask("SELECT format('%s %s', balance, balance_v2) FROM bank.accounts WHERE id = 1") == "10 10");
}

TEST_CASE_FIXTURE(contracting, "after contract rows of a partitioned table move as before") {
  run("CREATE TABLE bank.accounts (id integer PRIMARY KEY, balance integer NOT NULL, note text) PARTITION BY RANGE (id);"
      "CREATE TABLE bank.low PARTITION OF bank.accounts FOR VALUES FROM (MINVALUE) TO (50);"
      "CREATE TABLE bank.high PARTITION OF bank.accounts FOR VALUES FROM (50) TO (MAXVALUE);"
      "INSERT INTO bank.accounts SELECT g, g * 10 FROM generate_series(1, 100) AS g");
  bring_to(phase::contracted);
  run("UPDATE bank.accounts SET balance_v2 = 1 WHERE id = 1;"  // its old value is stale now
      "UPDATE bank.accounts SET id = 1001 WHERE id = 1;"       // and it moves to the other partition
      "UPDATE bank.accounts SET id = 1002, balance_v2 = 2 WHERE id = 2");
  CHECK(ask("SELECT string_agg(format('%s %s', id, balance_v2), ',' ORDER BY id) FROM bank.accounts WHERE id > 1000") ==
        "1001 1,1002 2");
  refuses("UPDATE bank.accounts SET balance = 5 WHERE id = 60", "55000");
  refuses("INSERT INTO bank.accounts (id, balance) VALUES (1003, 5)", "55000");
  refuses("INSERT INTO bank.low (id, balance) VALUES (-3, 5)", "55000");
  refuses("UPDATE bank.accounts SET id = 1060, balance = 5 WHERE id = 40", "55000");
  refuses(
      "BEGIN; UPDATE bank.accounts SET id = 1070 WHERE id = 3; INSERT INTO bank.accounts (id, balance) VALUES (3, 7)",
      "55000");
  run("ROLLBACK; CREATE TABLE bank.more (id integer NOT NULL, balance integer, note text, balance_v2 bigint NOT NULL);"
      "ALTER TABLE bank.accounts DETACH PARTITION bank.high");
}

TEST_CASE_FIXTURE(contracting,
                  "a partition that came since parity was proven, or whose trigger was off, closes the gate") {
  run("CREATE TABLE bank.accounts (id integer PRIMARY KEY, balance integer NOT NULL, note text) PARTITION BY RANGE (id);"
      "CREATE TABLE bank.low PARTITION OF bank.accounts FOR VALUES FROM (MINVALUE) TO (50);"
      "CREATE TABLE bank.high PARTITION OF bank.accounts FOR VALUES FROM (50) TO (1000);"
      "INSERT INTO bank.accounts SELECT g, g * 10 FROM generate_series(1, 100) AS g");
  bring_to<lossy_balance>(phase::contract_ready);
  tools.set_read_flag<lossy_balance>(read_flag::new_column);
  contract_options sure = contract_at_once({risk::no_way_back});
  auto report = [&] { return readiness<lossy_balance>(tools, sure); };
  CHECK(report().ready());
  run("ALTER TABLE bank.high DISABLE TRIGGER ALL; UPDATE bank.accounts SET balance = 1 WHERE id = 70");
  CHECK(has(report().text(), "A partition of \"bank\".\"accounts\" lacks the triggers of \"lossy-balance\""));
  run("ALTER TABLE bank.high ENABLE ALWAYS TRIGGER \"~om_sync_lossy-balance\"");
  CHECK(has(report().text(), "a partition came to \"bank\".\"accounts\", or its triggers were changed"));
  CHECK(parity_checker<lossy_balance>{source}.check_all().mismatches == 1);
  run("UPDATE bank.accounts SET balance = 700 WHERE id = 70");
  REQUIRE(parity_checker<lossy_balance>{source}.check_all().mismatches == 0);
  CHECK(report().ready());
  run("CREATE TABLE bank.more (id integer PRIMARY KEY, balance integer NOT NULL, note text, balance_v2 bigint);"
      "INSERT INTO bank.more VALUES (2000, 5);"
      "ALTER TABLE bank.accounts ATTACH PARTITION bank.more FOR VALUES FROM (1000) TO (3000)");
  CHECK(has(report().text(), "a partition came to \"bank\".\"accounts\""));
  CHECK_THROWS_AS((void)prove<lossy_balance>(tools, sure), refused);
  CHECK(parity_checker<lossy_balance>{source}.check_all().mismatches == 1);
  (void)parity_checker<lossy_balance>{source}.repair();
  REQUIRE(parity_checker<lossy_balance>{source}.check_all().mismatches == 0);
  contract(tools, prove<lossy_balance>(tools, sure));
  CHECK(out_of_step() == 0);
}

TEST_CASE_FIXTURE(contracting, "constraints of the old column go, and their definitions are kept") {
  run("CREATE TABLE bank.levels (level integer PRIMARY KEY); INSERT INTO bank.levels SELECT generate_series(-1000, 1000);"
      "CREATE TABLE bank.accounts (id integer PRIMARY KEY, balance integer NOT NULL DEFAULT 0 REFERENCES bank.levels,"
      " note text, CONSTRAINT positive CHECK (balance > -5000), CONSTRAINT pair UNIQUE (balance, id),"
      " CONSTRAINT others CHECK (note <> ''));"
      "CREATE UNIQUE INDEX one_rich ON bank.accounts ((balance > 999)) WHERE balance > 999;"
      "CREATE UNIQUE INDEX notes ON bank.accounts (note); CREATE INDEX plain ON bank.accounts (balance);"
      "ALTER TABLE bank.accounts ALTER COLUMN balance DROP DEFAULT;"
      "INSERT INTO bank.accounts SELECT g, g * 10 FROM generate_series(-99, 99) AS g");
  bring_to(phase::contracted);
  CHECK(ask("SELECT string_agg(conname, ' ' ORDER BY conname) FROM pg_constraint "
            "WHERE conrelid = 'bank.accounts'::regclass AND contype <> 'n'") == "accounts_pkey others");
  CHECK(
      ask("SELECT string_agg(indexrelid::regclass::text, ' ' ORDER BY 1) FROM pg_index WHERE indrelid = 'bank.accounts'::regclass") ==
      "bank.accounts_pkey bank.notes bank.plain");
  CHECK(
      ask("SELECT string_agg(c->>'name', ' ' ORDER BY 1) FROM online_migration_runs, jsonb_array_elements(metadata->'legacy'->'constraints') c") ==
      "accounts_balance_fkey pair positive");
  run("INSERT INTO bank.accounts (id, balance_v2) VALUES (901, 5000000000), (902, 5000000000)");
}

TEST_CASE_FIXTURE(contracting, "what stands in the way of contract") {
  open_accounts("integer NOT NULL UNIQUE");
  ready();
  struct obstacle {
    const char* make;
    const char* words;
    const char* undo;
  };
  for (
      const obstacle& each : {
          obstacle{"CREATE TABLE bank.other (balance integer REFERENCES bank.accounts (balance))",
                   "relies on the old column: drop that foreign key of the other table", "DROP TABLE bank.other"},
          obstacle{"ALTER TABLE bank.accounts ADD COLUMN likewise integer REFERENCES bank.accounts (balance)",
                   "relies on the old column: drop that foreign key", "ALTER TABLE bank.accounts DROP COLUMN likewise"},
          obstacle{"ALTER TABLE bank.accounts ADD COLUMN doubled integer GENERATED ALWAYS AS (balance * 2) STORED",
                   "column doubled of table bank.accounts relies on the old column",
                   "ALTER TABLE bank.accounts DROP COLUMN doubled"},
          obstacle{"ALTER TABLE bank.accounts REPLICA IDENTITY USING INDEX accounts_balance_key",
                   "relies on the old column: ALTER TABLE … REPLICA IDENTITY USING another index",
                   "ALTER TABLE bank.accounts REPLICA IDENTITY DEFAULT"},
          obstacle{"CREATE POLICY mine ON bank.accounts USING (balance > 0)",
                   "policy mine on table bank.accounts relies on the old column", "DROP POLICY mine ON bank.accounts"},
          obstacle{"ALTER TABLE bank.accounts ALTER COLUMN balance ADD GENERATED BY DEFAULT AS IDENTITY",
                   "DROP IDENTITY", "ALTER TABLE bank.accounts ALTER COLUMN balance DROP IDENTITY"},
          obstacle{"ALTER TABLE bank.accounts ADD CONSTRAINT apart EXCLUDE (balance WITH =)",
                   "constraint apart on table bank.accounts relies on the old column",
                   "ALTER TABLE bank.accounts DROP CONSTRAINT apart"},
          obstacle{
              "CREATE FUNCTION bank.noop() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';"
              "CREATE TRIGGER mine AFTER UPDATE OF balance ON bank.accounts FOR EACH ROW EXECUTE FUNCTION bank.noop()",
              "trigger mine on table bank.accounts", "DROP FUNCTION bank.noop CASCADE"},
          obstacle{
              "CREATE FUNCTION bank.fill() RETURNS trigger LANGUAGE plpgsql AS $$BEGIN NEW.balance := 0; RETURN NEW; END$$;"
              "CREATE TRIGGER fill BEFORE INSERT ON bank.accounts FOR EACH ROW EXECUTE FUNCTION bank.fill()",
              "may, and its values will no longer follow: function bank.fill()", "DROP FUNCTION bank.fill CASCADE"},
      }) {
    INFO(std::string{each.make});
    run(each.make);
    refuses_contract(each.words);
    run(each.undo);
  }
  run("CREATE VIEW bank.rich AS SELECT id FROM bank.accounts WHERE balance > 100;"
      "CREATE FUNCTION bank.total() RETURNS bigint LANGUAGE sql AS 'SELECT sum(balance) FROM bank.accounts';"
      "CREATE FUNCTION bank.atomic() RETURNS bigint LANGUAGE sql BEGIN ATOMIC SELECT max(balance) FROM bank.accounts; END");
  refuses_contract("these read the old column, or may, and its values will no longer follow: ");
  std::string text = readiness<wide_balance>(tools, contract_at_once()).text();
  CHECK(has(text, "view bank.rich"));
  CHECK(has(text, "function bank.total()"));
  CHECK(has(text, "function bank.atomic()"));
  CHECK(has(text, "(acknowledge om::risk::legacy_readers)"));
  CHECK_FALSE(has(text, "om_sync"));
  contract(tools, prove<wide_balance>(tools, contract_at_once({risk::legacy_readers})));
}

namespace {

/// Another migration that reads the column which is replaced.
struct doubled_balance
    : om::migration<"doubled-balance", accounts, add_column<"balance_copy", bigint, col<"balance">>> {};

}  // namespace

TEST_CASE_FIXTURE(contracting, "another migration that reads the old column stands in the way") {
  open_accounts();
  ready();
  expand<doubled_balance>(tools);
  refuses_contract("~om_sync_doubled-balance");
  rollback<doubled_balance>(tools, and_drop);
  contract_now();
}

TEST_CASE_FIXTURE(contracting, "the answer to its COMMIT is lost, or never sent") {
  open_accounts();
  ready();
  auto proof = prove<wide_balance>(hooked_tools, contract_at_once());
  SUBCASE("before the server has it") {
    around.once_before("commit", [&] {
      run("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'library'");
    });
  }
  SUBCASE("after the server has done it") {
    around.once_after("commit", [] { throw connection_error::lost("commit", {}, "the answer is lost"); });
  }
  contract(hooked_tools, proof);
  CHECK(tools.phase<wide_balance>() == phase::contracted);
  CHECK(
      ask("SELECT string_agg(tgname, ' ') FROM pg_trigger WHERE tgrelid = 'bank.accounts'::regclass AND NOT tgisinternal") ==
      "~om_guard_wide-balance");
  CHECK(ask("SELECT metadata->'legacy'->>'not_null' FROM online_migration_runs") == R"(["balance"])");
}

TEST_CASE_FIXTURE(contracting, "the flag stays new") {
  open_accounts();
  ready();
  contract_now();
  for (read_flag flag : {read_flag::legacy, read_flag::shadow, read_flag::percent(50)}) {
    CHECK(says(caught<refused>([&] { tools.set_read_flag<wide_balance>(flag); }), "reads stay at new"));
  }
  CHECK(tools.read_flag<wide_balance>() == read_flag::new_column);
}
