// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <online_migration/sql/statement.hpp>

/// Statements on the state tables and the catalog for structural changes, the same for every migration.
namespace online_migration::state {

/// Holds a run where it is until the end of the transaction, against every other step. `$1` run. Columns: phase, whether
/// it what undoes it (empty where nothing does), whether something is retired, whether it was dropped, seconds since it
/// was retired.
inline constexpr statement hold_structure{
    "state_hold_structure",
    R"(SELECT phase, COALESCE(metadata->>'undoing', ''), retired_column IS NOT NULL, metadata ? 'dropped_at',
  COALESCE(EXTRACT(EPOCH FROM pg_catalog.clock_timestamp() - (metadata->>'retired_at')::timestamp with time zone), 0)::bigint
 FROM "public"."online_migration_runs" WHERE run_id = $1::bigint FOR UPDATE)"};

/// What undoes a run, without holding it. `$1` run.
inline constexpr statement read_undoing{
    "state_read_undoing",
    R"(SELECT COALESCE(metadata->>'undoing', '') FROM "public"."online_migration_runs" WHERE run_id = $1::bigint)"};

/// From here on no step forward is taken any more. `$1` run, `$2` what undoes it.
inline constexpr statement note_undoing{"state_note_undoing",
                                        R"(UPDATE "public"."online_migration_runs" SET
  metadata = metadata || pg_catalog.jsonb_build_object('undoing', $2::text) WHERE run_id = $1::bigint)"};

/// A contract that could not be: what it had begun is undone, and it may be tried again. `$1` run.
inline constexpr statement note_undone{
    "state_note_undone",
    R"(UPDATE "public"."online_migration_runs" SET metadata = metadata - 'undoing' WHERE run_id = $1::bigint)"};

/// The definitions of what contract took away are put back. `$1` run.
inline constexpr statement forget_kept{
    "state_forget_kept",
    R"(UPDATE "public"."online_migration_runs" SET metadata = metadata - 'legacy' WHERE run_id = $1::bigint)"};

/// What comes now is of the run's making, so that its way back takes that away and nothing that somebody else has made
/// under the same name. `$1` run, `$2` the position of the change.
inline constexpr statement note_made{"state_note_made",
                                     R"(UPDATE "public"."online_migration_runs" SET metadata = metadata ||
  pg_catalog.jsonb_build_object('made', COALESCE(metadata->'made', '{}') || pg_catalog.jsonb_build_object($2::text, true))
 WHERE run_id = $1::bigint)"};

/// It is gone again. `$1` run, `$2` the position of the change.
inline constexpr statement forget_made{
    "state_forget_made",
    R"(UPDATE "public"."online_migration_runs" SET metadata = metadata #- ARRAY['made', $2::text] WHERE run_id = $1::bigint)"};

/// `$1` run, `$2` the position of the change.
inline constexpr statement was_made{
    "state_was_made",
    R"(SELECT COALESCE(metadata->'made', '{}') ? $2::text FROM "public"."online_migration_runs" WHERE run_id = $1::bigint)"};

}  // namespace online_migration::state

namespace online_migration::catalog {

/// What has a name that a change gives or takes. `$1` schema, `$2` table, `$3` name. Columns: the kind of the table's
/// constraint of this name, the kind of the schema's relation of this name, whether that is an index of the table,
/// whether the index belongs to a constraint, whether it is the replica identity.
inline constexpr statement named_object{
    "catalog_named_object",
    R"(SELECT (SELECT k.contype FROM pg_catalog.pg_constraint AS k WHERE k.conrelid = t.oid AND k.conname = $3::text),
  o.relkind, COALESCE(i.indrelid = t.oid, false),
  EXISTS (SELECT FROM pg_catalog.pg_constraint AS k WHERE k.conindid = o.oid AND k.contype IN ('p', 'u', 'x')),
  COALESCE(i.indisreplident, false)
 FROM pg_catalog.pg_namespace AS n LEFT JOIN pg_catalog.pg_class AS t ON t.relnamespace = n.oid AND t.relname = $2::text
  LEFT JOIN pg_catalog.pg_class AS o ON o.relnamespace = n.oid AND o.relname = $3::text
  LEFT JOIN pg_catalog.pg_index AS i ON i.indexrelid = o.oid
 WHERE n.nspname = $1::text)"};

/// Whether a table has a unique index over just these columns, in any order, as a foreign key asks for. `$1` schema,
/// `$2` table, `$3` names as text[]. No row where there is no such table.
inline constexpr statement can_be_referenced{
    "catalog_can_be_referenced",
    R"(SELECT EXISTS (SELECT FROM pg_catalog.pg_index AS i WHERE i.indrelid = c.oid AND i.indisunique AND i.indisvalid
   AND i.indimmediate AND i.indpred IS NULL AND i.indexprs IS NULL
   AND (SELECT pg_catalog.array_agg(a.attname::text ORDER BY a.attname::text COLLATE "C")
     FROM pg_catalog.unnest(i.indkey::smallint[]) WITH ORDINALITY AS k (number, position)
     JOIN pg_catalog.pg_attribute AS a ON a.attrelid = i.indrelid AND a.attnum = k.number WHERE k.position <= i.indnkeyatts)
    = (SELECT pg_catalog.array_agg(w ORDER BY w COLLATE "C") FROM pg_catalog.unnest($3::text[]) AS w))
 FROM pg_catalog.pg_class AS c JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
 WHERE n.nspname = $1::text AND c.relname = $2::text)"};

/// What a view in the place of a table could not do. `$1` oid of a table. Columns: row-level security, rewrite rules.
inline constexpr statement view_can_stand_for{
    "catalog_view_can_stand_for",
    R"(SELECT c.relrowsecurity, EXISTS (SELECT FROM pg_catalog.pg_rewrite AS w WHERE w.ev_class = c.oid)
 FROM pg_catalog.pg_class AS c WHERE c.oid = $1::oid)"};

/// Everything that uses a table as a whole or in part, and does not belong to it. `$1` schema, `$2` table. Columns: the
/// description as the server gives it.
inline constexpr statement table_users{"catalog_table_users",
                                       R"(WITH place AS (SELECT c.oid, c.reltype FROM pg_catalog.pg_class AS c
  JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace WHERE n.nspname = $1::text AND c.relname = $2::text)
SELECT DISTINCT description FROM (
  SELECT pg_catalog.pg_describe_object('pg_catalog.pg_class'::pg_catalog.regclass, w.ev_class, 0) AS description
   FROM place AS p JOIN pg_catalog.pg_depend AS d ON d.refclassid = 'pg_catalog.pg_class'::pg_catalog.regclass
    AND d.refobjid = p.oid AND d.classid = 'pg_catalog.pg_rewrite'::pg_catalog.regclass
   JOIN pg_catalog.pg_rewrite AS w ON w.oid = d.objid WHERE w.ev_class <> p.oid
  UNION ALL
  SELECT pg_catalog.pg_describe_object('pg_catalog.pg_constraint'::pg_catalog.regclass, k.oid, 0)
   FROM place AS p JOIN pg_catalog.pg_constraint AS k ON k.confrelid = p.oid AND k.conrelid <> p.oid AND k.conparentid = 0
  UNION ALL
  SELECT pg_catalog.pg_describe_object(d.classid, d.objid, d.objsubid)
   FROM place AS p JOIN pg_catalog.pg_depend AS d ON d.classid = 'pg_catalog.pg_proc'::pg_catalog.regclass AND d.deptype = 'n'
    AND ((d.refclassid = 'pg_catalog.pg_class'::pg_catalog.regclass AND d.refobjid = p.oid)
     OR (d.refclassid = 'pg_catalog.pg_type'::pg_catalog.regclass AND d.refobjid = p.reltype))
  UNION ALL
  SELECT pg_catalog.pg_describe_object('pg_catalog.pg_class'::pg_catalog.regclass, i.inhrelid, 0)
   FROM place AS p JOIN pg_catalog.pg_inherits AS i ON i.inhparent = p.oid
    JOIN pg_catalog.pg_class AS c ON c.oid = i.inhrelid WHERE NOT c.relispartition
) AS everything ORDER BY 1)"};

}  // namespace online_migration::catalog
