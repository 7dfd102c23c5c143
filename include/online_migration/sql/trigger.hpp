// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <cstddef>

#include <online_migration/base/sink.hpp>
#include <online_migration/migration/migration.hpp>
#include <online_migration/sql/alarm.hpp>
#include <online_migration/sql/parts.hpp>
#include <online_migration/sql/total.hpp>

/// The sync trigger: the safety net under writers that know only one of the representations.
namespace online_migration::detail {

inline constexpr column_names new_row{"NEW."};
inline constexpr column_names old_row{"OLD."};

/// `NEW."column" ≡ OLD."column"`, or `≢`.
constexpr void write_unchanged(sink& out, std::string_view column, const type_description& type, bool same) {
  write_identity(
      out, type, same, compares_as_text(type), [&](sink& o) { new_row.write(o, column); },
      [&](sink& o) { old_row.write(o, column); });
}

constexpr void write_begin_trigger_function(sink& out, const migration_description& migration, std::string_view prefix,
                                            piece rights = "") {
  // DROP TABLE takes the trigger away and leaves its function.
  out.put("CREATE OR REPLACE FUNCTION ");
  write_own_function(out, migration, prefix);
  out.all("() RETURNS trigger LANGUAGE plpgsql", rights, pinned_settings);
}

/// The alarm is about writers that know only the old column. A foreign key's own action is none: the new column has its
/// own by contract. Nor is an INSERT that leaves a key to its default, which from contract on gives the new one.
constexpr void write_if_somebody_wrote(sink& out, const migration_description& migration) {
  out.put(replaces_its_key(migration) ? "IF TG_OP = 'UPDATE' AND (" : "IF TG_OP = 'INSERT' OR (");
  out.put(
      "pg_catalog.pg_trigger_depth() = 1 OR NOT EXISTS (SELECT FROM pg_catalog.pg_constraint AS k"
      " JOIN pg_catalog.pg_attribute AS a ON a.attrelid = k.conrelid AND a.attnum = ANY (k.conkey) WHERE k.conrelid = TG_RELID"
      " AND k.contype = 'f' AND (k.confupdtype IN ('c', 'n', 'd') OR k.confdeltype IN ('n', 'd')) AND a.attname = ");
  out.literal(replaced_column(migration).name);
  out.put(")) THEN ");
}

constexpr void write_assign_forward(sink& out, const migration_description& migration, piece indent) {
  each_target(migration, [&](const migration_description& part, std::size_t) {
    out.put(indent);
    new_row.write(out, part.target);
    out.put(" := ");
    write_transform(out, part, new_row);
    out.put(";\n");
  });
  if (!has_alarm(migration)) return;
  out.put(indent);
  if (replaces(migration)) write_if_somebody_wrote(out, migration);
  out.put("PERFORM ");
  write_own_function(out, migration, "om_alarm_");
  out.put(replaces(migration) ? "(); END IF;\n" : "();\n");
}

/// The end of a RAISE: which column it is about, and no value.
constexpr void write_about_replaced(sink& out, const migration_description& migration) {
  out.put(", COLUMN = ");
  out.literal(replaced_column(migration).name);
  out.put(", TABLE = ");
  out.literal(migration.table.name);
  out.put(", SCHEMA = ");
  out.literal(migration.table.schema);
  out.put(";\n");
}

/// The old column from the new one. A value that the old column cannot hold must not be written while the old column is
/// what others read: the transform of what was stored has to give the new value again.
constexpr void write_assign_backward(sink& out, const migration_description& migration, piece indent) {
  out.put(indent);
  new_row.write(out, replaced_column(migration).name);
  out.put(" := ");
  write_transform(out, *migration.reverse, new_row);
  out.all(";\n", indent, "IF ");
  write_differs(out, migration, new_row);
  out.all(" THEN\n", indent, "  RAISE EXCEPTION USING ERRCODE = 'check_violation', MESSAGE = ");
  out.put("'this value cannot be kept in the column that the migration replaces'");
  write_about_replaced(out, migration);
  out.all(indent, "END IF;\n");
}

/// Stops a writer that knows only the old column.
constexpr void write_refuse_legacy(sink& out, const migration_description& migration, piece indent) {
  out.all(indent, "RAISE EXCEPTION USING ERRCODE = 'object_not_in_prerequisite_state', ");
  out.put("MESSAGE = 'this column was replaced by another, and this write knows only the old one', HINT = ");
  out.put("'The program that sent it is older than the contract of the migration: replace it.'");
  write_about_replaced(out, migration);
}

/// Whether the old column is what the new one leads back to: a dual writer of the new column wrote both.
constexpr void write_leads_back(sink& out, const migration_description& migration) {
  const column_description& old = replaced_column(migration);
  write_identity(
      out, *old.type, true, compares_as_text(*old.type), [&](sink& o) { new_row.write(o, old.name); },
      [&](sink& o) { write_transform(o, *migration.reverse, new_row); });
}

/// The combined trigger runs only for rows that are not in step, so who wrote decides which way they are brought there.
/// A new row whose new column is given comes from a writer who knows it, unless the old column was given as well and a
/// trigger of the table's own changed it since; a default of the old column is nobody's wish. Where both were written
/// and the old one is what the new one leads back to, it was a dual write of the new one.
/// `legacy_stale` is for the time in which the old column is filled again after contract: there the new one is right, and
/// what somebody has computed from an old one that was not in step must not undo it.
constexpr void write_combined_body(sink& out, const migration_description& migration, bool legacy_stale) {
  const column_description& old = replaced_column(migration);
  out.put("DECLARE\n  from_new boolean;\nBEGIN\n  IF TG_OP = 'UPDATE' THEN\n    from_new := ");
  auto write_new_changed = [&] { write_unchanged(out, migration.target, *migration.target_type, false); };
  if (!legacy_stale) {
    write_new_changed();
    out.put(" AND (");
  }
  write_unchanged(out, old.name, *old.type, true);
  out.put(" OR ");
  if (legacy_stale) {
    write_new_changed();
    out.put(" AND ");
  }
  write_leads_back(out, migration);
  out.put(legacy_stale ? ";\n" : ");\n");
  if (legacy_stale) {
    out.put("    IF NOT from_new AND ");
    write_unchanged(out, migration.target, *migration.target_type, true);
    out.put(" AND ");
    write_differs(out, migration, old_row);
    out.put(" THEN\n");
    write_refuse_legacy(out, migration, "      ");
    out.put("    END IF;\n");
  }
  out.put("  ELSE\n    from_new := ");
  new_row.write(out, migration.target);
  out.put(" IS NOT NULL");
  if (!old.has_server_default) {
    out.put(" AND (");
    new_row.write(out, old.name);
    out.put(" IS NULL OR ");
    write_leads_back(out, migration);
    out.put(')');
  }
  out.put(";\n  END IF;\n  IF from_new THEN\n");
  write_assign_backward(out, migration, "    ");
  out.put("  ELSE\n");
  write_assign_forward(out, migration, "    ");
  out.put("  END IF;\n  RETURN NEW;\nEND\n$om$");
}

constexpr void write_create_sync_function(sink& out, const migration_description& migration) {
  if (migration.in == worlds::client_only) return;
  write_begin_trigger_function(out, migration, "om_sync_", owners_rights);
  if (has_way_back(migration)) {
    write_combined_body(out, migration, false);
    return;
  }
  out.put("BEGIN\n");
  write_assign_forward(out, migration, "  ");
  out.put("  RETURN NEW;\nEND\n$om$");
}

/// The same function for a run that is on its way back from contract.
constexpr void write_create_revive_function(sink& out, const migration_description& migration) {
  if (!has_way_back(migration)) return;
  write_begin_trigger_function(out, migration, "om_sync_", owners_rights);
  write_combined_body(out, migration, true);
}

constexpr void write_revoke_sync_function(sink& out, const migration_description& migration) {
  if (migration.in == worlds::client_only) return;
  out.put("REVOKE ALL ON FUNCTION ");
  write_function_name(out, migration);
  out.put("() FROM PUBLIC");
}

/// SHARE ROW EXCLUSIVE: it waits for the writers in flight, so afterwards every write is covered. Without `OF`, because
/// a trigger that fires before it may change the source of a statement that did not name it. It runs only for rows that
/// would be wrong, so the backfill and dual writers pass it at the price of one evaluation.
constexpr void write_create_sync_trigger(sink& out, const migration_description& migration) {
  if (migration.in == worlds::client_only) return;
  out.put("CREATE TRIGGER ");
  write_trigger_name(out, migration.name);
  out.put(" BEFORE INSERT OR UPDATE ON ");
  write_table(out, migration.table);
  out.put(" FOR EACH ROW WHEN (");
  write_differs(out, migration, new_row);
  out.put(") EXECUTE FUNCTION ");
  write_function_name(out, migration);
  out.put("()");
}

constexpr void write_enable_always(sink& out, const migration_description& migration, std::string_view prefix) {
  write_alter_table(out, migration.table);
  out.put(" ENABLE ALWAYS TRIGGER ");
  write_object_name(out, prefix, migration.name);
}

constexpr void write_drop_trigger(sink& out, const migration_description& migration, std::string_view prefix) {
  out.put("DROP TRIGGER IF EXISTS ");
  write_object_name(out, prefix, migration.name);
  out.put(" ON ");
  write_table(out, migration.table);
}

constexpr void write_drop_function(sink& out, const migration_description& migration, std::string_view prefix) {
  out.put("DROP FUNCTION IF EXISTS ");
  write_own_function(out, migration, prefix);
  out.put("()");
}

/// Replicated writes and `session_replication_role = replica` do not get around it.
constexpr void write_enable_sync_trigger(sink& out, const migration_description& migration) {
  if (migration.in == worlds::client_only) return;
  write_enable_always(out, migration, trigger_prefix);
}

/// ACCESS EXCLUSIVE, no scan.
constexpr void write_drop_sync_trigger(sink& out, const migration_description& migration) {
  if (migration.in == worlds::client_only) return;
  write_drop_trigger(out, migration, trigger_prefix);
}

constexpr void write_drop_sync_function(sink& out, const migration_description& migration) {
  if (migration.in == worlds::client_only) return;
  write_drop_function(out, migration, "om_sync_");
}

}  // namespace online_migration::detail
