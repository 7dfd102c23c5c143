// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <online_migration/sql/other_table.hpp>
#include <online_migration/sql/parts.hpp>
#include <online_migration/sql/stripes.hpp>

/// The backfill: where the walk begins and ends, one chunk of it, and the state that commits with the chunk.
namespace online_migration::detail {

inline constexpr std::string_view backfill_state_table = "\"public\".\"online_migration_backfill_state\"";

/// What a chunk leaves to `advance` within its transaction: how many rows it changed.
inline constexpr std::string_view changed_setting = "'online_migration.changed'";

/// What the fence leaves to `advance`: how many updates of the table the server had counted by then.
inline constexpr std::string_view counted_setting = "'online_migration.counted'";

/// Whether a chunk may leave it to the server to count the rows it changed: they are of the migration's own table.
constexpr bool may_be_unnoted(const migration_description& migration) {
  return migration.in != worlds::client_only && !migration.elsewhere;
}

/// `CASE … ARRAY[$n::text, …] END`, an element for each column of the key, NULL where the first is. In a walk by blocks
/// there is one element, and the others are NULL.
constexpr void write_key_array(sink& out, const table_description& table, std::size_t first) {
  bool composite = table.key_count() > 1;
  out.put("CASE WHEN ");
  column_names::write_parameter(out, first, "text");
  out.put(composite ? " IS NOT NULL THEN pg_catalog.array_remove(ARRAY[" : " IS NOT NULL THEN ARRAY[");
  each_key(out, table, [&](const column_description&, std::size_t number) {
    column_names::write_parameter(out, first + number, "text");
  });
  out.put(composite ? "], NULL) END" : "] END");
}

/// Fixes the end of the walk at the greatest key there is, and begins it anew. It runs when every write is already
/// covered, so rows that come later need no visit. There is one slice again, with an epoch that no runner of any slice
/// had. `$1` run.
constexpr void write_begin_backfill(sink& out, const migration_description& migration) {
  out.all("WITH gone AS (DELETE FROM ", backfill_state_table,
          " WHERE run_id = $1::bigint AND slice <> 0 RETURNING epoch)\n ");
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
      "dirty_done = 0, epoch = GREATEST(s.epoch, (SELECT pg_catalog.max(g.epoch) FROM gone AS g)) + 1,\n  holder = NULL, holder_pid = NULL, lease_until = NULL, started_at = pg_catalog.clock_timestamp(),\n  ");
  out.put("updated_at = pg_catalog.clock_timestamp(), walk = 'keys', stripes = 1, stripe = 0, by_bits = false,\n  ");
  out.put("span_end = NULL, span_rows = NULL, file_node = NULL, hot_share = NULL, strategy = NULL");
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

constexpr void write_span_end(sink& out, const table_description& table) {
  for (std::size_t i = 1; i <= table.key_count(); ++i) {
    out.put(", s.span_end[");
    out.number(static_cast<std::int64_t>(i));
    out.put(']');
  }
}

/// The same without locks, and more: walk, stripes, stripe, whether they go by bits, rows of the span, file, chunks,
/// then the end of the span key by key.
constexpr void write_backfill_position(sink& out, const migration_description& migration) {
  if (migration.in == worlds::client_only) return;
  char more[512]{};
  sink columns{more};
  columns.put(",\n  s.walk, s.stripes, s.stripe, s.by_bits, s.span_rows, s.file_node, s.chunks");
  write_span_end(columns, migration.table);
  write_position(out, migration, std::string_view{more, columns.size});
}

constexpr void write_now_in_microseconds(sink& out) {
  out.put("(EXTRACT(EPOCH FROM pg_catalog.clock_timestamp()) * 1000000)::bigint");
}

constexpr void write_updates_counted(sink& out, const table_description& table, piece kind = "") {
  out.all("pg_catalog.pg_stat_get_xact_tuples_", kind, "updated(pg_catalog.to_regclass(");
  write_table_literal(out, table);
  out.put("))");
}

/// What the server has counted of the table in this session and not told the others yet: rows updated, and those of
/// them that stayed on their page. It is the difference within a transaction that means something.
constexpr void write_updates_so_far(sink& out, const table_description& table) {
  out.put(", ");
  write_updates_counted(out, table);
  out.put(", ");
  write_updates_counted(out, table, "hot_");
}

/// The fence of a chunk that is sent whole: it locks the run against a change of phase, and the slice against other
/// runners, and raises an error where the slice is not what its runner believes: `$1` run, `$2` slice, `$3` epoch, `$4`
/// stripe, then cursor and upper bound. Columns: 0, the time, and what `write_updates_so_far` writes.
constexpr void write_whole_fence(sink& out, const migration_description& migration) {
  constexpr std::size_t first = 5;
  out.put("SELECT COALESCE((SELECT CASE WHEN r.phase = 'backfill' AND s.epoch = $3::bigint AND NOT s.pause_requested ");
  out.put("AND NOT s.finished\n   AND s.stripe = $4::integer AND s.cursor IS NOT DISTINCT FROM ");
  write_key_array(out, migration.table, first);
  out.put("\n   AND s.upper_bound IS NOT DISTINCT FROM ");
  write_key_array(out, migration.table, first + migration.table.key_count());
  out.all(" THEN 0 END\n  FROM \"public\".\"online_migration_runs\" AS r JOIN ", backfill_state_table,
          " AS s USING (run_id)\n  ");
  out.put("WHERE r.run_id = $1::bigint AND s.slice = $2::integer FOR SHARE OF r FOR UPDATE OF s),\n  ");
  out.put("pg_catalog.concat('slice ', $2::integer, ' of this online migration is not where its runner left it')");
  out.put("::integer), ");
  write_now_in_microseconds(out);
  if (!may_be_unnoted(migration)) return write_updates_so_far(out, migration.table);
  out.all(",\n  pg_catalog.set_config(", counted_setting, ", ");
  write_updates_counted(out, migration.table);
  out.put("::text, true), ");
  write_updates_counted(out, migration.table, "hot_");
}

/// The fence of every chunk. What the client computes is told where the slice stands, under the same locks, for work
/// that cannot be sent whole.
constexpr void write_fence(sink& out, const migration_description& migration) {
  if (migration.in != worlds::client_only) return write_whole_fence(out, migration);
  write_position(out, migration);
  out.put(" FOR SHARE OF r FOR UPDATE OF s");
}

/// Moves the cursor by compare-and-set; no row means that the chunk must not commit.
/// `$1` run, `$2` slice, `$3` epoch, `$4` rows done, `$5` rows changed, NULL for as many as the chunk in the same
/// transaction has noted, or, where it notes none, as the server has counted since the fence, `$6` finished, `$7` chunk
/// size, `$8` sleep in milliseconds, `$9` duty cycle, `$10` lease in milliseconds, then the new cursor, the old one, and
/// the end of the span that is open now; then its next stripe, its stripes, whether they go by bits, its rows, the
/// share
/// of updates that stayed on their page, the strategy. Columns: the time, and what `write_updates_so_far` writes.
constexpr void write_advance(sink& out, const migration_description& migration) {
  constexpr std::size_t first = 11;
  std::size_t keys = migration.table.key_count();
  out.all("UPDATE ", backfill_state_table, " SET cursor = ");
  write_key_array(out, migration.table, first);
  out.put(", rows_done = rows_done + $4::bigint, rows_changed = rows_changed\n  ");
  out.all("+ COALESCE($5::bigint, NULLIF(pg_catalog.current_setting(", changed_setting, ", true), '')::bigint,");
  if (may_be_unnoted(migration)) {
    out.put("\n    ");
    write_updates_counted(out, migration.table);
    out.all(" - NULLIF(pg_catalog.current_setting(", counted_setting, ", true), '')::bigint,");
  }
  out.put(" 0),\n  ");
  out.put("chunks = chunks + 1, ");
  out.put("finished = $6::boolean, chunk_rows = $7::integer, throttle_sleep_ms = $8::integer,\n  ");
  out.put("throttle_duty_cycle = $9::double precision, updated_at = pg_catalog.clock_timestamp(),\n  ");
  out.put("lease_until = pg_catalog.clock_timestamp() + $10::bigint * interval '1 millisecond',\n  span_end = ");
  write_key_array(out, migration.table, first + 2 * keys);
  std::size_t next = first + 3 * keys;
  auto set = [&](piece column, piece type) {
    out.all(column, " = ");
    column_names::write_parameter(out, next++, std::string_view{type.data, type.size});
  };
  set(", stripe", "integer");
  set(", stripes", "integer");
  set(", by_bits", "boolean");
  set(", span_rows", "bigint");
  set(",\n  hot_share", "double precision");
  set(", strategy", "text");
  out.put("\n WHERE run_id = $1::bigint AND slice = $2::integer AND epoch = $3::bigint AND NOT finished\n   ");
  out.put("AND cursor IS NOT DISTINCT FROM ");
  write_key_array(out, migration.table, first + keys);
  out.put("\n RETURNING ");
  write_now_in_microseconds(out);
  write_updates_so_far(out, migration.table);
}

/// Gives the number of the next free parameter.
constexpr std::size_t write_from_range(sink& out, const migration_description& migration, bool bounded_below) {
  out.put(" FROM ");
  write_table(out, migration.table);
  out.put(" AS t WHERE ");
  return write_range(out, migration.table, bounded_below);
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

/// `UPDATE … AS t SET … WHERE `. It recomputes from each row as it is under its own lock, so it never overwrites a newer
/// write with an older value, and a second time changes nothing.
constexpr void write_update(sink& out, const migration_description& migration) {
  out.put("UPDATE ");
  write_table(out, migration.table);
  out.put(" AS t SET ");
  write_set_list(out, migration, row_names);
  out.put(" WHERE ");
}

/// `write_differs` for rows that are likely to be empty: where a value is never NULL, it is not computed to be compared
/// with nothing.
constexpr void write_is_to_fill(sink& out, const migration_description& migration) {
  bool asks = false;
  each_target(migration, [&](const migration_description& part, std::size_t) {
    if (asks || part.may_be_null || migration.elsewhere || has_total_function(migration)) return;
    asks = true;
    out.put('(');
    row_names.write(out, part.target);
    out.put(" IS NULL OR ");
  });
  write_differs(out, migration, row_names);
  if (asks) out.put(')');
}

/// The same for a whole range of keys.
constexpr void write_range_update(sink& out, const migration_description& migration, bool bounded_below) {
  write_update(out, migration);
  write_range(out, migration.table, bounded_below);
  out.put(" AND ");
  write_differs(out, migration, row_names);
}

/// The end of `WITH changed AS (UPDATE …`. `rows` has those that are counted.
constexpr void write_note_changed(sink& out, std::string_view rows = "changed") {
  out.all(" RETURNING 1)\n SELECT pg_catalog.set_config(", changed_setting, ", pg_catalog.count(*)::text, true) FROM ",
          rows);
}

/// A chunk on the server. How many rows it changed it `notes` for `advance`, which is sent with it, until the end of the
/// transaction. `write_where` writes which rows, and gives the number of the next parameter.
template <class Where>
constexpr void write_chunk_of(sink& out, const migration_description& migration, Where write_where, bool notes = true) {
  auto write_rows = [&] {
    std::size_t next = write_where();
    write_stripe(out, migration, next);
  };
  if (migration.elsewhere) {
    out.put("WITH ");
    write_wrong_rows(
        out, migration, write_rows, [] {}, [] {});
    out.put(",\n ");
    write_delete_wrong(out, migration);
    out.put("changed AS (");
    write_from_wrong(out, migration);
  } else {
    if (notes) out.put("WITH changed AS (");
    write_update(out, migration);
    write_rows();
    out.put(" AND ");
    write_is_to_fill(out, migration);
  }
  if (notes) write_note_changed(out, has_rows(migration) ? "wrong" : "changed");
}

/// A range of keys, and of these one stripe.
constexpr void write_chunk(sink& out, const migration_description& migration, bool bounded_below) {
  if (migration.in == worlds::client_only) return;
  write_chunk_of(out, migration, [&] { return write_range(out, migration.table, bounded_below); });
}

/// The same without the note, which costs 3 to 6 % of its time: `advance` takes what the server has counted. That is
/// another number where a trigger, a rule, a partition or a setting of the user's makes it one.
constexpr void write_unnoted_chunk(sink& out, const migration_description& migration, bool bounded_below) {
  if (!may_be_unnoted(migration)) return;
  write_chunk_of(
      out, migration, [&] { return write_range(out, migration.table, bounded_below); }, false);
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
