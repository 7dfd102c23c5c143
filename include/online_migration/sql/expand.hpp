// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <online_migration/sql/other_table.hpp>
#include <online_migration/sql/parts.hpp>

/// DDL of expand: the new column and its constraint. Locks are given for each statement.
namespace online_migration::detail {

/// ACCESS EXCLUSIVE, no scan, no rewrite.
constexpr void write_add_column(sink& out, const migration_description& migration) {
  if (migration.elsewhere) {
    write_create_home(out, migration);
    return;
  }
  write_alter_table(out, migration.table);
  each_target(migration, [&](const migration_description& part, std::size_t number) {
    if (number > 0) out.put(',');
    // Of several one may be there already; one alone is left out by who asks.
    out.put(has_parts(migration) ? " ADD COLUMN IF NOT EXISTS " : " ADD COLUMN ");
    out.identifier(part.target);
    out.put(' ');
    part.target_type->write(out);
  });
}

/// Whether NOT NULL can hold for every writer from expand on: only where the trigger always has a value to give.
constexpr bool enforces_not_null(const migration_description& migration) {
  // Another table has it from the beginning: it is made empty.
  return migration.target_required && !migration.elsewhere && migration.total &&
         (migration.in & worlds::server_only) == worlds::server_only;
}

/// ACCESS EXCLUSIVE, no scan: new rows are checked, old ones are not.
constexpr void write_add_not_null(sink& out, const migration_description& migration) {
  if (!enforces_not_null(migration)) return;
  write_alter_table(out, migration.table);
  out.put(" ADD CONSTRAINT ");
  write_not_null_name(out, migration);
  out.put(" CHECK (");
  each_required(migration, [&](const migration_description& part, std::size_t number) {
    if (number > 0) out.put(" AND ");
    out.identifier(part.target);
    out.put(" IS NOT NULL");
  });
  out.put(") NOT VALID");
}

/// SHARE UPDATE EXCLUSIVE, one scan: readers and writers go on.
constexpr void write_validate_not_null(sink& out, const migration_description& migration) {
  if (!enforces_not_null(migration)) return;
  write_alter_table(out, migration.table);
  out.put(" VALIDATE CONSTRAINT ");
  write_not_null_name(out, migration);
}

/// ACCESS EXCLUSIVE, no scan: the valid CHECK proves it.
constexpr void write_set_not_null(sink& out, const migration_description& migration) {
  if (!enforces_not_null(migration)) return;
  write_alter_table(out, migration.table);
  each_required(migration, [&](const migration_description& part, std::size_t number) {
    out.put(number > 0 ? ", ALTER COLUMN " : " ALTER COLUMN ");
    out.identifier(part.target);
    out.put(" SET NOT NULL");
  });
}

/// ACCESS EXCLUSIVE, no scan. A statement of its own: within one ALTER TABLE the server drops the CHECK first, has no
/// proof left, and scans the whole table under the lock.
constexpr void write_drop_not_null_check(sink& out, const migration_description& migration) {
  if (!enforces_not_null(migration)) return;
  write_alter_table(out, migration.table);
  out.put(" DROP CONSTRAINT ");
  write_not_null_name(out, migration);
}

/// A temporary copy of the table, on which the server is asked whether the transform is immutable.
constexpr void write_probe_table(sink& out, const migration_description& migration) {
  if (migration.in == worlds::client_only) return;
  out.put("CREATE TEMPORARY TABLE online_migration_probe (LIKE ");
  write_table(out, migration.table);
  out.put(") ON COMMIT DROP");
}

/// PostgreSQL takes nothing but immutable expressions for a stored generated column (42P17 otherwise). The way back is
/// asked about as well: nobody needs it before the first writer of the new column alone.
constexpr void write_probe_column(sink& out, const migration_description& migration) {
  if (migration.in == worlds::client_only) return;
  out.put("ALTER TABLE pg_temp.online_migration_probe");
  each_value(migration, [&](const migration_description& part, std::size_t number) {
    out.put(number > 0 ? ", ADD COLUMN online_migration_probe" : " ADD COLUMN online_migration_probe");
    if (number > 0) out.number(static_cast<std::int64_t>(number));
    out.put(' ');
    part.target_type->write(out);
    if (extracts_elements(migration)) out.put("[]");
    out.put(" GENERATED ALWAYS AS (");
    // A lookup is not immutable, and is kept right by other means; what is around it has to be.
    column_names alone;
    alone.finds_nothing = true;
    write_declared_transform(out, part, alone);
    out.put(") STORED");
  });
  if (!has_way_back(migration)) return;
  each_target(migration, [&](const migration_description& part, std::size_t) {
    out.put(", ADD COLUMN IF NOT EXISTS ");
    out.identifier(part.target);
    out.put(' ');
    part.target_type->write(out);
  });
  each_target(*migration.reverse, [&](const migration_description& back, std::size_t number) {
    out.put(", ADD COLUMN online_migration_inverse");
    if (number > 0) out.number(static_cast<std::int64_t>(number));
    out.put(' ');
    back.target_type->write(out);
    out.put(" GENERATED ALWAYS AS (");
    write_declared_transform(out, back, {});
    out.put(") STORED");
  });
}

}  // namespace online_migration::detail
