// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <online_migration/sql/client_rows.hpp>
#include <online_migration/sql/parity.hpp>
#include <online_migration/sql/parts.hpp>
#include <online_migration/sql/statement.hpp>

/// Rows drawn at random, each with the same chance whatever its key is: places (table file, block, item) are drawn, and
/// those where no row is are thrown away. A row that this statement sees is at exactly one place.
namespace online_migration {

namespace state {

/// How many places a table has, those where no row is included. `$1` the table as `regclass` takes it. Columns: places,
/// and how many of its parts are not kept in PostgreSQL's own way, so that nothing can be drawn from them.
inline constexpr statement sample_places{
    "state_sample_places",
    R"(SELECT COALESCE(pg_catalog.sum(pg_catalog.pg_relation_size(c.oid) / b.size), 0)::bigint * ((b.size - 24) / 28),
  pg_catalog.count(*) FILTER (WHERE a.amname IS DISTINCT FROM 'heap')
 FROM (SELECT pg_catalog.current_setting('block_size')::bigint AS size) AS b
  CROSS JOIN (SELECT pg_catalog.to_regclass($1::text) AS oid
   UNION SELECT p.relid FROM pg_catalog.pg_partition_tree(pg_catalog.to_regclass($1::text)) AS p) AS r
  JOIN pg_catalog.pg_class AS c ON c.oid = r.oid LEFT JOIN pg_catalog.pg_am AS a ON a.oid = c.relam
 WHERE c.relkind <> 'p' GROUP BY b.size)"};

}  // namespace state

namespace detail {

/// Draws `$1` places. A block of n bytes holds at most (n - 24) / 28 rows: its header has 24 bytes, and a row needs at
/// least 24 and its pointer 4.
constexpr void write_draw(sink& out, const migration_description& migration) {
  constexpr piece block_size = "pg_catalog.current_setting('block_size')::bigint";
  auto regclass = [&] {
    out.put("pg_catalog.to_regclass(");
    write_table_literal(out, migration.table);
    out.put(")");
  };
  out.put(
      "WITH part AS MATERIALIZED (SELECT s.oid, s.blocks, pg_catalog.sum(s.blocks) OVER (ORDER BY s.oid)::bigint - s.blocks AS before\n");
  out.all("  FROM (SELECT c.oid, COALESCE(pg_catalog.pg_relation_size(c.oid), 0) / ", block_size,
          " AS blocks\n   FROM (SELECT ");
  regclass();
  out.put(" AS oid UNION SELECT p.relid FROM pg_catalog.pg_partition_tree(");
  regclass();
  out.put(") AS p) AS r\n    JOIN pg_catalog.pg_class AS c ON c.oid = r.oid WHERE c.relkind = 'r') AS s),\n");
  out.put(
      " draw AS MATERIALIZED (SELECT pg_catalog.floor(pg_catalog.random() * (SELECT pg_catalog.sum(p.blocks) FROM part AS p))::bigint AS block,\n");
  out.all("   1 + pg_catalog.floor(pg_catalog.random() * ((", block_size, " - 24) / 28))::bigint AS item\n");
  out.put("  FROM pg_catalog.generate_series(1, $1::integer)),\n");
  out.put(
      " place AS MATERIALIZED (SELECT p.oid AS part, pg_catalog.format('(%s,%s)', d.block - p.before, d.item)::tid AS tid\n");
  out.put("  FROM draw AS d JOIN part AS p ON d.block >= p.before AND d.block < p.before + p.blocks)");
}

/// The rows at these places. The second condition keeps the partitions of a table apart.
constexpr void write_from_places(sink& out, const migration_description& migration) {
  out.put(" FROM ");
  write_table(out, migration.table);
  out.put(
      " AS t\n  WHERE t.ctid = ANY (ARRAY(SELECT p.tid FROM place AS p)) AND (t.tableoid, t.ctid) IN (SELECT p.part, p.tid FROM place AS p)");
}

/// Draws `$1` places, and compares the rows there. `$2` run, `$3` pass, `$4` the most mismatching rows to record.
/// Columns: as of `parity_count`, without the key.
constexpr void write_parity_sample(sink& out, const migration_description& migration) {
  if (migration.in == worlds::client_only) return;
  write_draw(out, migration);
  out.put(",\n drawn AS MATERIALIZED (SELECT ");
  write_stored_key(out, migration.table, row_names);
  out.put(" AS key, ");
  write_mismatches(out, migration);
  out.put(" AS differs");
  if (has_total_function(migration)) {
    out.put(", ");
    write_fails(out, migration);
    out.put(" AS fails");
  }
  if (!migration.is_sensitive) {
    out.put(", ");
    write_shown_expected(out, migration);
    out.put(" AS expected, ");
    write_shown_actual(out, migration);
    out.put(" AS actual");
  }
  write_from_places(out, migration);
  out.all("),\n noted AS (", begin_witness, "\n  SELECT $2::bigint, $3::bigint, d.key, ");
  out.put(migration.is_sensitive ? "NULL, NULL, true" : "d.expected, d.actual, false");
  out.all(" FROM drawn AS d WHERE d.differs LIMIT $4::bigint", once, ")\n");
  out.put(" SELECT pg_catalog.count(*), pg_catalog.count(*) FILTER (WHERE d.differs)");
  if (has_total_function(migration)) out.put(", pg_catalog.count(*) FILTER (WHERE d.fails)");
  out.put(" FROM drawn AS d");
}

/// Draws `$1` places; the rows there as `client_read` gives them.
constexpr void write_client_sample(sink& out, const migration_description& migration) {
  if (migration.in != worlds::client_only) return;
  write_draw(out, migration);
  out.put("\n ");
  write_client_columns(out, migration);
  write_from_places(out, migration);
}

}  // namespace detail
}  // namespace online_migration
