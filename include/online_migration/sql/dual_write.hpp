// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <cstddef>

#include <online_migration/migration/write_kind.hpp>
#include <online_migration/sql/other_table.hpp>
#include <online_migration/sql/parts.hpp>
#include <online_migration/sql/statement.hpp>

/// Dual writes: one statement sets both representations. The parameters are the given columns in the table's order,
/// then the key of an update, then the new value where the client computes it.
namespace online_migration {

namespace detail {

/// Calls `each(column, index)` for the columns of a set.
template <class Each>
constexpr void each_in(const table_description& table, const column_set& set, Each each) {
  for (std::size_t i = 0; i < table.count; ++i) {
    if (set.has(i)) each(table.columns[i], i);
  }
}

constexpr void write_key_equals(sink& out, const table_description& table, std::size_t first) {
  for (std::size_t i = 0; i < table.key_count(); ++i) {
    const column_description& column = table.columns[table.key_at(i)];
    if (i > 0) out.put(" AND ");
    row_names.write(out, column.name);
    write_operator(out, "=", is_qualified(*column.type));
    column_names::write_parameter(out, first + i, *column.type);
  }
}

/// `"a" = $1::…, "new" = …`; a source that is not given is read from the row.
constexpr void write_assignments(sink& out, const migration_description& migration, const column_set& set,
                                 std::size_t first, std::size_t computed, std::string_view row) {
  const table_description& table = migration.table;
  std::size_t number = first;
  each_in(table, set, [&](const column_description& column, std::size_t) {
    if (number != first) out.put(", ");
    out.identifier(column.name);
    out.put(" = ");
    column_names::write_parameter(out, number++, *column.type);
  });
  each_target(migration, [&](const migration_description& part, std::size_t) {
    if (!writes_target(part, write_kind::assignments, set)) return;
    out.put(", ");
    out.identifier(part.target);
    out.put(" = ");
    if (part.in == worlds::client_only) {
      column_names::write_parameter(out, computed, *part.target_type);
    } else {
      write_transform(out, part, column_names{row, &table, &set, first, &no_columns, &no_columns, is_collated(part)});
    }
  });
}

constexpr void write_insert(sink& out, const migration_description& migration, const column_set& set) {
  const table_description& table = migration.table;
  bool computes = writes_target(migration, write_kind::insert, set);
  std::size_t last = set.size();
  out.put("INSERT INTO ");
  write_table(out, table);
  out.put(" AS t");
  if (last == 0 && !computes) {
    out.put(" DEFAULT VALUES");
    return;
  }
  out.put(" (");
  std::size_t number = 1;
  each_in(table, set, [&](const column_description& column, std::size_t) {
    out.identifier(column.name);
    if (number++ != last || computes) out.put(", ");
  });
  if (computes) {
    each_target(migration, [&](const migration_description& part, std::size_t index) {
      if (index > 0) out.put(", ");
      out.identifier(part.target);
    });
  }
  out.put(") VALUES (");
  number = 1;
  each_in(table, set, [&](const column_description& column, std::size_t) {
    column_names::write_parameter(out, number, *column.type);
    if (number++ != last || computes) out.put(", ");
  });
  if (!computes) {
    out.put(')');
    return;
  }
  each_target(migration, [&](const migration_description& part, std::size_t index) {
    if (index > 0) out.put(", ");
    if (part.in == worlds::client_only) {
      column_names::write_parameter(out, number, *part.target_type);
    } else {
      column_set missing = part.sources.without(set);
      write_transform(out, part, column_names{"", &table, &set, 1, &missing, &no_columns, is_collated(part)});
    }
  });
  out.put(')');
}

/// The new column of a row that is there already follows from the values that the row is getting, which a trigger of
/// the table may have changed since they were given: `EXCLUDED` has them as they are stored.
constexpr void write_upsert(sink& out, const migration_description& migration, const column_set& set) {
  const table_description& table = migration.table;
  write_insert(out, migration, set);
  out.put(" ON CONFLICT (");
  for (std::size_t i = 0; i < table.key_count(); ++i) {
    if (i > 0) out.put(", ");
    out.identifier(table.columns[table.key_at(i)].name);
  }
  out.put(") DO ");
  column_set key = key_set(table);
  bool comma = false;
  each_in(table, set, [&](const column_description& column, std::size_t index) {
    if (key.has(index)) return;
    out.put(comma ? ", " : "UPDATE SET ");
    comma = true;
    out.identifier(column.name);
    out.put(" = EXCLUDED.");
    out.identifier(column.name);
  });
  if (!comma) {
    out.put("NOTHING");
    return;
  }
  each_target(migration, [&](const migration_description& part, std::size_t) {
    if (!writes_target(part, write_kind::assignments, set.without(key))) return;
    out.put(", ");
    out.identifier(part.target);
    out.put(" = ");
    if (part.in == worlds::client_only) {
      out.put("EXCLUDED.");
      out.identifier(part.target);
      return;
    }
    write_transform(out, part, column_names{"t.", &table, &no_columns, 1, &no_columns, &set});
  });
}

/// `moved AS (INSERT …)`: what a row of the first table has got, as the row of the other one.
/// A row that is there keeps what follows from nothing that is written (`set`): after contract that may be newer than
/// the old columns.
constexpr void write_moved(sink& out, const migration_description& migration, const column_set& set) {
  out.put(",\n moved AS (");
  write_home_insert(out, migration);
  write_home_values(out, migration, row_names);
  // A condition, because without one ON would be taken for that of a join.
  out.put(" FROM written AS t WHERE true");
  write_home_conflict(out, migration, [&](const migration_description& part) { return part.sources.overlaps(set); });
  out.put(')');
}

/// `gone AS (DELETE …), moved AS (INSERT …)`: what it has got, as rows of the other one. Those that follow from nothing that
/// is written stay as they are, unless the row is new; a row at a position that nothing leads to is nobody's mistake
/// after contract.
constexpr void write_extracted(sink& out, const migration_description& migration, write_kind kind,
                               const column_set& set) {
  const bool may_be_there = changes_rows(kind);
  auto follows = [&](const extracted_row& row) { return row.sources.overlaps(set); };
  auto may_go = [&](const extracted_row& row) { return follows(row) && !is_always_there(migration, row); };
  bool some_follow = false;
  bool some_may_go = false;
  bool all_follow = true;
  each_row(migration, [&](const extracted_row& row, std::size_t) {
    some_follow = some_follow || follows(row);
    some_may_go = some_may_go || may_go(row);
    all_follow = all_follow && follows(row);
  });
  if (may_be_there && some_may_go) {
    // By values and not by a join, so that the rows are looked up however many the server expects.
    out.put(",\n gone AS (DELETE FROM ");
    write_table(out, home_of(migration));
    out.put(" AS o WHERE ");
    for (std::size_t i = 0; i < migration.table.key_count(); ++i) {
      const column_description& column = home_of(migration).columns[home_of(migration).key_at(i)];
      home_row.write(out, column.name);
      write_operator(out, "=", is_qualified(*column.type));
      out.put("(SELECT ");
      row_names.write(out, migration.table.columns[migration.table.key_at(i)].name);
      out.put(" FROM written AS t) AND ");
    }
    out.put("EXISTS (SELECT FROM written AS t WHERE ");
    write_is_too_much(out, migration, row_names, "false", may_go);
    out.put("))");
  }
  auto insert = [&](piece name, auto takes, auto write_more) {
    out.all(",\n ", name, " AS (");
    write_home_insert(out, migration);
    write_child_columns(out, migration);
    out.put(" FROM written AS t CROSS JOIN LATERAL ");
    write_child_values(out, migration, row_names, takes);
    out.all(" WHERE ", there_column);
    write_more();
    write_home_conflict(out, migration, [&](const migration_description& column) {
      bool written = false;
      each_row(migration, [&](const extracted_row& row, std::size_t) {
        for (std::size_t i = 0; takes(row) && i < row.part_count; ++i) {
          const migration_description& part = row.parts[i];
          written = written || (part.target == column.target && part.sources.overlaps(set));
        }
      });
      return written;
    });
    out.put(')');
  };
  if (kind == write_kind::insert) {
    insert("moved", every_row, [] {});
    return;
  }
  if (some_follow) insert("moved", follows, [] {});
  if (kind != write_kind::upsert || all_follow) return;
  insert(
      "added", [&](const extracted_row& row) { return !follows(row); },
      [&] {
        out.put(" AND NOT EXISTS (SELECT FROM ");
        write_table(out, migration.table);
        out.put(" AS b WHERE ");
        for (std::size_t i = 0; i < migration.table.key_count(); ++i) {
          const column_description& column = migration.table.columns[migration.table.key_at(i)];
          if (i > 0) out.put(" AND ");
          column_names{"b."}.write(out, column.name);
          write_operator(out, "=", is_qualified(*column.type));
          row_names.write(out, column.name);
        }
        out.put(')');
      });
}

/// The end of a statement that writes both tables: what the first one has got goes to the other. Whoever reads the
/// count of rows is told those of the first one.
constexpr void write_home_part(sink& out, const migration_description& migration, write_kind kind,
                               const column_set& set) {
  out.put("\n  RETURNING ");
  write_read_columns(out, migration, "t.");
  out.put(')');
  has_rows(migration) ? write_extracted(out, migration, kind, set) : write_moved(out, migration, set);
  out.put("\n SELECT FROM written");
}

/// Whether a write changes what the other table has. A deleted row takes the other with it by the foreign key.
constexpr bool writes_home(const migration_description& migration, write_kind kind, const column_set& set) {
  return migration.elsewhere && (adds_rows(kind) || (kind == write_kind::update && set.overlaps(migration.sources)));
}

constexpr void write_dual_write(sink& out, const migration_description& migration, write_kind kind,
                                const column_set& set, std::size_t first) {
  bool both = writes_home(migration, kind, set);
  if (both) out.put("WITH written AS (");
  const table_description& table = migration.table;
  std::size_t count = set.size();
  switch (kind) {
    case write_kind::insert:
      write_insert(out, migration, set);
      break;
    case write_kind::upsert:
      write_upsert(out, migration, set);
      break;
    case write_kind::update:
      out.put("UPDATE ");
      write_table(out, table);
      out.put(" AS t SET ");
      write_assignments(out, migration, set, first, first + count + table.key_count(), "t.");
      out.put(" WHERE ");
      write_key_equals(out, table, first + count);
      break;
    case write_kind::erase:
      out.put("DELETE FROM ");
      write_table(out, table);
      out.put(" AS t WHERE ");
      write_key_equals(out, table, first);
      break;
    case write_kind::assignments:
      write_assignments(out, migration, set, first, first + count, "");
      break;
  }
  if (both) write_home_part(out, migration, kind, set.without(key_set(table)));
}

template <class Migration, write_kind Kind, column_set Set, std::size_t First>
constexpr auto make_dual_write() {
  constexpr auto write = [](sink& out) { write_dual_write(out, describe_migration<Migration>, Kind, Set, First); };
  text_constant<size_of(write)> result;
  sink out{result.text};
  write(out);
  return result;
}

template <class Migration, write_kind Kind, column_set Set, std::size_t First>
inline constexpr auto stored_dual_write = make_dual_write<Migration, Kind, Set, First>();

inline constexpr std::string_view dual_write_names[]{"dual_insert", "dual_update", "dual_upsert", "dual_erase",
                                                     "assignments"};

/// The statement of a dual write of some columns. `First` is the number of its first parameter.
template <class Migration, write_kind Kind, column_set Set, std::size_t First = 1>
inline constexpr statement dual_write{dual_write_names[static_cast<std::size_t>(Kind)],
                                      stored_dual_write<Migration, Kind, Set, First>.view()};

}  // namespace detail
}  // namespace online_migration
