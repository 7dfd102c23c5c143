// SPDX-License-Identifier: BSL-1.0
#include "bank.hpp"

#include <string_view>

namespace {

constexpr om::statement forget_branches{"forget_branches", R"(
  UPDATE strict_bank.pgbench_accounts SET bid = NULLIF(-(aid % 2), 0) WHERE aid <= 20)"};

constexpr om::statement remember_branches{"remember_branches", R"(
  UPDATE strict_bank.pgbench_accounts SET bid = (aid - 1) / 100000 + 1 WHERE bid IS NULL OR bid < 0)"};

constexpr om::statement drop_constraint{"drop_constraint", R"(
  ALTER TABLE strict_bank.pgbench_accounts DROP CONSTRAINT accounts_within_limits)"};

constexpr om::statement facts{"facts", R"(
  SELECT (SELECT string_agg(conname, ', ' ORDER BY conname) FROM pg_constraint
           WHERE conrelid = 'strict_bank.pgbench_accounts'::regclass AND convalidated),
         (SELECT string_agg(c.relname, ', ' ORDER BY c.relname) FROM pg_index AS i JOIN pg_class AS c ON c.oid = i.indexrelid
           WHERE i.indrelid = 'strict_bank.pgbench_accounts'::regclass AND i.indisvalid),
         (SELECT string_agg(concat_ws(' ', attname, format_type(atttypid, atttypmod),
                                      CASE WHEN attnotnull THEN 'not null' END), ', ' ORDER BY attnum) FROM pg_attribute
           WHERE attrelid = 'strict_bank.pgbench_accounts'::regclass AND attnum > 0 AND NOT attisdropped),
         (SELECT sum(abalance) FROM strict_bank.pgbench_accounts)
           - (SELECT coalesce(sum(delta), 0) FROM strict_bank.pgbench_history),
         (SELECT count(*) FROM strict_bank.pgbench_history))"};

constexpr om::statement forbidden[]{
    {"no_branch", "UPDATE strict_bank.pgbench_accounts SET bid = NULL WHERE aid = 1"},
    {"no_such_branch", "UPDATE strict_bank.pgbench_accounts SET bid = -1 WHERE aid = 1"},
    {"too_much", "UPDATE strict_bank.pgbench_accounts SET abalance = 2000000000 WHERE aid = 1"}};

/// The SQLSTATE of a statement that is not kept in any case.
std::string try_out(om::connection& on, const om::statement& forbidden_write) {
  om::transaction scope{on};
  try {
    on.execute(forbidden_write);
  } catch (const om::statement_error& problem) {
    return std::string{problem.sqlstate()};
  }
  return "allowed";
}

}  // namespace

void soil(om::connection& on) { on.execute(forget_branches); }

void mend(om::connection& on) { on.execute(remember_branches); }

void sabotage(om::connection& on) { on.execute(drop_constraint); }

check_result check(om::connection& on) {
  om::result row = on.execute(facts);
  check_result found{std::string{row.text(0, 0)}, std::string{row.text(0, 1)}, std::string{row.text(0, 2)},
                     row.integer(0, 3),           row.integer(0, 4),           {}};
  for (const om::statement& each : forbidden) {
    found.refused += found.refused.empty() ? "" : ", ";
    found.refused += try_out(on, each);
  }
  return found;
}
