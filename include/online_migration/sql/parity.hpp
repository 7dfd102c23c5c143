// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <online_migration/sql/backfill.hpp>
#include <online_migration/sql/lookup_notes.hpp>
#include <online_migration/sql/parts.hpp>
#include <online_migration/sql/quarantine.hpp>
#include <online_migration/sql/quarantine_rows.hpp>

/// Parity: whether every row's new column is what follows from its old ones, range of keys by range of keys.
namespace online_migration::detail {

inline constexpr std::string_view begin_witness =
    "INSERT INTO \"public\".\"online_migration_parity_samples\" (run_id, pass_id, key, expected, actual, redacted)";

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

/// The condition that the transform of a row fails. Only where `has_total_function`.
constexpr void write_fails(sink& out, const migration_description& migration) {
  write_transform(out, migration, row_names);
  out.put(" IS NULL AND ");
  write_why(out, migration, row_names);
  out.put(" IS NOT NULL");
}

/// The condition that a row is wrong, and nobody is about to put it right.
constexpr void write_mismatches(sink& out, const migration_description& migration) {
  write_differs(out, migration, row_names);
  write_not_noted(out, migration);
}

constexpr void write_counts(sink& out, const migration_description& migration) {
  out.put("SELECT pg_catalog.count(*), pg_catalog.count(*) FILTER (WHERE ");
  write_mismatches(out, migration);
  out.put(')');
}

/// Rows and mismatches of a range, and for a partial transform the rows on which it fails.
constexpr void write_all_counts(sink& out, const migration_description& migration) {
  write_counts(out, migration);
  if (!has_total_function(migration)) return;
  out.put(", pg_catalog.count(*) FILTER (WHERE ");
  write_fails(out, migration);
  out.put(')');
}

/// Rows and mismatches of the next rows of a range, for a partial transform the rows on which it fails, and the last of
/// their keys. The range, then the most rows. One walk over the index: to look for the last key first costs a quarter
/// more. Not every type of a key has a `max`.
constexpr void write_parity_count(sink& out, const migration_description& migration, bool bounded_below) {
  if (migration.in == worlds::client_only) return;
  write_all_counts(out, migration);
  out.put(",\n  ");
  each_key(out, migration.table, [&](const column_description& column, std::size_t) {
    out.put("(pg_catalog.array_agg(");
    row_names.write(out, column.name);
    out.put("))[pg_catalog.count(*)]::text");
  });
  out.put("\n FROM (SELECT t.*");
  std::size_t next = write_from_range(out, migration, bounded_below);
  write_key_order(out, migration.table);
  out.put(" LIMIT ");
  column_names::write_parameter(out, next, "bigint");
  out.put(") AS t");
}

/// What a witness holds of its row: the expected value and the actual one, or neither where they are sensitive.
constexpr void write_witness_values(sink& out, const migration_description& migration) {
  if (migration.is_sensitive) {
    out.put("NULL, NULL, true");
    return;
  }
  write_shown_expected(out, migration);
  out.put(", ");
  write_shown_actual(out, migration);
  out.put(", false");
}

/// Records the mismatching rows that `write_from` gives as witnesses. From the `next` parameter on: run, pass and the most
/// rows to record.
template <class WriteFrom>
constexpr void write_witnesses(sink& out, const migration_description& migration, std::size_t next,
                               WriteFrom write_from) {
  out.all(begin_witness, "\n SELECT ");
  column_names::write_parameter(out, next, "bigint");
  out.put(", ");
  column_names::write_parameter(out, next + 1, "bigint");
  out.put(", ");
  write_stored_key(out, migration.table, row_names);
  out.put(", ");
  write_witness_values(out, migration);
  write_from();
  out.put(" AND ");
  write_mismatches(out, migration);
  write_key_order(out, migration.table);
  out.put(" LIMIT ");
  column_names::write_parameter(out, next + 2, "bigint");
  out.put(once);
}

/// The same for a range of keys.
constexpr void write_parity_witness(sink& out, const migration_description& migration, bool bounded_below) {
  if (migration.in == worlds::client_only) return;
  write_witnesses(out, migration, (bounded_below ? 2 : 1) * migration.table.key_count() + 1,
                  [&] { write_from_range(out, migration, bounded_below); });
}

/// Notes a pass as what has seen a key last: it knows why, and when it ends it takes out what it has not seen.
inline constexpr std::string_view seen_by_pass =
    "\n ON CONFLICT (migration, key) DO UPDATE SET sqlstate = EXCLUDED.sqlstate, noted_by = EXCLUDED.noted_by,\n"
    "  noted_at = pg_catalog.clock_timestamp(), pass_id = EXCLUDED.pass_id";

/// Puts the rows of a range on which a partial transform fails into the quarantine. The range, then the pass.
constexpr void write_parity_failures(sink& out, const migration_description& migration, bool bounded_below) {
  if (!has_total_function(migration)) return;
  out.all("INSERT INTO ", quarantine_table, " (migration, key, sqlstate, noted_by, pass_id)\n SELECT ");
  out.literal(migration.name);
  out.put(", f.key, f.sqlstate, 'parity', ");
  column_names::write_parameter(out, (bounded_below ? 2 : 1) * migration.table.key_count() + 1, "bigint");
  write_failing_rows(out, migration, bounded_below, [&] { write_transform(out, migration, row_names); });
  out.put(seen_by_pass);
}

}  // namespace online_migration::detail
