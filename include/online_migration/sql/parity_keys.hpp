// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <cstddef>
#include <cstdint>

#include <online_migration/sql/backfill.hpp>
#include <online_migration/sql/parity.hpp>
#include <online_migration/sql/parts.hpp>

/// Parity by ranges of keys whose ends are known beforehand: the server counts a range without looking for its end.
namespace online_migration::detail {

/// Rows and mismatches of a whole range of keys, and for a partial transform the rows on which it fails.
constexpr void write_parity_range(sink& out, const migration_description& migration, bool bounded_below) {
  if (migration.in == worlds::client_only) return;
  write_all_counts(out, migration);
  write_from_range(out, migration, bounded_below);
}

/// Keys that cut a table into parts of about the same size, in the order of the index. The end of the walk. From two
/// blocks in 64, drawn at random, come two rows each; every fourth of them is a bound. In a table that is filled in the
/// order of its keys the rows of one block are neighbours, so it is the number of blocks that makes the parts even. No
/// row where the table is small, or keeps its rows elsewhere, as a partitioned one does.
constexpr void write_parity_key_sample(sink& out, const migration_description& migration) {
  if (migration.in == worlds::client_only) return;
  constexpr piece most_blocks = "16384";
  auto regclass = [&] {
    out.put("pg_catalog.to_regclass(");
    write_table_literal(out, migration.table);
    out.put(")");
  };
  auto blocks = [&] {
    out.put("pg_catalog.pg_relation_size(");
    regclass();
    out.put(") / pg_catalog.current_setting('block_size')::bigint");
  };
  out.put("SELECT ");
  each_key(out, migration.table, [&](const column_description&, std::size_t number) {
    out.put("s.k");
    out.number(static_cast<std::int64_t>(number) + 1);
    out.put("::text");
  });
  out.put("\n FROM (SELECT ");
  each_key(out, migration.table, [&](const column_description& column, std::size_t number) {
    row_names.write(out, column.name);
    out.put(" AS k");
    out.number(static_cast<std::int64_t>(number) + 1);
  });
  out.put(", pg_catalog.row_number() OVER (ORDER BY ");
  write_key_columns(out, migration.table);
  out.put(") AS number\n  FROM ");
  write_table(out, migration.table);
  out.put(" AS t TABLESAMPLE SYSTEM (CASE WHEN ");
  blocks();
  out.put(" >= 128\n    THEN LEAST(100.0 / 32, 100.0 * ");
  out.put(most_blocks);
  out.put(" / (");
  blocks();
  out.put(
      ")) ELSE 0 END)\n  WHERE pg_catalog.random() < (SELECT CASE WHEN c.reltuples > 0 THEN 2 * c.relpages / c.reltuples ELSE 0.05 END\n    FROM pg_catalog.pg_class AS c WHERE c.oid = ");
  regclass();
  out.put(")\n   AND ");
  write_range(out, migration.table, false);
  out.put(") AS s WHERE s.number % 4 = 0 ORDER BY s.number");
}

}  // namespace online_migration::detail
