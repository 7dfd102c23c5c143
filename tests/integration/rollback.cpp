// SPDX-License-Identifier: BSL-1.0
// A run is undone in every phase before contracted: nothing stays but its history, and it can begin again.

#include <atomic>
#include <stop_token>
#include <string>
#include <thread>

#include "contract_support.hpp"

using namespace test;

namespace {

constexpr std::array before_contract{phase::expand, phase::backfill, phase::validate, phase::contract_ready};

/// A derived column that may have no value, for which helpers stay in the database as long as it does.
struct short_note : om::migration<"short-note", accounts,
                                  add_column<"note_number", integer, sql<"({})::integer", integer>(col<"note">)>> {};

inline std::int64_t twice(std::int32_t balance) { return std::int64_t{balance} * 2; }

struct twice_balance : om::migration<"twice-balance", accounts,
                                     add_column<"twice", bigint, computed<&twice, "twice/1">(col<"balance">)>> {};

struct undoing : bank {
  /// The definitions and rows of the table, without the state tables.
  std::string table() { return definitions() + rows(); }

  std::string columns() {
    return ask(
        "SELECT string_agg(attname, ' ' ORDER BY attnum) FROM pg_attribute "
        "WHERE attrelid = 'bank.accounts'::regclass AND attnum > 0 AND NOT attisdropped");
  }

  /// From every phase back to how everything was.
  template <class Migration>
  void there_and_back() {
    open_accounts("integer NOT NULL CHECK (balance > -100000) UNIQUE");
    run("UPDATE bank.accounts SET note = CASE WHEN id % 2 = 0 THEN 'n/a' ELSE id::text END");
    std::string before = table();
    int attempt = 0;
    for (phase at : before_contract) {
      CAPTURE(to_string(at));
      advance<Migration>(at);
      run("UPDATE bank.accounts SET balance = balance WHERE id = 1; UPDATE bank.accounts SET note = 'x' WHERE id = 2;"
          "UPDATE bank.accounts SET note = 'n/a' WHERE id = 2");
      rollback<Migration>(tools, and_drop);
      CHECK(difference(before, table()) == "");
      CHECK(tools.phase<Migration>() == phase::rolled_back);
      CHECK(tools.run<Migration>()->attempt == ++attempt);
      CHECK(
          ask("SELECT (SELECT count(*) FROM online_migration_dirty_keys) + (SELECT count(*) FROM online_migration_quarantine)") ==
          "0");
      CHECK(count("SELECT count(*) FROM online_migration_runs") == attempt);
      std::string after = whole();
      rollback<Migration>(tools, and_drop);
      CHECK(difference(after, whole()) == "");
    }
  }

  template <class Migration>
  void advance(phase at) {
    expand<Migration>(tools);
    if (at == phase::expand) return;
    tools.mark_phase<Migration>(phase::backfill);
    if (at == phase::backfill) return;
    backfill_options options{.chunk = fixed_chunk(70)};
    options.on_data_error = data_error_policy::go_on;
    REQUIRE(backfill_runner<Migration>{source, options}.run().finished());
    if (at == phase::validate) return;
    REQUIRE(parity_checker<Migration>{source}.check_all().mismatches == 0);
    settle<Migration>(tools);
    tools.mark_phase<Migration>(phase::contract_ready);
  }
};

}  // namespace

TEST_CASE_FIXTURE(undoing, "from every phase: a replaced column") { there_and_back<wide_balance>(); }
TEST_CASE_FIXTURE(undoing, "from every phase: a replaced column without a way back") {
  there_and_back<lossy_balance>();
}
TEST_CASE_FIXTURE(undoing, "from every phase: a derived column whose transform may fail") {
  there_and_back<short_note>();
}
TEST_CASE_FIXTURE(undoing, "from every phase: a derived column that only a client computes") {
  there_and_back<twice_balance>();
}

TEST_CASE_FIXTURE(undoing, "where there is nothing to undo") {
  open_accounts();
  CHECK(says(caught<refused>([&] { rollback<wide_balance>(tools); }), "There is no run of \"wide-balance\""));
  bring_to(phase::contracted);
  std::string before = whole();
  CHECK(says(caught<refused>([&] { rollback<wide_balance>(tools, and_drop); }),
             "is contracted: om::revive is the way back"));
  CHECK(difference(before, whole()) == "");
}

TEST_CASE_FIXTURE(undoing, "the column stays for as long as somebody may write it, and goes later") {
  open_accounts();
  std::string before = table();
  bring_to(phase::contract_ready);
  connection application = somebody();
  dual_writer<wide_balance> write{application};
  write.update(key(1), set<"balance">(1));
  rollback<wide_balance>(tools, {{}, 0ms});
  CHECK(columns() == "id balance note balance_v2");
  CHECK(ask("SELECT count(*) FROM pg_trigger WHERE tgrelid = 'bank.accounts'::regclass") == "0");
  CHECK(
      ask("SELECT attnotnull FROM pg_attribute WHERE attrelid = 'bank.accounts'::regclass AND attname = 'balance_v2'") ==
      "f");
  CHECK(write.update(key(1), set<"balance">(2)) == 1);  // prepared before
  CHECK(write.insert(key(900), set<"balance">(3)) == 1);
  run("INSERT INTO bank.accounts (id, balance) VALUES (901, 4)");  // the old application is alone again
  CHECK(ask("SELECT balance_v2 IS NULL FROM bank.accounts WHERE id = 901") == "t");
  rollback<wide_balance>(tools, and_drop);
  run("DELETE FROM bank.accounts WHERE id >= 900; UPDATE bank.accounts SET balance = 10 WHERE id = 1");
  CHECK(difference(before, table()) == "");
  statement_error problem = caught<statement_error>([&] { write.update(key(1), set<"balance">(5)); });
  CHECK(problem.sqlstate() == "42703");
}

TEST_CASE_FIXTURE(undoing,
                  "a partial transform's helpers stay with its column, for who has prepared statements with them") {
  open_accounts();
  run("UPDATE bank.accounts SET note = '5'");
  std::string before = table();
  bring_to<short_note>(phase::backfill);
  connection application = somebody();
  dual_writer<short_note> write{application};
  write.update(key(1), set<"note">("6"));
  rollback<short_note>(tools, {{}, 0ms});
  CHECK(write.update(key(1), set<"note">("7")) == 1);
  CHECK(write.update(key(1), set<"note">("n/a")) == 1);
  run("UPDATE bank.accounts SET note = '5' WHERE id = 1");
  rollback<short_note>(tools, and_drop);
  CHECK(difference(before, table()) == "");
}

TEST_CASE_FIXTURE(undoing, "again, as a new attempt, to the end") {
  open_accounts();
  for (phase at : before_contract) {
    bring_to(at, {.acknowledged = {risk::existing_column}});
    rollback<wide_balance>(tools,
                           {at == phase::validate ? std::vector<risk>{} : std::vector{risk::dropped_column}, 0ms});
  }
  CHECK(ask("SELECT string_agg(attempt || ' ' || phase, ',' ORDER BY run_id) FROM online_migration_runs") ==
        "1 rolled-back,2 rolled-back,3 rolled-back,4 rolled-back");
  bring_to(phase::contracted);
  CHECK(tools.run<wide_balance>()->attempt == 5);
  CHECK(out_of_step() == 0);
}

TEST_CASE_FIXTURE(undoing, "what uses the new column is listed, and nothing is dropped") {
  open_accounts();
  bring_to(phase::validate);
  run("CREATE VIEW bank.rich AS SELECT id FROM bank.accounts WHERE balance_v2 > 100; CREATE INDEX ON bank.accounts (balance_v2)");
  std::string before = whole();
  refused problem = caught<refused>([&] { rollback<wide_balance>(tools, and_drop); });
  CHECK(says(problem, "the column \"balance_v2\" cannot be dropped while these use it"));
  CHECK(says(problem, "view bank.rich"));
  CHECK(says(problem, "index bank.accounts_balance_v2_idx"));
  CHECK(difference(before, whole()) == "");
  // Without dropping it nobody minds.
  rollback<wide_balance>(tools, {{}, 0ms});
  CHECK(tools.phase<wide_balance>() == phase::rolled_back);
  CHECK(caught<refused>([&] { rollback<wide_balance>(tools, and_drop); }).sqlstate().empty());
  run("DROP VIEW bank.rich; DROP INDEX bank.accounts_balance_v2_idx");
  rollback<wide_balance>(tools, and_drop);
  CHECK(columns() == "id balance note");
}

namespace {

/// Another migration that follows from the column that this one adds.
struct wider : table<"accounts", in_schema<"bank">, column<"id", integer, primary_key>, column<"balance_v2", bigint>> {
};
struct follows : om::migration<"wider-follows", wider, add_column<"balance_v3", bigint, col<"balance_v2">>> {};

}  // namespace

TEST_CASE_FIXTURE(undoing, "another migration that follows from the new column stands in the way of its drop") {
  open_accounts();
  bring_to<lossy_balance>(phase::contract_ready);
  expand<follows>(tools);
  std::string before = whole();
  CHECK(says(caught<refused>([&] { rollback<lossy_balance>(tools, and_drop); }),
             "trigger ~om_sync_wider-follows on table bank.accounts"));
  CHECK(difference(before, whole()) == "");
}

TEST_CASE_FIXTURE(undoing, "a runner at work is fenced off") {
  open_accounts();
  expand<wide_balance>(tools);
  SUBCASE("between two of its chunks") {
    int chunks = 0;
    around.before = [&](const statement& what) {
      if (what.name == std::string_view{"fence"} && ++chunks == 3) rollback<wide_balance>(tools, and_drop);
    };
    backfill_runner<wide_balance, hooked_database> runner{hooked, {.chunk = fixed_chunk(20)}};
    caught<lost_lease>([&] { runner.run(); });
  }
  SUBCASE("in the middle of one, which is waited for") {
    std::jthread step;
    int chunks = 0;
    around.before = [&](const statement& what) {
      if (std::string_view{what.name}.ends_with("_chunk") && ++chunks == 2) {
        step = std::jthread{[&] {
          database own{"application_name=undo"};
          toolkit other{own, {hasty, 50ms}};
          rollback<wide_balance>(other, and_drop);
        }};
        until_blocked("undo");
      }
      // It waits for the chunk, but not for the next ones.
      if (what.name == std::string_view{"fence"} && step.joinable()) {
        eventually([&] { return tools.phase<wide_balance>() == phase::rolled_back; });
      }
    };
    backfill_runner<wide_balance, hooked_database> runner{hooked, {.chunk = fixed_chunk(20)}};
    caught<lost_lease>([&] { runner.run(); });
    step.join();
  }
  CHECK(tools.phase<wide_balance>() == phase::rolled_back);
  CHECK(columns() == "id balance note");
}

TEST_CASE_FIXTURE(undoing, "reads go back first, and the safety net stays until every reader has seen it") {
  open_accounts();
  bring_to(phase::contract_ready);
  tools.set_read_flag<wide_balance>(read_flag::new_column);
  rollback_options options{{risk::dropped_column}, 60s};
  std::stop_source enough;
  std::jthread step{[&] {
    toolkit other{source, {hasty, 200ms}};
    caught<cancelled>([&] { rollback<wide_balance>(other, options, enough.get_token()); });
  }};
  eventually([&] { return tools.read_flag<wide_balance>() == read_flag::legacy; });
  // In the meantime both columns are kept.
  run("UPDATE bank.accounts SET balance = 7 WHERE id = 1; UPDATE bank.accounts SET balance_v2 = 8 WHERE id = 2");
  CHECK(out_of_step() == 0);
  enough.request_stop();
  step.join();
  CHECK(tools.phase<wide_balance>() == phase::contract_ready);
  SUBCASE("whoever calls it again, waits as well") {
    std::stop_source impatient;
    impatient.request_stop();
    caught<cancelled>([&] { rollback<wide_balance>(tools, options, impatient.get_token()); });
    CHECK(tools.phase<wide_balance>() == phase::contract_ready);
  }
  SUBCASE("until it is over") {
    run("UPDATE online_migration_runs SET read_flag_since = read_flag_since - interval '61 seconds'");
    rollback<wide_balance>(tools, options);
    CHECK(tools.phase<wide_balance>() == phase::rolled_back);
  }
}

TEST_CASE_FIXTURE(undoing, "whoever waited for too long does not undo the next attempt") {
  open_accounts();
  bring_to(phase::contract_ready);
  tools.set_read_flag<wide_balance>(read_flag::new_column);
  around.once_after("state_flag_wait", [&] {
    rollback<wide_balance>(tools, {{risk::dropped_column}, 0ms});
    bring_to(phase::validate);
  });
  CHECK(says(caught<refused>([&] {
               rollback<wide_balance>(hooked_tools, {{risk::dropped_column}, 1s});
             }),
             "another attempt has begun"));
  CHECK(tools.run<wide_balance>()->attempt == 2);
  CHECK(tools.phase<wide_balance>() == phase::validate);
}

TEST_CASE_FIXTURE(undoing, "somebody who set the flag back a moment ago has readers that have not seen it yet") {
  open_accounts();
  bring_to(phase::contract_ready);
  for (read_flag back_to : {read_flag::legacy, read_flag::shadow}) {
    tools.set_read_flag<wide_balance>(read_flag::percent(10));
    tools.set_read_flag<wide_balance>(back_to);
    std::stop_source impatient;
    impatient.request_stop();
    caught<cancelled>([&] { rollback<wide_balance>(tools, {{risk::dropped_column}, 60s}, impatient.get_token()); });
    CHECK(tools.phase<wide_balance>() == phase::contract_ready);
  }
}

TEST_CASE_FIXTURE(undoing, "where nobody has read the new column there is nothing to wait for") {
  open_accounts();
  std::stop_source impatient;
  impatient.request_stop();
  for (phase at : before_contract) {
    bring_to(at);
    rollback<wide_balance>(tools, {{risk::dropped_column}, 60s}, impatient.get_token());
    CHECK(tools.phase<wide_balance>() == phase::rolled_back);
  }
}

TEST_CASE_FIXTURE(undoing, "a column that is gone already") {
  open_accounts();
  std::string before = table();
  bring_to(phase::backfill);
  run("ALTER TABLE bank.accounts DROP COLUMN balance_v2 CASCADE");
  rollback<wide_balance>(tools, {{}, 0ms});
  CHECK(difference(before, table()) == "");
  bring_to(phase::backfill);
  run("DROP TABLE bank.accounts");
  rollback<wide_balance>(tools, {{}, 0ms});
  CHECK(ask("SELECT count(*) FROM pg_proc WHERE pronamespace = 'bank'::regnamespace") == "0");
  CHECK(ask("SELECT count(*) FROM pg_class WHERE relnamespace = 'bank'::regnamespace") == "0");
}
