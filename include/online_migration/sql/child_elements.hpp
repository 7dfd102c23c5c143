// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <cstddef>
#include <string_view>

#include <online_migration/base/sink.hpp>
#include <online_migration/migration/description.hpp>
#include <online_migration/sql/identity.hpp>
#include <online_migration/sql/object_names.hpp>

/// Elements of arrays that become rows: the row `o` of the other table at position `i` follows from the element number `i`
/// of each array, counted from 1 wherever the array begins.
namespace online_migration::detail {

/// The column of the other table by which its rows of one row are told from one another.
constexpr const column_description& position_column(const migration_description& migration) {
  const table_description& home = home_of(migration);
  return home.columns[home.key_at(home.key_count() - 1)];
}

/// Whether the rows are elements of arrays; then a description of them is the only one.
constexpr bool extracts_elements(const migration_description& migration) {
  return has_rows(migration) && migration.rows[0].each_element;
}

/// Calls `use(part, number)` for each array.
template <class Use>
constexpr void each_array(const migration_description& migration, Use use) {
  for (std::size_t i = 0; i < migration.rows[0].part_count; ++i) use(migration.rows[0].parts[i], i);
}

/// The element of an array that belongs to the row `o`. `o` is no further than the array is long.
constexpr void write_element(sink& out, const migration_description& migration, const migration_description& part,
                             const column_names& names) {
  out.put('(');
  write_transform(out, part, names);
  out.put(")[pg_catalog.array_lower(");
  write_transform(out, part, names);
  out.put(", 1) - 1 + ");
  home_row.write(out, position_column(migration).name);
  out.put("::integer]");
}

/// `CASE WHEN o is one of the rows … THEN there AND … ELSE false END`; `write_more` writes what else has to hold.
template <class More>
constexpr void write_is_element(sink& out, const migration_description& migration, const column_names& names,
                                More write_more) {
  out.put("CASE WHEN ");
  home_row.write(out, position_column(migration).name);
  out.put(" BETWEEN 1 AND GREATEST(");
  each_array(migration, [&](const migration_description& part, std::size_t number) {
    out.put(number > 0 ? piece{", pg_catalog.cardinality("} : piece{"pg_catalog.cardinality("});
    write_transform(out, part, names);
    out.put(')');
  });
  out.put(") THEN (");
  each_array(migration, [&](const migration_description& part, std::size_t number) {
    if (number > 0) out.put(" OR ");
    write_element(out, migration, part, names);
    out.put(" IS NOT NULL");
  });
  out.put(')');
  write_more();
  out.put(" ELSE false END");
}

/// The condition that the row `o` is what follows.
constexpr void write_element_is_right(sink& out, const migration_description& migration, const column_names& names) {
  write_is_element(out, migration, names, [&] {
    each_array(migration, [&](const migration_description& part, std::size_t) {
      out.put(" AND ");
      write_identity(
          out, *part.target_type, true, compares_as_text(*part.target_type) || is_varchar(part.transform_type),
          [&](sink& o) { home_row.write(o, part.target); }, [&](sink& o) { write_element(o, migration, part, names); });
    });
  });
}

/// `(SELECT … FROM ROWS FROM (unnest(f), …)) AS v(…)`: the rows that the arrays become.
constexpr void write_element_values(sink& out, const migration_description& migration, const column_names& names) {
  constexpr column_names element{"u."};
  const column_description& position = position_column(migration);
  auto columns = [&](auto write) {
    each_array(migration, [&](const migration_description& part, std::size_t) {
      write(part);
      out.put(", ");
    });
  };
  out.put("(SELECT u.om_position::");
  position.type->write_cast(out);
  out.put(", ");
  columns([&](const migration_description& part) { element.write(out, part.target); });
  each_array(migration, [&](const migration_description& part, std::size_t number) {
    if (number > 0) out.put(" OR ");
    element.write(out, part.target);
    out.put(" IS NOT NULL");
  });
  out.put(" FROM ROWS FROM (");
  each_array(migration, [&](const migration_description& part, std::size_t number) {
    out.put(number > 0 ? piece{", pg_catalog.unnest("} : piece{"pg_catalog.unnest("});
    write_transform(out, part, names);
    out.put(')');
  });
  out.put(") WITH ORDINALITY AS u(");
  columns([&](const migration_description& part) { out.identifier(part.target); });
  out.put("om_position)) AS v(");
  out.identifier(position.name);
  out.put(", ");
  columns([&](const migration_description& part) { out.identifier(part.target); });
  out.put("om_is_there)");
}

}  // namespace online_migration::detail
