// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <cstddef>
#include <string_view>

#include <online_migration/base/sink.hpp>
#include <online_migration/migration/description.hpp>
#include <online_migration/sql/alarm.hpp>
#include <online_migration/sql/parts.hpp>

/// What moves to another table: one row `o` of it belongs to each row `t` of the first one, by the key, or several
/// (sql/child_rows.hpp). Whoever writes the other table holds a lock on the row of the first one, so two writers of one
/// row wait for each other there.
namespace online_migration::detail {

/// The key of the other table and its moved columns, separated by commas.
constexpr void write_home_columns(sink& out, const migration_description& migration, piece prefix = "") {
  const table_description& home = home_of(migration);
  for (std::size_t i = 0; i < home.key_count(); ++i) {
    out.put(i > 0 ? piece{", "} : piece{""});
    out.put(prefix);
    out.identifier(home.columns[home.key_at(i)].name);
  }
  each_target(migration, [&](const migration_description& part, std::size_t) {
    out.put(", ");
    out.put(prefix);
    out.identifier(part.target);
  });
}

/// ` ON CONFLICT (…) DO UPDATE SET …`: the row that is there gets the values that were meant to be inserted, of the columns
/// that `takes(part)` says. It is locked as it is now, whatever the statement's snapshot is.
template <class Takes>
constexpr void write_home_conflict(sink& out, const migration_description& migration, Takes takes) {
  const table_description& home = home_of(migration);
  out.put(" ON CONFLICT (");
  for (std::size_t i = 0; i < home.key_count(); ++i) {
    if (i > 0) out.put(", ");
    out.identifier(home.columns[home.key_at(i)].name);
  }
  bool any = false;
  each_target(migration, [&](const migration_description& part, std::size_t) {
    if (!takes(part)) return;
    out.put(any ? piece{", "} : piece{") DO UPDATE SET "});
    any = true;
    out.identifier(part.target);
    out.put(" = EXCLUDED.");
    out.identifier(part.target);
  });
  if (!any) out.put(") DO NOTHING");
}

constexpr void write_home_conflict(sink& out, const migration_description& migration) {
  write_home_conflict(out, migration, [](const migration_description&) { return true; });
}

/// `INSERT INTO other AS o (…) SELECT `.
constexpr void write_home_insert(sink& out, const migration_description& migration) {
  out.put("INSERT INTO ");
  write_table(out, home_of(migration));
  out.put(" AS o (");
  write_home_columns(out, migration);
  out.put(") SELECT ");
}

/// The key of a row of the first table, and the values that follow from it, separated by commas.
constexpr void write_home_values(sink& out, const migration_description& migration, const column_names& names) {
  for (std::size_t i = 0; i < migration.table.key_count(); ++i) {
    if (i > 0) out.put(", ");
    names.write(out, migration.table.columns[migration.table.key_at(i)].name);
  }
  each_target(migration, [&](const migration_description& part, std::size_t) {
    out.put(", ");
    write_transform(out, part, names);
  });
}

/// The key of a row of the first table and what follows are made from, separated by commas.
constexpr void write_read_columns(sink& out, const migration_description& migration, piece prefix = "") {
  bool comma = false;
  for (std::size_t i = 0; i < migration.table.count; ++i) {
    const column_description& column = migration.table.columns[i];
    if (!column.is_key && !migration.sources.has(i)) continue;
    if (comma) out.put(", ");
    comma = true;
    out.put(prefix);
    out.identifier(column.name);
  }
}

/// `wrong (…) AS MATERIALIZED (SELECT … FOR NO KEY UPDATE OF t)`: rows of the first table whose row in the other one is
/// missing or wrong, locked, and what it should be, or of rows that become several what those follow from. A row that
/// was changed meanwhile is read again as it is under the lock, so no older value overwrites a newer one. One that is
/// found right is not locked: who changes it covers it.
/// `write_more` writes further columns, and `names_more` their names.
template <class Where, class NamesMore, class More>
constexpr void write_wrong_rows(sink& out, const migration_description& migration, Where write_where,
                                NamesMore names_more, More write_more) {
  out.put("wrong (");
  has_rows(migration) ? write_read_columns(out, migration) : write_home_columns(out, migration);
  names_more();
  out.put(") AS MATERIALIZED (SELECT ");
  has_rows(migration) ? write_read_columns(out, migration, "t.") : write_home_values(out, migration, row_names);
  write_more();
  out.put(" FROM ");
  write_table(out, migration.table);
  out.put(" AS t WHERE ");
  write_where();
  out.put(" AND ");
  write_differs(out, migration, row_names);
  out.put(" FOR NO KEY UPDATE OF t)");
}

/// `surplus AS (…), gone AS (DELETE …), `, where rows become several: those of the other table that follow from none of
/// the rows in `wrong`. They are looked up row by row, as those that are missing are, and where there is none, as nearly
/// always, the other table is not touched: the first condition is decided before anything is scanned.
constexpr void write_delete_wrong(sink& out, const migration_description& migration) {
  if (!has_rows(migration)) return;
  out.put("surplus AS MATERIALIZED (SELECT x.place FROM wrong AS t CROSS JOIN LATERAL (SELECT o.ctid AS place FROM ");
  write_table(out, home_of(migration));
  write_home_of(out, migration, row_names);
  out.put(" AND ");
  write_is_too_much(out, migration, row_names, "true", every_row);
  out.put(" OFFSET 0) AS x),\n gone AS (DELETE FROM ");
  write_table(out, home_of(migration));
  out.put(
      " AS g WHERE (SELECT EXISTS (SELECT FROM surplus)) AND g.ctid = ANY (ARRAY(SELECT s.place FROM surplus AS s))),\n ");
}

/// `INSERT … SELECT … FROM wrong … ON CONFLICT …`.
constexpr void write_from_wrong(sink& out, const migration_description& migration) {
  if (has_rows(migration)) {
    write_home_insert(out, migration);
    write_child_columns(out, migration);
    out.put(" FROM wrong AS t CROSS JOIN LATERAL ");
    write_child_values(out, migration, row_names, every_row);
    out.all(" WHERE ", there_column);
    write_home_conflict(out, migration);
    return;
  }
  write_home_insert(out, migration);
  write_home_columns(out, migration, "w.");
  out.put(" FROM wrong AS w");
  write_home_conflict(out, migration);
}

/// SHARE ROW EXCLUSIVE on the first table, for the foreign key; no scan. It deletes what loses its row, and follows a
/// key that is changed.
constexpr void write_create_home(sink& out, const migration_description& migration) {
  const table_description& home = home_of(migration);
  out.put("CREATE TABLE ");
  write_table(out, home);
  out.put(" (");
  for (std::size_t i = 0; i < home.key_count(); ++i) {
    const column_description& column = home.columns[home.key_at(i)];
    out.identifier(column.name);
    out.put(' ');
    column.type->write(out);
    out.put(" NOT NULL, ");
  }
  each_target(migration, [&](const migration_description& part, std::size_t) {
    out.identifier(part.target);
    out.put(' ');
    part.target_type->write(out);
    out.put(part.target_required ? piece{" NOT NULL, "} : piece{", "});
  });
  auto keys = [&](const table_description& table, std::size_t count) {
    out.put(" (");
    for (std::size_t i = 0; i < count; ++i) {
      if (i > 0) out.put(", ");
      out.identifier(table.columns[table.key_at(i)].name);
    }
    out.put(')');
  };
  out.put("PRIMARY KEY");
  keys(home, home.key_count());
  out.put(", FOREIGN KEY");
  keys(home, migration.table.key_count());
  out.put(" REFERENCES ");
  write_table(out, migration.table);
  keys(migration.table, migration.table.key_count());
  out.put(" ON DELETE CASCADE ON UPDATE CASCADE)");
}

/// `t."id" = NEW."id"`: the row of the first table that `names` is about, as it is by now.
constexpr void write_same_key(sink& out, const migration_description& migration, const column_names& names) {
  for (std::size_t i = 0; i < migration.table.key_count(); ++i) {
    const column_description& column = migration.table.columns[migration.table.key_at(i)];
    if (i > 0) out.put(" AND ");
    row_names.write(out, column.name);
    write_operator(out, "=", is_qualified(*column.type));
    names.write(out, column.name);
  }
}

/// What the sync trigger does to the rows that one row becomes: those that are too much go, and those that are missing
/// or wrong are written.
constexpr void write_children_sync(sink& out, const migration_description& migration, const column_names& names) {
  out.put("DELETE FROM ");
  write_table(out, home_of(migration));
  out.put(" AS o USING ");
  write_table(out, migration.table);
  out.put(" AS t WHERE ");
  write_same_key(out, migration, names);
  out.put(" AND ");
  write_home_key(out, migration, row_names);
  out.put("\n    AND ");
  write_is_too_much(out, migration, row_names, "true", every_row);
  out.put(";\n  ");
  if (has_alarm(migration)) out.put("too_much := FOUND;\n  ");
  write_home_insert(out, migration);
  write_child_columns(out, migration);
  out.put(" FROM ");
  write_table(out, migration.table);
  out.put(" AS t CROSS JOIN LATERAL ");
  write_child_values(out, migration, row_names, every_row);
  out.put("\n    WHERE ");
  write_same_key(out, migration, names);
  out.all(" AND ", there_column, " AND (SELECT ");
  constexpr column_names child{"v."};
  each_target(migration, [&](const migration_description& part, std::size_t number) {
    if (number > 0) out.put(" AND ");
    write_identity(
        out, *part.target_type, true, compares_as_text(*part.target_type) || is_varchar(part.transform_type),
        [&](sink& o) { home_row.write(o, part.target); }, [&](sink& o) { child.write(o, part.target); });
  });
  out.put("\n      FROM ");
  write_table(out, home_of(migration));
  write_home_of(out, migration, row_names);
  out.put(" AND ");
  const column_description& position = position_column(migration);
  home_row.write(out, position.name);
  write_operator(out, "=", is_qualified(*position.type));
  child.write(out, position.name);
  out.put(") IS NOT TRUE\n   ");
  write_home_conflict(out, migration);
  out.put(";\n");
}

/// The body of the sync trigger, after a write. It looks at the row as it is by now and not at `NEW`: a later trigger of
/// the same statement may have changed it again, and its own firing came first. What the foreign key does for a deleted
/// or changed key it does too, because a foreign key is not in force under `session_replication_role = replica`.
constexpr void write_home_sync_body(sink& out, const migration_description& migration) {
  constexpr column_names new_one{"NEW."};
  constexpr column_names old_one{"OLD."};
  const bool counts_deletes = has_rows(migration) && has_alarm(migration);
  if (counts_deletes) out.put("DECLARE\n  too_much boolean;\n");
  out.put("BEGIN\n  IF TG_OP = 'DELETE' THEN\n    DELETE FROM ");
  auto rest_of_delete = [&] {
    write_table(out, home_of(migration));
    write_home_of(out, migration, old_one);
    out.put("\n      AND NOT EXISTS (SELECT FROM ");
    write_table(out, migration.table);
    out.put(" AS t WHERE ");
    write_same_key(out, migration, old_one);
    out.put(");\n");
  };
  rest_of_delete();
  out.put("    RETURN NULL;\n  END IF;\n  IF TG_OP = 'UPDATE' AND ROW(");
  for (const column_names& names : {new_one, old_one}) {
    for (std::size_t i = 0; i < migration.table.key_count(); ++i) {
      if (i > 0) out.put(", ");
      names.write(out, migration.table.columns[migration.table.key_at(i)].name);
    }
    out.put(names.prefix == new_one.prefix ? piece{")::record OPERATOR(pg_catalog.*<>) ROW("}
                                           : piece{")::record THEN\n    DELETE FROM "});
  }
  rest_of_delete();
  out.put("  END IF;\n  ");
  if (has_rows(migration)) {
    write_children_sync(out, migration, new_one);
  } else {
    write_home_insert(out, migration);
    write_home_values(out, migration, row_names);
    out.put(" FROM ");
    write_table(out, migration.table);
    out.put(" AS t WHERE ");
    write_same_key(out, migration, new_one);
    out.put("\n    AND ");
    write_differs(out, migration, row_names);
    out.put("\n   ");
    write_home_conflict(out, migration);
    out.put(";\n");
  }
  if (has_alarm(migration)) {
    out.put(counts_deletes ? piece{"  IF FOUND OR too_much THEN\n    PERFORM "}
                           : piece{"  IF FOUND THEN\n    PERFORM "});
    write_own_function(out, migration, "om_alarm_");
    out.put("();\n  END IF;\n");
  }
  out.put("  RETURN NULL;\nEND\n$om$");
}

/// The body of the guard of columns that move. What a statement leaves behind is looked at when it ends: where a column
/// that leaves was written, what follows from it has to be in the other table by then. Not when the transaction ends,
/// because by then the row may have another key. Who writes the other table alone is not looked at.
constexpr void write_home_guard_body(sink& out, const migration_description& migration) {
  constexpr column_names new_one{"NEW."};
  constexpr column_names old_one{"OLD."};
  auto changed = [&](const column_set& sources, bool same) {
    bool any = false;
    each_replaced(migration, [&](const column_description& old, std::size_t) {
      if (!sources.has(position_of(migration.table, old.name))) return;
      if (any) out.put(same ? piece{" AND "} : piece{" OR "});
      any = true;
      write_identity(
          out, *old.type, same, compares_as_text(*old.type), [&](sink& o) { new_one.write(o, old.name); },
          [&](sink& o) { old_one.write(o, old.name); });
    });
  };
  out.put("BEGIN\n  IF ");
  changed(migration.sources, true);
  out.put(" THEN\n    RETURN NULL;\n  END IF;\n  IF EXISTS (SELECT FROM ");
  write_table(out, migration.table);
  out.put(" AS t WHERE ");
  write_same_key(out, migration, new_one);
  out.put(" AND (");
  bool more = false;
  auto where_changed = [&](const column_set& sources, auto write_differs) {
    if (!sources.overlaps(migration.replaced)) return;
    out.put(more ? piece{"\n      OR (("} : piece{"(("});
    more = true;
    changed(sources, false);
    out.put(") AND ");
    write_differs();
    out.put(')');
  };
  if (has_rows(migration)) {
    each_row(migration, [&](const extracted_row& row, std::size_t) {
      where_changed(row.sources, [&] { write_child_is_stale(out, migration, row, row_names); });
    });
  } else {
    each_target(migration, [&](const migration_description& part, std::size_t) {
      where_changed(part.sources, [&] { write_home_differs(out, part, row_names); });
    });
  }
  out.put(")) THEN\n");
}

}  // namespace online_migration::detail
