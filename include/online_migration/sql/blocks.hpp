// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <cstddef>

#include <online_migration/sql/backfill.hpp>
#include <online_migration/sql/parts.hpp>
#include <online_migration/sql/stripes.hpp>

/// The walk by blocks: the rows of a chunk are those of a range of the table's blocks. A row may move to a block that
/// was passed already, so it is only for tables whose every write is kept right by the sync trigger from before the
/// walk on.
namespace online_migration::detail {

/// Whether a migration's table may ever be walked by blocks: the keys of rows without a value are found by key.
constexpr bool may_walk_blocks(const migration_description& migration) {
  return may_be_unnoted(migration) && !has_total_function(migration) && has_stripes(migration.table);
}

/// What a block is called does not change until the end of the transaction: VACUUM FULL and CLUSTER wait.
constexpr void write_lock_file(sink& out, const migration_description& migration) {
  if (!may_walk_blocks(migration)) return;
  out.put("LOCK TABLE ");
  write_table(out, migration.table);
  out.put(" IN ROW EXCLUSIVE MODE");
}

constexpr void write_file_node(sink& out, const migration_description& migration) {
  out.put("pg_catalog.pg_relation_filenode(pg_catalog.to_regclass(");
  write_table_literal(out, migration.table);
  out.put("))::bigint");
}

/// Whether a row that moves to a block that was passed is right: the sync trigger is on, and all rows are in the
/// table's own file.
constexpr void write_blocks_are_safe(sink& out, const migration_description& migration) {
  out.put("EXISTS (SELECT FROM pg_catalog.pg_class AS c JOIN pg_catalog.pg_trigger AS g ON g.tgrelid = c.oid\n    ");
  out.put("WHERE c.oid = pg_catalog.to_regclass(");
  write_table_literal(out, migration.table);
  out.put(") AND c.relkind = 'r' AND NOT c.relhassubclass\n     AND g.tgenabled = 'A' AND g.tgname = ");
  write_object_name_literal(out, trigger_prefix, migration.name);
  out.put(")");
}

/// Raises an error where the table has been written to another file, so that its blocks are other ones, or may not be
/// walked by blocks any more. Under the lock of `lock_file` neither can change. `$1` the file.
constexpr void write_same_file(sink& out, const migration_description& migration) {
  if (!may_walk_blocks(migration)) return;
  out.put("SELECT COALESCE(CASE WHEN ");
  write_file_node(out, migration);
  out.put(" = $1::bigint THEN 0 END,\n  ");
  out.put(
      "pg_catalog.concat('the table was rewritten since file ', $1::bigint, ': its walk begins anew')::integer),\n  COALESCE(CASE WHEN ");
  write_blocks_are_safe(out, migration);
  out.put(
      " THEN 0 END,\n  pg_catalog.concat('the sync trigger is off, or other tables hold rows: the walk begins anew ");
  out.put("by keys')::integer)");
}

/// Makes a walk one by blocks, from the first block to the last there is now. A walk that has to begin anew has one
/// slice: the others end. No row where it may not be walked so. `$1` run, `$2` slice, `$3` epoch, `$4` whether it is
/// begun already.
constexpr void write_begin_blocks(sink& out, const migration_description& migration) {
  if (!may_walk_blocks(migration)) return;
  out.all("UPDATE ", backfill_state_table, " AS s SET walk = 'blocks', cursor = NULL, stripe = 0, stripes = 1, ");
  out.put(
      "span_end = NULL, span_rows = NULL,\n  rows_done = 0, file_node = f.file_node, finished = s.slice <> $2::integer ");
  out.put("OR f.last_block < 0,\n  upper_bound = CASE WHEN s.slice = $2::integer THEN ARRAY[f.last_block::text] ");
  out.put("ELSE s.upper_bound END,\n  updated_at = pg_catalog.clock_timestamp()\n FROM (SELECT ");
  write_file_node(out, migration);
  out.put(" AS file_node,\n   pg_catalog.pg_relation_size(pg_catalog.to_regclass(");
  write_table_literal(out, migration.table);
  out.put("))\n     / pg_catalog.current_setting('block_size')::bigint - 1 AS last_block) AS f\n ");
  out.put("WHERE ");
  write_blocks_are_safe(out, migration);
  out.all("\n   AND s.run_id = $1::bigint\n   AND EXISTS (SELECT FROM ", backfill_state_table,
          " AS o WHERE o.run_id = ");
  out.put("$1::bigint AND o.slice = $2::integer AND o.epoch = $3::bigint AND NOT o.finished)\n   ");
  out.all("AND ($4::boolean OR (s.cursor IS NULL AND s.chunks = 0 AND s.stripe = 0\n     AND NOT EXISTS (SELECT FROM ",
          backfill_state_table, " AS o WHERE o.run_id = $1::bigint AND o.slice <> s.slice)))");
}

constexpr void write_block_range(sink& out) { out.put("t.ctid >= $1::tid AND t.ctid < $2::tid"); }

/// The rows of a span of blocks. `$1` its first row pointer, `$2` the first one behind it.
constexpr void write_block_count(sink& out, const migration_description& migration) {
  if (!may_walk_blocks(migration)) return;
  out.put("SELECT pg_catalog.count(*) FROM ");
  write_table(out, migration.table);
  out.put(" AS t WHERE ");
  write_block_range(out);
}

/// One stripe of a span of blocks. `$1` and `$2` as above, then the stripe: see `write_stripe`.
constexpr void write_block_chunk(sink& out, const migration_description& migration, bool notes) {
  if (!may_walk_blocks(migration)) return;
  auto write_where = [&]() -> std::size_t {
    write_block_range(out);
    return 3;
  };
  write_chunk_of(out, migration, write_where, notes);
}

}  // namespace online_migration::detail
