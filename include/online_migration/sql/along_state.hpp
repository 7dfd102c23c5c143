// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <online_migration/sql/statement.hpp>

/// What was built for the new column after the pattern of the old one is kept in the run, so that rollback takes it
/// back.
namespace online_migration::state {

/// Noted before it is built. `$1` run, `$2` `index` or `constraint`, `$3` its table as the server quotes it, `$4` its
/// name.
inline constexpr statement note_along{
    "state_note_along",
    R"(WITH part AS (SELECT pg_catalog.jsonb_build_array(pg_catalog.jsonb_build_object('kind', $2::text, 'place', $3::text, 'name', $4::text)) AS kept)
UPDATE "public"."online_migration_runs" AS r SET metadata = r.metadata || pg_catalog.jsonb_build_object('along',
  COALESCE(r.metadata->'along', '[]') || part.kept)
 FROM part WHERE r.run_id = $1::bigint AND NOT COALESCE(r.metadata->'along', '[]') @> part.kept)"};

/// The statements that drop it, as far as it is there: what belongs to a partitioned table first, because its parts
/// go with it. ACCESS EXCLUSIVE, no scan. `$1` run.
inline constexpr statement along_drops{
    "state_along_drops",
    R"(SELECT CASE WHEN p.kind = 'constraint' THEN pg_catalog.format('ALTER TABLE %s DROP CONSTRAINT IF EXISTS %I', p.place, p.name)
   ELSE pg_catalog.format('DROP INDEX IF EXISTS %I.%I', n.nspname, p.name) END
 FROM "public"."online_migration_runs" AS r, pg_catalog.jsonb_to_recordset(r.metadata->'along') AS p (kind text, place text, name text),
  pg_catalog.pg_class AS c JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
 WHERE r.run_id = $1::bigint AND c.oid = pg_catalog.to_regclass(p.place)
  AND (EXISTS (SELECT FROM pg_catalog.pg_constraint AS k WHERE p.kind = 'constraint' AND k.conrelid = c.oid AND k.conname = p.name)
   OR EXISTS (SELECT FROM pg_catalog.pg_index AS i JOIN pg_catalog.pg_class AS x ON x.oid = i.indexrelid
    WHERE p.kind = 'index' AND i.indrelid = c.oid AND x.relname = p.name))
 ORDER BY p.kind, c.relkind <> 'p', p.place, p.name)"};

}  // namespace online_migration::state

namespace online_migration::catalog {

/// The statements that give the sequences of one column to another one, where its own default does not use them: else
/// they would be dropped with it. SHARE ROW EXCLUSIVE on the sequence, for a moment. `$1` schema, `$2` table, `$3`
/// the column that has them, `$4` the one that gets them.
inline constexpr statement sequence_moves{
    "catalog_sequence_moves",
    R"(SELECT pg_catalog.format('ALTER SEQUENCE %s OWNED BY %I.%I.%I', s.oid::pg_catalog.regclass, n.nspname, c.relname, $4::text)
 FROM pg_catalog.pg_class AS c JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
  JOIN pg_catalog.pg_attribute AS a ON a.attrelid = c.oid AND a.attname = $3::text AND NOT a.attisdropped
  JOIN pg_catalog.pg_depend AS d ON d.refclassid = 'pg_catalog.pg_class'::pg_catalog.regclass AND d.refobjid = c.oid
   AND d.refobjsubid = a.attnum AND d.classid = 'pg_catalog.pg_class'::pg_catalog.regclass AND d.deptype = 'a'
  JOIN pg_catalog.pg_class AS s ON s.oid = d.objid AND s.relkind = 'S'
 WHERE n.nspname = $1::text AND c.relname = $2::text AND NOT EXISTS (SELECT FROM pg_catalog.pg_attrdef AS f
   JOIN pg_catalog.pg_depend AS u ON u.classid = 'pg_catalog.pg_attrdef'::pg_catalog.regclass AND u.objid = f.oid
    AND u.refclassid = 'pg_catalog.pg_class'::pg_catalog.regclass AND u.refobjid = s.oid
   WHERE f.adrelid = c.oid AND f.adnum = a.attnum)
 ORDER BY 1)"};

}  // namespace online_migration::catalog
