// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <online_migration/sql/parts.hpp>

/// The backfill: where the walk begins and ends, one chunk of it, and the state that commits with the chunk.
namespace online_migration::detail {

inline constexpr std::string_view backfill_state_table = "\"public\".\"online_migration_backfill_state\"";

/// `ARRAY[$n::text, …]`, one element for each column of the key.
constexpr void write_key_array(sink& out, const table_description& table, std::size_t first) {
  out.put("ARRAY[");
  each_key(out, table, [&](const column_description&, std::size_t number) {
    column_names::write_parameter(out, first + number, "text");
  });
  out.put(']');
}

/// Fixes the end of the walk at the greatest key there is, and begins it anew. It runs when every write is already
/// covered, so rows that come later need no visit. `$1` run.
constexpr void write_begin_backfill(sink& out, const migration_description& migration) {
  out.all("INSERT INTO ", backfill_state_table, " AS s (run_id, slice, upper_bound, finished, rows_estimated)\n ");
  out.put(
      "SELECT $1::bigint, 0, e.upper_bound, e.upper_bound IS NULL,\n  (SELECT CASE WHEN c.reltuples >= 0 THEN c.reltuples::bigint ");
  out.put(
      "ELSE NULLIF(pg_catalog.pg_stat_get_live_tuples(c.oid), 0) END\n   FROM pg_catalog.pg_class AS c WHERE c.oid = ");
  out.put("pg_catalog.to_regclass(");
  write_table_literal(out, migration.table);
  out.put("))\n FROM (SELECT (SELECT ARRAY[");
  write_key_columns(out, migration.table, "::text");
  out.put("] FROM ");
  write_table(out, migration.table);
  out.put(" AS t");
  write_key_order(out, migration.table, " DESC");
  out.put(
      " LIMIT 1) AS upper_bound) AS e\n ON CONFLICT (run_id, slice) DO UPDATE SET cursor = NULL, upper_bound = EXCLUDED.upper_bound,\n  ");
  out.put(
      "finished = EXCLUDED.finished, rows_estimated = EXCLUDED.rows_estimated, rows_done = 0, rows_changed = 0, chunks = 0,\n  ");
  out.put(
      "dirty_done = 0, epoch = s.epoch + 1, holder = NULL, holder_pid = NULL, lease_until = NULL, started_at = pg_catalog.clock_timestamp(),\n  ");
  out.put("updated_at = pg_catalog.clock_timestamp()");
}

/// Where a slice stands. `$1` run, `$2` slice.
/// Columns: phase, epoch, holder, pause requested, finished, has a cursor, then cursor and upper bound key by key, and
/// perhaps one more.
constexpr void write_position(sink& out, const migration_description& migration, piece one_more = "") {
  out.put("SELECT r.phase, s.epoch, s.holder, s.pause_requested, s.finished, s.cursor IS NOT NULL");
  for (piece column : {piece{"cursor"}, piece{"upper_bound"}}) {
    for (std::size_t i = 1; i <= migration.table.key_count(); ++i) {
      out.all(", s.", column, "[");
      out.number(static_cast<std::int64_t>(i));
      out.put(']');
    }
  }
  out.put(one_more);
  out.all("\n FROM \"public\".\"online_migration_runs\" AS r JOIN ", backfill_state_table, " AS s USING (run_id)\n ");
  out.put("WHERE r.run_id = $1::bigint AND s.slice = $2::integer");
}

/// The fence of every chunk: the same, locked; the run against a change of phase, the slice against other runners.
constexpr void write_fence(sink& out, const migration_description& migration) {
  write_position(out, migration);
  out.put(" FOR SHARE OF r FOR UPDATE OF s");
}

/// Moves the cursor by compare-and-set; no row means that the chunk must not commit.
/// `$1` run, `$2` slice, `$3` epoch, `$4` rows done, `$5` rows changed, `$6` finished, `$7` chunk size, `$8` sleep in
/// milliseconds, `$9` duty cycle, `$10` lease in milliseconds, then the new cursor, then the old one.
constexpr void write_advance(sink& out, const migration_description& migration) {
  constexpr std::size_t first = 11;
  std::size_t keys = migration.table.key_count();
  out.all("UPDATE ", backfill_state_table, " SET cursor = ");
  write_key_array(out, migration.table, first);
  out.put(", rows_done = rows_done + $4::bigint, rows_changed = rows_changed + $5::bigint,\n  chunks = chunks + 1, ");
  out.put("finished = $6::boolean, chunk_rows = $7::integer, throttle_sleep_ms = $8::integer,\n  ");
  out.put("throttle_duty_cycle = $9::double precision, updated_at = pg_catalog.clock_timestamp(),\n  ");
  out.put("lease_until = pg_catalog.clock_timestamp() + $10::bigint * interval '1 millisecond'\n ");
  out.put("WHERE run_id = $1::bigint AND slice = $2::integer AND epoch = $3::bigint AND NOT finished\n   ");
  out.put("AND cursor IS NOT DISTINCT FROM CASE WHEN ");
  column_names::write_parameter(out, first + keys, "text");
  out.put(" IS NOT NULL THEN ");
  write_key_array(out, migration.table, first + keys);
  out.put(" END");
}

constexpr void write_from_range(sink& out, const migration_description& migration, bool bounded_below) {
  out.put(" FROM ");
  write_table(out, migration.table);
  out.put(" AS t WHERE ");
  write_range(out, migration.table, bounded_below);
}

/// The key of the last row of a chunk, found by walking the index. The range, then the number of rows to skip.
constexpr void write_bound(sink& out, const migration_description& migration, bool bounded_below) {
  out.put("SELECT ");
  write_key_columns(out, migration.table, "::text");
  out.put(" FROM ");
  write_table(out, migration.table);
  out.put(" AS t WHERE ");
  std::size_t next = write_range(out, migration.table, bounded_below);
  write_key_order(out, migration.table);
  out.put(" OFFSET ");
  column_names::write_parameter(out, next, "bigint");
  out.put(" LIMIT 1");
}

/// The rows of the last chunk, which ends at the end of the walk and not at a counted row.
constexpr void write_count(sink& out, const migration_description& migration, bool bounded_below) {
  out.put("SELECT pg_catalog.count(*)");
  write_from_range(out, migration, bounded_below);
}

/// One chunk on the server. It recomputes from each row as it is under its own lock, so it never overwrites a newer
/// write with an older value, and a second time changes nothing.
constexpr void write_chunk(sink& out, const migration_description& migration, bool bounded_below) {
  if (migration.in == worlds::client_only) return;
  out.put("UPDATE ");
  write_table(out, migration.table);
  out.put(" AS t SET ");
  write_set_list(out, migration, row_names);
  out.put(" WHERE ");
  write_range(out, migration.table, bounded_below);
  out.put(" AND ");
  write_differs(out, migration, row_names);
}

/// What the client needs of a row `t` to compute: key, sources in the table's order, new column.
constexpr void write_client_columns(sink& out, const migration_description& migration) {
  out.put("SELECT ");
  write_key_columns(out, migration.table);
  out.put(", ");
  write_sources(out, migration, row_names);
  out.put(", ");
  row_names.write(out, migration.target);
}

}  // namespace online_migration::detail
