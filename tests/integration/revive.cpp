// SPDX-License-Identifier: BSL-1.0
// The way back from contract: the old column has its values, its constraints and its writers again.

#include <atomic>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <sstream>
#include <string>
#include <thread>
#include <vector>

#include "contract_support.hpp"

using namespace test;

namespace {

/// Values that do not all lead back: 55 / 10 * 10 is 50.
struct tens_table : table<"tens", in_schema<"bank">, column<"id", integer, primary_key>, column<"balance", integer>> {};
struct tens : om::migration<"tens", tens_table,
                            replace_column<"balance", "balance_v2", bigint, sql<"({}) * 10", bigint>(col<"balance">),
                                           sql<"(({}) / 10)::integer", integer>(col<"balance_v2">)>> {};

struct reviving : bank {
  void rich_accounts() {
    run("CREATE TABLE bank.levels (level integer PRIMARY KEY); INSERT INTO bank.levels SELECT generate_series(-1000, 1000);"
        "CREATE TABLE bank.accounts (id integer PRIMARY KEY, balance integer NOT NULL, note text,"
        " CONSTRAINT known FOREIGN KEY (balance) REFERENCES bank.levels ON UPDATE CASCADE DEFERRABLE INITIALLY DEFERRED,"
        " CONSTRAINT later UNIQUE (balance, note) DEFERRABLE INITIALLY DEFERRED,"
        " CONSTRAINT once UNIQUE (balance) INCLUDE (note), CONSTRAINT nulls UNIQUE" +
        std::string{since(15) ? " NULLS NOT DISTINCT" : ""} +
        " (note, balance),"
        " CONSTRAINT others CHECK (note <> ''));"
        "INSERT INTO bank.accounts SELECT g, g * 10 FROM generate_series(-99, 99) AS g");
    run("ALTER TABLE bank.accounts ADD CONSTRAINT above CHECK (balance > -5000);"
        "ALTER TABLE bank.accounts ADD CONSTRAINT unproven CHECK (balance <> 7) NOT VALID;"
        "ALTER TABLE bank.accounts ADD CONSTRAINT alone CHECK (balance <> 8) NO INHERIT;"
        "CREATE UNIQUE INDEX \"One Rich\" ON bank.accounts ((balance / 2), id) WHERE balance > 999;"
        "CREATE UNIQUE INDEX notes ON bank.accounts (note); CREATE INDEX plain ON bank.accounts (balance);"
        "COMMENT ON COLUMN bank.accounts.balance IS 'what they own';"
        "COMMENT ON CONSTRAINT above ON bank.accounts IS 'the limit';"
        "COMMENT ON CONSTRAINT known ON bank.accounts IS 'the levels';"
        "COMMENT ON CONSTRAINT once ON bank.accounts IS 'nobody owns the same';"
        "COMMENT ON INDEX bank.\"One Rich\" IS 'one of them';"
        "ALTER TABLE bank.accounts CLUSTER ON once; ALTER TABLE bank.accounts ALTER COLUMN balance SET STATISTICS 77");
  }

  std::string values(const std::string& column) {
    return ask("SELECT md5(string_agg(format('%s %s', id, " + column + "), ',' ORDER BY id)) FROM bank.accounts");
  }

  /// Writes that only the new column can have seen.
  void live_with_the_new_column() {
    run("UPDATE bank.accounts SET balance_v2 = balance_v2 + 1 WHERE id % 3 = 0;"
        "INSERT INTO bank.accounts (id, balance_v2) VALUES (900, 905), (-900, -905); DELETE FROM bank.accounts WHERE id = 5");
  }
};

}  // namespace

namespace {

/// The SQL on the page that takes a constraint out of what is kept.
std::string block_of_undo_page() {
  const char* root = std::getenv("ONLINE_MIGRATION_SOURCE_DIR");
  REQUIRE(root != nullptr);
  std::ifstream file{std::string{root} + "/docs/how-to/undo.md"};
  std::stringstream text;
  text << file.rdbuf();
  std::string page = text.str();
  std::size_t begin = page.find("UPDATE online_migration_runs SET metadata");
  REQUIRE(begin != std::string::npos);
  return page.substr(begin, page.find("```", begin) - begin);
}

}  // namespace

TEST_CASE_FIXTURE(reviving, "everything is as before contract, and in step") {
  rich_accounts();
  bring_to(phase::contract_ready);
  std::string before = dump();
  tools.set_read_flag<wide_balance>(read_flag::new_column);
  contract_now();
  live_with_the_new_column();
  bool retired = false;
  SUBCASE("not retired") { retired = false; }
  SUBCASE("retired") { retired = true; }
  if (retired) {
    run("DROP INDEX bank.plain");
    retire<wide_balance>(tools, all_new);
    run("INSERT INTO bank.accounts (id, balance_v2) VALUES (901, 906)");
  }
  std::string meant = values("balance_v2");
  revive<wide_balance>(tools);
  if (retired) run("CREATE INDEX plain ON bank.accounts (balance)");
  CHECK(tools.phase<wide_balance>() == phase::validate);
  CHECK(values("balance") == meant);
  CHECK(values("balance_v2") == meant);
  CHECK(difference(before, dump()) == "");
  CHECK(ask("SELECT format('%s %s', metadata ? 'legacy', metadata ? 'reviving') FROM online_migration_runs") == "f f");
  // A second call finds nothing to do.
  std::string after = whole();
  revive<wide_balance>(tools);
  CHECK(difference(after, whole()) == "");
  // What was proven before proves nothing now.
  CHECK(says(caught<refused>([&] { tools.mark_phase<wide_balance>(phase::contract_ready); }), "No full parity pass"));
  CHECK(tools.read_flag<wide_balance>() == read_flag::new_column);
  // Every kind of writer is covered again.
  dual_writer<wide_balance> write{on};
  run("UPDATE bank.accounts SET balance = 41 WHERE id = 1; UPDATE bank.accounts SET balance_v2 = 42 WHERE id = 2");
  CHECK(write.update(key(4), set<"balance">(44)) == 1);
  refuses("UPDATE bank.accounts SET balance_v2 = 5000000000 WHERE id = 1", "22003");
  refuses("UPDATE bank.accounts SET balance_v2 = -6000 WHERE id = 1", "23514");
  CHECK(out_of_step() == 0);
  if (!retired) {
    rollback<wide_balance>(tools, and_drop);
    CHECK(tools.phase<wide_balance>() == phase::rolled_back);
  } else {
    run("DROP INDEX bank.plain");
    prove_parity();
    contract_now();
    retire<wide_balance>(tools, all_new);
    drop_retired<wide_balance>(tools, at_once);
  }
}

TEST_CASE_FIXTURE(reviving, "defaults and columns that may be NULL") {
  run("CREATE TABLE bank.points (id bigint PRIMARY KEY, score integer DEFAULT 5 + 1);"
      "INSERT INTO bank.points SELECT g, nullif(g, 3) FROM generate_series(1, 10) AS g");
  bring_to<wide_score>(phase::contract_ready);
  std::string before = dump();
  tools.set_read_flag<wide_score>(read_flag::new_column);
  contract_now<wide_score>();
  run("INSERT INTO bank.points (id, score_v2) VALUES (21, 7), (22, NULL); UPDATE bank.points SET score_v2 = NULL WHERE id = 1");
  revive<wide_score>(tools);
  CHECK(difference(before, dump()) == "");
  run("INSERT INTO bank.points (id) VALUES (31); INSERT INTO bank.points (id, score_v2) VALUES (32, 8)");
  CHECK(ask("SELECT string_agg(format('%s|%s|%s', id, score, score_v2), ' ' ORDER BY id) FROM bank.points "
            "WHERE id IN (1, 2, 3) OR id > 20") == "1|| 2|2|2 3|| 21|7|7 22|| 31|6|6 32|8|8");
}

TEST_CASE_FIXTURE(reviving, "a partitioned table with constraints of the old column") {
  run("CREATE TABLE bank.levels (level integer PRIMARY KEY); INSERT INTO bank.levels SELECT generate_series(-1000, 1000);"
      "CREATE TABLE bank.accounts (id integer PRIMARY KEY, balance integer NOT NULL REFERENCES bank.levels, note text,"
      " CONSTRAINT above CHECK (balance > -5000), CONSTRAINT pair UNIQUE (balance, id)) PARTITION BY RANGE (id);"
      "CREATE TABLE bank.low PARTITION OF bank.accounts FOR VALUES FROM (MINVALUE) TO (50);"
      "CREATE TABLE bank.high PARTITION OF bank.accounts FOR VALUES FROM (50) TO (MAXVALUE) PARTITION BY RANGE (id);"
      "CREATE TABLE bank.high_1 PARTITION OF bank.high FOR VALUES FROM (50) TO (75);"
      "CREATE TABLE bank.high_2 PARTITION OF bank.high FOR VALUES FROM (75) TO (MAXVALUE);"
      "CREATE UNIQUE INDEX whole ON bank.accounts (id, balance DESC);"
      "ALTER TABLE bank.low ADD CONSTRAINT of_one CHECK (balance < 100000); CREATE UNIQUE INDEX of_two ON bank.high_1 (balance);"
      "INSERT INTO bank.accounts SELECT g, g * 10 FROM generate_series(1, 99) AS g");
  bring_to(phase::contract_ready);
  std::string before = dump();
  tools.set_read_flag<wide_balance>(read_flag::new_column);
  contract_now();
  live_with_the_new_column();
  run("UPDATE bank.accounts SET id = 98765 WHERE id = 3");
  std::string meant = values("balance_v2");
  revive<wide_balance>(tools);
  CHECK(difference(before, dump()) == "");
  CHECK(values("balance") == meant);
  CHECK(values("balance_v2") == meant);
}

TEST_CASE_FIXTURE(reviving, "a value that has no way back: nothing is changed, and it is told") {
  open_accounts();
  bring_to(phase::contracted);
  run("UPDATE bank.accounts SET balance_v2 = 5000000000 WHERE id = 50");
  std::string before = whole();
  refused problem = caught<refused>([&] { revive<wide_balance>(tools); });
  CHECK(says(problem, "Some values of the new column of \"wide-balance\" cannot be kept in the old one"));
  CHECK_FALSE(says(problem, "5000000000"));
  CHECK(difference(before, whole()) == "");
  run("UPDATE bank.accounts SET balance_v2 = 50 WHERE id = 50");
  revive<wide_balance>(tools);
  CHECK(out_of_step() == 0);
}

TEST_CASE_FIXTURE(reviving, "a value without a way back that came after the check is kept") {
  run("CREATE TABLE bank.tens (id integer PRIMARY KEY, balance integer);"
      "INSERT INTO bank.tens SELECT g, g FROM generate_series(1, 100) AS g");
  bring_to<tens>(phase::contracted);
  around.once_before("create_revive_function", [&] { run("UPDATE bank.tens SET balance_v2 = 55 WHERE id = 7"); });
  CHECK(says(caught<refused>([&] { revive<tens>(hooked_tools); }), "cannot be kept in the old one"));
  CHECK(ask("SELECT balance_v2 FROM bank.tens WHERE id = 7") == "55");
  dual_writer<tens> write{on};
  CHECK(caught<statement_error>([&] { write.update(key(9), set<"balance_v2">(std::int64_t{57})); }).sqlstate() ==
        "23514");
  refuses("UPDATE bank.tens SET balance_v2 = 56 WHERE id = 8", "23514");  // from here on such a value is refused
  run("UPDATE bank.tens SET balance_v2 = 560 WHERE id = 7");
  revive<tens>(hooked_tools);
  CHECK(ask("SELECT balance FROM bank.tens WHERE id = 7") == "56");
  CHECK(ask("SELECT count(*) FROM bank.tens WHERE balance * 10 <> balance_v2") == "0");
}

TEST_CASE_FIXTURE(reviving, "while the old column is still being filled, nobody works with what it was") {
  open_accounts();
  bring_to(phase::contracted);
  run("UPDATE bank.accounts SET balance_v2 = 9000 + id");
  around.once_before("refill_chunk_first", [&] {
    connection legacy = somebody();
    // The row is not in step yet, so what an old program computes from it would undo the new value.
    refuses("UPDATE bank.accounts SET balance = balance + 1 WHERE id = 1", "55000", &legacy);
    script(legacy,
           "UPDATE bank.accounts SET note = 'x' WHERE id = 2;"
           "UPDATE bank.accounts SET balance = balance + 1 WHERE id = 2;"
           "INSERT INTO bank.accounts (id, balance) VALUES (900, 5)");
    dual_writer<wide_balance> write{legacy};
    CHECK(write.update(key(3), set<"balance">(33)) == 1);
    CHECK(write.update(key(4), set<"balance_v2">(std::int64_t{44})) == 1);
    script(
        legacy,
        "UPDATE bank.accounts SET balance_v2 = 55 WHERE id = 5; INSERT INTO bank.accounts (id, balance_v2) VALUES (901, 6)");
  });
  revive<wide_balance>(hooked_tools);
  CHECK(ask("SELECT string_agg(format('%s|%s|%s', id, balance, balance_v2), ' ' ORDER BY id) FROM bank.accounts "
            "WHERE id BETWEEN 1 AND 5 OR id >= 900") ==
        "1|9001|9001 2|9003|9003 3|33|33 4|44|44 5|55|55 900|5|5 901|6|6");
  CHECK(out_of_step() == 0);
}

TEST_CASE_FIXTURE(reviving, "while a range is filled nobody moves the run on") {
  open_accounts();
  bring_to(phase::contracted);
  run("UPDATE bank.accounts SET balance_v2 = 9000 + id");
  std::jthread other;
  auto meet = [&] {
    other = std::jthread{[] {
      database own{"application_name=other"};
      toolkit second{own, {hasty, 200ms}};
      revive<wide_balance>(second);
    }};
    until_blocked("other");
    CHECK(tools.phase<wide_balance>() == phase::contracted);
  };
  around.once_after("state_hold_run", meet, 3);  // that of the first range
  revive<wide_balance>(hooked_tools);
  other.join();
  CHECK(tools.phase<wide_balance>() == phase::validate);
  CHECK(out_of_step() == 0);
}

TEST_CASE_FIXTURE(reviving, "writers of all kinds are busy all the time, and none of them fails") {
  open_accounts();
  bring_to(phase::contracted);
  live_with_the_new_column();
  std::atomic<int> writes = 0;
  std::atomic<int> failures = 0;
  std::atomic<bool> legacy_may_write = false;
  std::vector<std::jthread> writers;
  for (int number = 0; number < 3; ++number) {
    writers.emplace_back([&, number](const std::stop_token& stop) {
      connection own = somebody("writer");
      dual_writer<wide_balance> dual{own};
      for (unsigned turn = 0; !stop.stop_requested(); ++turn) {
        int id = static_cast<int>(turn * 7919u % 90u) * 3 / 3 + (number == 2 ? 1 : 0);
        std::string text = std::to_string(id);
        try {
          if (number == 0) {
            script(own, "UPDATE bank.accounts SET balance_v2 = balance_v2 + 1 WHERE id = " + text);
          } else if (number == 1) {
            dual.update(key(id), set<"balance_v2">(static_cast<std::int64_t>(turn % 1000)));
          } else if (legacy_may_write) {
            script(own, "UPDATE bank.accounts SET balance = balance + 1 WHERE id = " + text);
          }
          ++writes;
        } catch (const error& problem) {
          MESSAGE(std::string{problem.what()});
          ++failures;
        }
      }
    });
  }
  eventually([&] { return writes > 50; });
  revive<wide_balance>(tools);
  legacy_may_write = true;
  int before = writes;
  eventually([&] { return writes > before + 100; });
  writers.clear();
  CHECK(failures == 0);
  CHECK(out_of_step() == 0);
  REQUIRE(parity_checker<wide_balance>{source}.check_all().mismatches == 0);
}

TEST_CASE_FIXTURE(reviving, "without an inverse only the name comes back") {
  open_accounts();
  bring_to<lossy_balance>(phase::contracted);
  std::string contracted = dump();
  CHECK(says(caught<refused>([&] { revive<lossy_balance>(tools); }), "has no inverse"));
  retire<lossy_balance>(tools, all_new);
  revive<lossy_balance>(tools);
  CHECK(tools.phase<lossy_balance>() == phase::contracted);
  CHECK(difference(contracted, dump()) == "");
  refuses("UPDATE bank.accounts SET balance = 5 WHERE id = 1", "55000");
}

TEST_CASE_FIXTURE(reviving, "a run that began without a trigger has one from here on") {
  open_accounts();
  expand<wide_balance>(tools, {.all_writers = all_writers_dual_write});
  backfill_options options;
  options.all_writers = all_writers_dual_write;
  REQUIRE(backfill_runner<wide_balance>{source, options}.run().finished());
  prove_parity();
  tools.set_read_flag<wide_balance>(read_flag::new_column);
  contract_now();
  live_with_the_new_column();
  revive<wide_balance>(tools);
  run("UPDATE bank.accounts SET balance = 1 WHERE id = 1; UPDATE bank.accounts SET balance_v2 = 2 WHERE id = 2");
  CHECK(out_of_step() == 0);
  prove_parity();
  contract_now();
}

TEST_CASE_FIXTURE(reviving, "what its constraints do not allow any more is told, and it goes on afterwards") {
  rich_accounts();
  bring_to(phase::contract_ready);
  std::string before = dump();
  tools.set_read_flag<wide_balance>(read_flag::new_column);
  contract_now();
  SUBCASE("UNIQUE") {
    run("INSERT INTO bank.accounts (id, balance_v2) VALUES (900, 10)");
    CHECK(caught<statement_error>([&] { revive<wide_balance>(tools); }).sqlstate() == "23505");
    run("UPDATE bank.accounts SET balance_v2 = 11 WHERE id = 900");
  }
  SUBCASE("CHECK") {
    run("INSERT INTO bank.accounts (id, balance_v2) VALUES (900, -6000)");
    CHECK(caught<statement_error>([&] { revive<wide_balance>(tools); }).sqlstate() == "23514");
    run("UPDATE bank.accounts SET balance_v2 = 11 WHERE id = 900");
  }
  SUBCASE("FOREIGN KEY") {
    run("INSERT INTO bank.accounts (id, balance_v2) VALUES (900, 4711)");
    CHECK(caught<statement_error>([&] { revive<wide_balance>(tools); }).sqlstate() == "23503");
    run("UPDATE bank.accounts SET balance_v2 = 11 WHERE id = 900");
  }
  CHECK(tools.phase<wide_balance>() == phase::contracted);
  CHECK(says(caught<refused>([&] { retire<wide_balance>(tools, all_new); }),
             "is on its way back: finish om::revive first"));
  revive<wide_balance>(tools);
  CHECK(difference(before, dump()) == "");
  CHECK(out_of_step() == 0);
}

TEST_CASE_FIXTURE(
    reviving,
    "a constraint that is not wanted back any more is taken out of what is kept, as docs/how-to/undo.md says") {
  rich_accounts();
  run("CREATE UNIQUE INDEX one_of_each ON bank.accounts (balance)");
  bring_to(phase::contracted);
  run("INSERT INTO bank.accounts (id, balance_v2) VALUES (900, 10)");
  CHECK(caught<statement_error>([&] { revive<wide_balance>(tools); }).sqlstate() == "23505");
  for (const char* name : {"once", "one_of_each", "nulls"}) {
    std::string sql = block_of_undo_page();
    for (std::size_t at = 0; (at = sql.find("accounts_balance_key", at)) != std::string::npos;
         at += std::strlen(name)) {
      sql.replace(at, 20, name);
    }
    sql.replace(sql.find("accounts-balance-bigint"), 23, "wide-balance");
    run("SET search_path = bank, public; " + sql + "; RESET search_path");
  }
  revive<wide_balance>(tools);
  CHECK(ask("SELECT count(*) FROM pg_index WHERE indrelid = 'bank.accounts'::regclass AND NOT indisvalid") == "0");
  CHECK(
      ask("SELECT count(*) FROM pg_constraint WHERE conrelid = 'bank.accounts'::regclass AND contype IN ('c', 'f')") !=
      "0");
  CHECK(out_of_step() == 0);
  prove_parity();
  contract_now();
}

TEST_CASE_FIXTURE(reviving, "where there is nothing to revive") {
  open_accounts();
  CHECK(says(caught<refused>([&] { revive<wide_balance>(tools); }), "There is no run"));
  for (phase at : {phase::expand, phase::backfill, phase::contract_ready}) {
    bring_to(at);
    std::string before = whole();
    CHECK(says(caught<refused>([&] { revive<wide_balance>(tools); }),
               "this comes after om::contract. Nothing was changed."));
    CHECK(difference(before, whole()) == "");
    rollback<wide_balance>(tools, and_drop);
  }
}
