// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <online_migration/sql/statement.hpp>

/// Questions to the state tables for people, not for decisions.
namespace online_migration::state {

/// `$1` migration. Columns: run, attempt, fingerprint, phase, safety net, begun, in its phase since, read flag, read
/// percentage, retired column.
inline constexpr statement status{
    "state_status",
    R"(SELECT run_id, attempt, fingerprint, phase, safety_net, started_at::timestamp(0) with time zone,
  phase_since::timestamp(0) with time zone, read_flag, read_percent, retired_column
 FROM "public"."online_migration_runs" WHERE migration = $1::text ORDER BY attempt DESC LIMIT 1)"};

/// The newest parity pass, and the newest round of a watch. `$1` run. Columns: pass, kind, begun, ended, rows,
/// mismatches.
inline constexpr statement last_pass{
    "state_last_pass",
    R"(SELECT pass_id, kind, started_at::timestamp(0) with time zone, finished_at::timestamp(0) with time zone,
  rows_checked, mismatches
 FROM "public"."online_migration_parity_passes"
 WHERE pass_id IN (SELECT pg_catalog.max(pass_id) FROM "public"."online_migration_parity_passes"
  WHERE run_id = $1::bigint GROUP BY kind = 'watch') ORDER BY kind = 'watch')"};

/// What waits for somebody. `$1` migration. Columns: keys in the queue of a client-only transform, keys without a value.
inline constexpr statement waiting_keys{
    "state_waiting_keys",
    R"(SELECT (SELECT pg_catalog.count(*) FROM "public"."online_migration_dirty_keys" WHERE migration = $1::text),
  (SELECT pg_catalog.count(*) FROM "public"."online_migration_quarantine" WHERE migration = $1::text))"};

}  // namespace online_migration::state
