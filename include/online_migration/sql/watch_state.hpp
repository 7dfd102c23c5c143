// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <online_migration/sql/statement.hpp>

/// Statements on the rounds of a watch, which are parity passes of a kind of their own; the same for every migration.
namespace online_migration::state {

/// Goes on with the newest round of a run if it has no end, and nobody is at work on it: in the same walk and phase.
/// `$1` run, `$2` the process that answers, NULL behind a pooler. Columns: pass, rows, mismatches.
inline constexpr statement resume_watch{
    "state_resume_watch",
    R"(UPDATE "public"."online_migration_parity_passes" AS p SET worker_pid = $2::integer, noted_at = pg_catalog.clock_timestamp()
 FROM "public"."online_migration_runs" AS r
 WHERE r.run_id = $1::bigint AND p.run_id = r.run_id AND p.walk = r.walk AND p.kind = 'watch' AND p.started_in = r.phase
  AND p.finished_at IS NULL
  AND NOT EXISTS (SELECT FROM "public"."online_migration_parity_passes" AS q
   WHERE q.run_id = p.run_id AND q.kind = 'watch' AND q.pass_id > p.pass_id)
  AND (p.noted_at < pg_catalog.clock_timestamp() - interval '1 minute' OR (p.worker_pid IS NOT NULL
   AND NOT EXISTS (SELECT FROM pg_catalog.pg_stat_activity AS a WHERE a.pid = p.worker_pid)))
 RETURNING p.pass_id, COALESCE(p.rows_checked, 0), COALESCE(p.mismatches, 0))"};

/// The key up to which a round has come, a row for each of its parts; none where it has just begun. `$1` pass.
inline constexpr statement watch_cursor{"state_watch_cursor",
                                        R"(SELECT c.part FROM "public"."online_migration_parity_passes" AS p
  CROSS JOIN pg_catalog.unnest(p.cursor) WITH ORDINALITY AS c (part, number)
 WHERE p.pass_id = $1::bigint ORDER BY c.number)"};

/// How far a round is, and who is at work on it. `$1` pass, `$2` process, `$3` key, `$4` rows.
inline constexpr statement note_watch{
    "state_note_watch",
    R"(UPDATE "public"."online_migration_parity_passes" SET worker_pid = $2::integer, cursor = $3::text[],
  rows_checked = $4::bigint, noted_at = pg_catalog.clock_timestamp() WHERE pass_id = $1::bigint)"};

/// When a round has ended: those before it that found nothing go. `$1` run, `$2` pass.
inline constexpr statement forget_clean_rounds{"state_forget_clean_rounds",
                                               R"(DELETE FROM "public"."online_migration_parity_passes" AS p
 WHERE p.run_id = $1::bigint AND p.pass_id < $2::bigint AND p.kind = 'watch' AND p.finished_at IS NOT NULL
  AND p.mismatches = 0
  AND NOT EXISTS (SELECT FROM "public"."online_migration_parity_samples" AS s WHERE s.pass_id = p.pass_id))"};

}  // namespace online_migration::state
