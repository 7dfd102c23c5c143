// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <online_migration/sql/parts.hpp>

/// The sync trigger: the safety net under writers that know only the legacy representation.
namespace online_migration::detail {

inline constexpr column_names new_row{"NEW."};

/// A partial transform must never make a write fail that was legal before: where it has no value the new column gets
/// NULL, or keeps what it has if nothing changed that it follows from. A total one runs only for rows that would be
/// wrong, which the WHEN of its trigger sees to.
constexpr void write_create_sync_function(sink& out, const migration_description& migration) {
  if (migration.in == worlds::client_only) return;
  // DROP TABLE takes the trigger away and leaves its function.
  out.put("CREATE OR REPLACE FUNCTION ");
  write_function_name(out, migration);
  out.put(
      "() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp SET standard_conforming_strings = on AS $om$\n");
  if (migration.total) {
    out.put("BEGIN\n  ");
    new_row.write(out, migration.target);
    out.put(" := ");
    write_transform(out, migration, new_row);
    out.put(";\n  RETURN NEW;\nEND\n$om$");
    return;
  }
  out.put("DECLARE\n  expected ");
  migration.target_type->write(out);
  out.put(";\nBEGIN\n  BEGIN\n    expected := ");
  write_transform(out, migration, new_row);
  out.put(";\n  EXCEPTION WHEN OTHERS THEN\n    expected := CASE WHEN TG_OP = 'UPDATE'");
  for (std::size_t i = 0; i < migration.table.count; ++i) {
    if (!migration.sources.has(i)) continue;
    const column_description& source = migration.table.columns[i];
    out.put(" AND ");
    write_identity(
        out, *source.type, true, is_varchar(source.type->oid), [&](sink& o) { new_row.write(o, source.name); },
        [&](sink& o) { column_names{"OLD."}.write(o, source.name); });
  }
  out.put(" THEN ");
  new_row.write(out, migration.target);
  out.put(" END;\n  END;\n  IF ");
  write_identity(
      out, *migration.target_type, false, is_varchar(migration.target_type->oid),
      [&](sink& o) { new_row.write(o, migration.target); }, [](sink& o) { o.put("expected"); });
  out.put(" THEN\n    ");
  new_row.write(out, migration.target);
  out.put(" := expected;\n  END IF;\n  RETURN NEW;\nEND\n$om$");
}

constexpr void write_revoke_sync_function(sink& out, const migration_description& migration) {
  if (migration.in == worlds::client_only) return;
  out.put("REVOKE ALL ON FUNCTION ");
  write_function_name(out, migration);
  out.put("() FROM PUBLIC");
}

/// SHARE ROW EXCLUSIVE: it waits for the writers in flight, so afterwards every write is covered. Without `OF`, because
/// a trigger that fires before it may change the source of a statement that did not name it.
constexpr void write_create_sync_trigger(sink& out, const migration_description& migration) {
  if (migration.in == worlds::client_only) return;
  out.put("CREATE TRIGGER ");
  write_trigger_name(out, migration.name);
  out.put(" BEFORE INSERT OR UPDATE ON ");
  write_table(out, migration.table);
  out.put(" FOR EACH ROW");
  if (migration.total) {
    out.put(" WHEN (");
    write_differs(out, migration, new_row);
    out.put(')');
  }
  out.put(" EXECUTE FUNCTION ");
  write_function_name(out, migration);
  out.put("()");
}

/// Replicated writes and `session_replication_role = replica` do not get around it.
constexpr void write_enable_sync_trigger(sink& out, const migration_description& migration) {
  if (migration.in == worlds::client_only) return;
  out.put("ALTER TABLE ");
  write_table(out, migration.table);
  out.put(" ENABLE ALWAYS TRIGGER ");
  write_trigger_name(out, migration.name);
}

}  // namespace online_migration::detail
