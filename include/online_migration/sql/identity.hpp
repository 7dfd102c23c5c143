// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <cstddef>
#include <string_view>

#include <online_migration/base/sink.hpp>
#include <online_migration/migration/description.hpp>
#include <online_migration/sql/object_names.hpp>

/// The value that follows from a row, and when two values are the same.
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

/// A row of the other table that belongs to one of a migration's table.
inline constexpr column_names home_row{"o."};

/// `o."user_id" = t."id"`, for the row that `names` is about.
constexpr void write_home_key(sink& out, const migration_description& migration, const column_names& names) {
  const table_description& home = home_of(migration);
  for (std::size_t i = 0; i < migration.table.key_count(); ++i) {
    const column_description& column = home.columns[home.key_at(i)];
    if (i > 0) out.put(" AND ");
    home_row.write(out, column.name);
    write_operator(out, "=", is_qualified(*column.type));
    names.write(out, migration.table.columns[migration.table.key_at(i)].name);
  }
}

/// ` AS o WHERE o."user_id" = t."id"`.
constexpr void write_home_of(sink& out, const migration_description& migration, const column_names& names) {
  out.put(" AS o WHERE ");
  write_home_key(out, migration, names);
}

}  // namespace online_migration::detail
