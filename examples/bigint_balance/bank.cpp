// SPDX-License-Identifier: BSL-1.0
#include "bank.hpp"

namespace {

constexpr om::statement unbooked{"unbooked", R"(
  UPDATE bigint_balance.pgbench_accounts SET abalance_v2 = abalance_v2 + 1 WHERE aid = 1)"};

constexpr om::statement balances{"balances", R"(
  SELECT (SELECT sum(abalance_v2) FROM bigint_balance.pgbench_accounts),
         (SELECT sum(tbalance) FROM bigint_balance.pgbench_tellers),
         (SELECT sum(bbalance) FROM bigint_balance.pgbench_branches),
         (SELECT coalesce(sum(delta), 0) FROM bigint_balance.pgbench_history),
         (SELECT count(*) FROM bigint_balance.pgbench_history),
         (SELECT string_agg(attname || ' ' || format_type(atttypid, atttypmod), ', ' ORDER BY attnum) FROM pg_attribute
           WHERE attrelid = 'bigint_balance.pgbench_accounts'::regclass AND attnum > 0 AND NOT attisdropped),
         (SELECT count(*) FROM pg_trigger WHERE tgrelid = 'bigint_balance.pgbench_accounts'::regclass)
           + (SELECT count(*) FROM pg_proc WHERE pronamespace = 'bigint_balance'::regnamespace)
           + (SELECT count(*) FROM pg_class WHERE relnamespace = 'bigint_balance'::regnamespace AND relkind = 'S'))"};

}  // namespace

void sabotage(om::connection& on) { on.execute(unbooked); }

check_result check(om::connection& on) {
  om::result row = on.execute(balances);
  return {std::string{row.text(0, 0)},
          std::string{row.text(0, 1)},
          std::string{row.text(0, 2)},
          std::string{row.text(0, 3)},
          row.integer(0, 4),
          std::string{row.text(0, 5)},
          row.integer(0, 6)};
}
