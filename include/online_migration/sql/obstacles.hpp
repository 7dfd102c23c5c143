// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <online_migration/sql/statement.hpp>

/// What uses a column. Nothing is ever dropped with CASCADE: whoever asks for a column to go is told what stands in the
/// way.
namespace online_migration::catalog {

/// Everything that depends on a column, of the table and of its partitions. `$1` schema, `$2` table, `$3` column,
/// `$4` triggers and indexes that do not count, as text[]. Columns: what it is, and its description as the server gives it.
/// Before PostgreSQL 15 it is the generated column itself that depends, and not its expression.
inline constexpr statement column_dependents{"catalog_column_dependents",
                                             R"(WITH tree AS (
  SELECT c.oid FROM pg_catalog.pg_class AS c JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
   WHERE n.nspname = $1::text AND c.relname = $2::text
), places AS (
  SELECT t.oid FROM tree AS t
  UNION SELECT p.relid::oid FROM tree AS t, pg_catalog.pg_partition_tree(t.oid) AS p
), columns AS (
  SELECT a.attrelid, a.attnum, a.attidentity FROM pg_catalog.pg_attribute AS a JOIN places AS p ON p.oid = a.attrelid
   WHERE a.attname = $3::text AND NOT a.attisdropped
), found AS (
  SELECT d.classid, d.objid, d.objsubid, a.attrelid, a.attnum FROM columns AS a
   JOIN pg_catalog.pg_depend AS d ON d.refclassid = 'pg_catalog.pg_class'::pg_catalog.regclass
    AND d.refobjid = a.attrelid AND d.refobjsubid = a.attnum
)
SELECT DISTINCT kind, description FROM (
  SELECT CASE f.classid
      WHEN 'pg_catalog.pg_rewrite'::pg_catalog.regclass THEN 'view'
      WHEN 'pg_catalog.pg_proc'::pg_catalog.regclass THEN 'function'
      WHEN 'pg_catalog.pg_trigger'::pg_catalog.regclass THEN
        (SELECT CASE WHEN g.tgname LIKE '~om\_%' THEN 'migration' ELSE 'trigger' END FROM pg_catalog.pg_trigger AS g WHERE g.oid = f.objid)
      WHEN 'pg_catalog.pg_policy'::pg_catalog.regclass THEN 'policy'
      WHEN 'pg_catalog.pg_attrdef'::pg_catalog.regclass THEN 'generated column'
      WHEN 'pg_catalog.pg_constraint'::pg_catalog.regclass THEN
        (SELECT CASE WHEN k.contype = 'f' AND k.confrelid = f.attrelid AND f.attnum = ANY (k.confkey) THEN 'foreign key'
            WHEN k.contype = 'f' THEN 'own foreign key' WHEN k.contype = 'p' THEN 'primary key' WHEN k.contype = 'u' THEN 'unique'
            WHEN k.contype = 'x' THEN 'exclusion' WHEN k.contype = 'n' THEN 'not null' ELSE 'check' END
         FROM pg_catalog.pg_constraint AS k WHERE k.oid = f.objid)
      WHEN 'pg_catalog.pg_class'::pg_catalog.regclass THEN
        CASE WHEN f.objsubid <> 0 THEN 'generated column' ELSE COALESCE((SELECT CASE WHEN i.indisreplident THEN 'replica identity' WHEN i.indisunique THEN 'unique index' ELSE 'index' END
         FROM pg_catalog.pg_index AS i WHERE i.indexrelid = f.objid),
         (SELECT CASE c.relkind WHEN 'S' THEN 'sequence' ELSE 'other' END FROM pg_catalog.pg_class AS c WHERE c.oid = f.objid)) END
      ELSE 'other' END AS kind,
    CASE WHEN f.classid = 'pg_catalog.pg_rewrite'::pg_catalog.regclass
      THEN (SELECT pg_catalog.pg_describe_object('pg_catalog.pg_class'::pg_catalog.regclass, w.ev_class, 0)
        FROM pg_catalog.pg_rewrite AS w WHERE w.oid = f.objid)
      ELSE pg_catalog.pg_describe_object(f.classid, f.objid, f.objsubid) END AS description
   FROM found AS f
   WHERE NOT (f.classid = 'pg_catalog.pg_attrdef'::pg_catalog.regclass
    AND EXISTS (SELECT FROM pg_catalog.pg_attrdef AS e WHERE e.oid = f.objid AND e.adnum = f.attnum))
   AND NOT (f.classid = 'pg_catalog.pg_class'::pg_catalog.regclass
    AND EXISTS (SELECT FROM pg_catalog.pg_class AS x WHERE x.oid = f.objid AND x.relkind = 'i' AND x.relname::text = ANY ($4::text[])))
   AND NOT (f.classid = 'pg_catalog.pg_trigger'::pg_catalog.regclass
    AND EXISTS (SELECT FROM pg_catalog.pg_trigger AS g WHERE g.oid = f.objid AND g.tgname::text = ANY ($4::text[])))
  UNION ALL
  SELECT 'replica identity', pg_catalog.pg_describe_object('pg_catalog.pg_class'::pg_catalog.regclass, i.indexrelid, 0)
   FROM columns AS a JOIN pg_catalog.pg_index AS i ON i.indrelid = a.attrelid AND i.indisreplident AND a.attnum = ANY (i.indkey::smallint[])
  UNION ALL
  SELECT 'partition key', pg_catalog.pg_describe_object('pg_catalog.pg_class'::pg_catalog.regclass, p.partrelid, 0)
   FROM columns AS a JOIN pg_catalog.pg_partitioned_table AS p ON p.partrelid = a.attrelid AND a.attnum = ANY (p.partattrs::smallint[])
  UNION ALL
  SELECT 'identity', pg_catalog.pg_describe_object('pg_catalog.pg_class'::pg_catalog.regclass, a.attrelid, a.attnum)
   FROM columns AS a WHERE a.attidentity <> ''
) AS everything ORDER BY 1, 2)"};

/// Functions whose text has the name of the column in it, and that of the table, or that a trigger of the table
/// calls: the server does not know what they use. `$1` schema, `$2` table, `$3` column.
inline constexpr statement mentioning_functions{"catalog_mentioning_functions",
                                                R"(WITH words AS (SELECT
  '(^|[^[:alnum:]_])' || pg_catalog.regexp_replace($2::text, '([^[:alnum:]_])', '\\\1', 'g') || '($|[^[:alnum:]_])' AS table_name,
  '(^|[^[:alnum:]_])' || pg_catalog.regexp_replace($3::text, '([^[:alnum:]_])', '\\\1', 'g') || '($|[^[:alnum:]_])' AS column_name)
SELECT pg_catalog.pg_describe_object('pg_catalog.pg_proc'::pg_catalog.regclass, p.oid, 0)
 FROM words AS w, pg_catalog.pg_proc AS p JOIN pg_catalog.pg_namespace AS n ON n.oid = p.pronamespace
  JOIN pg_catalog.pg_language AS l ON l.oid = p.prolang
 WHERE n.nspname NOT IN ('pg_catalog', 'information_schema') AND l.lanname NOT IN ('internal', 'c')
   AND p.proname NOT LIKE 'om\_%' AND p.prosrc ~* w.column_name
   AND (p.prosrc ~* w.table_name OR p.oid IN (SELECT g.tgfoid FROM pg_catalog.pg_trigger AS g
     JOIN pg_catalog.pg_class AS c ON c.relname = $2::text
     JOIN pg_catalog.pg_namespace AS s ON s.oid = c.relnamespace AND s.nspname = $1::text
     WHERE g.tgrelid = c.oid OR g.tgrelid IN (SELECT t.relid FROM pg_catalog.pg_partition_tree(c.oid) AS t)))
 ORDER BY 1)"};

}  // namespace online_migration::catalog
