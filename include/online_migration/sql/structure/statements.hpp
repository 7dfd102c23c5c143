// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <online_migration/sql/create_table.hpp>
#include <online_migration/sql/structure/names.hpp>

/// The statements of structural changes. None of them scans a table under a lock that stops writers.
namespace online_migration::detail {

constexpr void write_alter(sink& out, const structural_description& migration) {
  write_alter_table(out, migration.table);
}

constexpr void write_add_constraint(sink& out, const structural_description& migration,
                                    const structure_description& change) {
  write_alter(out, migration);
  out.put(" ADD CONSTRAINT ");
  write_constraint_name(out, change);
  switch (change.is) {
    case structure::set_not_null:
    case structure::drop_not_null:
      out.put(" CHECK (");
      out.identifier(change.columns.names[0]);
      out.put(" IS NOT NULL) NOT VALID");
      break;
    case structure::add_check:
      out.put(" CHECK (");
      change.write(out, {});
      out.put(") NOT VALID");
      break;
    case structure::add_unique:
      out.put(" UNIQUE USING INDEX ");
      out.identifier(change.name);
      break;
    default:
      out.put(" FOREIGN KEY (");
      write_names(out, change.columns);
      out.put(") REFERENCES ");
      write_table(out, change.other);
      out.put(" (");
      write_names(out, change.referenced);
      out.all(")", change.option, " NOT VALID");
  }
}

constexpr void write_validate(sink& out, const structural_description& migration, const structure_description& change) {
  write_alter(out, migration);
  out.put(" VALIDATE CONSTRAINT ");
  write_constraint_name(out, change);
}

constexpr void write_drop_constraint(sink& out, const structural_description& migration,
                                     const structure_description& change) {
  write_alter(out, migration);
  out.put(" DROP CONSTRAINT IF EXISTS ");
  write_constraint_name(out, change);
}

template <bool Required>
constexpr void write_require(sink& out, const structural_description& migration, const structure_description& change) {
  write_alter(out, migration);
  out.put(" ALTER COLUMN ");
  out.identifier(change.columns.names[0]);
  out.put(Required ? " SET NOT NULL" : " DROP NOT NULL");
}

constexpr void write_build_index(sink& out, const structural_description& migration,
                                 const structure_description& change) {
  bool unique = change.unique || change.is == structure::add_unique;
  out.put(unique ? "CREATE UNIQUE INDEX CONCURRENTLY " : "CREATE INDEX CONCURRENTLY ");
  out.identifier(change.name);
  out.put(" ON ");
  write_table(out, migration.table);
  bool has_method = change.is == structure::create_index && !change.option.empty();
  if (has_method) {
    out.put(" USING ");
    out.identifier(change.option);
  }
  out.put(" (");
  if (change.write_expressions) {
    change.write_expressions(out, {}, "", ", ");
  } else {
    for (std::size_t i = 0; i < change.columns.count; ++i) {
      if (i > 0) out.put(", ");
      out.identifier(change.columns.names[i]);
      if (change.write_behind) change.write_behind(out, change.columns.names[i]);
    }
  }
  out.put(')');
  if (change.included.count > 0) {
    out.put(" INCLUDE (");
    write_names(out, change.included);
    out.put(')');
  }
  if (change.nulls_equal) out.put(" NULLS NOT DISTINCT");
  if (change.write_storage) {
    out.put(" WITH (");
    change.write_storage(out);
    out.put(')');
  }
  if (change.is == structure::create_index && change.write) {
    out.put(" WHERE ");
    change.write(out, {});
  }
}

constexpr void write_drop_index(sink& out, const structural_description& migration,
                                const structure_description& change) {
  out.put("DROP INDEX CONCURRENTLY IF EXISTS ");
  write_index_name(out, migration, change);
}

constexpr void write_make_table(sink& out, const structural_description& migration, const structure_description&) {
  write_create_table(out, migration.table);
}

constexpr void write_drop_made_table(sink& out, const structural_description& migration, const structure_description&) {
  out.put("DROP TABLE IF EXISTS ");
  write_table(out, migration.table);
}

/// No row is written: the server keeps the value once.
constexpr void write_add_constant_column(sink& out, const structural_description& migration,
                                         const structure_description& change) {
  write_alter(out, migration);
  out.put(" ADD COLUMN ");
  out.identifier(change.columns.names[0]);
  out.put(' ');
  change.type->write(out);
  out.put(" DEFAULT ");
  change.write(out, {});
  if (change.required) out.put(" NOT NULL");
}

constexpr void write_drop_added_column(sink& out, const structural_description& migration,
                                       const structure_description& change) {
  write_alter(out, migration);
  out.put(" DROP COLUMN IF EXISTS ");
  out.identifier(change.columns.names[0]);
}

template <bool Back>
constexpr void write_rename_retired(sink& out, const structural_description& migration,
                                    const structure_description& change) {
  bool table = change.is == structure::drop_table;
  auto now = [&](bool retired) {
    if (table) {
      retired ? write_retired_table(out, migration) : out.identifier(migration.table.name);
    } else {
      retired ? write_retired_column(out, change) : out.identifier(change.columns.names[0]);
    }
  };
  if (table) {
    out.put("ALTER TABLE ");
    out.identifier(migration.table.schema);
    out.put('.');
  } else {
    write_alter(out, migration);
    out.put(" RENAME COLUMN ");
  }
  now(Back);
  out.put(table ? " RENAME TO " : " TO ");
  now(!Back);
}

constexpr void write_drop_for_good(sink& out, const structural_description& migration,
                                   const structure_description& change) {
  if (change.is == structure::drop_table) {
    out.put("DROP TABLE IF EXISTS ");
    out.identifier(migration.table.schema);
    out.put('.');
    write_retired_table(out, migration);
  } else {
    write_alter(out, migration);
    out.put(" DROP COLUMN IF EXISTS ");
    write_retired_column(out, change);
  }
}

/// Rows that stand in the way of a constraint, counted in one scan beside everybody.
constexpr void write_violations(sink& out, const structural_description& migration,
                                const structure_description& change) {
  // What an index or a constraint is over.
  auto each = [&](piece suffix, piece between) {
    if (change.write_expressions) {
      change.write_expressions(out, row_names, suffix, between);
      return;
    }
    for (std::size_t i = 0; i < change.columns.count; ++i) {
      if (i > 0) out.put(between);
      row_names.write(out, change.columns.names[i]);
      out.put(suffix);
    }
  };
  auto from = [&] {
    out.put(" FROM ");
    write_table(out, migration.table);
    out.put(" AS t");
  };
  switch (change.is) {
    case structure::set_not_null:
      out.put("SELECT pg_catalog.count(*)");
      from();
      out.put(" WHERE t.");
      out.identifier(change.columns.names[0]);
      out.put(" IS NULL");
      break;
    case structure::add_check:
      out.put("SELECT pg_catalog.count(*)");
      from();
      out.put(" WHERE NOT (");
      change.write(out, row_names);
      out.put(')');
      break;
    case structure::add_unique:
    case structure::create_index:
      if (change.is == structure::create_index && !change.unique) return;
      out.put("SELECT COALESCE(pg_catalog.sum(g.rows - 1), 0)::bigint FROM (SELECT pg_catalog.count(*) AS rows");
      from();
      out.put(" WHERE ");
      if (change.nulls_equal) {
        out.put("true");
      } else {
        each(" IS NOT NULL", " AND ");
      }
      if (change.is == structure::create_index && change.write) {
        out.put(" AND (");
        change.write(out, row_names);
        out.put(')');
      }
      out.put(" GROUP BY ");
      each("", ", ");
      out.put(" HAVING pg_catalog.count(*) > 1) AS g");
      break;
    case structure::add_foreign_key:
      out.put("SELECT pg_catalog.count(*)");
      from();
      out.put(" WHERE ");
      each(" IS NOT NULL", " AND ");
      out.put(" AND NOT EXISTS (SELECT FROM ");
      write_table(out, change.other);
      out.put(" AS o WHERE ");
      for (std::size_t i = 0; i < change.columns.count; ++i) {
        if (i > 0) out.put(" AND ");
        out.put("o.");
        out.identifier(change.referenced.names[i]);
        out.put(" = t.");
        out.identifier(change.columns.names[i]);
      }
      out.put(')');
      break;
    default:
      break;
  }
}

}  // namespace online_migration::detail
