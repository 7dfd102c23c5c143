// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <online_migration/sql/not_null.hpp>
#include <online_migration/sql/statement.hpp>

/// Questions about a key that is replaced: who refers to it, what it is, and what is missing before contract. The
/// columns that are declared to refer to it come as four arrays: schemas, tables, old columns, new columns.
namespace online_migration::catalog {

/// Foreign keys to a column, but for those of partitions. `$1` schema, `$2` table, `$3` column. Columns: schema, table,
/// constraint, the referring column (NULL where there are several), whether it is valid, whether it sets a default,
/// whether the referring table is partitioned.
inline constexpr statement key_references{"catalog_key_references",
                                          R"(SELECT m.nspname, r.relname, k.conname,
  CASE WHEN pg_catalog.cardinality(k.conkey) = 1 THEN (SELECT b.attname FROM pg_catalog.pg_attribute AS b
    WHERE b.attrelid = k.conrelid AND b.attnum = k.conkey[1]) END,
  k.convalidated, 'd' IN (k.confupdtype, k.confdeltype), r.relkind = 'p'
 FROM pg_catalog.pg_class AS c JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
  JOIN pg_catalog.pg_attribute AS a ON a.attrelid = c.oid AND a.attname = $3::text AND NOT a.attisdropped
  JOIN pg_catalog.pg_constraint AS k ON k.confrelid = c.oid AND k.contype = 'f' AND a.attnum = ANY (k.confkey) AND k.conparentid = 0
  JOIN pg_catalog.pg_class AS r ON r.oid = k.conrelid JOIN pg_catalog.pg_namespace AS m ON m.oid = r.relnamespace
 WHERE n.nspname = $1::text AND c.relname = $2::text ORDER BY 1, 2, 3)"};

/// `$1` schema, `$2` table, `$3` old column, `$4` new column, `$5` the index of the new key, `$6` that of the old one. Columns:
/// whether one of both is the primary key alone, not deferrable; whether the new column is NOT NULL; whether it has its
/// index, the old column its own; what depends on the primary key itself; what else takes numbers from the key's
/// sequence.
inline constexpr auto key_facts_text = detail::join(
    R"(WITH place AS (SELECT c.oid, o.attnum AS old, w.attnum AS new,
   EXISTS (SELECT FROM pg_catalog.pg_attribute AS a WHERE a.attrelid = w.attrelid AND a.attnum = w.attnum AND )",
    detail::is_not_null, R"() AS required
  FROM pg_catalog.pg_class AS c JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
   JOIN pg_catalog.pg_attribute AS o ON o.attrelid = c.oid AND o.attname = $3::text AND NOT o.attisdropped
   LEFT JOIN pg_catalog.pg_attribute AS w ON w.attrelid = c.oid AND w.attname = $4::text AND NOT w.attisdropped
  WHERE n.nspname = $1::text AND c.relname = $2::text
), primary_key AS (SELECT k.oid FROM place AS p JOIN pg_catalog.pg_constraint AS k ON k.conrelid = p.oid AND k.contype = 'p'
   AND NOT k.condeferrable AND (k.conkey = ARRAY[p.old] OR k.conkey = ARRAY[p.new])
), indexes AS (SELECT x.relname, i.indisprimary, i.indkey[0] = p.new AS is_new FROM place AS p
   JOIN pg_catalog.pg_index AS i ON i.indrelid = p.oid JOIN pg_catalog.pg_class AS x ON x.oid = i.indexrelid
  WHERE i.indisunique AND i.indisvalid AND i.indimmediate AND i.indnkeyatts = 1 AND i.indpred IS NULL AND i.indexprs IS NULL
), sequences AS (SELECT s.seqrelid AS oid FROM place AS p JOIN pg_catalog.pg_attrdef AS e ON e.adrelid = p.oid AND e.adnum = p.old
   JOIN pg_catalog.pg_depend AS d ON d.classid = 'pg_catalog.pg_attrdef'::pg_catalog.regclass AND d.objid = e.oid
    AND d.refclassid = 'pg_catalog.pg_class'::pg_catalog.regclass
   JOIN pg_catalog.pg_sequence AS s ON s.seqrelid = d.refobjid)
SELECT EXISTS (SELECT FROM primary_key), p.required,
  EXISTS (SELECT FROM indexes AS i WHERE i.is_new AND (i.indisprimary OR i.relname = $5::text)),
  EXISTS (SELECT FROM indexes AS i WHERE NOT i.is_new AND i.relname = $6::text),
  (SELECT pg_catalog.string_agg(DISTINCT pg_catalog.pg_describe_object('pg_catalog.pg_class'::pg_catalog.regclass, w.ev_class, 0), ', ')
   FROM primary_key AS k JOIN pg_catalog.pg_depend AS d ON d.refclassid = 'pg_catalog.pg_constraint'::pg_catalog.regclass AND d.refobjid = k.oid
    JOIN pg_catalog.pg_rewrite AS w ON d.classid = 'pg_catalog.pg_rewrite'::pg_catalog.regclass AND w.oid = d.objid),
  (SELECT pg_catalog.string_agg(DISTINCT pg_catalog.pg_describe_object('pg_catalog.pg_class'::pg_catalog.regclass, e.adrelid, e.adnum), ', ')
   FROM sequences AS s JOIN pg_catalog.pg_depend AS d ON d.classid = 'pg_catalog.pg_attrdef'::pg_catalog.regclass
     AND d.refclassid = 'pg_catalog.pg_class'::pg_catalog.regclass AND d.refobjid = s.oid
    JOIN pg_catalog.pg_attrdef AS e ON e.oid = d.objid WHERE (e.adrelid, e.adnum) <> (p.oid, p.old))
 FROM place AS p)");
inline constexpr statement key_facts{"catalog_key_facts", key_facts_text.view()};

/// What contract needs beforehand, as statements of the server's own making, in their order: the unique index of the
/// new key, that of the old column, and for each declared column the foreign key to the new key, as its old one is.
/// `$1` schema, `$2` table, `$3` old column, `$4` new column, `$5` index of the new key, `$6` that of the old column,
/// `$7` to `$10` the declared columns. Columns: the relation, the kind (`index`, `constraint`, `validate`), its name,
/// whether it is there (and valid), the statement, and for an index the one that drops what is left of it.
inline constexpr statement key_parts{
    "catalog_key_parts",
    R"(WITH place AS (SELECT c.oid, pg_catalog.format('%I.%I', n.nspname, c.relname) AS name, n.nspname,
   o.attnum AS old, w.attnum AS new
  FROM pg_catalog.pg_class AS c JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
   JOIN pg_catalog.pg_attribute AS o ON o.attrelid = c.oid AND o.attname = $3::text AND NOT o.attisdropped
   JOIN pg_catalog.pg_attribute AS w ON w.attrelid = c.oid AND w.attname = $4::text AND NOT w.attisdropped
  WHERE n.nspname = $1::text AND c.relname = $2::text
), storage AS (SELECT pg_catalog.regexp_replace(pg_catalog.pg_get_indexdef(i.indexrelid), '^.*? USING btree \((?:"(?:[^"]|"")*"|[^")]*)\)', '')
    || COALESCE(' TABLESPACE ' || pg_catalog.quote_ident(s.spcname), '') AS options
  FROM place AS p JOIN pg_catalog.pg_index AS i ON i.indrelid = p.oid AND i.indisprimary
   JOIN pg_catalog.pg_class AS x ON x.oid = i.indexrelid LEFT JOIN pg_catalog.pg_tablespace AS s ON s.oid = x.reltablespace
), wanted AS (SELECT 1 AS number, $5::text AS name, p.new AS attnum, $4::text AS attname FROM place AS p
  UNION ALL SELECT 2, $6::text, p.old, $3::text FROM place AS p
), declared AS (SELECT d.number, r.oid, pg_catalog.format('%I.%I', d.schema, d.name) AS place, o.attnum AS old, w.attnum AS new,
   d.new_column, d.name || '_' || d.new_column || '_fkey' AS long_name
  FROM ROWS FROM (pg_catalog.unnest($7::text[]), pg_catalog.unnest($8::text[]), pg_catalog.unnest($9::text[]), pg_catalog.unnest($10::text[]))
    WITH ORDINALITY AS d (schema, name, old_column, new_column, number)
   JOIN pg_catalog.pg_namespace AS n ON n.nspname = d.schema JOIN pg_catalog.pg_class AS r ON r.relnamespace = n.oid AND r.relname = d.name
   JOIN pg_catalog.pg_attribute AS w ON w.attrelid = r.oid AND w.attname = d.new_column AND NOT w.attisdropped
   LEFT JOIN pg_catalog.pg_attribute AS o ON o.attrelid = r.oid AND o.attname = d.old_column AND NOT o.attisdropped
), keys AS (SELECT d.*, p.name AS target, was.oid AS was, was.confmatchtype, was.confupdtype, was.confdeltype, was.condeferrable, was.condeferred,
   now.conname, now.convalidated,
   pg_catalog.obj_description(was.oid, 'pg_constraint') AS about
  FROM declared AS d CROSS JOIN place AS p
   LEFT JOIN LATERAL (SELECT k.* FROM pg_catalog.pg_constraint AS k WHERE k.conrelid = d.oid AND k.contype = 'f' AND k.confrelid = p.oid
     AND k.conkey = ARRAY[d.old] AND k.confkey = ARRAY[p.old] ORDER BY k.oid LIMIT 1) AS was ON true
   LEFT JOIN LATERAL (SELECT k.* FROM pg_catalog.pg_constraint AS k WHERE k.conrelid = d.oid AND k.contype = 'f' AND k.confrelid = p.oid
     AND k.conkey = ARRAY[d.new] AND k.confkey = ARRAY[p.new] ORDER BY k.oid LIMIT 1) AS now ON true
), actions (code, words) AS (VALUES ('r', 'RESTRICT'), ('c', 'CASCADE'), ('n', 'SET NULL'), ('a', 'NO ACTION')
), parts AS (
  SELECT 1 AS step, w.number::bigint, 'index' AS kind, p.name AS place, w.name,
   EXISTS (SELECT FROM pg_catalog.pg_index AS i JOIN pg_catalog.pg_class AS x ON x.oid = i.indexrelid
    WHERE i.indrelid = p.oid AND i.indisvalid AND i.indisunique AND i.indimmediate AND i.indnkeyatts = 1 AND i.indkey[0] = w.attnum
     AND (x.relname = w.name OR w.number = 1 AND i.indisprimary)) AS there,
   pg_catalog.format('CREATE UNIQUE INDEX CONCURRENTLY %I ON %s USING btree (%I)%s', w.name, p.name, w.attname, s.options) AS statement,
   pg_catalog.format('DROP INDEX CONCURRENTLY IF EXISTS %I.%I', p.nspname, w.name) AS remains
  FROM place AS p, wanted AS w, storage AS s
  UNION ALL SELECT 2, k.number, 'constraint', k.place, k.long_name, k.conname IS NOT NULL OR k.was IS NULL,
   pg_catalog.format('ALTER TABLE %s ADD CONSTRAINT %I FOREIGN KEY (%I) REFERENCES %s (%I)%s ON UPDATE %s ON DELETE %s%s%s NOT VALID', k.place,
    CASE WHEN pg_catalog.octet_length(k.long_name) < 64 THEN k.long_name
     ELSE pg_catalog.substring(k.long_name, 1, 15) || pg_catalog.md5(k.long_name) END,
    k.new_column, k.target, $4::text, CASE k.confmatchtype WHEN 'f' THEN ' MATCH FULL' ELSE '' END,
    (SELECT a.words FROM actions AS a WHERE a.code = k.confupdtype::text), (SELECT a.words FROM actions AS a WHERE a.code = k.confdeltype::text),
    CASE WHEN k.condeferrable THEN ' DEFERRABLE' ELSE '' END, CASE WHEN k.condeferred THEN ' INITIALLY DEFERRED' ELSE '' END), '' FROM keys AS k
  UNION ALL SELECT 3, k.number, 'validate', k.place, k.conname::text, COALESCE(k.convalidated, k.was IS NULL),
   pg_catalog.format('ALTER TABLE %s VALIDATE CONSTRAINT %I', k.place, COALESCE(k.conname, '')), '' FROM keys AS k
)
SELECT place, kind, name, there, statement, remains FROM parts ORDER BY step, number)"};

/// Foreign keys to a new key. `$1` schema, `$2` table, `$3` old column, `$4` new column, `$5` to `$8` the declared columns.
/// Columns: the referring table, constraint, the statement that drops it, whether its column is declared, whether the
/// old column of it still has a foreign key to the old key, whether it is valid, the schema, the first column.
inline constexpr statement new_references{"catalog_new_references",
                                          R"(WITH place AS (SELECT c.oid, o.attnum AS old, w.attnum AS new
  FROM pg_catalog.pg_class AS c JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
   JOIN pg_catalog.pg_attribute AS o ON o.attrelid = c.oid AND o.attname = $3::text AND NOT o.attisdropped
   JOIN pg_catalog.pg_attribute AS w ON w.attrelid = c.oid AND w.attname = $4::text AND NOT w.attisdropped
  WHERE n.nspname = $1::text AND c.relname = $2::text)
SELECT r.relname, k.conname, pg_catalog.format('ALTER TABLE %I.%I DROP CONSTRAINT %I', m.nspname, r.relname, k.conname), d.name IS NOT NULL,
  EXISTS (SELECT FROM pg_catalog.pg_constraint AS w JOIN pg_catalog.pg_attribute AS b ON b.attrelid = w.conrelid AND w.conkey = ARRAY[b.attnum]
   WHERE w.conrelid = k.conrelid AND w.contype = 'f' AND w.confrelid = p.oid AND w.confkey = ARRAY[p.old] AND b.attname = d.old_column),
  k.convalidated, m.nspname, a.attname
 FROM place AS p JOIN pg_catalog.pg_constraint AS k ON k.confrelid = p.oid AND k.contype = 'f' AND p.new = ANY (k.confkey) AND k.conparentid = 0
  JOIN pg_catalog.pg_class AS r ON r.oid = k.conrelid JOIN pg_catalog.pg_namespace AS m ON m.oid = r.relnamespace
  JOIN pg_catalog.pg_attribute AS a ON a.attrelid = k.conrelid AND a.attnum = k.conkey[1]
  LEFT JOIN ROWS FROM (pg_catalog.unnest($5::text[]), pg_catalog.unnest($6::text[]), pg_catalog.unnest($7::text[]), pg_catalog.unnest($8::text[]))
   AS d (schema, name, old_column, new_column)
   ON d.schema = m.nspname AND d.name = r.relname AND d.new_column = a.attname AND pg_catalog.cardinality(k.conkey) = 1
 ORDER BY 1, 2)"};

/// Foreign keys over a column, as the statements that drop them. `$1` schema, `$2` table, `$3` column.
inline constexpr statement foreign_keys_over{
    "catalog_foreign_keys_over",
    R"(SELECT pg_catalog.format('ALTER TABLE %I.%I DROP CONSTRAINT %I', n.nspname, c.relname, k.conname)
 FROM pg_catalog.pg_class AS c JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
  JOIN pg_catalog.pg_attribute AS a ON a.attrelid = c.oid AND a.attname = $3::text AND NOT a.attisdropped
  JOIN pg_catalog.pg_constraint AS k ON k.conrelid = c.oid AND k.contype = 'f' AND a.attnum = ANY (k.conkey) AND k.coninhcount = 0
 WHERE n.nspname = $1::text AND c.relname = $2::text ORDER BY k.conname)"};

/// Triggers of a table whose functions are ours and name a column. `$1` schema, `$2` table, `$3` column, `$4` triggers that do not
/// count, as text[].
inline constexpr statement own_readers{
    "catalog_own_readers",
    R"(SELECT g.tgname FROM pg_catalog.pg_class AS c JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
  JOIN pg_catalog.pg_trigger AS g ON g.tgrelid = c.oid AND g.tgname LIKE '~om\_%' AND g.tgname::text <> ALL ($4::text[])
  JOIN pg_catalog.pg_proc AS p ON p.oid = g.tgfoid
 WHERE n.nspname = $1::text AND c.relname = $2::text
  AND pg_catalog.strpos(p.prosrc, '"' || pg_catalog.replace($3::text, '"', '""') || '"') > 0 ORDER BY 1)"};

}  // namespace online_migration::catalog

namespace online_migration::state {

/// Other migrations that find the rows of a table by its key: those whose run is open or on its way back. `$1` schema, `$2` table,
/// `$3` migration.
inline constexpr statement other_walks{"state_other_walks",
                                       R"(SELECT DISTINCT migration FROM "public"."online_migration_runs"
 WHERE table_schema = $1::text AND table_name = $2::text AND migration <> $3::text
  AND (phase NOT IN ('contracted', 'rolled-back') OR metadata ? 'reviving') ORDER BY 1)"};

/// The newest run of a migration, kept in its phase until the end of the transaction. `$1` migration.
inline constexpr statement share_newest_run{
    "state_share_newest_run",
    R"(SELECT run_id, attempt, fingerprint, phase, safety_net FROM "public"."online_migration_runs"
 WHERE migration = $1::text ORDER BY attempt DESC LIMIT 1 FOR SHARE)"};

}  // namespace online_migration::state
