// SPDX-License-Identifier: BSL-1.0
// After contract the old column is renamed away, and later dropped; never while something uses it, never with CASCADE.

#include <set>
#include <string>

#include "contract_support.hpp"

using namespace test;

namespace {

struct retiring : bank {
  retiring() { open_accounts(); }

  /// Refused with all of these words, and nothing changed.
  template <class Step>
  void refuses_step(Step step, std::initializer_list<std::string_view> words) {
    std::string before = whole();
    refused problem = caught<refused>(step);
    INFO(std::string{problem.what()});
    for (std::string_view each : words) CHECK(says(problem, each));
    CHECK(says(problem, "Nothing was changed."));
    CHECK(difference(before, whole()) == "");
  }

  std::string columns() {
    return ask(
        "SELECT string_agg(attname, ' ' ORDER BY attnum) FROM pg_attribute "
        "WHERE attrelid = 'bank.accounts'::regclass AND attnum > 0 AND NOT attisdropped");
  }

  /// What of ours is left in the schema of the table.
  std::string ours() {
    return ask(
        "SELECT coalesce(string_agg(name, ' ' ORDER BY name), '') FROM (SELECT tgname::text FROM pg_trigger "
        "WHERE tgrelid = 'bank.accounts'::regclass AND NOT tgisinternal UNION ALL SELECT proname::text FROM pg_proc "
        "WHERE pronamespace = 'bank'::regnamespace UNION ALL SELECT relname::text FROM pg_class "
        "WHERE relnamespace = 'bank'::regnamespace AND relname LIKE 'om%') AS all_of_it (name)");
  }
};

}  // namespace

TEST_CASE_FIXTURE(retiring, "retired, and dropped later") {
  refuses_step([&] { retire<wide_balance>(tools, all_new); }, {"There is no run"});
  bring_to(phase::contract_ready);
  refuses_step([&] { retire<wide_balance>(tools, all_new); },
               {"is in the phase contract-ready: this comes after om::contract"});
  refuses_step([&] { drop_retired<wide_balance>(tools, at_once); }, {"this comes after om::contract"});
  tools.set_read_flag<wide_balance>(read_flag::new_column);
  contract_now();
  CHECK(ours() == "om_alarm_wide-balance om_alarm_wide-balance om_guard_wide-balance ~om_guard_wide-balance");
  refuses_step([&] { drop_retired<wide_balance>(tools, at_once); }, {"is not retired: call om::retire first"});
  refuses_step([&] { retire<wide_balance>(tools); },
               {"has to know only the new column by now", "om::risk::dual_writers"});

  retire<wide_balance>(tools, all_new);
  CHECK(columns() == "id om_retired_balance note balance_v2");
  CHECK(ask("SELECT retired_column FROM online_migration_runs") == "om_retired_balance");
  CHECK(ask("SELECT sum(om_retired_balance) = sum(balance_v2) FROM bank.accounts") == "t");
  refuses("UPDATE bank.accounts SET balance = 1", "42703");
  run("INSERT INTO bank.accounts (id, balance_v2) VALUES (900, 5000000000); UPDATE bank.accounts SET balance_v2 = 1 WHERE id = 1");
  std::string retired = whole();
  retire<wide_balance>(tools);  // again: nothing to do, and nothing to acknowledge
  CHECK(difference(retired, whole()) == "");

  refuses_step([&] { drop_retired<wide_balance>(tools, {{risk::dropped_column}}); },
               {"was retired ", " s ago, and may be dropped after 86400 s"});
  refuses_step(
      [&] {
        drop_retired<wide_balance>(tools, {{}, std::chrono::seconds{0}});
      },
      {"the old values are lost with their column", "om::risk::dropped_column"});
  run("UPDATE online_migration_runs SET metadata = metadata || jsonb_build_object('retired_at', clock_timestamp() - interval '25 hours')");
  drop_retired<wide_balance>(tools, {{risk::dropped_column}});
  CHECK(columns() == "id note balance_v2");
  CHECK(ours() == "");
  std::string dropped = whole();
  drop_retired<wide_balance>(tools);
  retire<wide_balance>(tools);
  CHECK(difference(dropped, whole()) == "");
  refuses_step([&] { revive<wide_balance>(tools); },
               {"The old column of \"wide-balance\" was dropped: there is no way back"});
  refuses_step([&] { rollback<wide_balance>(tools, and_drop); }, {"is contracted"});
}

TEST_CASE_FIXTURE(retiring, "what uses the old column is listed, and nothing is renamed or dropped") {
  run("CREATE INDEX plain ON bank.accounts (balance); CREATE INDEX mixed ON bank.accounts (note, (balance + 1));"
      "CREATE VIEW bank.rich AS SELECT id FROM bank.accounts WHERE balance > 100;"
      "CREATE STATISTICS bank.pair ON balance, note FROM bank.accounts;"
      "CREATE FUNCTION bank.atomic() RETURNS bigint LANGUAGE sql BEGIN ATOMIC SELECT max(balance) FROM bank.accounts; END");
  bring_to(phase::contract_ready);
  tools.set_read_flag<wide_balance>(read_flag::new_column);
  contract(tools, prove<wide_balance>(tools, contract_at_once({risk::legacy_readers})));
  auto try_to = [&] { retire<wide_balance>(tools, all_new); };
  refuses_step(try_to, {"the column \"balance\" cannot be retired while these use it: change or drop them first",
                        "index bank.plain", "index bank.mixed", "view bank.rich", "statistics object bank.pair",
                        "function bank.atomic()"});
  run("DROP INDEX bank.plain, bank.mixed; DROP VIEW bank.rich; DROP STATISTICS bank.pair; DROP FUNCTION bank.atomic()");
  run("CREATE TABLE bank.other (balance integer); CREATE UNIQUE INDEX again ON bank.accounts (balance);"
      "ALTER TABLE bank.other ADD FOREIGN KEY (balance) REFERENCES bank.accounts (balance)");
  refuses_step(try_to, {"constraint other_balance_fkey on table bank.other", "index bank.again"});
  run("DROP TABLE bank.other; DROP INDEX bank.again");
  retire<wide_balance>(tools, all_new);
  // And between retiring and dropping.
  run("CREATE VIEW bank.late AS SELECT om_retired_balance FROM bank.accounts");
  refuses_step([&] { drop_retired<wide_balance>(tools, at_once); },
               {"the column \"om_retired_balance\" cannot be dropped", "view bank.late"});
  run("DROP VIEW bank.late");
  drop_retired<wide_balance>(tools, at_once);
}

TEST_CASE_FIXTURE(retiring, "functions that may use it have to be acknowledged, because the server does not know") {
  bring_to(phase::contracted);
  run("CREATE FUNCTION bank.total() RETURNS bigint LANGUAGE sql AS 'SELECT sum(BALANCE) FROM bank.accounts';"
      "CREATE FUNCTION bank.innocent() RETURNS bigint LANGUAGE sql AS 'SELECT sum(balance_v2) FROM bank.accounts';"
      "CREATE FUNCTION bank.elsewhere() RETURNS text LANGUAGE plpgsql AS $$BEGIN RETURN 'balance'; END$$;"
      "CREATE FUNCTION bank.stamp() RETURNS trigger LANGUAGE plpgsql AS $$BEGIN NEW.note := NEW.balance; RETURN NEW; END$$;"
      "CREATE TRIGGER stamp BEFORE INSERT ON bank.accounts FOR EACH ROW EXECUTE FUNCTION bank.stamp()");
  refuses_step([&] { retire<wide_balance>(tools, all_new); },
               {"must not use it any more: function bank.stamp(), function bank.total().", "om::risk::legacy_readers"});
  retire<wide_balance>(tools, {{risk::dual_writers, risk::legacy_readers}});
  CHECK(columns() == "id om_retired_balance note balance_v2");
}

TEST_CASE_FIXTURE(retiring, "it waits for nobody longer than its bound, and is tried again") {
  bring_to(phase::contracted);
  connection reader = somebody("reader");
  script(reader, "BEGIN; SELECT FROM bank.accounts LIMIT 1");
  toolkit impatient{source, {{{5ms, 50ms}, 300ms}, 50ms}};
  CHECK(caught<statement_error>([&] { retire<wide_balance>(impatient, all_new); }).sqlstate() == "55P03");
  CHECK(columns() == "id balance note balance_v2");
  std::jthread step{[&] {
    toolkit patient{source, {hasty, 50ms}};
    retire<wide_balance>(patient, all_new);
  }};
  std::this_thread::sleep_for(100ms);
  script(reader, "COMMIT");
  step.join();
  CHECK(columns() == "id om_retired_balance note balance_v2");
}

TEST_CASE_FIXTURE(retiring, "of a partitioned table") {
  run("DROP TABLE bank.accounts;"
      "CREATE TABLE bank.accounts (id integer PRIMARY KEY, balance integer NOT NULL, note text) PARTITION BY RANGE (id);"
      "CREATE TABLE bank.low PARTITION OF bank.accounts FOR VALUES FROM (MINVALUE) TO (50);"
      "CREATE TABLE bank.high PARTITION OF bank.accounts FOR VALUES FROM (50) TO (MAXVALUE);"
      "INSERT INTO bank.accounts SELECT g, g * 10 FROM generate_series(1, 100) AS g");
  bring_to(phase::contracted);
  run("CREATE INDEX of_one ON bank.high (balance)");
  refuses_step([&] { retire<wide_balance>(tools, all_new); }, {"index bank.of_one"});
  run("DROP INDEX bank.of_one");
  retire<wide_balance>(tools, all_new);
  drop_retired<wide_balance>(tools, at_once);
  CHECK(columns() == "id note balance_v2");
  CHECK(ask("SELECT count(*) FROM pg_trigger WHERE tgname LIKE '~om%'") == "0");
}

TEST_CASE_FIXTURE(retiring, "the table is at each time the one that a history says") {
  auto lines = [](const table_description& table) {
    std::set<std::string> text;
    for (std::size_t i = 0; i < table.count; ++i) {
      const column_description& column = table.columns[i];
      text.insert(std::string{column.name} + " " + om::detail::type_name(*column.type) +
                  (column.is_required ? " NOT NULL" : ""));
    }
    return text;
  };
  auto there = [&] {
    std::set<std::string> text;
    auto rows = on.execute(statement{"there", R"(SELECT a.attname || ' ' || format_type(a.atttypid, a.atttypmod) ||
  CASE WHEN a.attnotnull THEN ' NOT NULL' ELSE '' END FROM pg_attribute a
 WHERE attrelid = 'bank.accounts'::regclass AND attnum > 0 AND NOT attisdropped)"});
    for (int row = 0; row < rows.rows(); ++row) text.insert(std::string{rows.text(row, 0)});
    return text;
  };
  const auto& before = describe_table<schema_after<accounts>>;
  const auto& while_open = describe_table<schema_after<accounts, wide_balance>>;
  const auto& afterwards = describe_table<schema_after<accounts, finished<wide_balance>>>;
  CHECK(there() == lines(before));
  bring_to(phase::expand);
  CHECK(there() == lines(while_open));
  tools.mark_phase<wide_balance>(phase::backfill);
  REQUIRE(backfill_runner<wide_balance>{source}.run().finished());
  CHECK(there() == lines(while_open));
  prove_parity();
  tools.set_read_flag<wide_balance>(read_flag::new_column);
  contract_now();
  // From contract on, what the new table declares is there.
  auto found = there();
  for (const std::string& line : lines(afterwards)) CHECK(found.contains(line));
  retire<wide_balance>(tools, all_new);
  drop_retired<wide_balance>(tools, at_once);
  CHECK(there() == lines(afterwards));
}
