// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <online_migration/sql/backfill.hpp>
#include <online_migration/sql/parity.hpp>
#include <online_migration/sql/parts.hpp>

/// Repair: the chunk of the backfill over the rows of a range that are wrong, with a record of what it changed.
namespace online_migration::detail {

/// `ARRAY[…]` of the key's texts, to find a row again within one statement.
constexpr void write_row_id(sink& out, const migration_description& migration) {
  out.put("ARRAY[");
  write_key_columns(out, migration.table, "::text");
  out.put("] AS id");
}

/// The same for rows of another table.
constexpr void write_home_repair(sink& out, const migration_description& migration, bool bounded_below,
                                 std::size_t next) {
  out.put("WITH ");
  write_wrong_rows(
      out, migration, [&] { write_range(out, migration.table, bounded_below); },
      [&] { out.put(", om_key, om_expected, om_actual, om_redacted"); },
      [&] {
        out.put(", ");
        write_stored_key(out, migration.table, row_names);
        out.put(", ");
        write_witness_values(out, migration);
      });
  out.put(",\n ");
  write_delete_wrong(out, migration);
  out.put("repaired AS (");
  write_from_wrong(out, migration);
  out.all("),\n noted AS (", begin_witness, "\n  SELECT ");
  column_names::write_parameter(out, next, "bigint");
  out.put(", ");
  column_names::write_parameter(out, next + 1, "bigint");
  out.put(", w.om_key, w.om_expected, w.om_actual, w.om_redacted FROM wrong AS w LIMIT ");
  column_names::write_parameter(out, next + 2, "bigint");
  out.all(once, ")\n SELECT pg_catalog.count(*) FROM wrong");
}

/// Puts the rows of a range right, and records each with its value before and after, in one statement, so that it locks
/// rows for no longer than a chunk does. The range, then run, pass and the most rows to record. Gives the number of
/// rows that were changed.
constexpr void write_parity_repair(sink& out, const migration_description& migration, bool bounded_below) {
  if (migration.in == worlds::client_only) return;
  std::size_t next = (bounded_below ? 2 : 1) * migration.table.key_count() + 1;
  if (migration.elsewhere) {
    write_home_repair(out, migration, bounded_below, next);
    return;
  }
  out.put("WITH ");
  if (!migration.is_sensitive) {
    out.put("wrong AS MATERIALIZED (SELECT ");
    write_row_id(out, migration);
    out.put(", ");
    write_shown_actual(out, migration);
    out.put(" AS actual");
    write_from_range(out, migration, bounded_below);
    out.put(" AND ");
    write_differs(out, migration, row_names);
    out.put("),\n repaired AS (");
  } else {
    out.put("repaired AS (");
  }
  write_range_update(out, migration, bounded_below);
  out.put("\n  RETURNING ");
  write_row_id(out, migration);
  out.put(", ");
  write_stored_key(out, migration.table, row_names);
  out.put(" AS key");
  if (!migration.is_sensitive) {
    out.put(", ");
    write_shown_actual(out, migration);
    out.put(" AS expected");
  }
  out.all("),\n noted AS (", begin_witness, "\n  SELECT ");
  column_names::write_parameter(out, next, "bigint");
  out.put(", ");
  column_names::write_parameter(out, next + 1, "bigint");
  out.put(migration.is_sensitive
              ? ", r.key, NULL, NULL, true FROM repaired AS r LIMIT "
              : ", r.key, r.expected, w.actual, false FROM repaired AS r LEFT JOIN wrong AS w USING (id) LIMIT ");
  column_names::write_parameter(out, next + 2, "bigint");
  out.all(once, ")\n SELECT pg_catalog.count(*) FROM repaired");
}

}  // namespace online_migration::detail
