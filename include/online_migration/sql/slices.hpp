// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <cstddef>

#include <online_migration/base/sink.hpp>
#include <online_migration/migration/description.hpp>
#include <online_migration/sql/parts.hpp>
#include <online_migration/sql/statement.hpp>

/// Slices of a walk: parts of it that several runners work on at once, each under its own lease.
namespace online_migration {

namespace state {

/// Takes a slice that is free, whose lease has ended by the server's clock, or whose holder's session is gone. One
/// whose row somebody has locked is passed over.
/// `$1` run, `$2` holder, `$3` its process on the server or NULL, `$4` lease in milliseconds, `$5` true for slice 0 even
/// though it is finished, false for one that is not. Columns: slice, epoch, rows of the last chunk.
inline constexpr statement claim_slice{
    "state_claim_slice",
    R"(UPDATE "public"."online_migration_backfill_state" AS s SET epoch = s.epoch + 1,
  holder = $2::text, holder_pid = $3::integer,
  lease_until = pg_catalog.clock_timestamp() + $4::bigint * interval '1 millisecond',
  updated_at = pg_catalog.clock_timestamp(), throttle_reason = NULL
 WHERE s.run_id = $1::bigint AND s.slice = (SELECT f.slice FROM "public"."online_migration_backfill_state" AS f
   WHERE f.run_id = $1::bigint AND CASE WHEN $5::boolean THEN f.slice = 0 ELSE NOT f.finished END
     AND (f.holder IS NULL OR f.lease_until < pg_catalog.clock_timestamp() OR (f.holder_pid IS NOT NULL
       AND NOT EXISTS (SELECT FROM pg_catalog.pg_stat_activity AS a WHERE a.pid = f.holder_pid)))
   ORDER BY f.slice LIMIT 1 FOR UPDATE SKIP LOCKED)
 RETURNING s.slice, s.epoch, s.chunk_rows)"};

/// `$1` run. Columns: slices that are not finished (NULL where the walk has not begun), whether a pause is requested.
inline constexpr statement slices_left{
    "state_slices_left",
    R"(SELECT CASE WHEN pg_catalog.count(*) > 0 THEN pg_catalog.count(*) FILTER (WHERE NOT finished) END,
  COALESCE(pg_catalog.bool_or(pause_requested), false)
 FROM "public"."online_migration_backfill_state" WHERE run_id = $1::bigint)"};

/// Whoever has a slice of a run, the one with the longest lease. `$1` run. Columns: holder, milliseconds left.
inline constexpr statement slice_holder{
    "state_slice_holder",
    R"(SELECT s.holder, (EXTRACT(EPOCH FROM s.lease_until - pg_catalog.clock_timestamp()) * 1000)::bigint
 FROM "public"."online_migration_backfill_state" AS s WHERE s.run_id = $1::bigint AND s.holder IS NOT NULL
   AND s.lease_until >= pg_catalog.clock_timestamp() AND (s.holder_pid IS NULL
     OR EXISTS (SELECT FROM pg_catalog.pg_stat_activity AS a WHERE a.pid = s.holder_pid))
 ORDER BY s.lease_until DESC, s.slice LIMIT 1)"};

/// Slices that may be large enough for two, the one with the most rows left first. A slice of which nothing is done yet
/// is left alone: its runner may be about to decide how to walk. `$1` run.
/// Columns: slice, epoch, rows of its last chunk, rows of the whole table as the server estimates them.
inline constexpr statement slices_to_split{"state_slices_to_split",
                                           R"(SELECT s.slice, s.epoch, COALESCE(s.chunk_rows, 1),
  (SELECT pg_catalog.sum(a.rows_estimated) FROM "public"."online_migration_backfill_state" AS a
    WHERE a.run_id = $1::bigint)::bigint
 FROM "public"."online_migration_backfill_state" AS s
 WHERE s.run_id = $1::bigint AND NOT s.finished AND NOT s.pause_requested AND (s.chunks > 0 OR s.walk = 'blocks')
 ORDER BY COALESCE(s.rows_estimated - s.rows_done, 0) DESC, s.slice LIMIT 4)"};

/// Gives the rest of a slice behind a key to a new slice and its holder, under the lock of the slice. The new one has
/// an epoch that no runner of this run ever had. No row means that another split was quicker: nothing was done.
/// `$1` run, `$2` slice, `$3` the key as text[], `$4` holder, `$5` its process on the server or NULL, `$6` lease in
/// milliseconds. Columns: slice, epoch, rows of the last chunk.
inline constexpr statement split_slice{"state_split_slice",
                                       R"(WITH made AS (INSERT INTO "public"."online_migration_backfill_state" AS n
  (run_id, slice, cursor, upper_bound, rows_estimated, chunk_rows, epoch, holder, holder_pid, lease_until, walk, file_node)
  SELECT s.run_id, (SELECT pg_catalog.max(a.slice) + 1 FROM "public"."online_migration_backfill_state" AS a
      WHERE a.run_id = $1::bigint), $3::text[], s.upper_bound, GREATEST(s.rows_estimated - s.rows_done, 0) / 2,
    s.chunk_rows, (SELECT pg_catalog.max(a.epoch) + 1 FROM "public"."online_migration_backfill_state" AS a
      WHERE a.run_id = $1::bigint), $4::text, $5::integer,
    pg_catalog.clock_timestamp() + $6::bigint * interval '1 millisecond', s.walk, s.file_node
   FROM "public"."online_migration_backfill_state" AS s
   WHERE s.run_id = $1::bigint AND s.slice = $2::integer AND NOT s.finished AND NOT s.pause_requested
  ON CONFLICT DO NOTHING RETURNING n.slice, n.epoch, n.chunk_rows, n.rows_estimated)
 UPDATE "public"."online_migration_backfill_state" AS s SET upper_bound = $3::text[],
  rows_estimated = s.rows_estimated - made.rows_estimated
 FROM made WHERE s.run_id = $1::bigint AND s.slice = $2::integer
 RETURNING made.slice, made.epoch, made.chunk_rows)"};

/// Whether somebody waits for the lock of a run, which chunks share.
inline constexpr statement phase_waits{"state_phase_waits",
                                       R"(SELECT EXISTS (SELECT FROM pg_catalog.pg_locks AS l WHERE l.locktype = 'tuple'
   AND l.relation = pg_catalog.to_regclass('"public"."online_migration_runs"')::oid
   AND l.database = (SELECT d.oid FROM pg_catalog.pg_database AS d WHERE d.datname = pg_catalog.current_database())))"};

/// Whether a slice came while the others were told to pause, or to go on. `$1` run, `$2` what they were told.
inline constexpr statement pause_is_whole{"state_pause_is_whole",
                                          R"(SELECT NOT EXISTS (SELECT FROM "public"."online_migration_backfill_state"
 WHERE run_id = $1::bigint AND NOT finished AND pause_requested <> $2::boolean))"};

}  // namespace state

namespace detail {

/// A key from the middle of a range, by a sample of the table's blocks; no row where the sample has few rows of it. The
/// range, then the share of the blocks in percent.
constexpr void write_middle_key(sink& out, const migration_description& migration, bool bounded_below) {
  const table_description& table = migration.table;
  auto each_number = [&](piece before, piece after) {
    for (std::size_t i = 1; i <= table.key_count(); ++i) {
      out.put(before);
      out.number(static_cast<std::int64_t>(i));
      out.put(after);
    }
  };
  out.put("SELECT ");
  for (std::size_t i = 1; i <= table.key_count(); ++i) {
    out.put(i > 1 ? ", s.key_" : "s.key_");
    out.number(static_cast<std::int64_t>(i));
    out.put("::text");
  }
  out.put("\n FROM (SELECT ");
  write_key_columns(out, table);
  out.put(", pg_catalog.row_number() OVER (");
  write_key_order(out, table);
  out.put("), pg_catalog.count(*) OVER ()\n  FROM ");
  write_table(out, table);
  out.put(" AS t TABLESAMPLE SYSTEM (");
  column_names::write_parameter(out, 1 + (bounded_below ? 2 : 1) * table.key_count(), "real");
  out.put(")\n  WHERE ");
  write_range(out, table, bounded_below);
  out.put(") AS s (");
  each_number("key_", ", ");
  out.put("place, found)\n WHERE s.found >= 16 AND s.place = s.found / 2");
}

}  // namespace detail
}  // namespace online_migration
