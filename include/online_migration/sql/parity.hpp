// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <online_migration/sql/backfill.hpp>
#include <online_migration/sql/parts.hpp>

/// Parity: whether every row's new column is what follows from its old ones, range of keys by range of keys.
namespace online_migration::detail {

inline constexpr std::string_view parity_samples_table = "\"public\".\"online_migration_parity_samples\"";

/// A range whose COMMIT was not answered is looked at again.
inline constexpr std::string_view once = " ON CONFLICT (pass_id, key) DO NOTHING";

/// The end of a pass: the greatest key there is. No row where the table is empty.
constexpr void write_greatest_key(sink& out, const migration_description& migration) {
  out.put("SELECT ");
  write_key_columns(out, migration.table, "::text");
  out.put(" FROM ");
  write_table(out, migration.table);
  out.put(" AS t");
  write_key_order(out, migration.table, " DESC");
  out.put(" LIMIT 1");
}

/// Rows and mismatches of a range.
constexpr void write_parity_count(sink& out, const migration_description& migration, bool bounded_below) {
  if (migration.in == worlds::client_only) return;
  out.put("SELECT pg_catalog.count(*), pg_catalog.count(*) FILTER (WHERE ");
  write_differs(out, migration, row_names);
  out.put(')');
  write_from_range(out, migration, bounded_below);
}

/// Records mismatching rows of a range as witnesses. The range, then run, pass and the most rows to record.
constexpr void write_parity_witness(sink& out, const migration_description& migration, bool bounded_below) {
  if (migration.in == worlds::client_only) return;
  std::size_t next = (bounded_below ? 2 : 1) * migration.table.key_count() + 1;
  out.all("INSERT INTO ", parity_samples_table, " (run_id, pass_id, key, expected, actual)\n SELECT ");
  column_names::write_parameter(out, next, "bigint");
  out.put(", ");
  column_names::write_parameter(out, next + 1, "bigint");
  out.put(", ARRAY[");
  write_key_columns(out, migration.table, "::text");
  out.put("], (");
  write_transform(out, migration, row_names);
  out.put(")::text, ");
  row_names.write(out, migration.target);
  out.put("::text");
  write_from_range(out, migration, bounded_below);
  out.put(" AND ");
  write_differs(out, migration, row_names);
  write_key_order(out, migration.table);
  out.put(" LIMIT ");
  column_names::write_parameter(out, next + 2, "bigint");
  out.put(once);
}

/// Records one mismatching row that the client found: run, pass, key, expected, actual.
constexpr void write_parity_witness_value(sink& out, const migration_description& migration) {
  if (migration.in != worlds::client_only) return;
  std::size_t keys = migration.table.key_count();
  out.all("INSERT INTO ", parity_samples_table,
          " (run_id, pass_id, key, expected, actual) VALUES ($1::bigint, $2::bigint, ARRAY[");
  each_key(out, migration.table, [&](const column_description& column, std::size_t number) {
    column_names::write_parameter(out, number + 3, column.type->name);
    out.put("::text");
  });
  out.put("], ");
  column_names::write_parameter(out, keys + 3, migration.target_type->name);
  out.put("::text, ");
  column_names::write_parameter(out, keys + 4, migration.target_type->name);
  out.put("::text)");
  out.put(once);
}

}  // namespace online_migration::detail
