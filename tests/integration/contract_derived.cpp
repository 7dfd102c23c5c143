// SPDX-License-Identifier: BSL-1.0
// Contract of a derived column: nothing is destroyed, and from then on it is kept as it was declared. And of a column
// that is replaced by one that only a client computes.

#include <optional>
#include <string>
#include <string_view>

#include "contract_support.hpp"

using namespace test;

namespace {

struct by_trigger
    : om::migration<"by-trigger", accounts, add_column<"balance_copy", bigint, col<"balance">, not_null>> {};

struct by_application : om::migration<"by-application", accounts,
                                      add_column<"balance_copy", bigint, col<"balance">, kept_by_application>> {};

struct partly_by_application
    : om::migration<
          "partly-by-application", accounts,
          add_column<"note_number", integer, sql<"({})::integer", integer>(col<"note">), kept_by_application>> {};

inline std::int64_t twice(std::int32_t balance) { return std::int64_t{balance} * 2; }

struct by_client
    : om::migration<"by-client", accounts, add_column<"twice", bigint, computed<&twice, "twice/1">(col<"balance">)>> {};

inline std::string tag(std::optional<std::string_view> note) { return "<" + std::string{note.value_or("")} + ">"; }

struct tagged : om::migration<"tagged", accounts,
                              replace_column<"note", "note_tag", text, computed<&tag, "tag/1">(col<"note">), lossy>> {};

struct deriving : bank {
  deriving() { open_accounts(); }

  std::string ours() {
    return ask(
        "SELECT coalesce(string_agg(name, ' ' ORDER BY name), '') FROM (SELECT tgname::text FROM pg_trigger "
        "WHERE tgrelid = 'bank.accounts'::regclass AND NOT tgisinternal UNION ALL SELECT proname::text FROM pg_proc "
        "WHERE pronamespace = 'bank'::regnamespace UNION ALL SELECT relname::text FROM pg_class "
        "WHERE relnamespace = 'bank'::regnamespace AND relname LIKE 'om%') AS all_of_it (name)");
  }

  template <class Migration>
  void refuses_contract(std::string_view words, const contract_options& options = contract_at_once()) {
    std::string before = whole();
    refused problem = caught<refused>([&] { (void)prove<Migration>(tools, options); });
    INFO(std::string{problem.what()});
    CHECK(says(problem, words));
    CHECK(difference(before, whole()) == "");
  }
};

}  // namespace

TEST_CASE_FIXTURE(deriving, "kept by the trigger: nothing changes but the record") {
  bring_to<by_trigger>(phase::contract_ready);
  std::string before = definitions() + rows();
  // It does not matter who writes how.
  run("UPDATE bank.accounts SET balance = balance WHERE id = 1");
  contract(tools, prove<by_trigger>(tools, {{}, 60s}));
  CHECK(tools.phase<by_trigger>() == phase::contracted);
  CHECK(tools.read_flag<by_trigger>() == read_flag::new_column);
  CHECK(difference(before, definitions() + rows()) == "");
  run("UPDATE bank.accounts SET balance = 7 WHERE id = 1; INSERT INTO bank.accounts (id, balance) VALUES (900, 8)");
  CHECK(ask("SELECT count(*) FROM bank.accounts WHERE balance_copy IS DISTINCT FROM balance") == "0");
  std::string contracted = whole();
  contract(tools, prove<by_trigger>(tools));
  expand<by_trigger>(tools);
  CHECK(difference(contracted, whole()) == "");
  CHECK(says(caught<refused>([&] { backfill_runner<by_trigger>{source}.run(); }), "there is nothing to fill"));
}

TEST_CASE_FIXTURE(deriving, "kept by the application: the trigger goes, once nobody needs it") {
  bring_to<by_application>(phase::contract_ready);
  connection application = somebody();
  dual_writer<by_application> write{application};
  write.update(key(1), set<"balance">(11));
  refuses_contract<by_application>("(acknowledge om::risk::legacy_instances)", {{}, 0ms});
  run("UPDATE bank.accounts SET balance = 12 WHERE id = 2");
  refuses_contract<by_application>("the sync trigger had to put 1 writes right");
  REQUIRE(parity_checker<by_application>{source}.check_all().mismatches == 0);
  contract(tools, prove<by_application>(tools, contract_at_once()));
  CHECK(ours() == "");
  CHECK(write.update(key(1), set<"balance">(13)) == 1);
  CHECK(ask("SELECT string_agg(balance_copy::text, ' ' ORDER BY id) FROM bank.accounts WHERE id IN (1, 2)") == "13 12");
  run("UPDATE bank.accounts SET balance = 14 WHERE id = 2");
  CHECK(ask("SELECT balance_copy FROM bank.accounts WHERE id = 2") == "12");
}

TEST_CASE_FIXTURE(deriving, "a writer in flight that needed the trigger is seen before it goes") {
  bring_to<by_application>(phase::contract_ready);
  auto proof = prove<by_application>(tools, contract_at_once());
  around.once_before("drop_sync_trigger", [&] { run("UPDATE bank.accounts SET balance = 12 WHERE id = 2"); });
  std::string before = definitions();
  CHECK(says(caught<refused>([&] { contract(hooked_tools, proof); }), "had to put 1 writes right"));
  CHECK(tools.phase<by_application>() == phase::contract_ready);
  CHECK(difference(before, definitions()) == "");
}

TEST_CASE_FIXTURE(deriving, "what a partial transform computes with stays for who has prepared statements") {
  run("UPDATE bank.accounts SET note = id::text");
  bring_to<partly_by_application>(phase::contract_ready);
  connection application = somebody();
  dual_writer<partly_by_application> write{application};
  write.update(key(1), set<"note">("11"));
  contract(tools, prove<partly_by_application>(tools, contract_at_once()));
  CHECK(write.update(key(1), set<"note">("12")) == 1);
  CHECK(write.update(key(2), set<"note">("n/a")) == 1);
  CHECK(
      ask("SELECT string_agg(format('%s %s', note, note_number), ',' ORDER BY id) FROM bank.accounts WHERE id IN (1, 2)") ==
      "12 12,n/a ");
  CHECK(ours() == "om_total_partly-by-application om_why_partly-by-application");
}

TEST_CASE_FIXTURE(deriving, "computed by the client: the queue has to be empty, also of those in flight") {
  bring_to<by_client>(phase::contract_ready);
  run("UPDATE bank.accounts SET balance = 5 WHERE id = 1");
  refuses_contract<by_client>("1 keys wait for their rows to be computed: run om::backfill_runner");
  REQUIRE(backfill_runner<by_client>{source}.run().finished());
  auto proof = prove<by_client>(tools, contract_at_once());
  SUBCASE("an old writer comes between the look and the lock") {
    around.once_before("drop_dirty_insert_trigger", [&] { run("UPDATE bank.accounts SET balance = 6 WHERE id = 2"); });
    std::string before = definitions();
    CHECK(says(caught<refused>([&] { contract(hooked_tools, proof); }), "1 keys wait"));
    CHECK(difference(before, definitions()) == "");
    REQUIRE(backfill_runner<by_client>{source}.run().finished());
    contract(hooked_tools, prove<by_client>(tools, contract_at_once()));
  }
  SUBCASE("nobody does") { contract(tools, proof); }
  CHECK(ours() == "");
  CHECK(ask("SELECT count(*) FROM bank.accounts WHERE twice IS DISTINCT FROM balance * 2") == "0");
  dual_writer<by_client> write{on};
  CHECK(write.update(key(3), set<"balance">(7)) == 1);
  CHECK(ask("SELECT twice FROM bank.accounts WHERE id = 3") == "14");
}

TEST_CASE_FIXTURE(deriving, "a column that is replaced by one that only a client computes") {
  run("UPDATE bank.accounts SET note = 'n' || id");
  bring_to<tagged>(phase::contract_ready);
  connection application = somebody();
  dual_writer<tagged> write{application};
  write.update(key(1), set<"note">("a"));
  run("UPDATE bank.accounts SET note = 'b' WHERE id = 2");
  tools.set_read_flag<tagged>(read_flag::new_column);
  refuses_contract<tagged>("1 keys wait", contract_at_once({risk::no_way_back}));
  REQUIRE(backfill_runner<tagged>{source}.run().finished());
  contract(tools, prove<tagged>(tools, contract_at_once({risk::no_way_back})));
  CHECK(ours() == "om_guard_tagged ~om_guard_tagged");
  CHECK(write.update(key(1), set<"note">("c")) == 1);
  CHECK(write.insert(key(900), set<"balance">(1), set<"note">("d")) == 1);
  run("UPDATE bank.accounts SET note_tag = '<e>' WHERE id = 3; INSERT INTO bank.accounts (id, balance, note_tag) VALUES (901, 1, '<f>');"
      "UPDATE bank.accounts SET balance = 2 WHERE id = 4");
  refuses("UPDATE bank.accounts SET note = 'g' WHERE id = 5", "55000");
  refuses("INSERT INTO bank.accounts (id, balance, note) VALUES (902, 1, 'h')", "55000");
  CHECK(
      ask("SELECT string_agg(note_tag, ' ' ORDER BY id) FROM bank.accounts WHERE id IN (1, 2, 3, 4, 5) OR id >= 900") ==
      "<c> <b> <e> <n4> <n5> <d> <f>");
  retire<tagged>(tools, all_new);
  drop_retired<tagged>(tools, at_once);
  CHECK(ours() == "");
}

TEST_CASE_FIXTURE(deriving, "there is nothing to retire or to revive, and rollback comes too late") {
  bring_to<by_trigger>(phase::contract_ready);
  contract(tools, prove<by_trigger>(tools));
  CHECK(says(caught<refused>([&] { rollback<by_trigger>(tools, and_drop); }), "is contracted"));
}
