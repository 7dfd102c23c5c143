// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <online_migration/base/sink.hpp>
#include <online_migration/migration/description.hpp>
#include <online_migration/sql/client_rows.hpp>
#include <online_migration/sql/dirty_keys.hpp>
#include <online_migration/sql/parity.hpp>
#include <online_migration/sql/parts.hpp>

/// Parity where only the client knows what follows from a row: what it asks about rows, and what it records of them.
namespace online_migration::detail {

/// `(t."key", …) IN (SELECT …)`: whether the key of a row waits in the queue.
constexpr void write_is_queued(sink& out, const migration_description& migration) {
  const table_description& table = migration.table;
  out.put('(');
  each_key(out, table, [&](const column_description& column, std::size_t) {
    row_names.write(out, column.name);
    if (is_textual(*column.type)) out.put("::text");
  });
  out.put(") IN (SELECT ");
  each_key(out, table, [&](const column_description& column, std::size_t number) {
    write_queued_key(out, column, number + 1, "d");
  });
  out.all(" FROM ", dirty_keys_table, " AS d WHERE d.migration = ");
  out.literal(migration.name);
  out.put(')');
}

/// The next rows of a range, in the order of their keys: the last of them is where the next range begins. The range,
/// then the most rows. To look for that key first would be a second walk over the index.
constexpr void write_parity_read(sink& out, const migration_description& migration, bool bounded_below) {
  if (migration.in != worlds::client_only) return;
  write_client_columns(out, migration);
  std::size_t next = write_from_range(out, migration, bounded_below);
  write_key_order(out, migration.table);
  out.put(" LIMIT ");
  column_names::write_parameter(out, next, "bigint");
}

/// Rows by their keys, as `client_read` gives them, and whether each waits in the queue: one that does was written by the
/// old ways, and is no mismatch. One statement, because the runner may take its entry out at any time.
constexpr void write_parity_look_again(sink& out, const migration_description& migration) {
  if (migration.in != worlds::client_only) return;
  write_client_columns(out, migration);
  out.put(", ");
  write_is_queued(out, migration);
  write_from_sent(out, migration);
}

/// A key of parameters of the key's own types, as it is stored.
constexpr void write_stored_key_parameters(sink& out, const table_description& table, std::size_t first) {
  write_stored_key_of(out, table, [&](const column_description& column, std::size_t number) {
    column_names::write_parameter(out, first + number, *column.type);
  });
}

/// Records one mismatching row that the client found: run, pass, key, and expected and actual value unless they are
/// sensitive.
constexpr void write_parity_witness_value(sink& out, const migration_description& migration) {
  if (migration.in != worlds::client_only) return;
  std::size_t keys = migration.table.key_count();
  out.all(begin_witness, " VALUES ($1::bigint, $2::bigint, ");
  write_stored_key_parameters(out, migration.table, 3);
  out.put(", ");
  if (migration.is_sensitive) {
    out.put("NULL, NULL, true)");
  } else {
    column_names::write_parameter(out, keys + 3, *migration.target_type);
    out.put("::text, ");
    column_names::write_parameter(out, keys + 4, *migration.target_type);
    out.put("::text, false)");
  }
  out.put(once);
}

/// Puts rows for which the client has no value into the quarantine: their keys, why, and the pass.
constexpr void write_parity_failed_keys(sink& out, const migration_description& migration) {
  if (migration.in != worlds::client_only) return;
  out.all("INSERT INTO ", quarantine_table, " (migration, key, sqlstate, noted_by, pass_id)\n SELECT ");
  out.literal(migration.name);
  out.put(", ");
  sent_rows::write_stored(out, migration.table);
  out.put(", s.sqlstate, 'parity', ");
  column_names::write_parameter(out, migration.table.key_count() + 2, "bigint");
  out.put(" FROM ");
  sent_rows{false, text::description, "sqlstate"}.write(out, migration);
  out.put(seen_by_pass);
}

}  // namespace online_migration::detail
