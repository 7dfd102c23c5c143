// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <online_migration/sql/backfill.hpp>
#include <online_migration/sql/parity.hpp>
#include <online_migration/sql/parts.hpp>

/// Rows that differed when they were looked at, and are looked at again before anybody is told: somebody may have been
/// about to write their new value.
namespace online_migration::detail {

/// A key in one piece of text.
constexpr void write_suspect_key(sink& out, const migration_description& migration) {
  out.put('(');
  write_stored_key(out, migration.table, row_names);
  out.put(")::text");
}

/// The rows of a range whose keys are among those of parameter `next`.
constexpr void write_from_suspects(sink& out, const migration_description& migration, bool bounded_below) {
  std::size_t next = write_from_range(out, migration, bounded_below);
  out.put(" AND ");
  write_suspect_key(out, migration);
  out.put(" = ANY (");
  column_names::write_parameter(out, next, "text[]");
  out.put(')');
}

/// The rows of a range that differ: their keys. The range, then the keys among which to look; NULL for all.
constexpr void write_parity_suspects(sink& out, const migration_description& migration, bool bounded_below) {
  if (migration.in == worlds::client_only) return;
  out.put("SELECT ");
  write_suspect_key(out, migration);
  std::size_t next = write_from_range(out, migration, bounded_below);
  out.put(" AND ");
  write_mismatches(out, migration);
  out.put(" AND (");
  column_names::write_parameter(out, next, "text[]");
  out.put(" IS NULL OR ");
  write_suspect_key(out, migration);
  out.put(" = ANY (");
  column_names::write_parameter(out, next, "text[]");
  out.put("))");
}

/// Records those of some rows of a range that differ still as witnesses. The range, their keys, run, pass and the most
/// rows to record.
constexpr void write_parity_suspects_witness(sink& out, const migration_description& migration, bool bounded_below) {
  if (migration.in == worlds::client_only) return;
  write_witnesses(out, migration, (bounded_below ? 2 : 1) * migration.table.key_count() + 2,
                  [&] { write_from_suspects(out, migration, bounded_below); });
}

}  // namespace online_migration::detail
