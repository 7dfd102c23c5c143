// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <online_migration/sql/not_null.hpp>
#include <online_migration/sql/structure/names.hpp>

/// Whether a step is done: each question gives one text, `done`, `missing`, or `left over` where an interrupted try left
/// something that has to go first. So every step can be taken again, whoever took it and however that ended.
namespace online_migration::detail {

/// `test()` writes the condition.
template <class Test>
constexpr void write_state(sink& out, Test test) {
  out.put("SELECT CASE WHEN ");
  test();
  out.put(" THEN 'done' ELSE 'missing' END");
}

constexpr void write_constraint_test(sink& out, const structural_description& migration,
                                     const structure_description& change, piece also) {
  out.put("EXISTS (SELECT FROM pg_catalog.pg_constraint AS k WHERE k.conrelid = ");
  write_table_oid(out, migration);
  out.put(" AND k.conname = ");
  write_bare_literal(out, [&](sink& o) { write_constraint_name(o, change); });
  out.all(also, ")");
}

constexpr void write_column_test(sink& out, const structural_description& migration,
                                 const structure_description& change, piece also) {
  out.put("EXISTS (SELECT FROM pg_catalog.pg_attribute AS a WHERE a.attrelid = ");
  write_table_oid(out, migration);
  out.put(" AND NOT a.attisdropped AND a.attname = ");
  out.literal(change.columns.names[0]);
  out.all(also, ")");
}

inline constexpr auto and_required_text = join(" AND ", is_not_null);
constexpr piece and_required = and_required_text.view();
/// Such a column refuses NULL, whatever it holds.
constexpr piece and_refuses_null = " AND a.attnotnull";
constexpr piece and_valid = " AND k.convalidated";

constexpr void write_state_constraint_there(sink& out, const structural_description& migration,
                                            const structure_description& change) {
  write_state(out, [&] {
    if (is_about_null(change)) {
      write_column_test(out, migration, change, and_required);
      out.put(" OR ");
    }
    write_constraint_test(out, migration, change, "");
  });
}

constexpr void write_state_constraint_valid(sink& out, const structural_description& migration,
                                            const structure_description& change) {
  write_state(out, [&] {
    if (is_about_null(change)) {
      write_column_test(out, migration, change, and_required);
      out.put(" OR ");
    }
    write_constraint_test(out, migration, change, and_valid);
  });
}

constexpr void write_state_constraint_gone(sink& out, const structural_description& migration,
                                           const structure_description& change) {
  write_state(out, [&] {
    out.put("NOT ");
    write_constraint_test(out, migration, change, "");
  });
}

constexpr void write_state_required(sink& out, const structural_description& migration,
                                    const structure_description& change) {
  write_state(out, [&] { write_column_test(out, migration, change, and_required); });
}

constexpr void write_state_not_required(sink& out, const structural_description& migration,
                                        const structure_description& change) {
  write_state(out, [&] {
    out.put("NOT ");
    write_column_test(out, migration, change, and_refuses_null);
  });
}

/// An index of the table, valid or not.
constexpr void write_state_index(sink& out, const structural_description& migration,
                                 const structure_description& change) {
  out.put("SELECT CASE WHEN i.indexrelid IS NULL THEN 'missing' WHEN i.indisvalid THEN 'done' ELSE 'left over' END\n");
  out.put(" FROM (SELECT 1) AS one LEFT JOIN pg_catalog.pg_index AS i ON i.indexrelid = ");
  write_regclass(out, [&](sink& o) { write_index_name(o, migration, change); });
  out.put(" AND i.indrelid = ");
  write_table_oid(out, migration);
}

constexpr void write_state_index_gone(sink& out, const structural_description& migration,
                                      const structure_description& change) {
  write_state(out, [&] {
    out.put("NOT EXISTS (SELECT FROM pg_catalog.pg_index AS i WHERE i.indexrelid = ");
    write_regclass(out, [&](sink& o) { write_index_name(o, migration, change); });
    out.put(" AND i.indrelid = ");
    write_table_oid(out, migration);
    out.put(')');
  });
}

constexpr void write_state_table(sink& out, const structural_description& migration, const structure_description&) {
  write_state(out, [&] {
    write_table_oid(out, migration);
    out.put(" IS NOT NULL");
  });
}

constexpr void write_state_table_gone(sink& out, const structural_description& migration,
                                      const structure_description&) {
  write_state(out, [&] {
    write_table_oid(out, migration);
    out.put(" IS NULL");
  });
}

constexpr void write_state_column(sink& out, const structural_description& migration,
                                  const structure_description& change) {
  write_state(out, [&] { write_column_test(out, migration, change, ""); });
}

constexpr void write_state_column_gone(sink& out, const structural_description& migration,
                                       const structure_description& change) {
  write_state(out, [&] {
    out.put("NOT ");
    write_column_test(out, migration, change, "");
  });
}

/// Whether the old name of a renamed constraint is free; with `Back`, the new one.
template <bool Back>
constexpr void write_state_constraint_renamed(sink& out, const structural_description& migration,
                                              const structure_description& change) {
  structure_description named = change;
  named.name = Back ? change.name : change.option;
  write_state_constraint_gone(out, migration, named);
}

/// What has the old name of a renamed table: nothing, a view, or the table itself.
constexpr void write_state_old_name(sink& out, const structural_description& migration, piece wanted) {
  out.put(
      "SELECT CASE WHEN COALESCE((SELECT CASE WHEN c.relkind = 'v' THEN 'view' ELSE 'table' END FROM pg_catalog.pg_class AS c WHERE c.oid = ");
  write_table_oid(out, migration);
  out.all("), 'nothing') ", wanted, " THEN 'done' ELSE 'missing' END");
}

constexpr void write_state_table_renamed(sink& out, const structural_description& migration,
                                         const structure_description&) {
  write_state_old_name(out, migration, "<> 'table'");
}
constexpr void write_state_old_name_free(sink& out, const structural_description& migration,
                                         const structure_description&) {
  write_state_old_name(out, migration, "<> 'view'");
}
constexpr void write_state_table_back(sink& out, const structural_description& migration,
                                      const structure_description&) {
  write_state_old_name(out, migration, "= 'table'");
}

/// Whether a table or column is retired: its retired name is there. `gone` asks for the opposite.
template <bool Gone>
constexpr void write_state_retired(sink& out, const structural_description& migration,
                                   const structure_description& change) {
  write_state(out, [&] {
    out.put(Gone ? "NOT EXISTS (" : "EXISTS (");
    if (change.is == structure::drop_table) {
      out.put("SELECT WHERE ");
      write_regclass(out, [&](sink& o) {
        o.identifier(migration.table.schema);
        o.put('.');
        write_retired_table(o, migration);
      });
      out.put(" IS NOT NULL");
    } else {
      out.put("SELECT FROM pg_catalog.pg_attribute AS a WHERE a.attrelid = ");
      write_table_oid(out, migration);
      out.put(" AND NOT a.attisdropped AND a.attname = ");
      write_bare_literal(out, [&](sink& o) { write_retired_column(o, change); });
    }
    out.put(')');
  });
}

}  // namespace online_migration::detail
