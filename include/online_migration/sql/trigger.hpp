// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <cstddef>

#include <online_migration/base/sink.hpp>
#include <online_migration/migration/description.hpp>
#include <online_migration/sql/alarm.hpp>
#include <online_migration/sql/lookup.hpp>
#include <online_migration/sql/other_table.hpp>
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
  out.literal(first_replaced(migration).name);
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
  out.literal(first_replaced(migration).name);
  out.put(", TABLE = ");
  out.literal(migration.table.name);
  out.put(", SCHEMA = ");
  out.literal(migration.table.schema);
  out.put(";\n");
}

/// Whether a new column changed, of several at least one; or, with `same`, whether none of them did.
constexpr void write_new_changed(sink& out, const migration_description& migration, bool same) {
  if (has_parts(migration)) out.put('(');
  each_target(migration, [&](const migration_description& part, std::size_t number) {
    if (number > 0) out.put(same ? " AND " : " OR ");
    write_unchanged(out, part.target, *part.target_type, same);
  });
  if (has_parts(migration)) out.put(')');
}

/// Whether every old column is as it was.
constexpr void write_old_unchanged(sink& out, const migration_description& migration) {
  bool several = migration.replaced.size() > 1;
  if (several) out.put('(');
  each_replaced(migration, [&](const column_description& old, std::size_t number) {
    if (number > 0) out.put(" AND ");
    write_unchanged(out, old.name, *old.type, true);
  });
  if (several) out.put(')');
}

/// Whether a new column is given a value.
constexpr void write_new_given(sink& out, const migration_description& migration) {
  if (has_parts(migration)) out.put('(');
  each_target(migration, [&](const migration_description& part, std::size_t number) {
    if (number > 0) out.put(" OR ");
    new_row.write(out, part.target);
    out.put(" IS NOT NULL");
  });
  if (has_parts(migration)) out.put(')');
}

/// A row may not have been backfilled yet: who writes one of several new columns then leaves the others empty, and
/// means what follows from the old ones, which were in force until this write.
constexpr void write_fill_siblings(sink& out, const migration_description& migration, piece indent) {
  if (!has_parts(migration)) return;
  out.all(indent, "IF TG_OP = 'UPDATE' THEN\n");
  each_target(migration, [&](const migration_description& part, std::size_t) {
    out.all(indent, "  IF ");
    write_unchanged(out, part.target, *part.target_type, true);
    out.put(" THEN\n");
    out.all(indent, "    ");
    new_row.write(out, part.target);
    out.put(" := ");
    write_transform(out, part, old_row);
    out.all(";\n", indent, "  END IF;\n");
  });
  out.all(indent, "END IF;\n");
}

/// The old columns from the new ones. Values that the old columns cannot hold must not be written while the old ones
/// are what others read: the transforms of what was stored have to give the new values again.
constexpr void write_assign_backward(sink& out, const migration_description& migration, piece indent) {
  each_target(*migration.reverse, [&](const migration_description& back, std::size_t) {
    out.put(indent);
    new_row.write(out, back.target);
    out.put(" := ");
    write_transform(out, back, new_row);
    out.put(";\n");
  });
  out.all(indent, "IF ");
  write_differs(out, migration, new_row);
  out.all(" THEN\n", indent, "  RAISE EXCEPTION USING ERRCODE = 'check_violation', MESSAGE = ");
  out.put("'this value cannot be kept in the column that the migration replaces'");
  write_about_replaced(out, migration);
  out.all(indent, "END IF;\n");
}

/// Stops a writer that knows only the old columns.
constexpr void write_refuse_legacy(sink& out, const migration_description& migration, piece indent) {
  out.all(indent, "RAISE EXCEPTION USING ERRCODE = 'object_not_in_prerequisite_state', ");
  out.put("MESSAGE = 'this column was replaced by another, and this write knows only the old one', HINT = ");
  out.put("'The program that sent it is older than the contract of the migration: replace it.'");
  write_about_replaced(out, migration);
}

/// Whether the old columns are what the new ones lead back to: a dual writer of the new ones wrote both.
constexpr void write_leads_back(sink& out, const migration_description& migration) {
  const migration_description& reverse = *migration.reverse;
  if (has_parts(reverse)) out.put('(');
  each_way_back(migration, [&](const column_description& old, const migration_description& back, std::size_t number) {
    if (number > 0) out.put(" AND ");
    write_identity(
        out, *old.type, true, compares_as_text(*old.type), [&](sink& o) { new_row.write(o, old.name); },
        [&](sink& o) { write_transform(o, back, new_row); });
  });
  if (has_parts(reverse)) out.put(')');
}

/// Of a new row, that the old columns were given no value. A default of theirs is nobody's wish.
constexpr void write_old_not_given(sink& out, const migration_description& migration) {
  std::size_t without_default = 0;
  each_replaced(migration, [&](const column_description& old, std::size_t) {
    if (!old.has_server_default) ++without_default;
  });
  if (without_default == 0) return;
  out.put(without_default > 1 ? " AND ((" : " AND (");
  std::size_t number = 0;
  each_replaced(migration, [&](const column_description& old, std::size_t) {
    if (old.has_server_default) return;
    if (number++ > 0) out.put(" AND ");
    new_row.write(out, old.name);
    out.put(" IS NULL");
  });
  out.put(without_default > 1 ? ") OR " : " OR ");
  write_leads_back(out, migration);
  out.put(')');
}

/// The combined trigger runs only for rows that are not in step, so who wrote decides which way they are brought there.
/// A new row whose new columns are given comes from a writer who knows them, unless the old ones were given as well and
/// a trigger of the table's own changed them since. Where both were written and the old ones are what the new ones lead
/// back to, it was a dual write of the new ones.
/// `legacy_stale` is for the time in which the old columns are filled again after contract: there the new ones are right,
/// and what somebody has computed from old ones that were not in step must not undo them.
constexpr void write_combined_body(sink& out, const migration_description& migration, bool legacy_stale) {
  out.put("DECLARE\n  from_new boolean;\nBEGIN\n  IF TG_OP = 'UPDATE' THEN\n    from_new := ");
  if (!legacy_stale) {
    write_new_changed(out, migration, false);
    out.put(" AND (");
  }
  write_old_unchanged(out, migration);
  out.put(" OR ");
  if (legacy_stale) {
    write_new_changed(out, migration, false);
    out.put(" AND ");
  }
  write_leads_back(out, migration);
  out.put(legacy_stale ? ";\n" : ");\n");
  if (legacy_stale) {
    out.put("    IF NOT from_new AND ");
    write_new_changed(out, migration, true);
    out.put(" AND ");
    write_differs(out, migration, old_row);
    out.put(" THEN\n");
    write_refuse_legacy(out, migration, "      ");
    out.put("    END IF;\n");
  }
  out.put("  ELSE\n    from_new := ");
  write_new_given(out, migration);
  write_old_not_given(out, migration);
  out.put(";\n  END IF;\n  IF from_new THEN\n");
  if (!legacy_stale) write_fill_siblings(out, migration, "    ");
  write_assign_backward(out, migration, "    ");
  out.put("  ELSE\n");
  write_assign_forward(out, migration, "    ");
  out.put("  END IF;\n  RETURN NEW;\nEND\n$om$");
}

constexpr void write_create_sync_function(sink& out, const migration_description& migration) {
  if (migration.in == worlds::client_only) return;
  write_begin_trigger_function(out, migration, "om_sync_", owners_rights);
  if (migration.elsewhere) {
    write_home_sync_body(out, migration);
    return;
  }
  if (migration.looks_up) {
    write_lookup_sync_body(out, migration);
    return;
  }
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
  // A row of another table comes after the one that it refers to, and a condition cannot look at it. Nor can it look
  // anything up, so that function looks for itself.
  out.put(migration.elsewhere ? " AFTER INSERT OR UPDATE OR DELETE ON " : " BEFORE INSERT OR UPDATE ON ");
  write_table(out, migration.table);
  out.put(" FOR EACH ROW");
  if (!migration.elsewhere && !migration.looks_up) {
    out.put(" WHEN (");
    write_differs(out, migration, new_row);
    out.put(')');
  }
  out.put(" EXECUTE FUNCTION ");
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
