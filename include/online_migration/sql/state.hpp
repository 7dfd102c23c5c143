// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <online_migration/sql/statement.hpp>

/// Statements on the state tables that are the same for every migration.
namespace online_migration::state {

/// The newest run of a migration. `$1` its name.
inline constexpr statement newest_run{
    "state_newest_run",
    R"(SELECT run_id, attempt, fingerprint, phase, safety_net FROM "public"."online_migration_runs"
 WHERE migration = $1::text ORDER BY attempt DESC LIMIT 1)"};

/// The same, locked against every other step and every chunk until the end of the transaction.
inline constexpr statement lock_newest_run{
    "state_lock_newest_run",
    R"(SELECT run_id, attempt, fingerprint, phase, safety_net FROM "public"."online_migration_runs"
 WHERE migration = $1::text ORDER BY attempt DESC LIMIT 1 FOR UPDATE)"};

/// `$1` migration, `$2` attempt, `$3` fingerprint, `$4` schema, `$5` table, `$6` new column, `$7` safety net.
inline constexpr statement begin_run{"state_begin_run",
                                     R"(INSERT INTO "public"."online_migration_runs"
  (migration, attempt, fingerprint, table_schema, table_name, target_column, phase, safety_net)
 VALUES ($1::text, $2::integer, $3::text, $4::text, $5::text, $6::text, 'expand', $7::text) RETURNING run_id)"};

/// `$1` run, `$2` the phase it is in, `$3` the phase to enter.
inline constexpr statement enter_phase{
    "state_enter_phase",
    R"(UPDATE "public"."online_migration_runs" SET phase = $3::text, phase_since = pg_catalog.clock_timestamp(),
  walk = walk + CASE WHEN $3::text = 'backfill' THEN 1 ELSE 0 END,
  metadata = metadata || pg_catalog.jsonb_build_object($3::text || '_at', pg_catalog.clock_timestamp())
 WHERE run_id = $1::bigint AND phase = $2::text)"};

/// Other migrations whose columns of a table are kept by triggers of ours. `$1` schema, `$2` table, `$3` migration.
inline constexpr statement other_migrations{
    "state_other_migrations",
    R"(SELECT DISTINCT migration, target_column FROM "public"."online_migration_runs"
 WHERE table_schema = $1::text AND table_name = $2::text AND migration <> $3::text AND phase <> 'rolled-back')"};

/// `$1` run. True where every slice is done, NULL where there is none.
inline constexpr statement backfill_finished{
    "state_backfill_finished",
    R"(SELECT pg_catalog.bool_and(finished) FROM "public"."online_migration_backfill_state" WHERE run_id = $1::bigint)"};

/// The locks of the fence alone. `$1` run, `$2` slice.
inline constexpr statement lock_slice{"state_lock_slice",
                                      R"(SELECT s.epoch FROM "public"."online_migration_runs" AS r
  JOIN "public"."online_migration_backfill_state" AS s USING (run_id)
 WHERE r.run_id = $1::bigint AND s.slice = $2::integer FOR SHARE OF r FOR UPDATE OF s)"};

/// Constraint triggers that were deferred run with their statement, in this transaction.
inline constexpr statement constraints_now{"state_constraints_now", "SET CONSTRAINTS ALL IMMEDIATE"};

/// For one stripe of a range of keys: each page of the range is looked at once, and not once for each of its rows.
inline constexpr statement by_bitmap{"state_by_bitmap",
                                     "SELECT pg_catalog.set_config('enable_indexscan', 'off', true)"};

/// How long a statement may take from here on, until the end of the transaction. `$1` milliseconds.
inline constexpr statement time_limit{"state_time_limit",
                                      "SELECT pg_catalog.set_config('statement_timeout', $1, true)"};

/// For rows that are sent with their keys: each is looked up by its key. The server must not join a few thousand of
/// them with the whole index of a large table.
inline constexpr statement by_lookup{"state_by_lookup",
                                     "SELECT pg_catalog.set_config('enable_mergejoin', 'off', true), "
                                     "pg_catalog.set_config('enable_hashjoin', 'off', true)"};

/// Goes on with a lease after a reconnection or a long sleep, if nobody took it. `$1` run, `$2` slice, `$3` epoch,
/// `$4` process on the server or NULL, `$5` lease in milliseconds.
inline constexpr statement renew_lease{
    "state_renew_lease",
    R"(UPDATE "public"."online_migration_backfill_state" SET holder_pid = $4::integer,
  lease_until = pg_catalog.clock_timestamp() + $5::bigint * interval '1 millisecond'
 WHERE run_id = $1::bigint AND slice = $2::integer AND epoch = $3::bigint)"};

/// `$1` run, `$2` slice, `$3` epoch.
inline constexpr statement release_lease{
    "state_release_lease",
    R"(UPDATE "public"."online_migration_backfill_state" SET holder = NULL, holder_pid = NULL, lease_until = NULL,
  updated_at = pg_catalog.clock_timestamp()
 WHERE run_id = $1::bigint AND slice = $2::integer AND epoch = $3::bigint)"};

/// `$1` run, `$2` slice, `$3` epoch, `$4` what happened, without any value of a row.
inline constexpr statement record_error{
    "state_record_error",
    R"(UPDATE "public"."online_migration_backfill_state" SET errors = errors + 1, last_error = $4::text,
  last_error_at = pg_catalog.clock_timestamp(), updated_at = pg_catalog.clock_timestamp()
 WHERE run_id = $1::bigint AND slice = $2::integer AND epoch = $3::bigint)"};

/// Asks every runner of a run to pause, or lets it go on. `$1` run, `$2` whether to pause. It waits for the chunk in
/// flight, so once it is committed no chunk is.
inline constexpr statement request_pause{
    "state_request_pause",
    R"(UPDATE "public"."online_migration_backfill_state" SET pause_requested = $2::boolean,
  updated_at = pg_catalog.clock_timestamp() WHERE run_id = $1::bigint)"};

/// `$1` run.
inline constexpr statement read_progress{
    "state_read_progress",
    R"(SELECT pg_catalog.sum(rows_done)::bigint, pg_catalog.sum(rows_changed)::bigint,
  pg_catalog.sum(rows_estimated)::bigint, pg_catalog.sum(chunks)::bigint, pg_catalog.bool_and(finished),
  pg_catalog.bool_or(pause_requested), pg_catalog.max(holder) FILTER (WHERE lease_until >= pg_catalog.clock_timestamp()),
  pg_catalog.sum(errors)::bigint, pg_catalog.max(last_error),
  (SELECT pg_catalog.count(*) FROM "public"."online_migration_dirty_keys" AS d JOIN "public"."online_migration_runs" AS r
    USING (migration) WHERE r.run_id = $1::bigint AND r.safety_net IN ('dirty-key-trigger', 'sync-trigger')),
  pg_catalog.sum(dirty_done)::bigint,
  (SELECT pg_catalog.count(*) FROM "public"."online_migration_quarantine" AS q JOIN "public"."online_migration_runs" AS r
    USING (migration) WHERE r.run_id = $1::bigint),
  pg_catalog.max(strategy), pg_catalog.avg(hot_share)::double precision,
  pg_catalog.count(*) FILTER (WHERE holder IS NOT NULL AND lease_until >= pg_catalog.clock_timestamp()), pg_catalog.count(*),
  pg_catalog.max(throttle_reason)
 FROM "public"."online_migration_backfill_state" WHERE run_id = $1::bigint)"};

/// Notes the state of the sync trigger when a walk begins, so that a trigger that was off meanwhile is noticed.
/// `$1` run, `$2` what `catalog::trigger_state` tells.
inline constexpr statement note_trigger{
    "state_note_trigger",
    R"(UPDATE "public"."online_migration_runs" SET metadata = metadata || pg_catalog.jsonb_build_object('trigger', $2::text)
 WHERE run_id = $1::bigint)"};

/// Whether the sync trigger is as it was then. `$1` run, `$2` what `catalog::trigger_state` tells.
inline constexpr statement same_trigger{
    "state_same_trigger",
    R"(SELECT COALESCE(metadata->>'trigger', '') = $2::text FROM "public"."online_migration_runs" WHERE run_id = $1::bigint)"};

/// What readers need to know of the newest run of a migration; these columns are all that they need the right to read.
/// `$1` its name.
inline constexpr statement read_flag{"state_read_flag",
                                     R"(SELECT phase, read_flag, read_percent FROM "public"."online_migration_runs"
 WHERE migration = $1::text ORDER BY attempt DESC LIMIT 1)"};

/// `$1` run, `$2` flag, `$3` percentage, 0 where the flag is none. When each kind of flag was set last is kept: whoever
/// ends a run has to know whether rows may have been read from the new column.
inline constexpr statement set_read_flag{
    "state_set_read_flag",
    R"(UPDATE "public"."online_migration_runs" SET read_flag = $2::text, read_percent = $3::integer,
  read_flag_since = pg_catalog.clock_timestamp(),
  metadata = metadata || pg_catalog.jsonb_build_object('read_' || $2::text || '_at', pg_catalog.clock_timestamp())
 WHERE run_id = $1::bigint)"};

}  // namespace online_migration::state
