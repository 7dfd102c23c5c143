// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <online_migration/sql/structure/names.hpp>

/// Constraints and indexes that go are kept in their run as definitions of the server's own making, in the form that
/// `state::legacy_constraints` reads, so that they can come back.
namespace online_migration::detail {

constexpr void write_keep(sink& out, const structural_description& migration, piece list) {
  out.put(
      "UPDATE \"public\".\"online_migration_runs\" SET metadata = metadata || pg_catalog.jsonb_build_object('legacy',\n");
  out.all("    COALESCE(metadata->'legacy', '{}') || pg_catalog.jsonb_build_object('", list,
          "', COALESCE(metadata->'legacy'->'", list, "', '[]') || kept))\n    WHERE ");
  write_newest_run(out, migration);
}

/// Keeps the definition of a constraint, and drops it: ACCESS EXCLUSIVE, no scan.
constexpr void write_drop_kept_constraint(sink& out, const structural_description& migration,
                                          const structure_description& change) {
  out.put("DO $om$\nDECLARE\n  kept jsonb;\nBEGIN\n");
  out.put(
      R"(  SELECT pg_catalog.jsonb_build_object('table', c.conrelid::pg_catalog.regclass::text, 'name', c.conname,
      'definition', pg_catalog.pg_get_constraintdef(c.oid), 'unique', c.contype = 'u', 'foreign', c.contype = 'f',
      'index', CASE WHEN c.contype = 'u' THEN pg_catalog.pg_get_indexdef(c.conindid) END, 'deferrable', c.condeferrable,
      'deferred', c.condeferred, 'partitioned', t.relkind = 'p', 'comment', pg_catalog.obj_description(c.oid, 'pg_constraint'),
      'index_comment', CASE WHEN c.contype = 'u' THEN pg_catalog.obj_description(c.conindid, 'pg_class') END,
      'clustered', c.contype = 'u' AND COALESCE(x.indisclustered, false)) INTO kept
    FROM pg_catalog.pg_constraint AS c JOIN pg_catalog.pg_class AS t ON t.oid = c.conrelid
      LEFT JOIN pg_catalog.pg_index AS x ON x.indexrelid = c.conindid WHERE c.conrelid = )");
  write_table_oid(out, migration);
  out.put(" AND c.conname = ");
  out.literal(change.name);
  out.put(";\n  IF kept IS NOT NULL THEN\n  ");
  write_keep(out, migration, "constraints");
  out.put(";\n  ");
  write_alter_table(out, migration.table);
  out.put(" DROP CONSTRAINT ");
  out.identifier(change.name);
  out.put(";\n  END IF;\nEND\n$om$");
}

/// Keeps the definition of an index, which is dropped afterwards by a statement of its own.
constexpr void write_keep_index(sink& out, const structural_description& migration,
                                const structure_description& change) {
  out.put("WITH found AS (SELECT ");
  out.put(
      R"(pg_catalog.jsonb_build_object('table', i.indrelid::pg_catalog.regclass::text, 'name', x.relname,
      'definition', pg_catalog.pg_get_indexdef(i.indexrelid), 'partitioned', x.relkind = 'I',
      'comment', pg_catalog.obj_description(i.indexrelid, 'pg_class'), 'clustered', i.indisclustered) AS kept
    FROM pg_catalog.pg_index AS i JOIN pg_catalog.pg_class AS x ON x.oid = i.indexrelid WHERE i.indexrelid = )");
  write_regclass(out, [&](sink& o) { write_index_name(o, migration, change); });
  out.put(" AND i.indrelid = ");
  write_table_oid(out, migration);
  out.put(")\n");
  out.put(
      "UPDATE \"public\".\"online_migration_runs\" SET metadata = metadata || pg_catalog.jsonb_build_object('legacy',\n");
  out.put(
      "    COALESCE(metadata->'legacy', '{}') || pg_catalog.jsonb_build_object('indexes', COALESCE(metadata->'legacy'->'indexes', '[]') "
      "|| found.kept))\n    FROM found WHERE ");
  write_newest_run(out, migration);
}

/// Whether the definition of an index is kept.
constexpr void write_state_index_kept(sink& out, const structural_description& migration,
                                      const structure_description& change) {
  out.put(
      "SELECT CASE WHEN EXISTS (SELECT FROM \"public\".\"online_migration_runs\" AS r, "
      "pg_catalog.jsonb_array_elements(r.metadata->'legacy'->'indexes') AS i\n    WHERE r.");
  write_newest_run(out, migration);
  out.put(" AND i->>'name' = ");
  out.literal(change.name);
  out.put(") THEN 'done' ELSE 'missing' END");
}

}  // namespace online_migration::detail
