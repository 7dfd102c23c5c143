// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <cstddef>
#include <string_view>

#include <online_migration/base/sink.hpp>
#include <online_migration/migration/description.hpp>
#include <online_migration/sql/child_rows.hpp>
#include <online_migration/sql/identity.hpp>
#include <online_migration/sql/object_names.hpp>

/// What several statements share: the transform, identity, and ranges of the key.
namespace online_migration::detail {

/// The condition that no row of the other table is what follows from this one: it is missing, or wrong. It is looked up
/// row by row: of a NOT EXISTS the server makes a join, and while the other table is nearly empty one that reads all of
/// it, which a prepared statement goes on doing when it is full.
constexpr void write_home_differs(sink& out, const migration_description& migration, const column_names& names) {
  out.put("(SELECT ");
  each_target(migration, [&](const migration_description& part, std::size_t number) {
    if (number > 0) out.put(" AND ");
    write_identity(
        out, *part.target_type, true, compares_as_text(*part.target_type) || is_varchar(part.transform_type),
        [&](sink& o) { home_row.write(o, part.target); }, [&](sink& o) { write_transform(o, part, names); });
  });
  out.put(" FROM ");
  write_table(out, home_of(migration));
  write_home_of(out, migration, names);
  out.put(") IS NOT TRUE");
}

/// The condition that a row's new column, or one of several, is not what follows from its old ones.
constexpr void write_differs(sink& out, const migration_description& migration, const column_names& names) {
  if (has_rows(migration)) return write_children_differ(out, migration, names);
  if (migration.elsewhere) {
    write_home_differs(out, migration, names);
    return;
  }
  if (has_parts(migration)) out.put('(');
  each_target(migration, [&](const migration_description& part, std::size_t number) {
    if (number > 0) out.put(" OR ");
    write_identity(
        out, *part.target_type, false, compares_as_text(*part.target_type) || is_varchar(part.transform_type),
        [&](sink& o) { names.write(o, part.target); }, [&](sink& o) { write_transform(o, part, names); });
  });
  if (has_parts(migration)) out.put(')');
}

/// Rows of the table under the alias `t`, so that no output column can be mistaken for one of its columns.
inline constexpr column_names row_names{"t."};

/// Calls `use(description, number)` for each new column that is declared NOT NULL.
template <class Use>
constexpr void each_required(const migration_description& migration, Use use) {
  std::size_t count = 0;
  each_target(migration, [&](const migration_description& part, std::size_t) {
    if (part.target_required) use(part, count++);
  });
}

/// `"new" = f(old)` for each new column, separated by commas.
constexpr void write_set_list(sink& out, const migration_description& migration, const column_names& names) {
  each_target(migration, [&](const migration_description& part, std::size_t number) {
    if (number > 0) out.put(", ");
    out.identifier(part.target);
    out.put(" = ");
    write_transform(out, part, names);
  });
}

/// What people read of a row's new columns as one text: the value, or of several a JSON object with a text for each.
/// `write_value(part)` writes the value of one.
template <class WriteValue>
constexpr void write_shown(sink& out, const migration_description& migration, WriteValue write_value) {
  if (has_parts(migration)) out.put("pg_catalog.json_build_object(");
  each_target(migration, [&](const migration_description& part, std::size_t number) {
    if (has_parts(migration)) {
      if (number > 0) out.put(", ");
      out.literal(part.target);
      out.put(", ");
    }
    write_value(part);
    out.put("::text");
  });
  if (has_parts(migration)) out.put(")::text");
}

/// The values that the new columns have, as people read them.
constexpr void write_shown_actual(sink& out, const migration_description& migration) {
  if (has_rows(migration)) return write_children_actual(out, migration);
  if (migration.elsewhere) {
    out.put("(SELECT ");
    write_shown(out, migration, [&](const migration_description& part) { home_row.write(out, part.target); });
    out.put(" FROM ");
    write_table(out, home_of(migration));
    write_home_of(out, migration, row_names);
    out.put(')');
    return;
  }
  write_shown(out, migration, [&](const migration_description& part) { row_names.write(out, part.target); });
}

/// The values that follow from the old columns, as people read them.
constexpr void write_shown_expected(sink& out, const migration_description& migration) {
  if (has_rows(migration)) return write_children_expected(out, migration);
  write_shown(out, migration, [&](const migration_description& part) {
    out.put('(');
    write_transform(out, part, row_names);
    out.put(')');
  });
}

/// Calls `write(column, number)` for the columns of the key, separated by commas.
template <class Write>
constexpr void each_key(sink& out, const table_description& table, Write write) {
  for (std::size_t i = 0; i < table.key_count(); ++i) {
    if (i > 0) out.put(", ");
    write(table.columns[table.key_at(i)], i);
  }
}

constexpr void write_key_columns(sink& out, const table_description& table, piece suffix = "") {
  each_key(out, table, [&](const column_description& column, std::size_t) {
    row_names.write(out, column.name);
    out.put(suffix);
  });
}

/// Whether a column of the key has one of these types.
template <class... Types>
constexpr bool has_in_key(const table_description& table) {
  for (std::size_t i = 0; i < table.count; ++i) {
    std::uint32_t oid = table.columns[i].type->underlying().oid;
    if (table.columns[i].is_key && ((oid == Types::description.oid) || ...)) return true;
  }
  return false;
}

/// The settings of a function that the text of a key depends on.
constexpr void write_key_settings(sink& out, const table_description& table) {
  if (has_in_key<timestamptz, timestamp, date>(table)) out.put(" SET \"DateStyle\" = 'ISO'");
  if (has_in_key<bytea>(table)) out.put(" SET bytea_output = 'hex'");
}

/// A key as tables of ours keep it for people to read: `ARRAY[…]`, one text for each of its columns, the same whatever
/// the time zone of the session is, and a hash in the place of a sensitive one. `write_value(column, number)` writes the
/// value of one.
template <class WriteValue>
constexpr void write_stored_key_of(sink& out, const table_description& table, WriteValue write_value) {
  out.put("ARRAY[");
  each_key(out, table, [&](const column_description& column, std::size_t number) {
    bool is_time = column.type->underlying().oid == timestamptz::description.oid;
    if (column.is_sensitive) out.put("'sha256:' || pg_catalog.encode(pg_catalog.sha256(pg_catalog.convert_to(");
    if (is_time) out.put("pg_catalog.timezone('UTC', ");
    write_value(column, number);
    out.put(is_time ? ")::text || '+00'" : "::text");
    if (column.is_sensitive) out.put(", 'UTF8')), 'hex')");
  });
  out.put(']');
}

/// The same for a row: `row_names`, or `column_names{"NEW."}` in a trigger.
constexpr void write_stored_key(sink& out, const table_description& table, const column_names& names) {
  write_stored_key_of(out, table,
                      [&](const column_description& column, std::size_t) { names.write(out, column.name); });
}

constexpr void write_key_parameters(sink& out, const table_description& table, std::size_t first) {
  each_key(out, table, [&](const column_description& column, std::size_t number) {
    column_names::write_parameter(out, first + number, *column.type);
  });
}

/// `(t."a", t."b") <operator> ($n::…, …)`, compared by the server under the collation of the columns' own index.
constexpr void write_key_comparison(sink& out, const table_description& table, piece comparison, std::size_t first) {
  bool composite = table.key_count() > 1;
  if (composite) out.put('(');
  write_key_columns(out, table);
  if (composite) out.put(')');
  write_operator(out, comparison, has_qualified_key(table));
  if (composite) out.put('(');
  write_key_parameters(out, table, first);
  if (composite) out.put(')');
}

/// The rows of a range of keys: `$1…` is the excluded lower bound, left out where there is none; then comes the included
/// upper bound. Gives the number of the next free parameter.
constexpr std::size_t write_range(sink& out, const table_description& table, bool bounded_below) {
  std::size_t next = 1;
  if (bounded_below) {
    write_key_comparison(out, table, ">", next);
    out.put(" AND ");
    next += table.key_count();
  }
  write_key_comparison(out, table, "<=", next);
  return next + table.key_count();
}

constexpr void write_key_order(sink& out, const table_description& table, piece direction = "") {
  out.put(" ORDER BY ");
  write_key_columns(out, table, direction);
}

}  // namespace online_migration::detail
