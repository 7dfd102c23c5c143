// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <string_view>

#include <online_migration/base/sink.hpp>
#include <online_migration/migration/description.hpp>
#include <online_migration/sql/parts.hpp>

/// Names and questions that the statements of structural changes share.
namespace online_migration::detail {

/// Writes SQL for one change of a migration.
using structure_writer = maybe_function<sink&, const structural_description&, const structure_description&>;

constexpr void write_names(sink& out, const name_list& list) {
  for (std::size_t i = 0; i < list.count; ++i) {
    if (i > 0) out.put(", ");
    out.identifier(list.names[i]);
  }
}

/// The CHECK by which NOT NULL is proven.
constexpr void write_required_name(sink& out, const structure_description& change) {
  write_object_name(out, "om_required_", change.columns.names[0]);
}

/// Whether a change is about NOT NULL, one way or the other.
constexpr bool is_about_null(const structure_description& change) {
  return change.is == structure::set_not_null || change.is == structure::drop_not_null;
}

/// The constraint that a change is about.
constexpr void write_constraint_name(sink& out, const structure_description& change) {
  if (is_about_null(change)) {
    write_required_name(out, change);
  } else {
    out.identifier(change.name);
  }
}

/// A quoted name as a literal, without its quotes: what the catalog has.
template <class Write>
constexpr void write_bare_literal(sink& out, Write write) {
  char quoted[256]{};
  sink writer{quoted};
  write(writer);
  char bare[256]{};
  std::size_t size = 0;
  for (std::size_t i = 1; i + 1 < writer.size; ++i) {
    bare[size++] = quoted[i];
    if (quoted[i] == '"') ++i;
  }
  out.literal({bare, size});
}

/// An index of the change's name, which lives in the schema of its table.
constexpr void write_index_name(sink& out, const structural_description& migration,
                                const structure_description& change) {
  out.identifier(migration.table.schema);
  out.put('.');
  out.identifier(change.name);
}

template <class Write>
constexpr void write_regclass(sink& out, Write write) {
  char name[512]{};
  sink writer{name};
  write(writer);
  out.put("pg_catalog.to_regclass(");
  out.literal({name, writer.size});
  out.put(')');
}

constexpr void write_table_oid(sink& out, const structural_description& migration) {
  write_regclass(out, [&](sink& o) { write_table(o, migration.table); });
}

/// What a column or a table is called once it is retired.
constexpr void write_retired_column(sink& out, const structure_description& change) {
  write_object_name(out, "om_retired_", change.columns.names[0]);
}

constexpr void write_retired_table(sink& out, const structural_description& migration) {
  write_object_name(out, "om_retired_", migration.table.name);
}

/// The newest run of a migration.
constexpr void write_newest_run(sink& out, const structural_description& migration) {
  out.put("run_id = (SELECT pg_catalog.max(run_id) FROM \"public\".\"online_migration_runs\" WHERE migration = ");
  out.literal(migration.name);
  out.put(")");
}

}  // namespace online_migration::detail
