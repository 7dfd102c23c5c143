// SPDX-License-Identifier: BSL-1.0
// Several derived columns in one migration: one expand, one walk, one proof, one contract, whoever writes meanwhile.

#include <string>

#include "contract_support.hpp"

using namespace test;

namespace {

struct names : table<"names", in_schema<"bank">, column<"id", bigint, primary_key>, column<"full_name", text, not_null>,
                     column<"born", integer>, column<"note", text>> {};

struct split_names
    : om::migration<"split-names", names,
                    add_column<"first_name", text, split_part(col<"full_name">, lit<" ">, lit<1>), not_null>,
                    add_column<"last_name", text, split_part(col<"full_name">, lit<" ">, lit<2>), not_null>,
                    add_column<"born_big", bigint, col<"born">>> {};

struct kept_names
    : om::migration<"kept-names", names,
                    add_column<"first_name", text, split_part(col<"full_name">, lit<" ">, lit<1>), kept_by_application>,
                    add_column<"born_big", bigint, col<"born">, kept_by_application>> {};

struct secret_names : table<"names", in_schema<"bank">, column<"id", bigint, primary_key>,
                            column<"full_name", text, not_null, sensitive>, column<"born", integer>> {};

/// One sensitive source makes the witnesses of all columns say nothing.
struct secret_parts : om::migration<"secret-parts", secret_names, add_column<"born_big", bigint, col<"born">>,
                                    add_column<"first_name", text, split_part(col<"full_name">, lit<" ">, lit<1>)>> {};

struct naming : bank {
  naming() {
    run("CREATE TABLE bank.names (id bigint PRIMARY KEY, full_name text NOT NULL, born integer, note text);"
        "INSERT INTO bank.names SELECT g, 'Ada' || g || ' Löv' || g, nullif(g % 7, 0) FROM generate_series(-99, 100) AS g");
  }

  /// By SQL that has nothing to do with the library's.
  std::int64_t wrong() {
    return count(
        "SELECT count(*) FROM bank.names WHERE first_name IS DISTINCT FROM (string_to_array(full_name, ' '))[1] OR "
        "last_name IS DISTINCT FROM (string_to_array(full_name, ' '))[2] OR born_big IS DISTINCT FROM born");
  }

  std::string row(int id) {
    return ask("SELECT concat_ws('|', full_name, first_name, last_name, born_big) FROM bank.names WHERE id = " +
               std::to_string(id));
  }

  std::string new_columns() {
    return ask(
        "SELECT coalesce(string_agg(column_name || ' ' || is_nullable, ', ' ORDER BY ordinal_position), '') FROM "
        "information_schema.columns WHERE table_schema = 'bank' AND column_name IN ('first_name', 'last_name', 'born_big')");
  }
};

}  // namespace

TEST_CASE_FIXTURE(naming, "a whole life, beside writers who know only the old columns and writers who know all") {
  expand<split_names>(tools);
  CHECK(new_columns() == "first_name YES, last_name YES, born_big YES");
  CHECK(ask("SELECT target_column FROM online_migration_runs") == R"("first_name", "last_name", "born_big")");
  connection application = somebody();
  dual_writer<split_names> write{application};
  auto write_in_both_ways = [&](const std::string& word) {
    run("UPDATE bank.names SET full_name = 'Old " + word +
        "' WHERE id = 1; UPDATE bank.names SET born = 1815 WHERE id = 2");
    CHECK(write.update(key(3), set<"full_name">("New " + word)) == 1);
    CHECK(write.update(key(4), set<"born">(1852)) == 1);
    CHECK(write.update(key(5), set<"note">("nothing follows from it")) == 1);
    write.upsert(key(6), set<"full_name">("Up " + word));
    CHECK(row(1) == "Old " + word + "|Old|" + word + "|1");
    CHECK(row(3) == "New " + word + "|New|" + word + (row(3).ends_with("|3") ? "|3" : "|"));
    CHECK(ask("SELECT string_agg(born_big::text, ' ' ORDER BY id) FROM bank.names WHERE id IN (2, 4)") == "1815 1852");
    CHECK(ask("SELECT first_name || last_name FROM bank.names WHERE id = 6") == "Up" + word);
  };
  write_in_both_ways("one");
  run("INSERT INTO bank.names (id, full_name) VALUES (500, 'Old insert')");
  write.insert(key(501), set<"full_name">("New insert"), set<"born">(7));
  CHECK(row(500) == "Old insert|Old|insert");
  CHECK(row(501) == "New insert|New|insert|7");

  tools.mark_phase<split_names>(phase::backfill);
  // A walk that is stopped goes on where it was.
  std::stop_source stop;
  around.once_before("advance", [&] { stop.request_stop(); });
  auto first = backfill_runner<split_names, hooked_database>{hooked, {.chunk = fixed_chunk(30)}}.run(stop.get_token());
  CHECK(!first.finished());
  CHECK(wrong() > 0);
  CHECK(backfill_runner<split_names>{source, {.chunk = fixed_chunk(30)}}.run().finished());
  CHECK(wrong() == 0);
  CHECK(count("SELECT rows_done FROM online_migration_backfill_state") == 202);
  write_in_both_ways("two");

  prove_parity<split_names>();
  CHECK(new_columns() == "first_name NO, last_name NO, born_big YES");
  CHECK(ask("SELECT count(*) FROM pg_constraint WHERE conrelid = 'bank.names'::regclass AND contype = 'c'") == "0");
  tools.set_read_flag<split_names>(read_flag::new_column);
  contract(tools, prove<split_names>(tools, contract_at_once()));
  CHECK(tools.phase<split_names>() == phase::contracted);
  write_in_both_ways("three");
  CHECK(wrong() == 0);
}

TEST_CASE_FIXTURE(naming, "a row with one wrong column of several is found, told and repaired") {
  bring_to<split_names>(phase::validate);
  run("ALTER TABLE bank.names DISABLE TRIGGER USER; UPDATE bank.names SET last_name = 'x' WHERE id = 3;"
      "UPDATE bank.names SET born_big = NULL WHERE id = 4; ALTER TABLE bank.names ENABLE ALWAYS TRIGGER \"~om_sync_split-names\"");
  CHECK(wrong() == 2);
  auto report = parity_checker<split_names>{source}.check_all();
  CHECK(report.mismatches == 2);
  CHECK(ask("SELECT string_agg(format('%s -> %s', actual, expected), E'\\n' ORDER BY key) FROM "
            "online_migration_parity_samples") ==
        R"({"first_name" : "Ada3", "last_name" : "x", "born_big" : "3"} -> )"
        R"({"first_name" : "Ada3", "last_name" : "Löv3", "born_big" : "3"})"
        "\n"
        R"({"first_name" : "Ada4", "last_name" : "Löv4", "born_big" : null} -> )"
        R"({"first_name" : "Ada4", "last_name" : "Löv4", "born_big" : "4"})");
  CHECK(parity_checker<split_names>{source}.repair().mismatches == 2);
  CHECK(wrong() == 0);
}

TEST_CASE_FIXTURE(naming, "no value of a row with one sensitive column is kept") {
  bring_to<secret_parts>(phase::validate);
  run("ALTER TABLE bank.names DISABLE TRIGGER USER; UPDATE bank.names SET born_big = 77 WHERE id = 3;"
      "ALTER TABLE bank.names ENABLE ALWAYS TRIGGER \"~om_sync_secret-parts\"");
  CHECK(parity_checker<secret_parts>{source}.check_all().mismatches == 1);
  CHECK(ask("SELECT concat(expected, actual, redacted) FROM online_migration_parity_samples") == "t");
}

TEST_CASE_FIXTURE(naming, "rollback leaves all columns or takes all away, and a run begins anew over what is there") {
  bring_to<split_names>(phase::contract_ready);
  rollback<split_names>(tools, {{}, 0ms});
  CHECK(new_columns() == "first_name YES, last_name YES, born_big YES");
  run("INSERT INTO bank.names (id, full_name) VALUES (900, 'Old again'); ALTER TABLE bank.names DROP COLUMN last_name");
  // One of them is gone and two are there: acknowledged, what is missing is added.
  CHECK(says(caught<refused>([&] { expand<split_names>(tools); }), "\"first_name\" is there already"));
  expand<split_names>(tools, {.acknowledged = {risk::existing_column}});
  CHECK(new_columns() == "first_name YES, born_big YES, last_name YES");
  tools.mark_phase<split_names>(phase::backfill);
  REQUIRE(backfill_runner<split_names>{source}.run().finished());
  CHECK(wrong() == 0);
  rollback<split_names>(tools, and_drop);
  CHECK(new_columns() == "");
}

TEST_CASE_FIXTURE(naming, "a column of several that somebody drops or makes otherwise is missed") {
  expand<split_names>(tools);
  run("DROP TRIGGER \"~om_sync_split-names\" ON bank.names; ALTER TABLE bank.names DROP COLUMN born_big");
  CHECK(says(caught<refused>([&] { tools.mark_phase<split_names>(phase::backfill); }), "no column \"born_big\""));
  run("ALTER TABLE bank.names ADD COLUMN born_big text");
  CHECK(says(caught<refused>([&] { tools.ensure_column<split_names>(); }), "\"born_big\""));
  rollback<split_names>(tools, {{}, 0ms});
  CHECK(says(caught<refused>([&] { expand<split_names>(tools, {.acknowledged = {risk::existing_column}}); }),
             "the new column \"born_big\" is there already, as text and not as bigint"));
}

TEST_CASE_FIXTURE(naming, "kept by the application: the trigger goes, and the writers keep all columns") {
  bring_to<kept_names>(phase::contract_ready);
  connection application = somebody();
  dual_writer<kept_names> write{application};
  CHECK(write.update(key(1), set<"born">(11)) == 1);
  run("UPDATE bank.names SET born = 12 WHERE id = 2");
  CHECK(says(caught<refused>([&] { (void)prove<kept_names>(tools, contract_at_once()); }),
             "the sync trigger had to put 1 writes right"));
  REQUIRE(parity_checker<kept_names>{source}.check_all().mismatches == 0);
  contract(tools, prove<kept_names>(tools, contract_at_once()));
  CHECK(write.update(key(1), set<"full_name">("Eve Adams"), set<"born">(13)) == 1);
  CHECK(ask("SELECT concat_ws('|', first_name, born_big) FROM bank.names WHERE id = 1") == "Eve|13");
  CHECK(ask("SELECT count(*) FROM pg_trigger WHERE tgrelid = 'bank.names'::regclass") == "0");
}

TEST_CASE_FIXTURE(naming, "a required column that somebody dropped does not keep a run from being rolled back") {
  expand<split_names>(tools);
  run("DROP TRIGGER \"~om_sync_split-names\" ON bank.names; ALTER TABLE bank.names DROP COLUMN last_name");
  rollback<split_names>(tools, {{}, 0ms});
  CHECK(new_columns() == "first_name YES, born_big YES, last_name YES");
}

TEST_CASE_FIXTURE(naming, "settle looks at every column declared NOT NULL") {
  bring_to<split_names>(phase::validate);
  run("ALTER TABLE bank.names ALTER COLUMN first_name SET NOT NULL");
  prove_parity<split_names>();
  CHECK(new_columns() == "first_name NO, last_name NO, born_big YES");
  CHECK(ask("SELECT count(*) FROM pg_constraint WHERE conrelid = 'bank.names'::regclass AND contype = 'c'") == "0");
}

TEST_CASE_FIXTURE(naming, "contract-ready asks every column declared NOT NULL, whichever is the last one missing") {
  bring_to<split_names>(phase::validate);
  REQUIRE(parity_checker<split_names>{source}.check_all().mismatches == 0);
  auto step = [&] { tools.mark_phase<split_names>(phase::contract_ready); };
  run("ALTER TABLE bank.names ALTER COLUMN first_name SET NOT NULL");
  CHECK(says(caught<refused>(step), "call om::settle first"));
  run("ALTER TABLE bank.names ALTER COLUMN first_name DROP NOT NULL, ALTER COLUMN last_name SET NOT NULL");
  CHECK(says(caught<refused>(step), "call om::settle first"));
  run("ALTER TABLE bank.names ALTER COLUMN first_name SET NOT NULL");
  step();
  CHECK(tools.phase<split_names>() == phase::contract_ready);
}
