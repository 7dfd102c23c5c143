// SPDX-License-Identifier: BSL-1.0
// Contract and the way back beside an application that never rests, in deadlocks, and with processes that stand still.

#include <atomic>
#include <csignal>
#include <map>
#include <string>
#include <thread>
#include <vector>

#include "integration/contract_support.hpp"
#include "support/child.hpp"

using namespace test;

namespace {

/// What an application remembers of a row: the value that was acknowledged last.
using remembered = std::map<int, std::int64_t>;

struct loaded : bank {
  loaded() { open_accounts(); }

  void ready() {
    bring_to(phase::contract_ready);
    tools.set_read_flag<wide_balance>(read_flag::new_column);
  }
};

/// A process that does something with the library, and stops itself at a statement.
template <class Action>
auto stopping_at(const char* statement_name, Action action, bool after = true) {
  return [statement_name, action, after] {
    hooks around;
    if (after) {
      around.once_after(statement_name, [] { std::raise(SIGSTOP); });
    } else {
      around.once_before(statement_name, [] { std::raise(SIGSTOP); });
    }
    hooked_database own{around, "application_name=child"};
    basic_toolkit<hooked_database> tools{own, {hasty, 200ms}};
    action(own, tools);
  };
}

}  // namespace

TEST_CASE_FIXTURE(loaded, "contract and revive, again and again, beside writers that never see an error of ours") {
  ready();
  std::atomic<bool> legacy_may_write = false;
  std::atomic<int> failures = 0;
  std::atomic<int> writes = 0;
  std::vector<remembered> known(4);
  std::vector<std::jthread> writers;
  for (int number = 0; number < 4; ++number) {
    writers.emplace_back([&, number](const std::stop_token& stop) {
      connection own = somebody("writer");
      dual_writer<wide_balance> dual{own};
      for (unsigned turn = 1; !stop.stop_requested(); ++turn) {
        // Its own rows, in an order of its own; two at once in some transactions.
        int id = -99 + static_cast<int>(turn * 7919u % 50u) * 4 + number;
        auto value = static_cast<std::int64_t>(turn);
        std::string text = std::to_string(id);
        try {
          switch (number) {
            case 0:
              dual.update(key(id), set<"balance">(static_cast<std::int32_t>(value)));
              break;
            case 1:
              dual.upsert(key(id), set<"balance_v2">(value));
              break;
            case 2:
              script(own, "BEGIN; UPDATE bank.accounts SET balance_v2 = " + std::to_string(value) + " WHERE id = " +
                              text + "; UPDATE bank.accounts SET note = 'x' WHERE id = " + text + "; COMMIT");
              break;
            default:
              if (!legacy_may_write) {
                std::this_thread::sleep_for(1ms);
                continue;
              }
              script(own, "UPDATE bank.accounts SET balance = " + std::to_string(value) + " WHERE id = " + text);
          }
          known[static_cast<std::size_t>(number)][id] = value;
          ++writes;
        } catch (const error& problem) {
          // The legacy writer may have been asleep when contract came.
          if (number == 3 && problem.sqlstate() == "55000") continue;
          MESSAGE(std::string{problem.what()});
          ++failures;
        }
      }
    });
  }
  // Chunks of ours that hold rows, all the time: repairs while the phase lets them, and full passes.
  std::jthread keeper{[&](const std::stop_token& stop) {
    parity_options small;
    small.range_rows = 20;
    small.chunk = fixed_chunk(20);
    while (!stop.stop_requested()) {
      try {
        parity_checker<wide_balance>{source, small}.repair(stop);
      } catch (const refused&) {
        std::this_thread::sleep_for(1ms);
      } catch (const error& problem) {
        MESSAGE(std::string{problem.what()});
        ++failures;
      }
    }
  }};
  toolkit busy{source, {{{5ms, 50ms}, 60s}, 100ms}};
  for (int round = 0; round < 3; ++round) {
    // A row that a repair had to put right while the legacy writer was at it asks for another pass.
    eventually([&] {
      try {
        contract(busy, prove<wide_balance>(busy, contract_at_once()));
        return true;
      } catch (const refused&) {
        (void)parity_checker<wide_balance>{source}.check_all();
        return false;
      }
    });
    int before = writes;
    eventually([&] { return writes > before + 30; });
    revive<wide_balance>(busy);
    legacy_may_write = true;
    before = writes;
    eventually([&] { return writes > before + 30; });
    CHECK(parity_checker<wide_balance>{source}.repair().mismatches == 0);
    legacy_may_write = false;
    eventually([&] {  // of what it had begun
      if (parity_checker<wide_balance>{source}.check_all().mismatches > 0) return false;
      return readiness<wide_balance>(busy, contract_at_once()).ready() ||
             has(readiness<wide_balance>(busy, contract_at_once()).text(), "asks for contract-ready");
    });
    tools.mark_phase<wide_balance>(phase::contract_ready);
  }
  keeper = {};
  writers.clear();
  CHECK(failures == 0);
  CHECK(out_of_step() == 0);
  for (const remembered& each : known) {
    for (auto [id, value] : each) {
      CHECK(count("SELECT balance_v2 FROM bank.accounts WHERE id = " + std::to_string(id)) == value);
    }
  }
}

TEST_CASE_FIXTURE(loaded, "in a deadlock with contract the application never dies") {
  run("DROP TABLE bank.accounts; CREATE TABLE bank.levels (level integer PRIMARY KEY, seen boolean);"
      "INSERT INTO bank.levels SELECT generate_series(-1000, 1000);"
      "CREATE TABLE bank.accounts (id integer PRIMARY KEY, balance integer NOT NULL REFERENCES bank.levels, note text);"
      "INSERT INTO bank.accounts SELECT g, g * 10 FROM generate_series(-99, 99) AS g");
  ready();
  auto proof = prove<wide_balance>(tools, contract_at_once());
  connection application = somebody("application");
  script(application, "BEGIN; UPDATE bank.levels SET seen = true WHERE level = 10");
  std::atomic<bool> survived = false;
  std::jthread crossing{[&] {
    // Contract has the accounts and waits for the levels, which dropping the foreign key needs.
    until_blocked("library");
    // For longer than deadlock_timeout: who comes later to a deadlock is the one that looks for it, and dies.
    std::this_thread::sleep_for(1200ms);
    try {
      script(application, "UPDATE bank.accounts SET note = 'x' WHERE id = 1; COMMIT");
      survived = true;
    } catch (const error& problem) {
      MESSAGE(std::string{problem.what()});
    }
  }};
  contract(hooked_tools, proof);
  crossing.join();
  CHECK(survived);
  CHECK(tools.phase<wide_balance>() == phase::contracted);
  CHECK(ask("SELECT note FROM bank.accounts WHERE id = 1") == "x");
}

TEST_CASE_FIXTURE(loaded, "a process that stands still in the middle of contract holds nobody up, and then goes on") {
  ready();
  child contracting{stopping_at(
      "relax_legacy", [](auto&, auto& others) { contract(others, prove<wide_balance>(others, contract_at_once())); })};
  contracting.until_stopped();
  // It has the strongest lock on the table: the server takes it away.
  connection application = somebody();
  dual_writer<wide_balance> write{application};
  CHECK(write.update(key(1), set<"balance">(5)) == 1);
  CHECK(tools.phase<wide_balance>() == phase::contract_ready);
  contracting.send(SIGCONT);
  CHECK(contracting.end() == 0);
  CHECK(tools.phase<wide_balance>() == phase::contracted);
  CHECK(ask("SELECT format('%s %s', balance, balance_v2) FROM bank.accounts WHERE id = 1") == "5 5");
}

TEST_CASE_FIXTURE(loaded,
                  "a process that stands still in the middle of revive holds nobody up, and does not go on later") {
  ready();
  contract_now();
  run("UPDATE bank.accounts SET balance_v2 = balance_v2 + 1");
  const char* place = "refill_chunk_first";
  bool back_again = false;  // it wakes when another one is on the next way back
  SUBCASE("in the walk") {}
  SUBCASE("in the walk, until the next way back") { back_again = true; }
  SUBCASE("before the constraints") { place = "state_legacy_constraints"; }
  SUBCASE("before NOT NULL") { place = "drop_legacy_check"; }
  SUBCASE("before the trigger is back") { place = "restore_default"; }
  SUBCASE("at the end, until the next way back") {
    place = "catalog_trigger_state";
    back_again = true;
  }
  child reviving{stopping_at(place, [](auto&, auto& others) { revive<wide_balance>(others); })};
  reviving.until_stopped();
  run("UPDATE bank.accounts SET balance_v2 = 7 WHERE id = 1");
  CHECK(tools.phase<wide_balance>() == phase::contracted);
  // Somebody else brings it to the end, and forward again, while the first one sleeps.
  revive<wide_balance>(tools);
  prove_parity();
  contract_now();
  run("UPDATE bank.accounts SET balance_v2 = 5000 WHERE id = 2");
  if (back_again) {
    around.once_after("refill_chunk_first", [] { throw cancelled{"test"}; });
    caught<cancelled>([&] { revive<wide_balance>(hooked_tools); });
  }
  std::string before = whole();
  reviving.send(SIGCONT);
  CHECK(reviving.end() == 1);
  CHECK(difference(before, whole()) == "");
  CHECK(tools.phase<wide_balance>() == phase::contracted);
  if (back_again) {
    revive<wide_balance>(tools);
    CHECK(out_of_step() == 0);
  }
}

TEST_CASE_FIXTURE(loaded, "two processes that revive the same run at once") {
  run("ALTER TABLE bank.accounts ADD CONSTRAINT once UNIQUE (balance), ADD CONSTRAINT above CHECK (balance > -5000);"
      "CREATE UNIQUE INDEX again ON bank.accounts (balance, id)");
  ready();
  contract_now();
  for (int round = 0; round < 3; ++round) {
    run("UPDATE bank.accounts SET balance_v2 = balance_v2 + 1");
    std::atomic<int> failures = 0;
    std::vector<std::jthread> both;
    for (int number = 0; number < 2; ++number) {
      both.emplace_back([&] {
        database own{""};
        toolkit other{own, {hasty, 200ms}};
        try {
          revive<wide_balance>(other);
        } catch (const error& problem) {
          MESSAGE(std::string{problem.what()});
          ++failures;
        }
      });
    }
    both.clear();
    CHECK(failures == 0);
    CHECK(tools.phase<wide_balance>() == phase::validate);
    CHECK(out_of_step() == 0);
    CHECK(ask("SELECT string_agg(conname, ' ' ORDER BY conname) FROM pg_constraint "
              "WHERE conrelid = 'bank.accounts'::regclass AND contype <> 'n'") == "above accounts_pkey once");
    CHECK(ask("SELECT bool_and(indisvalid) FROM pg_index WHERE indrelid = 'bank.accounts'::regclass") == "t");
    prove_parity();
    contract_now();
  }
}

TEST_CASE_FIXTURE(loaded, "two processes that have the same index in their hands") {
  run("ALTER TABLE bank.accounts ADD CONSTRAINT once UNIQUE (balance)");
  ready();
  contract_now();
  std::jthread second;
  std::atomic<int> failures = 0;
  around.once_before("restore_index", [&] {
    second = std::jthread{[&] {
      database own{""};
      toolkit other{own, {hasty, 200ms}};
      try {
        revive<wide_balance>(other);
      } catch (const error& problem) {
        MESSAGE(std::string{problem.what()});
        ++failures;
      }
    }};
    std::this_thread::sleep_for(300ms);  // it waits, or it is done before this one begins
  });
  revive<wide_balance>(hooked_tools);
  second.join();
  CHECK(failures == 0);
  CHECK(ask("SELECT count(*) FROM pg_constraint WHERE conrelid = 'bank.accounts'::regclass AND conname = 'once'") ==
        "1");
}

TEST_CASE_FIXTURE(loaded, "a process that comes late to NOT NULL leaves no check of its own behind") {
  ready();
  contract_now();
  // What another one does, between the look and the step.
  bool met = false;
  around.once_before("add_legacy_not_null", [&] {
    run("ALTER TABLE bank.accounts ALTER balance SET NOT NULL");
    met = true;
  });
  revive<wide_balance>(hooked_tools);
  CHECK(met);
  CHECK(tools.phase<wide_balance>() == phase::validate);
  CHECK(
      ask("SELECT string_agg(conname, ' ') FROM pg_constraint WHERE conrelid = 'bank.accounts'::regclass AND contype <> 'n'") ==
      "accounts_pkey");
  CHECK(ask("SELECT attnotnull FROM pg_attribute WHERE attrelid = 'bank.accounts'::regclass "
            "AND attname = 'balance'") == "t");
}

TEST_CASE_FIXTURE(loaded, "a runner that slept through contract changes nothing when it wakes") {
  expand<wide_balance>(tools);
  tools.mark_phase<wide_balance>(phase::backfill);
  child runner{stopping_at(
      "fence",
      [](auto& own, auto&) {
        backfill_runner<wide_balance, hooked_database>{own, {.chunk = fixed_chunk(20)}}.run();
      },
      false)};
  runner.until_stopped();
  backfill_options options{.chunk = fixed_chunk(50), .takeover_wait = 30s};
  run("UPDATE online_migration_backfill_state SET lease_until = clock_timestamp() - interval '1 second'");
  REQUIRE(backfill_runner<wide_balance>{source, options}.run().finished());
  prove_parity();
  tools.set_read_flag<wide_balance>(read_flag::new_column);
  contract_now();
  run("UPDATE bank.accounts SET balance_v2 = 5000000000 WHERE id = -99");
  std::string before = whole();
  runner.send(SIGCONT);
  CHECK(runner.end() == 1);
  CHECK(difference(before, whole()) == "");
}

TEST_CASE_FIXTURE(loaded,
                  "an application that stands still in a transaction keeps contract waiting, and loses nothing") {
  ready();
  child application{[] {
    connection own = somebody("application");
    script(own, "BEGIN; UPDATE bank.accounts SET balance = 5, balance_v2 = 5 WHERE id = 1");
    std::raise(SIGSTOP);
    script(own, "UPDATE bank.accounts SET balance = 6, balance_v2 = 6 WHERE id = 2; COMMIT");
  }};
  application.until_stopped();
  toolkit impatient{source, {{{5ms, 50ms}, 500ms}, 50ms}};
  auto proof = prove<wide_balance>(tools, contract_at_once());
  std::string before = whole();
  CHECK(caught<statement_error>([&] { contract(impatient, proof); }).sqlstate() == "55P03");
  CHECK(difference(before, whole()) == "");
  application.send(SIGCONT);
  CHECK(application.end() == 0);
  contract(tools, proof);
  CHECK(
      ask("SELECT string_agg(format('%s %s', balance, balance_v2), ',' ORDER BY id) FROM bank.accounts WHERE id IN (1, 2)") ==
      "5 5,6 6");
}
