// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <online_migration/base/sink.hpp>
#include <online_migration/migration/description.hpp>
#include <online_migration/sql/parts.hpp>

/// A partial transform made total: a function of the database that gives NULL where the transform fails. Chunks,
/// triggers, parity and dual writes all use it, so no statement of ours fails on a value, and no write that was legal.
namespace online_migration::detail {

inline constexpr std::string_view pinned_settings =
    " SET search_path = pg_catalog, pg_temp SET standard_conforming_strings = on AS $om$\n";

/// Who writes may have no rights on the schema of the table, as through a view, nor on what a transform calls; a write
/// that was legal has to be covered all the same. So the transform is computed as the backfill computes it.
inline constexpr std::string_view owners_rights = " SECURITY DEFINER";

/// The types of the sources, in brackets.
constexpr void write_signature(sink& out, const migration_description& migration) {
  out.put('(');
  bool comma = false;
  for (std::size_t i = 0; i < migration.table.count; ++i) {
    if (!migration.sources.has(i)) continue;
    if (comma) out.put(", ");
    comma = true;
    migration.table.columns[i].type->write_cast(out);
  }
  out.put(')');
}

/// Bodies are written by position, so that a function does not depend on the names of the columns.
constexpr void write_over_sources(sink& out, const migration_description& migration, std::string_view prefix,
                                  const type_description& result) {
  out.put("CREATE FUNCTION ");
  write_own_function(out, migration, prefix);
  write_signature(out, migration);
  out.put(" RETURNS ");
  result.write_cast(out);
  out.all(" LANGUAGE plpgsql IMMUTABLE", owners_rights, pinned_settings);
}

constexpr void write_declared_over_parameters(sink& out, const migration_description& migration) {
  write_declared_transform(
      out, migration,
      column_names{"", &migration.table, &migration.sources, 1, &no_columns, &no_columns, is_collated(migration)});
}

constexpr void write_create_total_function(sink& out, const migration_description& migration) {
  if (!has_total_function(migration)) return;
  write_over_sources(out, migration, "om_total_", *migration.target_type);
  out.put("BEGIN\n  RETURN ");
  write_declared_over_parameters(out, migration);
  out.put(";\nEXCEPTION WHEN OTHERS THEN\n  RETURN NULL;\nEND\n$om$");
}

constexpr void write_create_why_function(sink& out, const migration_description& migration) {
  if (!has_total_function(migration)) return;
  write_over_sources(out, migration, "om_why_", text::description);
  out.put("DECLARE\n  given ");
  migration.target_type->write_cast(out);
  out.put(";\nBEGIN\n  given := ");
  write_declared_over_parameters(out, migration);
  out.put(";\n  RETURN NULL;\nEXCEPTION WHEN OTHERS THEN\n  RETURN SQLSTATE;\nEND\n$om$");
}

/// Whoever writes to the table computes them, in the condition of a trigger.
constexpr void write_grant_total_functions(sink& out, const migration_description& migration) {
  if (!has_total_function(migration)) return;
  out.put("GRANT EXECUTE ON FUNCTION ");
  write_total_name(out, migration);
  write_signature(out, migration);
  out.put(", ");
  write_why_name(out, migration);
  write_signature(out, migration);
  out.put(" TO PUBLIC");
}

constexpr void write_drop_total_functions(sink& out, const migration_description& migration) {
  if (!has_total_function(migration)) return;
  out.put("DROP FUNCTION IF EXISTS ");
  write_total_name(out, migration);
  write_signature(out, migration);
  out.put(", ");
  write_why_name(out, migration);
  write_signature(out, migration);
}

}  // namespace online_migration::detail
