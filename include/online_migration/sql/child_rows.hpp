// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <cstddef>
#include <string_view>

#include <online_migration/base/sink.hpp>
#include <online_migration/migration/description.hpp>
#include <online_migration/sql/child_elements.hpp>
#include <online_migration/sql/identity.hpp>
#include <online_migration/sql/object_names.hpp>

/// Rows that are extracted: a row `t` of the first table becomes several rows `o` of the other one, each at its position.
namespace online_migration::detail {

/// The position of a row, as a value of its column.
constexpr void write_position(sink& out, const migration_description& migration, const extracted_row& row) {
  const type_description& type = *position_column(migration).type;
  row.write_position(out);
  if (is_textual(type)) return;
  out.put("::");
  type.write_cast(out);
}

/// `o."kind" ≡ 'home'`.
constexpr void write_is_at(sink& out, const migration_description& migration, const extracted_row& row) {
  const column_description& column = position_column(migration);
  write_identity(
      out, *column.type, true, compares_as_text(*column.type), [&](sink& o) { home_row.write(o, column.name); },
      [&](sink& o) { write_position(o, migration, row); });
}

/// Calls `use(write)` for each value of which one that is not NULL makes the row be there: a value that no other row has,
/// or where such a one has something for a NULL, the columns that only this row reads.
template <class Use>
constexpr void each_sign(const migration_description& migration, const extracted_row& row, const column_names& names,
                         Use use) {
  column_set said;
  for (std::size_t i = 0; i < row.part_count; ++i) {
    const migration_description& part = row.parts[i];
    if (part.in_several_rows) continue;
    if (part.may_be_null) {
      use([&](sink& out) { write_transform(out, part, names); });
      continue;
    }
    for (std::size_t at = 0; at < migration.table.count; ++at) {
      const column_description& column = migration.table.columns[at];
      if (!part.sources.has(at) || !row.own.has(at) || column.is_required || said.has(at)) continue;
      said.add(at);
      use([&](sink& out) { names.write(out, column.name); });
    }
  }
}

/// Whether the row is there whatever the values are.
constexpr bool is_always_there(const migration_description& migration, const extracted_row& row) {
  bool always = !row.each_element;
  each_sign(migration, row, {}, [&](auto) { always = false; });
  return always;
}

/// The condition that a row becomes this one.
constexpr void write_is_there(sink& out, const migration_description& migration, const extracted_row& row,
                              const column_names& names) {
  if (is_always_there(migration, row)) return out.put("true");
  bool more = false;
  each_sign(migration, row, names, [&](auto write) {
    out.put(more ? piece{" OR ("} : piece{"(("});
    more = true;
    write(out);
    out.put(") IS NOT NULL");
  });
  out.put(')');
}

/// Calls `use(column, part, number)` for each column of the other table that is not of its key, and what it follows from in
/// a row, which is nothing where `part` has no target: there it is NULL.
template <class Use>
constexpr void each_in_row(const migration_description& migration, const extracted_row& row, Use use) {
  constexpr migration_description nothing{};
  each_target(migration, [&](const migration_description& column, std::size_t number) {
    for (std::size_t i = 0; i < row.part_count; ++i) {
      if (row.parts[i].target == column.target) return use(column, row.parts[i], number);
    }
    use(column, nothing, number);
  });
}

/// `o.a ≡ f(t) AND …` over the columns of a row of which `takes(part)` says so.
template <class Takes>
constexpr void write_is_right(sink& out, const migration_description& migration, const extracted_row& row,
                              const column_names& names, Takes takes) {
  bool more = false;
  each_in_row(migration, row, [&](const migration_description& column, const migration_description& part, std::size_t) {
    if (!takes(part)) return;
    if (more) out.put(" AND ");
    more = true;
    if (part.target.empty()) {
      home_row.write(out, column.target);
      return out.put(" IS NULL");
    }
    const type_description& type = *part.target_type;
    write_identity(
        out, type, true, compares_as_text(type) || is_varchar(part.transform_type),
        [&](sink& o) { home_row.write(o, part.target); }, [&](sink& o) { write_transform(o, part, names); });
  });
}

/// Whether there is such a row, in the list of those that a row becomes.
inline constexpr std::string_view there_column = "v.om_is_there";

/// How many rows a row becomes.
constexpr void write_child_count(sink& out, const migration_description& migration, const column_names& names) {
  if (extracts_elements(migration)) {
    out.put("(SELECT pg_catalog.count(*) FROM ");
    write_element_values(out, migration, names);
    return out.all(" WHERE ", there_column, ")");
  }
  each_row(migration, [&](const extracted_row& row, std::size_t number) {
    if (number > 0) out.put(" + ");
    if (is_always_there(migration, row)) return out.put('1');
    out.put("CASE WHEN ");
    write_is_there(out, migration, row, names);
    out.put(" THEN 1 ELSE 0 END");
  });
}

/// The condition that the row `o` is one of those, as it should be.
constexpr void write_is_child(sink& out, const migration_description& migration, const column_names& names) {
  if (extracts_elements(migration)) return write_element_is_right(out, migration, names);
  out.put("CASE");
  each_row(migration, [&](const extracted_row& row, std::size_t) {
    out.put(" WHEN ");
    write_is_at(out, migration, row);
    out.put(" THEN ");
    write_is_there(out, migration, row, names);
    out.put(" AND ");
    write_is_right(out, migration, row, names, [](const migration_description&) { return true; });
  });
  out.put(" ELSE false END");
}

/// The condition that the rows of the other table are not those that follow from this one: one is missing, one is
/// wrong, or one is too much. One look into the index, as for a single row.
constexpr void write_children_differ(sink& out, const migration_description& migration, const column_names& names) {
  out.put("(SELECT pg_catalog.count(*) = ");
  write_child_count(out, migration, names);
  out.put(" AND COALESCE(pg_catalog.bool_and(");
  write_is_child(out, migration, names);
  out.put("), true) FROM ");
  write_table(out, home_of(migration));
  write_home_of(out, migration, names);
  out.put(") IS NOT TRUE");
}

/// The condition that one row of the other table is not what follows from columns that leave: it is missing, too much,
/// or wrong in a value that follows from one of them.
constexpr void write_child_is_stale(sink& out, const migration_description& migration, const extracted_row& row,
                                    const column_names& names) {
  if (row.each_element) return write_children_differ(out, migration, names);
  out.put("(SELECT ");
  write_is_right(out, migration, row, names,
                 [&](const migration_description& part) { return part.sources.overlaps(migration.replaced); });
  out.put(" FROM ");
  write_table(out, home_of(migration));
  write_home_of(out, migration, names);
  out.put(" AND ");
  write_is_at(out, migration, row);
  out.put(") IS DISTINCT FROM ");
  if (is_always_there(migration, row)) return out.put("true");
  out.put("CASE WHEN ");
  write_is_there(out, migration, row, names);
  out.put(" THEN true END");
}

/// `(VALUES ('home', f, there), …) AS v(…)`: what a row becomes, as far as `takes(row)` says.
template <class Takes>
constexpr void write_child_values(sink& out, const migration_description& migration, const column_names& names,
                                  Takes takes) {
  if (extracts_elements(migration)) return write_element_values(out, migration, names);
  out.put("(VALUES ");
  bool more = false;
  each_row(migration, [&](const extracted_row& row, std::size_t) {
    if (!takes(row)) return;
    out.put(more ? piece{", ("} : piece{"("});
    more = true;
    write_position(out, migration, row);
    each_in_row(migration, row,
                [&](const migration_description& column, const migration_description& part, std::size_t) {
                  out.put(", ");
                  if (!part.target.empty()) return write_transform(out, part, names);
                  out.put("NULL::");
                  column.target_type->write_cast(out);
                });
    out.put(", ");
    write_is_there(out, migration, row, names);
    out.put(')');
  });
  out.put(") AS v(");
  out.identifier(position_column(migration).name);
  each_target(migration, [&](const migration_description& column, std::size_t) {
    out.put(", ");
    out.identifier(column.target);
  });
  out.put(", om_is_there)");
}

inline constexpr auto every_row = [](const extracted_row&) { return true; };

/// The key of a row of the first table, and then position and values of a row that it becomes, separated by commas.
constexpr void write_child_columns(sink& out, const migration_description& migration) {
  constexpr column_names row{"t."};
  constexpr column_names child{"v."};
  for (std::size_t i = 0; i < migration.table.key_count(); ++i) {
    row.write(out, migration.table.columns[migration.table.key_at(i)].name);
    out.put(", ");
  }
  child.write(out, position_column(migration).name);
  each_target(migration, [&](const migration_description& column, std::size_t) {
    out.put(", ");
    child.write(out, column.target);
  });
}

/// The condition that a row of the other table is none of those that follow, among those of which `takes(row)` says so;
/// `others` is what holds of a row at another position.
template <class Takes>
constexpr void write_is_too_much(sink& out, const migration_description& migration, const column_names& names,
                                 std::string_view others, Takes takes) {
  if (extracts_elements(migration)) {
    out.put("NOT ");
    return write_is_element(out, migration, names, [] {});
  }
  out.put("CASE");
  each_row(migration, [&](const extracted_row& row, std::size_t) {
    if (!takes(row)) return;
    out.put(" WHEN ");
    write_is_at(out, migration, row);
    if (is_always_there(migration, row)) return out.put(" THEN false");
    out.put(" THEN NOT ");
    write_is_there(out, migration, row, names);
  });
  out.all(" ELSE ", others, " END");
}

/// A JSON object as a text, by position: what people read of the rows that there are.
constexpr void write_children_shown(sink& out, const migration_description& migration, const column_names& names) {
  auto position = [&] { names.write(out, position_column(migration).name); };
  out.put("pg_catalog.json_object_agg(");
  position();
  out.put("::text, pg_catalog.json_build_object(");
  each_target(migration, [&](const migration_description& column, std::size_t number) {
    if (number > 0) out.put(", ");
    out.literal(column.target);
    out.put(", ");
    names.write(out, column.target);
    out.put("::text");
  });
  out.put(") ORDER BY ");
  position();
  out.put(")::text FROM ");
}

/// The rows of the other table, as people read them.
constexpr void write_children_actual(sink& out, const migration_description& migration) {
  out.put("(SELECT ");
  write_children_shown(out, migration, home_row);
  write_table(out, home_of(migration));
  write_home_of(out, migration, column_names{"t."});
  out.put(')');
}

/// The rows that follow, as people read them.
constexpr void write_children_expected(sink& out, const migration_description& migration) {
  out.put("(SELECT ");
  write_children_shown(out, migration, column_names{"v."});
  write_child_values(out, migration, column_names{"t."}, every_row);
  out.all(" WHERE ", there_column, ")");
}

}  // namespace online_migration::detail
