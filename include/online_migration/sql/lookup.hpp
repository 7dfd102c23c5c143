// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <cstddef>

#include <online_migration/base/sink.hpp>
#include <online_migration/migration/description.hpp>
#include <online_migration/sql/alarm.hpp>
#include <online_migration/sql/parts.hpp>

/// A column that is looked up in another table, on the side of the rows that refer to it. What a writer computes holds
/// until its transaction ends, because the row that it was computed from is locked until then: who changes that row
/// waits, and what it then notes is found with all rows that were written before it.
namespace online_migration::detail {

/// The n-th column of the migration's table that refers to the other one.
constexpr const column_description& reference_at(const migration_description& migration, std::size_t number) {
  return migration.table.columns[migration.lookup->references[number]];
}

/// The column that is looked up.
constexpr const column_description& looked_up_column(const migration_description& migration) {
  return migration.lookup->table->columns[migration.lookup->column];
}

/// ` FROM "public"."countries" AS l WHERE l."code" = NEW."country_code"`, for the row that `names` is about.
constexpr void write_looked_up_row(sink& out, const migration_description& migration, const column_names& names) {
  const table_description& table = *migration.lookup->table;
  out.put(" FROM ");
  write_table(out, table);
  out.put(" AS l WHERE ");
  for (std::size_t i = 0; i < table.key_count(); ++i) {
    out.put(i > 0 ? piece{" AND l."} : piece{"l."});
    out.identifier(table.columns[table.key_at(i)].name);
    out.put(" OPERATOR(pg_catalog.=) ");
    names.write(out, reference_at(migration, i).name);
  }
}

/// Whether a write leaves alone what the new column follows from, the column itself, and the key of its row: a key that
/// changes could slip past the place that a drain of the queue has come to.
constexpr void write_nothing_concerned(sink& out, const migration_description& migration) {
  constexpr column_names new_one{"NEW."};
  constexpr column_names old_one{"OLD."};
  auto same = [&](std::string_view name, const type_description& type) {
    write_identity(
        out, type, true, compares_as_text(type), [&](sink& o) { new_one.write(o, name); },
        [&](sink& o) { old_one.write(o, name); });
    out.put("\n      AND ");
  };
  for (std::size_t i = 0; i < migration.table.count; ++i) {
    const column_description& column = migration.table.columns[i];
    if (column.is_key || migration.sources.has(i)) same(column.name, *column.type);
  }
  same(migration.target, *migration.target_type);
  out.put("NOT (");
  write_differs(out, migration, new_one);
  out.put(')');
}

/// The body of the sync trigger, before a row and, for the rare row that comes before what it refers to, after it.
/// Before it the value is computed from the row that was locked, which is the newest one whatever the lock has waited
/// for; after it by a statement behind the lock, which sees that row too.
constexpr void write_lookup_sync_body(sink& out, const migration_description& migration) {
  constexpr column_names new_one{"NEW."};
  column_names found{"NEW."};
  found.found = "om_found.";
  auto lock = [&] {
    write_looked_up_row(out, migration, new_one);
    out.put(" FOR SHARE;\n");
  };
  auto alarm = [&](piece indent) {
    if (!has_alarm(migration)) return;
    out.all(indent, "PERFORM ");
    write_own_function(out, migration, "om_alarm_");
    out.put("();\n");
  };
  out.put("DECLARE\n  om_found record;\nBEGIN\n  IF TG_WHEN = 'AFTER' THEN\n    PERFORM");
  lock();
  out.put("    UPDATE ");
  write_table(out, migration.table);
  out.put(" AS t SET ");
  write_set_list(out, migration, row_names);
  out.put(" WHERE ");
  for (std::size_t i = 0; i < migration.table.key_count(); ++i) {
    const column_description& column = migration.table.columns[migration.table.key_at(i)];
    if (i > 0) out.put(" AND ");
    row_names.write(out, column.name);
    write_operator(out, "=", is_qualified(*column.type));
    new_one.write(out, column.name);
  }
  out.put(" AND ");
  write_differs(out, migration, row_names);
  out.put(";\n    IF FOUND THEN\n");
  alarm("      ");
  out.put("    END IF;\n    RETURN NULL;\n  END IF;\n  IF TG_OP = 'UPDATE' THEN\n    IF ");
  write_nothing_concerned(out, migration);
  out.put(" THEN\n      RETURN NEW;\n    END IF;\n  END IF;\n");
  out.put("  SELECT l.");
  out.identifier(looked_up_column(migration).name);
  out.put(" INTO om_found");
  lock();
  out.put("  IF ");
  write_differs(out, migration, found);
  out.put(" THEN\n    ");
  new_one.write(out, migration.target);
  out.put(" := ");
  write_transform(out, migration, found);
  out.put(";\n");
  alarm("    ");
  out.put("  END IF;\n  RETURN NEW;\nEND\n$om$");
}

/// `~om_late_…`, after the row: behind the foreign key's own check, so what a row refers to is there by then.
inline constexpr std::string_view late_prefix = "~om_late_";

/// SHARE ROW EXCLUSIVE. Only for a row that looks as if nothing had been found for what it refers to: the other one may
/// come with the same statement, or be committed between the trigger before the row and the check of the foreign key.
constexpr void write_create_late_trigger(sink& out, const migration_description& migration) {
  if (!migration.looks_up) return;
  column_names nothing{"NEW."};
  nothing.finds_nothing = true;
  out.put("CREATE TRIGGER ");
  write_object_name(out, late_prefix, migration.name);
  out.put(" AFTER INSERT OR UPDATE ON ");
  write_table(out, migration.table);
  out.put(" FOR EACH ROW WHEN (");
  for (std::size_t i = 0; i < migration.lookup->table->key_count(); ++i) {
    nothing.write(out, reference_at(migration, i).name);
    out.put(" IS NOT NULL AND ");
  }
  write_identity(
      out, *migration.target_type, true,
      compares_as_text(*migration.target_type) || is_varchar(migration.transform_type),
      [&](sink& o) { nothing.write(o, migration.target); }, [&](sink& o) { write_transform(o, migration, nothing); });
  out.put(") EXECUTE FUNCTION ");
  write_function_name(out, migration);
  out.put("()");
}

}  // namespace online_migration::detail
