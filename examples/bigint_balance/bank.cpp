// SPDX-License-Identifier: BSL-1.0
#include "bank.hpp"

#include <string_view>

namespace {

constexpr om::statement find_schema{"find_schema", R"(
  SELECT to_regnamespace('bigint_balance') IS NOT NULL,
         coalesce(obj_description(to_regnamespace('bigint_balance'), 'pg_namespace'), ''),
         to_regclass('public.online_migration_runs') IS NOT NULL)"};

// A comment on what this example makes tells it from what somebody else made.
constexpr std::string_view mark = "made by the example bigint_balance of online_migration";

constexpr om::statement create_schema{"create_schema", R"(
  CREATE SCHEMA bigint_balance;
  COMMENT ON SCHEMA bigint_balance IS 'made by the example bigint_balance of online_migration')"};

constexpr om::statement drop_schema{"drop_schema", "DROP SCHEMA bigint_balance CASCADE"};

constexpr om::statement forget_run{"forget_run", R"(
  CREATE TEMPORARY TABLE ours ON COMMIT DROP AS
    SELECT run_id FROM public.online_migration_runs WHERE migration = 'bigint-balance';
  DELETE FROM public.online_migration_parity_samples WHERE run_id IN (SELECT run_id FROM ours);
  DELETE FROM public.online_migration_parity_passes WHERE run_id IN (SELECT run_id FROM ours);
  DELETE FROM public.online_migration_backfill_state WHERE run_id IN (SELECT run_id FROM ours);
  DELETE FROM public.online_migration_runs WHERE run_id IN (SELECT run_id FROM ours))"};

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

void clean(om::connection& on) {
  om::result found = on.execute(find_schema);
  if (found.boolean(0, 0) && found.text(0, 1) != mark) {
    throw om::refused{
        "This database has a schema bigint_balance that this example did not make, and would have to replace. Nothing was "
        "changed. Name another database: createdb example && examples/run bigint_balance --dsn dbname=example"};
  }
  om::transaction scope{on};
  if (found.boolean(0, 2)) on.run_script(forget_run);
  if (found.boolean(0, 0)) on.execute(drop_schema);
  scope.commit();
}

void make_schema(om::connection& on) { on.run_script(create_schema); }

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
