// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <online_migration/sql/statement.hpp>

/// Statements on the records of parity passes and their witnesses, the same for every migration.
namespace online_migration::state {

/// Until the end of the transaction rows come in the order of the key's index: where statistics are old, a server may
/// believe that it is less work to sort all rows behind a key than to take the next ones.
inline constexpr statement in_key_order{"state_in_key_order",
                                        "SELECT pg_catalog.set_config('enable_sort', 'off', true)"};

/// `$1` run, `$2` kind, `$3` the alarm's sequence as `regclass` takes it. The phase that the pass begins in decides what
/// it can prove.
inline constexpr statement begin_parity_pass{
    "state_begin_parity_pass",
    R"(INSERT INTO "public"."online_migration_parity_passes" (run_id, walk, started_in, kind, alarm)
 SELECT run_id, walk, phase, $2::text,
  COALESCE(pg_catalog.pg_sequence_last_value(pg_catalog.to_regclass($3::text)), 0)
 FROM "public"."online_migration_runs" WHERE run_id = $1::bigint RETURNING pass_id)"};

/// A pass that has seen mismatches speaks against older ones, even if it never ends. `$1` pass, `$2` mismatches.
inline constexpr statement note_mismatches{
    "state_note_mismatches",
    R"(UPDATE "public"."online_migration_parity_passes" SET mismatches = GREATEST(COALESCE(mismatches, 0), $2::bigint)
 WHERE pass_id = $1::bigint)"};

/// Rows that a repair has put right, in the transaction that did: so it speaks against passes that began before, even
/// if it never ends. `$1` pass, `$2` rows repaired, `$3` rows checked so far.
inline constexpr statement note_repaired{
    "state_note_repaired",
    R"(UPDATE "public"."online_migration_parity_passes" SET mismatches = COALESCE(mismatches, 0) + $2::bigint,
  rows_checked = $3::bigint, finished_at = pg_catalog.clock_timestamp() WHERE pass_id = $1::bigint)"};

/// `$1` pass, `$2` rows checked, `$3` mismatches, `$4` rows for which the transform has no value. A full pass that never
/// comes here proves nothing. Gives the mismatches, which may have been noted by a range whose answer was lost.
inline constexpr statement finish_parity_pass{
    "state_finish_parity_pass",
    R"(UPDATE "public"."online_migration_parity_passes" SET finished_at = pg_catalog.clock_timestamp(),
  rows_checked = $2::bigint, mismatches = GREATEST(COALESCE(mismatches, 0), $3::bigint), rows_failed = $4::bigint
 WHERE pass_id = $1::bigint RETURNING mismatches)"};

/// Makes a pass one by blocks, which can be gone on with. `$1` pass, `$2` the mark of file and trigger, `$3` the process
/// that answers, NULL behind a pooler.
inline constexpr statement begin_parity_blocks{
    "state_begin_parity_blocks",
    R"(UPDATE "public"."online_migration_parity_passes" SET net_mark = $2::text, worker_pid = $3::integer, blocks_done = 0,
  rows_checked = 0, noted_at = pg_catalog.clock_timestamp() WHERE pass_id = $1::bigint)"};

/// Goes on with the newest full pass of a run if it was by blocks, has no end, saw no mismatch, and nobody is at work
/// on it:
/// the same walk, file and trigger, and no pass since but clean rounds of a watch. `$1` run, `$2` mark, `$3` as above. Columns: pass, blocks done, rows.
inline constexpr statement resume_parity_blocks{
    "state_resume_parity_blocks",
    R"(UPDATE "public"."online_migration_parity_passes" AS p SET worker_pid = $3::integer, noted_at = pg_catalog.clock_timestamp()
 FROM "public"."online_migration_runs" AS r
 WHERE r.run_id = $1::bigint AND p.run_id = r.run_id AND p.walk = r.walk AND p.kind = 'full' AND p.started_in = r.phase
  AND p.finished_at IS NULL AND p.net_mark = $2::text AND COALESCE(p.mismatches, 0) = 0
  AND NOT EXISTS (SELECT FROM "public"."online_migration_parity_passes" AS q
   WHERE q.run_id = p.run_id AND ((q.pass_id > p.pass_id AND (q.kind <> 'watch' OR q.mismatches > 0))
    OR (q.mismatches > 0 AND q.finished_at >= p.started_at)))
  AND (p.noted_at < pg_catalog.clock_timestamp() - interval '1 minute' OR (p.worker_pid IS NOT NULL
   AND NOT EXISTS (SELECT FROM pg_catalog.pg_stat_activity AS a WHERE a.pid = p.worker_pid)))
 RETURNING p.pass_id, p.blocks_done, p.rows_checked)"};

/// How far a pass by blocks is: every block below has been seen. `$1` pass, `$2` blocks, `$3` rows in them.
inline constexpr statement note_parity_blocks{
    "state_note_parity_blocks",
    R"(UPDATE "public"."online_migration_parity_passes" SET blocks_done = $2::bigint, rows_checked = $3::bigint,
  noted_at = pg_catalog.clock_timestamp() WHERE pass_id = $1::bigint)"};

/// A pass by blocks that was stopped: anybody may go on with it at once. `$1` pass.
inline constexpr statement leave_parity_blocks{
    "state_leave_parity_blocks",
    R"(UPDATE "public"."online_migration_parity_passes" SET noted_at = '-infinity' WHERE pass_id = $1::bigint)"};

/// The partitions that a full pass began with, of the newest one. `$1` run, `$2` pass, `$3` what `catalog::part_triggers`
/// tells.
inline constexpr statement note_parts{"state_note_parts",
                                      R"(UPDATE "public"."online_migration_runs" SET metadata = metadata ||
   pg_catalog.jsonb_build_object('parts', pg_catalog.jsonb_build_object('pass', $2::bigint, 'triggers', $3::text))
 WHERE run_id = $1::bigint AND COALESCE((metadata->'parts'->>'pass')::bigint, 0) <= $2::bigint)"};

/// Whether they are the same now. `$1` run, `$2` pass, `$3` what `catalog::part_triggers` tells.
inline constexpr statement same_parts{
    "state_same_parts",
    R"(SELECT COALESCE((metadata->'parts'->>'pass')::bigint = $2::bigint AND metadata->'parts'->>'triggers' = $3::text, false)
 FROM "public"."online_migration_runs" WHERE run_id = $1::bigint)"};

/// The newest full pass over this walk's work that began in `validate` or later, and whether any pass saw a mismatch, or
/// put a row right, since it began; then its number, and the alarm when it began. Walks and passes are counted, because
/// clocks step back and fail over. `$1` run.
inline constexpr statement newest_parity_pass{
    "state_newest_parity_pass",
    R"(SELECT p.mismatches, EXISTS (SELECT FROM "public"."online_migration_parity_passes" AS q
    WHERE q.run_id = p.run_id AND q.walk = p.walk AND q.mismatches > 0
      AND (q.pass_id > p.pass_id OR q.finished_at >= p.started_at))
   OR EXISTS (SELECT FROM "public"."online_migration_parity_samples" AS s
    WHERE s.run_id = p.run_id AND (s.pass_id > p.pass_id OR s.observed_at >= p.started_at)), p.pass_id, p.alarm
 FROM "public"."online_migration_parity_passes" AS p JOIN "public"."online_migration_runs" AS r USING (run_id, walk)
 WHERE p.run_id = $1::bigint AND p.kind = 'full' AND p.finished_at IS NOT NULL
   AND p.started_in IN ('validate', 'contract-ready')
 ORDER BY p.pass_id DESC LIMIT 1)"};

/// Deletes the witnesses of a migration that are older than `$2` seconds, and the oldest of those that are more than
/// `$3`. Those of its newest full pass stay, and those that older passes have seen since it began, because the gate asks
/// for them. `$1` migration.
inline constexpr statement trim_witnesses{
    "state_trim_witnesses",
    R"(WITH own AS (SELECT run_id FROM "public"."online_migration_runs" WHERE migration = $1::text),
 newest AS (SELECT p.pass_id, p.started_at FROM "public"."online_migration_parity_passes" AS p JOIN own USING (run_id)
  WHERE p.kind = 'full' AND p.finished_at IS NOT NULL ORDER BY p.pass_id DESC LIMIT 1)
 DELETE FROM "public"."online_migration_parity_samples" AS s USING own WHERE s.run_id = own.run_id
  AND (s.observed_at < pg_catalog.clock_timestamp() - $2::bigint * interval '1 second'
   OR s.sample_id <= (SELECT o.sample_id FROM "public"."online_migration_parity_samples" AS o JOIN own USING (run_id)
    ORDER BY o.sample_id DESC OFFSET $3::bigint LIMIT 1))
  AND NOT EXISTS (SELECT FROM newest AS n
   WHERE s.pass_id = n.pass_id OR (s.pass_id < n.pass_id AND s.observed_at >= n.started_at)))"};

/// At the end of a full pass: keys that were reported before it began, and that it has not found again. `$1` migration,
/// `$2` pass.
inline constexpr statement clear_quarantine{
    "state_clear_quarantine",
    R"(DELETE FROM "public"."online_migration_quarantine" AS q USING "public"."online_migration_parity_passes" AS p
 WHERE p.pass_id = $2::bigint AND q.migration = $1::text AND q.pass_id IS DISTINCT FROM p.pass_id
  AND q.noted_at < p.started_at)"};

}  // namespace online_migration::state
