// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <cstddef>
#include <string_view>

#include <online_migration/base/sink.hpp>
#include <online_migration/migration/migration.hpp>
#include <online_migration/sql/object_names.hpp>

/// What several statements share: the transform, identity, and ranges of the key.
namespace online_migration::detail {

constexpr bool is_varchar(const type_description& type) { return type.underlying().oid == varchar<1>::description.oid; }

/// Whether it is text or varchar itself, which PostgreSQL takes for one another.
constexpr bool is_textual(const type_description& type) {
  return type.oid == text::description.oid || type.oid == varchar<1>::description.oid;
}

/// Whether a value of one type is one of the other without a cast. An expression is rounded as its column will be, so
/// that it can be compared with what is stored.
constexpr bool needs_no_cast(const type_description& from, const type_description& to) {
  if (is_textual(from) && is_textual(to)) return true;
  return from.same_kind(to) && (!to.is_numeric() || to.length == 0 || from == to);
}

/// Whether the value of a transform depends on the collations of the columns it reads; a portable one never does.
constexpr bool is_collated(const migration_description& migration) { return migration.in == worlds::server_only; }

/// Whether the transform is computed by a function in the database, because by itself it fails on some values.
constexpr bool has_total_function(const migration_description& migration) {
  return !migration.total && !migration.may_fail && migration.in != worlds::client_only;
}

/// The transform as it was declared, as a value of the new column's type. A partial one may fail.
constexpr void write_declared_transform(sink& out, const migration_description& migration, const column_names& names) {
  const type_description& target = *migration.target_type;
  bool cast = !needs_no_cast(migration.transform_type, target);
  if (cast) out.put('(');
  migration.write_transform(out, names);
  if (!cast) return;
  out.put(")::");
  if (target.is_numeric()) {
    target.write(out);
  } else {
    target.write_cast(out);
  }
}

/// The sources of a migration in the order of the table, separated by commas.
constexpr void write_sources(sink& out, const migration_description& migration, const column_names& names) {
  bool comma = false;
  for (std::size_t i = 0; i < migration.table.count; ++i) {
    if (!migration.sources.has(i)) continue;
    if (comma) out.put(", ");
    comma = true;
    names.write(out, migration.table.columns[i].name);
  }
}

/// The transform as a value of the new column's type. It has one for every row: NULL where a partial one fails.
constexpr void write_transform(sink& out, const migration_description& migration, const column_names& names) {
  if (!has_total_function(migration)) {
    write_declared_transform(out, migration, names);
    return;
  }
  write_total_name(out, migration);
  out.put('(');
  write_sources(out, migration, names);
  out.put(')');
}

/// Why the transform of a row fails, as a text; only where `has_total_function`.
constexpr void write_why(sink& out, const migration_description& migration, const column_names& names) {
  write_why_name(out, migration);
  out.put('(');
  write_sources(out, migration, names);
  out.put(')');
}

/// PostgreSQL has no comparison of varchars of its own, so an unqualified one would be looked for along the search_path
/// before it is taken for one of texts: anybody's operator could answer.
constexpr void write_operator(sink& out, piece comparison, bool qualified) {
  if (qualified) {
    out.all(" OPERATOR(pg_catalog.", comparison, ") ");
  } else {
    out.all(" ", comparison, " ");
  }
}

/// Whether operators on a type have to be named with their schema. The types of users too have only such as PostgreSQL
/// has for all domains and enums.
constexpr bool is_qualified(const type_description& type) {
  return is_varchar(type) || type.shape == type_shape::domain || type.shape == type_shape::enumeration;
}

constexpr bool has_qualified_key(const table_description& table) {
  for (std::size_t i = 0; i < table.count; ++i) {
    if (table.columns[i].is_key && is_qualified(*table.columns[i].type)) return true;
  }
  return false;
}

/// Whether values are cast to text to be compared: where the type has no comparison that is its own, or none at all.
constexpr bool compares_as_text(const type_description& type) {
  if (type.identity == identity_form::as_text) return true;
  return type.identity == identity_form::collated && type.oid != text::description.oid;
}

/// `a ≢ b` or `a ≡ b`, identity as the type defines it. `write_a` and `write_b` write the two sides.
/// The casts to `record` are needed: `ROW(…) <operator> ROW(…)` is a comparison column by column.
/// `as_text` where either side may be of a type without a comparison of its own: both are then compared as texts.
template <class WriteA, class WriteB>
constexpr void write_identity(sink& out, const type_description& type, bool same, bool as_text, WriteA write_a,
                              WriteB write_b) {
  if (type.identity == identity_form::image) {
    if (!same) out.put("NOT ");
    out.put("(ROW(");
    write_a(out);
    out.put(")::record OPERATOR(pg_catalog.*=) ROW(");
    write_b(out);
    out.put(")::record)");
    return;
  }
  piece after = "";
  if (type.identity != identity_form::plain) after = as_text ? ")::text COLLATE \"C\"" : " COLLATE \"C\"";
  if (as_text) out.put('(');
  write_a(out);
  out.put(after);
  out.put(same ? " IS NOT DISTINCT FROM " : " IS DISTINCT FROM ");
  if (as_text) out.put('(');
  write_b(out);
  out.put(after);
}

/// The row of the other table that belongs to one of a migration's table.
inline constexpr column_names home_row{"o."};

/// ` AS o WHERE o."user_id" = t."id"`, for the row that `names` is about.
constexpr void write_home_of(sink& out, const migration_description& migration, const column_names& names) {
  const table_description& home = home_of(migration);
  out.put(" AS o WHERE ");
  for (std::size_t i = 0; i < home.key_count(); ++i) {
    const column_description& column = home.columns[home.key_at(i)];
    if (i > 0) out.put(" AND ");
    home_row.write(out, column.name);
    write_operator(out, "=", is_qualified(*column.type));
    names.write(out, migration.table.columns[migration.table.key_at(i)].name);
  }
}

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
