// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <online_migration/base/sink.hpp>
#include <online_migration/migration/description.hpp>
#include <online_migration/sql/key_guard.hpp>
#include <online_migration/sql/parts.hpp>
#include <online_migration/sql/trigger.hpp>

/// The guard trigger, in force from contract until the old column is retired. It never writes: it stops a writer that
/// slept through every gate and still writes the legacy representation alone. Who writes both passes, and who writes
/// only the new one.
namespace online_migration::detail {

inline constexpr std::string_view guard_prefix = "~om_guard_";

/// The row as the guard knows it again: key, old and new columns, hashed.
constexpr void write_row_mark(sink& out, const migration_description& migration) {
  out.put("pg_catalog.hashtextextended(ROW(");
  each_key(out, migration.table,
           [&](const column_description& column, std::size_t) { new_row.write(out, column.name); });
  auto also = [&](std::string_view column) {
    out.put(", ");
    new_row.write(out, column);
  };
  each_replaced(migration, [&](const column_description& old, std::size_t) { also(old.name); });
  each_target(migration, [&](const migration_description& part, std::size_t) { also(part.target); });
  out.put(")::text, 0)::text");
}

/// A row that moves to another partition is deleted there and inserted here, with the stale old value that it had. So
/// a partition notes the row that an UPDATE may move, and an INSERT of just that row in the same transaction passes.
constexpr void write_note_move(sink& out, const migration_description& migration) {
  out.put("    IF TG_TABLE_NAME <> ");
  out.literal(migration.table.name);
  out.put(" OR TG_TABLE_SCHEMA <> ");
  out.literal(migration.table.schema);
  out.put(" THEN\n      PERFORM pg_catalog.set_config('online_migration.may_move', ");
  write_row_mark(out, migration);
  out.put(", true);\n    END IF;\n");
}

/// What the new columns followed from beside the replaced ones.
constexpr column_set other_sources(const migration_description& migration) {
  return migration.sources.without(migration.replaced);
}

/// Where the new column followed from several, a write that changes another of them and leaves the new one as it was
/// may be an old one. A row whose new column stopped following from them is the new writers' own.
constexpr void write_unless_other_source(sink& out, const migration_description& migration) {
  const column_set others = other_sources(migration);
  if (others.empty()) return;
  out.put(" AND ((");
  bool more = false;
  for (std::size_t i = 0; i < migration.table.count; ++i) {
    if (!others.has(i)) continue;
    if (more) out.put(" AND ");
    more = true;
    const column_description& source = migration.table.columns[i];
    write_unchanged(out, source.name, *source.type, true);
  }
  out.put(") OR ");
  write_new_changed(out, migration, false);
  out.put(" OR ");
  write_differs(out, migration, old_row);
  out.put(')');
}

constexpr void write_create_guard_function(sink& out, const migration_description& migration) {
  if (!replaces(migration)) return;
  if (replaces_its_key(migration)) return write_key_guard_function(out, migration, false);
  if (migration.elsewhere) {
    write_begin_trigger_function(out, migration, "om_guard_", owners_rights);
    write_home_guard_body(out, migration);
    write_refuse_legacy(out, migration, "    ");
    out.put("  END IF;\n  RETURN NULL;\nEND\n$om$");
    return;
  }
  // It calls nothing but the function of a partial transform, which the writer may not be able to name.
  bool calls = has_total_function(migration) && !other_sources(migration).empty();
  write_begin_trigger_function(out, migration, "om_guard_", calls ? owners_rights : "");
  // Where nobody here can compute what the new column should be, who gives both is believed.
  bool believes = migration.in == worlds::client_only;
  out.put("BEGIN\n  IF TG_OP = 'INSERT' THEN\n    IF ");
  bool several = believes && migration.replaced.size() > 1;
  if (several) out.put('(');
  each_replaced(migration, [&](const column_description& old, std::size_t number) {
    if (number > 0) out.put(" AND ");
    new_row.write(out, old.name);
    out.put(" IS NULL");
  });
  if (several) out.put(')');
  out.put(believes ? " OR " : " AND ");
  write_new_given(out, migration);
  out.put(" OR pg_catalog.current_setting('online_migration.may_move', true) = ");
  write_row_mark(out, migration);
  out.put(" THEN\n      RETURN NEW;\n    END IF;\n  ELSIF ");
  write_old_unchanged(out, migration);
  if (believes) {
    out.put(" OR ");
    write_new_changed(out, migration, false);
  } else {
    write_unless_other_source(out, migration);
  }
  out.put(" THEN\n");
  write_note_move(out, migration);
  out.put("    RETURN NEW;\n  END IF;\n");
  write_refuse_legacy(out, migration, "  ");
  out.put("END\n$om$");
}

constexpr void write_revoke_guard_function(sink& out, const migration_description& migration) {
  if (!replaces(migration)) return;
  out.put("REVOKE ALL ON FUNCTION ");
  write_own_function(out, migration, "om_guard_");
  out.put("() FROM PUBLIC");
}

/// SHARE ROW EXCLUSIVE, no scan.
constexpr void write_create_guard_trigger(sink& out, const migration_description& migration) {
  if (!replaces(migration)) return;
  out.put("CREATE TRIGGER ");
  write_object_name(out, guard_prefix, migration.name);
  out.put(migration.elsewhere ? " AFTER INSERT OR UPDATE ON " : " BEFORE INSERT OR UPDATE ON ");
  write_table(out, migration.table);
  out.put(" FOR EACH ROW");
  if (migration.in != worlds::client_only && !migration.elsewhere) {
    out.put(" WHEN (");
    write_differs(out, migration, new_row);
    out.put(')');
  }
  out.put(" EXECUTE FUNCTION ");
  write_own_function(out, migration, "om_guard_");
  out.put("()");
}

/// Not for columns that moved: a subscriber gets the rows of the two tables one after the other.
constexpr void write_enable_guard_trigger(sink& out, const migration_description& migration) {
  if (!replaces(migration) || migration.elsewhere) return;
  write_enable_always(out, migration, guard_prefix);
}

/// ACCESS EXCLUSIVE, no scan.
constexpr void write_drop_guard_trigger(sink& out, const migration_description& migration) {
  if (!replaces(migration)) return;
  write_drop_trigger(out, migration, guard_prefix);
}

constexpr void write_drop_guard_function(sink& out, const migration_description& migration) {
  if (!replaces(migration)) return;
  write_drop_function(out, migration, "om_guard_");
}

}  // namespace online_migration::detail
