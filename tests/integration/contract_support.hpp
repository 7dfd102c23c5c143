// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <algorithm>
#include <array>
#include <cstdio>
#include <iterator>
#include <sstream>
#include <string>
#include <unistd.h>
#include <vector>

#include "support/hooked_database.hpp"
#include "support/lab.hpp"

namespace test {

/// A table whose column `balance` is too narrow, and what replaces it.
struct accounts : table<"accounts", in_schema<"bank">, column<"id", integer, primary_key>,
                        column<"balance", integer, not_null>, column<"note", text>> {};

struct wide_balance
    : om::migration<
          "wide-balance", accounts,
          replace_column<"balance", "balance_v2", bigint, col<"balance">, cast<integer>(col<"balance_v2">), not_null>> {
};

/// The same without a way back.
struct lossy_balance
    : om::migration<"lossy-balance", accounts, replace_column<"balance", "balance_v2", bigint, col<"balance">, lossy>> {
};

/// A column that may be NULL and has a default, which nobody means when he gives the new one.
struct points_table
    : table<"points", in_schema<"bank">, column<"id", bigint, primary_key>, column<"score", integer, has_default>> {};

struct wide_score
    : om::migration<"wide-score", points_table,
                    replace_column<"score", "score_v2", bigint, col<"score">, cast<integer>(col<"score_v2">)>> {};

/// What every test here acknowledges: that the application is where it has to be, and that nothing of the old column is
/// missed.
inline contract_options contract_at_once(std::vector<risk> more = {}) {
  more.push_back(risk::legacy_instances);
  more.push_back(risk::left_behind);
  return {std::move(more), 0ms};
}

inline const retire_options all_new{{risk::dual_writers}};
inline const drop_retired_options at_once{{risk::dropped_column}, std::chrono::seconds{0}};
inline const rollback_options and_drop{{risk::dropped_column}, 0ms};

/// A database with a schema `bank` beside `public`.
struct bank : lab {
  hooks around;
  hooked_database hooked{around};
  basic_toolkit<hooked_database> hooked_tools{hooked, {hasty, 200ms}};

  bank() {
    run("DROP SCHEMA IF EXISTS bank CASCADE; CREATE SCHEMA bank");
    tools.ensure_state_tables();
  }

  /// Two hundred accounts, some of them with negative keys.
  void open_accounts(const std::string& balance = "integer NOT NULL") {
    run("CREATE TABLE bank.accounts (id integer PRIMARY KEY, balance " + balance +
        ", note text);"
        "INSERT INTO bank.accounts SELECT g, g * 10 FROM generate_series(-99, 100) AS g");
  }

  template <class Migration = wide_balance>
  void bring_to(phase wanted, expand_options options = {}) {
    expand<Migration>(tools, std::move(options));
    if (wanted == phase::expand) return;
    tools.mark_phase<Migration>(phase::backfill);
    if (wanted == phase::backfill) return;
    REQUIRE(backfill_runner<Migration>{source, {.chunk = fixed_chunk(70)}}.run().finished());
    if (wanted == phase::validate) return;
    prove_parity<Migration>();
    if (wanted == phase::contract_ready) return;
    tools.set_read_flag<Migration>(read_flag::new_column);
    contract_now<Migration>();
  }

  template <class Migration = wide_balance>
  void prove_parity() {
    REQUIRE(parity_checker<Migration>{source}.check_all().mismatches == 0);
    settle<Migration>(tools);
    tools.mark_phase<Migration>(phase::contract_ready);
  }

  template <class Migration = wide_balance>
  void contract_now() {
    std::vector<risk> more;
    if (!detail::has_way_back(describe_migration<Migration>)) more.push_back(risk::no_way_back);
    contract(tools, prove<Migration>(tools, contract_at_once(more)));
  }

  /// Rows out of step, by SQL that has nothing to do with the library's.
  std::int64_t out_of_step() {
    return count("SELECT count(*) FROM bank.accounts WHERE balance::bigint IS DISTINCT FROM balance_v2");
  }

  /// The server refuses some SQL with this code, and says this.
  void refuses(const std::string& sql, std::string_view sqlstate, connection* session = nullptr) {
    INFO(sql);
    try {
      script(session == nullptr ? on : *session, sql);
      FAIL_CHECK("it was not refused");
    } catch (const statement_error& problem) {
      CHECK(problem.sqlstate() == sqlstate);
    }
  }

  /// All definitions of the schema `bank`, as the server's own tool gives them where it is there.
  std::string dump() {
    std::string tool = environment("ONLINE_MIGRATION_TEST_PGBIN") + "/pg_dump";
    if (access(tool.c_str(), X_OK) != 0) return definitions();
    std::string command = tool + " --schema-only --schema=bank | grep -v '^\\\\'";  // a random word in each dump
    std::FILE* out = popen(command.c_str(), "r");
    REQUIRE(out != nullptr);
    std::string text;
    std::array<char, 4096> part{};
    while (std::size_t size = fread(part.data(), 1, part.size(), out)) text.append(part.data(), size);
    REQUIRE(pclose(out) == 0);
    return text;
  }

  /// The same by our own query, which is quicker and sees less.
  std::string definitions() {
    return ask(R"(SELECT string_agg(line, E'\n' ORDER BY line) FROM (
SELECT format('column %s.%s %s %s %s', a.attrelid::regclass, a.attname, format_type(a.atttypid, a.atttypmod), a.attnotnull,
    pg_get_expr(d.adbin, d.adrelid)) AS line
  FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid LEFT JOIN pg_attrdef d ON d.adrelid = c.oid AND d.adnum = a.attnum
  WHERE c.relnamespace = 'bank'::regnamespace AND a.attnum > 0 AND NOT a.attisdropped AND c.relkind <> 'S'
UNION ALL SELECT format('relation %s %s %s', relname, relkind, relacl) FROM pg_class WHERE relnamespace = 'bank'::regnamespace
UNION ALL SELECT format('trigger %s %s', pg_get_triggerdef(g.oid), g.tgenabled) FROM pg_trigger g JOIN pg_class c ON c.oid = g.tgrelid
  WHERE c.relnamespace = 'bank'::regnamespace AND NOT g.tgisinternal
UNION ALL SELECT pg_get_functiondef(oid) FROM pg_proc WHERE pronamespace = 'bank'::regnamespace AND prokind = 'f'
UNION ALL SELECT format('constraint %s %s %s', conrelid::regclass, pg_get_constraintdef(oid), convalidated) FROM pg_constraint
  WHERE connamespace = 'bank'::regnamespace
UNION ALL SELECT format('index %s %s', pg_get_indexdef(indexrelid), indisvalid) FROM pg_index JOIN pg_class c ON c.oid = indexrelid
  WHERE c.relnamespace = 'bank'::regnamespace) AS lines)");
  }

  /// All rows of the schema `bank`.
  std::string rows() {
    std::string all;
    result tables = on.execute(statement{
        "tables",
        "SELECT oid::regclass FROM pg_class WHERE relnamespace = 'bank'::regnamespace AND relkind IN ('r', 'p')"});
    for (int row = 0; row < tables.rows(); ++row) {
      all += ask("SELECT coalesce(string_agg(t::text, E'\\n' ORDER BY t::text), '') FROM " +
                 std::string{tables.text(row, 0)} + " AS t") +
             "\n";
    }
    return all;
  }

  /// Everything that a test could find changed: the state tables, both schemas, the rows.
  std::string whole() { return everything() + definitions() + rows(); }
};

/// The lines of one text that the other one has not; nothing where both are the same.
inline std::string difference(const std::string& before, const std::string& after) {
  if (before == after) return {};
  auto lines = [](const std::string& text) {
    std::vector<std::string> all;
    std::istringstream in{text};
    for (std::string line; std::getline(in, line);) {
      if (!line.empty() && line != "--") all.push_back(line);
    }
    std::sort(all.begin(), all.end());
    return all;
  };
  std::vector<std::string> old_lines = lines(before);
  std::vector<std::string> new_lines = lines(after);
  std::vector<std::string> gone;
  std::vector<std::string> come;
  std::set_difference(old_lines.begin(), old_lines.end(), new_lines.begin(), new_lines.end(), std::back_inserter(gone));
  std::set_difference(new_lines.begin(), new_lines.end(), old_lines.begin(), old_lines.end(), std::back_inserter(come));
  std::string text{"differs:\n"};
  for (const std::string& line : gone) text += "- " + line + "\n";
  for (const std::string& line : come) text += "+ " + line + "\n";
  return text;
}

inline bool has(const std::string& text, std::string_view part) { return text.find(part) != std::string::npos; }

}  // namespace test
