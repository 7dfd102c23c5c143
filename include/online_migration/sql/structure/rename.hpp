// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <online_migration/sql/structure/names.hpp>

/// The statements of changes that give something another name.
namespace online_migration::detail {

template <bool Back>
constexpr void write_rename_constraint(sink& out, const structural_description& migration,
                                       const structure_description& change) {
  write_alter_table(out, migration.table);
  out.put(" RENAME CONSTRAINT ");
  out.identifier(Back ? change.name : change.option);
  out.put(" TO ");
  out.identifier(Back ? change.option : change.name);
}

constexpr void write_new_table_name(sink& out, const structural_description& migration,
                                    const structure_description& change) {
  out.identifier(migration.table.schema);
  out.put('.');
  out.identifier(change.name);
}

/// Renames a table, and puts a view in its place with the rights that the table has.
constexpr void write_rename_table(sink& out, const structural_description& migration,
                                  const structure_description& change) {
  auto regclass = [&](auto write) { write_regclass(out, write); };
  out.put("DO $om$\nDECLARE\n  granted record;\nBEGIN\n  ");
  write_alter_table(out, migration.table);
  out.put(" RENAME TO ");
  out.identifier(change.name);
  out.put(";\n  CREATE VIEW ");
  write_table(out, migration.table);
  out.put(" AS SELECT * FROM ");
  write_new_table_name(out, migration, change);
  out.put(";\n  IF pg_catalog.current_setting('server_version_num')::integer >= 150000 THEN\n    EXECUTE ");
  char statement[512]{};
  sink writer{statement};
  writer.put("ALTER VIEW ");
  write_table(writer, migration.table);
  writer.put(" SET (security_invoker = true)");
  out.literal({statement, writer.size});
  out.put(";\n  END IF;\n");
  // Default privileges may have given others more on the view than they have on the table.
  out.put(
      "  FOR granted IN SELECT DISTINCT a.grantee FROM pg_catalog.pg_class AS c, pg_catalog.aclexplode(c.relacl) AS a\n");
  out.put("    WHERE a.grantee <> c.relowner AND c.oid = ");
  write_table_oid(out, migration);
  out.put("\n  LOOP\n    EXECUTE pg_catalog.format('REVOKE ALL ON %s FROM %s', ");
  write_table_literal(out, migration.table);
  out.put(
      ",\n      CASE WHEN granted.grantee = 0 THEN 'PUBLIC' ELSE pg_catalog.quote_ident(pg_catalog.pg_get_userbyid(granted.grantee)) END);\n");
  out.put("  END LOOP;\n  FOR granted IN\n");
  out.put(
      "    SELECT a.privilege_type AS right, a.is_grantable, a.grantee, NULL::name AS attname FROM pg_catalog.pg_class AS c,\n");
  out.put("      pg_catalog.aclexplode(c.relacl) AS a WHERE c.oid = ");
  regclass([&](sink& o) { write_new_table_name(o, migration, change); });
  out.put(" AND a.grantee <> c.relowner\n       AND a.privilege_type IN ('SELECT', 'INSERT', 'UPDATE', 'DELETE')\n");
  out.put(
      "    UNION ALL SELECT a.privilege_type, a.is_grantable, a.grantee, t.attname FROM pg_catalog.pg_attribute AS t,\n");
  out.put("      pg_catalog.aclexplode(t.attacl) AS a WHERE t.attrelid = ");
  regclass([&](sink& o) { write_new_table_name(o, migration, change); });
  out.put(" AND a.privilege_type IN ('SELECT', 'INSERT', 'UPDATE')\n  LOOP\n");
  out.put(
      "    EXECUTE pg_catalog.format('GRANT %s %s ON %s TO %s %s', granted.right, CASE WHEN granted.attname IS NOT NULL THEN pg_catalog.format('(%I)', granted.attname) ELSE '' END, ");
  write_table_literal(out, migration.table);
  out.put(
      ",\n      CASE WHEN granted.grantee = 0 THEN 'PUBLIC' ELSE pg_catalog.quote_ident(pg_catalog.pg_get_userbyid(granted.grantee)) END,\n");
  out.put("      CASE WHEN granted.is_grantable THEN 'WITH GRANT OPTION' ELSE '' END);\n  END LOOP;\n");
  out.put("  EXECUTE (SELECT pg_catalog.format('ALTER VIEW %s OWNER TO %I', ");
  write_table_literal(out, migration.table);
  out.put(", pg_catalog.pg_get_userbyid(c.relowner))\n    FROM pg_catalog.pg_class AS c WHERE c.oid = ");
  regclass([&](sink& o) { write_new_table_name(o, migration, change); });
  out.put(");\nEND\n$om$");
}

constexpr void write_drop_old_name(sink& out, const structural_description& migration, const structure_description&) {
  out.put("DROP VIEW IF EXISTS ");
  write_table(out, migration.table);
}

/// The table has its old name again.
constexpr void write_rename_table_back(sink& out, const structural_description& migration,
                                       const structure_description& change) {
  out.put("DO $om$\nBEGIN\n  ");
  write_drop_old_name(out, migration, change);
  out.put(";\n  ALTER TABLE ");
  write_new_table_name(out, migration, change);
  out.put(" RENAME TO ");
  out.identifier(migration.table.name);
  out.put(";\nEND\n$om$");
}

}  // namespace online_migration::detail
