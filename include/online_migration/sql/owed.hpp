// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <online_migration/sql/statement.hpp>

/// What a column owes to the one that it replaces: privileges, comment, indexes, constraints, statistics, its place
/// in publications. The server reads its own catalog: only it knows what else there is than what was declared.
namespace online_migration::catalog {

/// Whether the old column has anything of its own, or something in the catalog depends on it, that `owed_parts` might
/// tell: asked first, because to plan that one takes the server longer than all else of a short question. No rows where
/// it has nothing. Its default, triggers, views and NOT NULL are no such things. `$1` schema, `$2` table, `$3` old column.
inline constexpr statement may_owe{"catalog_may_owe",
                                   R"(WITH place AS (
  SELECT c.oid FROM pg_catalog.pg_class AS c JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
   WHERE n.nspname = $1::text AND c.relname = $2::text
), places AS (
  SELECT p.oid FROM place AS p UNION SELECT t.relid::oid FROM place AS p, pg_catalog.pg_partition_tree(p.oid) AS t
)
SELECT FROM places AS p JOIN pg_catalog.pg_attribute AS o ON o.attrelid = p.oid AND o.attname = $3::text AND NOT o.attisdropped
 WHERE o.attacl IS NOT NULL OR COALESCE(o.attstattarget, -1) >= 0 OR pg_catalog.col_description(p.oid, o.attnum) IS NOT NULL
  OR EXISTS (SELECT FROM pg_catalog.pg_depend AS d LEFT JOIN pg_catalog.pg_constraint AS k
     ON d.classid = 'pg_catalog.pg_constraint'::pg_catalog.regclass AND k.oid = d.objid
    WHERE d.refclassid = 'pg_catalog.pg_class'::pg_catalog.regclass AND d.refobjid = p.oid AND d.refobjsubid = o.attnum
     AND d.classid NOT IN ('pg_catalog.pg_attrdef'::pg_catalog.regclass, 'pg_catalog.pg_trigger'::pg_catalog.regclass,
      'pg_catalog.pg_rewrite'::pg_catalog.regclass) AND k.contype IS DISTINCT FROM 'n')
 LIMIT 1)"};

/// What the old column has beyond NOT NULL and a default, of the table and of its partitions, each with the statement
/// of the server's own making that gives the new column the same, in the order in which they are to be run. `$1`
/// schema, `$2` table, `$3` old column, `$4` new column, which may not be there yet, `$5` its type, `$6` whether its
/// values are those of the old one. Of a type that is not there nothing can be made, and everything is told.
///
/// A counterpart is over the same columns, the new one in the place of the old one, and does no less. A CHECK, and an
/// index with an expression or a predicate, is the same where its definition is, token by token, but for casts of the
/// new column to its own type, and of constants from varchar to text or to a wider integer. Such a definition is
/// only rewritten where it cannot mean something else: the same values of the same type and collation, text in the
/// place of varchar, or a wider integer under operators that do not depend on the width. A foreign key that would be wider
/// than the key that it refers to is not made: that one is to be widened as well, by `om::replace_key`, and a foreign key
/// to the index of its new column is the counterpart then.
///
/// Columns:
/// 0 kind: `privilege`, `comment`, `statistics target`, `index`, `written index` (with an expression or a predicate),
/// `constraint index` under a `unique constraint`, `foreign key`, `check`, `validation` of one of these two,
/// `exclusion`, `statistics`, `publication`
/// 1 description as the server gives it, with the definition
/// 2 whether the new column has its counterpart, however it came
/// 3 whether the server can say how to make one; the others are for a person
/// 4 that statement; NULL as long as another one has to come first
/// 5 the table or partition that it is on
/// 6 the name of what it makes, or NULL
/// 7 the statement that drops what an interrupted try left of it, or NULL
/// 8 the statement that counts rows in the way of it, or NULL
inline constexpr statement owed_parts{"catalog_owed_parts",
                                      R"(WITH place AS (
  SELECT c.oid FROM pg_catalog.pg_class AS c JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
   WHERE n.nspname = $1::text AND c.relname = $2::text
), places AS (
  SELECT p.oid FROM place AS p UNION SELECT t.relid::oid FROM place AS p, pg_catalog.pg_partition_tree(p.oid) AS t
), type AS (
  SELECT y.oid, CASE WHEN y.typtype = 'd' THEN y.typbasetype ELSE y.oid END AS base, y.typtype, y.typcategory, y.typcollation,
    y.typcollation <> 0 AS collates, pg_catalog.format_type(y.oid, NULL) AS name
   FROM (SELECT pg_catalog.to_regtype($5::text) AS oid) AS w LEFT JOIN pg_catalog.pg_type AS y ON y.oid = w.oid
), fitting AS (
  SELECT t.base AS oid FROM type AS t
  UNION SELECT k.casttarget FROM type AS t JOIN pg_catalog.pg_cast AS k ON k.castsource = t.base
   WHERE k.castmethod = 'b' AND k.castcontext = 'i'
  UNION SELECT 'pg_catalog.anyarray'::pg_catalog.regtype FROM type AS t WHERE t.typcategory = 'A'
  UNION SELECT 'pg_catalog.anyenum'::pg_catalog.regtype FROM type AS t WHERE t.typtype = 'e'
  UNION SELECT 'pg_catalog.anyrange'::pg_catalog.regtype FROM type AS t WHERE t.typtype = 'r'
), columns AS (
  SELECT p.oid AS place, p.oid::pg_catalog.regclass::text AS name, c.relkind, c.relnamespace, o.attnum AS old, o.attacl AS old_acl,
    o.attcollation AS old_collation, CASE WHEN y.typtype = 'd' THEN y.typbasetype ELSE y.oid END AS old_type,
    COALESCE(a.attnum, 0)::smallint AS new, a.attacl AS new_acl, pg_catalog.to_jsonb(o)->>'attstattarget' AS old_target,
    pg_catalog.to_jsonb(a)->>'attstattarget' AS new_target
   FROM places AS p JOIN pg_catalog.pg_class AS c ON c.oid = p.oid
    JOIN pg_catalog.pg_attribute AS o ON o.attrelid = p.oid AND o.attname = $3::text AND NOT o.attisdropped
    JOIN pg_catalog.pg_type AS y ON y.oid = o.atttypid
    LEFT JOIN pg_catalog.pg_attribute AS a ON a.attrelid = p.oid AND a.attname = $4::text AND NOT a.attisdropped
), shapes AS (
  SELECT c.place, c.old, c.new, i.indexrelid AS index, x.relname, x.relkind, x.relispartition, x.relam, i.indisunique, i.indisvalid,
    i.indexprs IS NULL AND i.indpred IS NULL AS plain, i.indisprimary, i.indisexclusion, x.reltablespace AS elsewhere, k.oid AS constraint, k.contype,
    k.condeferrable, k.condeferred, u.keys, u.mapped, u.options, u.usual, u.included, u.also,
    COALESCE((pg_catalog.to_jsonb(i)->>'indnullsnotdistinct')::boolean, false) AS nulls_equal,
    c.old = ANY (i.indkey::smallint[]) OR c.old = ANY (d.columns) AS is_old,
    c.new = ANY (i.indkey::smallint[]) OR c.new = ANY (d.columns) AS is_new
   FROM columns AS c JOIN pg_catalog.pg_index AS i ON i.indrelid = c.place JOIN pg_catalog.pg_class AS x ON x.oid = i.indexrelid
    LEFT JOIN pg_catalog.pg_constraint AS k ON k.conindid = i.indexrelid AND k.conrelid = i.indrelid AND k.contype IN ('p', 'u', 'x')
    CROSS JOIN LATERAL (SELECT
       pg_catalog.array_agg(e.number ORDER BY e.at) FILTER (WHERE e.at <= i.indnkeyatts) AS keys,
       pg_catalog.array_agg(CASE WHEN e.number = c.old THEN c.new ELSE e.number END ORDER BY e.at) FILTER (WHERE e.at <= i.indnkeyatts) AS mapped,
       pg_catalog.array_agg(i.indoption[(e.at - 1)::integer] ORDER BY e.at) FILTER (WHERE e.at <= i.indnkeyatts) AS options,
       pg_catalog.array_agg((SELECT o.opcdefault FROM pg_catalog.pg_opclass AS o WHERE o.oid = i.indclass[(e.at - 1)::integer]) ORDER BY e.at)
         FILTER (WHERE e.at <= i.indnkeyatts) AS usual,
       COALESCE(pg_catalog.array_agg(e.number ORDER BY e.at) FILTER (WHERE e.at > i.indnkeyatts), '{}') AS included,
       COALESCE(pg_catalog.array_agg(CASE WHEN e.number = c.old THEN c.new ELSE e.number END ORDER BY e.at)
         FILTER (WHERE e.at > i.indnkeyatts), '{}') AS also
      FROM pg_catalog.unnest(i.indkey::smallint[]) WITH ORDINALITY AS e (number, at)) AS u
    CROSS JOIN LATERAL (SELECT COALESCE(pg_catalog.array_agg(d.refobjsubid), '{}') AS columns FROM pg_catalog.pg_depend AS d
      WHERE d.classid = 'pg_catalog.pg_class'::pg_catalog.regclass AND d.objid = i.indexrelid
       AND d.refclassid = 'pg_catalog.pg_class'::pg_catalog.regclass AND d.refobjid = c.place AND d.refobjsubid > 0) AS d
), written AS (
  SELECT d.place, d.oid, d.definition, pg_catalog.regexp_replace(pg_catalog.regexp_replace(pg_catalog.replace(r.text,
     pg_catalog.format('(%I)::%s', $4::text, t.name), pg_catalog.quote_ident($4::text)),
     '[(]([0-9]+|''-[0-9]+''::integer|''(?:[^'']|'''')*''::character varying)[)]::(?:integer|bigint|text)', '\1', 'g'),
     '[(](ARRAY\[[^][]*\])[)]::text\[\]', '\1', 'g') AS same,
    r.text, $6::boolean AND NOT EXISTS (SELECT FROM pg_catalog.pg_get_keywords() AS w WHERE w.word = $3::text AND w.catcode = 'U')
     AND c.old_collation = t.typcollation AND (c.old_type = t.base OR (c.old_type, t.base) IN ((1043, 25), (25, 1043))
      OR (c.old_type, t.base) IN ((21, 23), (21, 20), (23, 20)) AND NOT r.by_width) AS keeps
   FROM (SELECT k.conrelid AS place, k.oid, pg_catalog.regexp_replace(pg_catalog.pg_get_constraintdef(k.oid), ' NOT VALID$', '') AS definition
      FROM columns AS c JOIN pg_catalog.pg_constraint AS k ON k.conrelid = c.place AND k.contype = 'c'
     UNION ALL SELECT s.place, s.index, CASE WHEN pg_catalog.starts_with(g.text, h.text) THEN pg_catalog.substr(g.text, pg_catalog.length(h.text) + 1) END
      FROM shapes AS s JOIN pg_catalog.pg_class AS c ON c.oid = s.place JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
       JOIN pg_catalog.pg_am AS m ON m.oid = s.relam CROSS JOIN LATERAL (SELECT pg_catalog.pg_get_indexdef(s.index) AS text) AS g
       CROSS JOIN LATERAL (SELECT pg_catalog.format('CREATE %sINDEX %I ON %s%I.%I USING %I ', CASE WHEN s.indisunique THEN 'UNIQUE ' ELSE '' END,
         s.relname, CASE WHEN s.relkind = 'I' THEN 'ONLY ' ELSE '' END, n.nspname, c.relname, m.amname) AS text) AS h) AS d
    JOIN columns AS c ON c.place = d.place CROSS JOIN type AS t
    CROSS JOIN LATERAL (SELECT pg_catalog.string_agg(CASE WHEN e.token = pg_catalog.quote_ident($3::text) AND e.before NOT IN ('.', '::') AND e.after <> '('
         THEN pg_catalog.quote_ident($4::text) ELSE e.token END, '' ORDER BY e.at) AS text,
       pg_catalog.bool_or(e.token IN ('~', '#', '&', '|') OR e.token IN ('<', '>') AND e.before = e.token
         OR e.token = '(' AND e.before ~ '^[[:alnum:]_"]' OR e.before = '::' AND e.token = 'bit') AS by_width
      FROM (SELECT m.found[1] AS token, m.at, COALESCE(pg_catalog.lag(m.found[1]) OVER (ORDER BY m.at), '') AS before,
         COALESCE(pg_catalog.lead(m.found[1]) OVER (ORDER BY m.at), '') AS after
        FROM pg_catalog.regexp_matches(d.definition, $re$('(?:[^']|'')*'|"(?:[^"]|"")*"|::|[[:alnum:]_$]+|.)$re$, 'g') WITH ORDINALITY AS m (found, at)) AS e) AS r
), named AS (
  SELECT s.*, CASE WHEN NOT EXISTS (SELECT FROM pg_catalog.pg_class AS x JOIN columns AS c ON c.relnamespace = x.relnamespace
      WHERE c.place = s.place AND x.relname = s.wanted AND x.oid NOT IN (SELECT l.index FROM shapes AS l
        WHERE l.place = s.place AND NOT l.indisvalid AND l.keys = s.mapped AND l.relam = s.relam))
    THEN s.wanted ELSE 'om_along_' || pg_catalog.md5(s.relname) END AS made
   FROM (SELECT s.*, CASE WHEN n.renamed <> s.relname AND pg_catalog.octet_length(n.renamed) < 64 THEN n.renamed
      WHEN pg_catalog.octet_length(s.relname || '_' || $4::text) < 64 THEN s.relname || '_' || $4::text
      ELSE 'om_along_' || pg_catalog.md5(s.relname) END AS wanted
    FROM shapes AS s, LATERAL (SELECT pg_catalog.regexp_replace(s.relname,
      '(^|_)' || pg_catalog.regexp_replace($3::text, '([^[:alnum:]_])', '\\\1', 'g') || '(?=_|$)',
      '\1' || pg_catalog.replace($4::text, '\', '\\'), 'g') AS renamed) AS n WHERE s.is_old AND NOT s.indisprimary) AS s
), indexes AS (
  SELECT s.*, j.index AS other, j.relname AS other_name, p.texts, pg_catalog.array_to_string(p.texts, ', ') AS list,
    p.plain_list, NOT s.indisexclusion AND CASE WHEN s.plain THEN p.fits ELSE w.keeps AND s.elsewhere = 0 END AS mechanical,
    w.text AS renamed, w.definition,
    CASE WHEN s.included = '{}' THEN '' ELSE pg_catalog.format(' INCLUDE (%s)', (SELECT pg_catalog.string_agg(
      pg_catalog.quote_ident(CASE WHEN e.number = s.old THEN $4::text ELSE a.attname::text END), ', ' ORDER BY e.at)
      FROM pg_catalog.unnest(s.included) WITH ORDINALITY AS e (number, at)
       JOIN pg_catalog.pg_attribute AS a ON a.attrelid = s.place AND a.attnum = e.number)) END
     || CASE WHEN s.nulls_equal THEN ' NULLS NOT DISTINCT' ELSE '' END
     || COALESCE((SELECT pg_catalog.format(' WITH (%s)', pg_catalog.string_agg(pg_catalog.format('%I = %L',
        pg_catalog.split_part(o.option, '=', 1), pg_catalog.substr(o.option, pg_catalog.strpos(o.option, '=') + 1)), ', '))
       FROM pg_catalog.pg_class AS x, pg_catalog.unnest(x.reloptions) AS o (option) WHERE x.oid = s.index HAVING pg_catalog.count(*) > 0), '')
     || COALESCE((SELECT pg_catalog.format(' TABLESPACE %I', t.spcname) FROM pg_catalog.pg_class AS x
       JOIN pg_catalog.pg_tablespace AS t ON t.oid = x.reltablespace WHERE x.oid = s.index), '') AS tail
   FROM named AS s JOIN written AS w ON w.oid = s.index
    LEFT JOIN LATERAL (SELECT j.index, j.relname FROM shapes AS j WHERE j.place = s.place AND j.is_new AND NOT j.is_old
       AND (j.indisvalid OR s.relkind = 'I') AND j.relam = s.relam AND (j.indisunique OR NOT s.indisunique)
       AND (j.indisexclusion = s.indisexclusion) AND j.plain = s.plain
       AND CASE WHEN s.plain THEN j.keys = s.mapped AND j.options = s.options AND j.usual = s.usual AND s.also <@ (j.included || j.keys)
          AND (j.nulls_equal OR NOT s.nulls_equal OR NOT s.indisunique)
         ELSE w.same = (SELECT v.same FROM written AS v WHERE v.oid = j.index) END
      ORDER BY j.constraint IS NULL, j.relname LIMIT 1) AS j ON true
    CROSS JOIN LATERAL (SELECT pg_catalog.bool_and(e.fits) AS fits, pg_catalog.array_agg(e.text ORDER BY e.at) AS texts,
       pg_catalog.string_agg(e.column, ', ' ORDER BY e.at) AS plain_list FROM (
      SELECT k.at, q.column, pg_catalog.format('%s%s%s%s', q.column,
         CASE WHEN i.indcollation[(k.at - 1)::integer] IN (0, a.attcollation) THEN '' ELSE (SELECT pg_catalog.format(' COLLATE %I.%I',
           n.nspname, l.collname) FROM pg_catalog.pg_collation AS l JOIN pg_catalog.pg_namespace AS n ON n.oid = l.collnamespace
           WHERE l.oid = i.indcollation[(k.at - 1)::integer]) END,
         CASE WHEN k.number = s.old AND o.opcdefault AND c.old_type <> t.base THEN ''
          ELSE pg_catalog.format(' %I.%I', m.nspname, o.opcname) END,
         CASE s.options[k.at::integer] WHEN 1 THEN ' DESC NULLS LAST' WHEN 2 THEN ' NULLS FIRST' WHEN 3 THEN ' DESC' ELSE '' END) AS text,
        NOT EXISTS (SELECT FROM pg_catalog.pg_attribute AS b WHERE b.attrelid = s.index AND b.attoptions IS NOT NULL)
         AND (k.number <> s.old OR c.old_type = t.base
          OR (t.collates OR i.indcollation[(k.at - 1)::integer] IN (0, a.attcollation))
           AND CASE WHEN o.opcdefault THEN EXISTS (SELECT FROM pg_catalog.pg_opclass AS d
              WHERE d.opcmethod = o.opcmethod AND d.opcdefault AND d.opcintype IN (SELECT f.oid FROM fitting AS f))
            ELSE o.opcintype IN (SELECT f.oid FROM fitting AS f) END) AS fits
       FROM pg_catalog.unnest(s.keys) WITH ORDINALITY AS k (number, at)
        JOIN pg_catalog.pg_attribute AS a ON a.attrelid = s.place AND a.attnum = k.number
        JOIN pg_catalog.pg_index AS i ON i.indexrelid = s.index JOIN columns AS c ON c.place = s.place CROSS JOIN type AS t
        JOIN pg_catalog.pg_opclass AS o ON o.oid = i.indclass[(k.at - 1)::integer]
        JOIN pg_catalog.pg_namespace AS m ON m.oid = o.opcnamespace
        CROSS JOIN LATERAL (SELECT pg_catalog.quote_ident(CASE WHEN k.number = s.old THEN $4::text ELSE a.attname::text END) AS column) AS q
       ) AS e) AS p
), keys AS (
  SELECT c.place, c.name AS place_name, c.relkind, k.oid, k.conname, k.convalidated, k.conparentid, m.mapped, m.list, f.oid AS other,
    f.conname AS other_name, COALESCE(f.convalidated, false) AS other_valid, d.text AS definition,
    pg_catalog.format('FOREIGN KEY (%s)', m.old_list) AS prefix, k.confrelid::pg_catalog.regclass::text AS referenced, m.looks, m.given,
    m.fits AND pg_catalog.to_jsonb(k)->>'confdelsetcols' IS NULL AS fits,
    CASE WHEN EXISTS (SELECT FROM pg_catalog.pg_constraint AS x WHERE x.conrelid = c.place AND x.conname = n.wanted)
     THEN 'om_along_' || pg_catalog.md5(k.conname) ELSE n.wanted END AS made
   FROM columns AS c JOIN pg_catalog.pg_constraint AS k ON k.conrelid = c.place AND k.contype = 'f' AND c.old = ANY (k.conkey)
    LEFT JOIN pg_catalog.pg_constraint AS r ON r.oid = k.conparentid
    CROSS JOIN LATERAL (SELECT pg_catalog.pg_get_constraintdef(k.oid) AS text) AS d
    CROSS JOIN LATERAL (SELECT CASE WHEN w.renamed <> k.conname AND pg_catalog.octet_length(w.renamed) < 64 THEN w.renamed
      WHEN pg_catalog.octet_length(k.conname || '_' || $4::text) < 64 THEN k.conname || '_' || $4::text
      ELSE 'om_along_' || pg_catalog.md5(k.conname) END AS wanted
     FROM (SELECT pg_catalog.regexp_replace(k.conname,
      '(^|_)' || pg_catalog.regexp_replace($3::text, '([^[:alnum:]_])', '\\\1', 'g') || '(?=_|$)',
      '\1' || pg_catalog.replace($4::text, '\', '\\'), 'g') AS renamed) AS w) AS n
    CROSS JOIN LATERAL (SELECT pg_catalog.array_agg(CASE WHEN e.number = c.old THEN c.new ELSE e.number END ORDER BY e.at) AS mapped,
       pg_catalog.string_agg(q.column, ', ' ORDER BY e.at) AS list,
       pg_catalog.string_agg(pg_catalog.quote_ident(a.attname), ', ' ORDER BY e.at) AS old_list,
       pg_catalog.string_agg(pg_catalog.format('t.%s IS NOT NULL', q.column), ' AND ' ORDER BY e.at) AS given,
       pg_catalog.string_agg(CASE WHEN p.oid IS NOT NULL THEN pg_catalog.format('o.%I OPERATOR(%I.%s) t.%s', b.attname, s.nspname, p.oprname, q.column) END, ' AND '
         ORDER BY e.at) AS looks,
       pg_catalog.bool_and(p.oid IS NOT NULL AND NOT (e.number = c.old AND t.base IN ('pg_catalog.int4'::pg_catalog.regtype, 'pg_catalog.int8'::pg_catalog.regtype)
        AND b.atttypid IN ('pg_catalog.int2'::pg_catalog.regtype, 'pg_catalog.int4'::pg_catalog.regtype) AND b.atttypid <> t.base)) AS fits
      FROM ROWS FROM (pg_catalog.unnest(k.conkey), pg_catalog.unnest(k.confkey), pg_catalog.unnest(k.conpfeqop)) WITH ORDINALITY AS e (number, referenced, operator, at)
       JOIN pg_catalog.pg_attribute AS a ON a.attrelid = k.conrelid AND a.attnum = e.number
       JOIN pg_catalog.pg_attribute AS b ON b.attrelid = k.confrelid AND b.attnum = e.referenced
       CROSS JOIN type AS t
       CROSS JOIN LATERAL (SELECT pg_catalog.quote_ident(CASE WHEN e.number = c.old THEN $4::text ELSE a.attname::text END) AS column) AS q
       LEFT JOIN pg_catalog.pg_operator AS p ON p.oid = CASE WHEN e.number <> c.old OR c.old_type = t.base THEN e.operator
        ELSE (SELECT o.amopopr FROM pg_catalog.pg_amop AS g JOIN pg_catalog.pg_amop AS o ON o.amopfamily = g.amopfamily
          AND o.amopmethod = g.amopmethod AND o.amopstrategy = g.amopstrategy AND o.amoplefttype = g.amoplefttype
          WHERE g.amopopr = e.operator AND g.amopmethod = (SELECT h.oid FROM pg_catalog.pg_am AS h WHERE h.amname = 'btree')
           AND o.amoprighttype IN (SELECT y.oid FROM fitting AS y) ORDER BY o.amoprighttype <> t.base LIMIT 1) END
       LEFT JOIN pg_catalog.pg_namespace AS s ON s.oid = p.oprnamespace) AS m
    LEFT JOIN LATERAL (SELECT f.oid, f.conname, f.convalidated FROM pg_catalog.pg_constraint AS f WHERE f.conrelid = c.place
       AND f.contype = 'f' AND f.confrelid = k.confrelid AND f.conkey = m.mapped
       AND (f.confkey = k.confkey OR pg_catalog.cardinality(k.conkey) = 1 AND EXISTS (SELECT FROM pg_catalog.pg_class AS x
        WHERE x.oid = f.conindid AND x.relname LIKE 'om\_key\_%'))
       AND (f.confupdtype, f.confdeltype, f.confmatchtype) = (k.confupdtype, k.confdeltype, k.confmatchtype)
      ORDER BY f.convalidated DESC, f.conname LIMIT 1) AS f ON true
   WHERE k.conparentid = 0 OR c.relkind = 'r' AND r.conrelid <> k.conrelid
), checks AS (
  SELECT c.place, c.name AS place_name, k.oid, k.conname, k.convalidated, w.definition, w.text AS renamed, w.keeps, f.conname AS other_name,
    COALESCE(f.convalidated, false) AS other_valid, CASE WHEN EXISTS (SELECT FROM pg_catalog.pg_constraint AS x
       WHERE x.conrelid = c.place AND x.conname = n.wanted) THEN 'om_along_' || pg_catalog.md5(k.conname) ELSE n.wanted END AS made
   FROM columns AS c JOIN pg_catalog.pg_constraint AS k ON k.conrelid = c.place AND k.contype = 'c' AND c.old = ANY (k.conkey)
     AND k.coninhcount = 0 AND k.conname NOT LIKE 'om\_not\_null%'
    JOIN written AS w ON w.oid = k.oid
    CROSS JOIN LATERAL (SELECT CASE WHEN m.renamed <> k.conname AND pg_catalog.octet_length(m.renamed) < 64 THEN m.renamed
      WHEN pg_catalog.octet_length(k.conname || '_' || $4::text) < 64 THEN k.conname || '_' || $4::text
      ELSE 'om_along_' || pg_catalog.md5(k.conname) END AS wanted
     FROM (SELECT pg_catalog.regexp_replace(k.conname,
      '(^|_)' || pg_catalog.regexp_replace($3::text, '([^[:alnum:]_])', '\\\1', 'g') || '(?=_|$)',
      '\1' || pg_catalog.replace($4::text, '\', '\\'), 'g') AS renamed) AS m) AS n
    LEFT JOIN LATERAL (SELECT f.conname, f.convalidated FROM pg_catalog.pg_constraint AS f JOIN written AS v ON v.oid = f.oid
      WHERE f.conrelid = c.place AND f.contype = 'c' AND f.oid <> k.oid AND NOT c.old = ANY (f.conkey) AND v.same = w.same
      ORDER BY f.convalidated DESC, f.conname LIMIT 1) AS f ON true
), parts AS (
  SELECT 1 AS step, 'privilege' AS kind, pg_catalog.format('privilege %s on the column, of %s', g.privilege_type,
     CASE WHEN g.grantee = 0 THEN 'PUBLIC' ELSE pg_catalog.format('role %I', pg_catalog.pg_get_userbyid(g.grantee)) END) AS description,
    EXISTS (SELECT FROM pg_catalog.aclexplode(c.new_acl) AS n WHERE n.grantee = g.grantee AND n.privilege_type = g.privilege_type
     AND (n.is_grantable OR NOT g.is_grantable)) AS there, true AS mechanical,
    pg_catalog.format('GRANT %s (%I) ON TABLE %s TO %s%s', g.privilege_type, $4::text, c.name, CASE WHEN g.grantee = 0 THEN 'PUBLIC'
      ELSE pg_catalog.quote_ident(pg_catalog.pg_get_userbyid(g.grantee)) END, CASE WHEN g.is_grantable THEN ' WITH GRANT OPTION' ELSE '' END) AS statement,
    c.name AS place, NULL::text AS made, NULL::text AS leftover, NULL::text AS look
   FROM columns AS c, pg_catalog.aclexplode(c.old_acl) AS g
  UNION ALL SELECT 2, 'comment', pg_catalog.format('comment on the column of %s', c.name), pg_catalog.col_description(c.place, c.new) IS NOT NULL, true,
    pg_catalog.format('COMMENT ON COLUMN %s.%I IS %L', c.name, $4::text, pg_catalog.col_description(c.place, c.old)), c.name, NULL, NULL, NULL
   FROM columns AS c WHERE pg_catalog.col_description(c.place, c.old) IS NOT NULL
  UNION ALL SELECT 2, 'statistics target', pg_catalog.format('statistics target %s of the column of %s', c.old_target, c.name),
    c.new_target IS NOT DISTINCT FROM c.old_target, true,
    pg_catalog.format('ALTER TABLE %s ALTER COLUMN %I SET STATISTICS %s', c.name, $4::text, c.old_target), c.name, NULL, NULL, NULL
   FROM columns AS c WHERE c.old_target::integer >= 0
  UNION ALL SELECT CASE WHEN i.relkind = 'I' THEN 8 ELSE 3 END, CASE WHEN i.contype = 'u' THEN 'constraint index' WHEN i.plain THEN 'index' ELSE 'written index' END,
    pg_catalog.format('%s (%sUSING %I %s)', pg_catalog.pg_describe_object('pg_catalog.pg_class'::pg_catalog.regclass, i.index, 0),
     CASE WHEN i.indisunique THEN 'UNIQUE ' ELSE '' END, m.amname, i.definition), i.other IS NOT NULL, i.mechanical,
    pg_catalog.format('CREATE %sINDEX %s%I ON %s USING %I %s', CASE WHEN i.indisunique THEN 'UNIQUE ' ELSE '' END,
     CASE WHEN i.relkind = 'I' THEN '' ELSE 'CONCURRENTLY ' END, i.made, c.name, m.amname,
     CASE WHEN i.plain THEN pg_catalog.format('(%s)%s', i.list, i.tail) ELSE i.renamed END), c.name, i.made,
    CASE WHEN i.relkind = 'i' THEN pg_catalog.format('DROP INDEX CONCURRENTLY IF EXISTS %I.%I', n.nspname, i.made) END, NULL
   FROM indexes AS i JOIN columns AS c ON c.place = i.place JOIN pg_catalog.pg_am AS m ON m.oid = i.relam
    JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
   WHERE NOT i.indisexclusion AND (i.relkind = 'i' OR NOT i.relispartition AND i.contype IS NULL)
  UNION ALL SELECT CASE WHEN i.relkind = 'I' THEN 9 ELSE 4 END, 'unique constraint',
    pg_catalog.format('%s (%s)', pg_catalog.pg_describe_object('pg_catalog.pg_constraint'::pg_catalog.regclass, i.constraint, 0),
     pg_catalog.pg_get_constraintdef(i.constraint)), o.index IS NOT NULL, i.mechanical,
    CASE WHEN i.relkind = 'I' THEN pg_catalog.format('ALTER TABLE %s ADD CONSTRAINT %I UNIQUE%s (%s)%s%s', c.name, i.made,
       CASE WHEN i.nulls_equal THEN ' NULLS NOT DISTINCT' ELSE '' END, i.plain_list, pg_catalog.replace(i.tail, ' NULLS NOT DISTINCT', ''), d.text)
     WHEN i.other IS NOT NULL THEN pg_catalog.format('ALTER TABLE %s ADD CONSTRAINT %I UNIQUE USING INDEX %I%s', c.name, i.other_name, i.other_name, d.text) END,
    c.name, CASE WHEN i.relkind = 'I' THEN i.made ELSE i.other_name::text END, NULL, NULL
   FROM indexes AS i JOIN columns AS c ON c.place = i.place
    CROSS JOIN LATERAL (SELECT CASE WHEN i.condeferrable THEN ' DEFERRABLE' ELSE '' END
      || CASE WHEN i.condeferred THEN ' INITIALLY DEFERRED' ELSE '' END AS text) AS d
    LEFT JOIN LATERAL (SELECT s.index FROM shapes AS s WHERE s.place = i.place AND s.contype IN ('u', 'p') AND s.keys = i.mapped LIMIT 1) AS o ON true
   WHERE i.contype = 'u' AND (i.relkind = 'i' OR NOT i.relispartition)
  UNION ALL SELECT CASE WHEN k.relkind = 'p' THEN 10 ELSE 5 END, 'foreign key',
    pg_catalog.format('%s (%s)', pg_catalog.pg_describe_object('pg_catalog.pg_constraint'::pg_catalog.regclass, k.oid, 0), pg_catalog.regexp_replace(k.definition, ' NOT VALID$', '')),
    k.other IS NOT NULL,
    k.fits AND pg_catalog.starts_with(k.definition, k.prefix), pg_catalog.format('ALTER TABLE %s ADD CONSTRAINT %I FOREIGN KEY (%s)%s%s',
     k.place_name, k.made, k.list, pg_catalog.regexp_replace(pg_catalog.substr(k.definition, pg_catalog.length(k.prefix) + 1), ' NOT VALID$', ''),
     CASE WHEN k.relkind = 'p' THEN '' ELSE ' NOT VALID' END), k.place_name, k.made, NULL,
    CASE WHEN k.relkind <> 'p' THEN pg_catalog.format('SELECT pg_catalog.count(*) FROM %s AS t WHERE %s AND NOT EXISTS (SELECT FROM %s AS o WHERE %s)',
     k.place_name, k.given, k.referenced, k.looks) END
   FROM keys AS k
  UNION ALL SELECT 6, 'validation', pg_catalog.pg_describe_object('pg_catalog.pg_constraint'::pg_catalog.regclass, k.oid, 0) || ', validated',
    k.other_valid, k.fits AND pg_catalog.starts_with(k.definition, k.prefix),
    CASE WHEN k.other IS NOT NULL THEN pg_catalog.format('ALTER TABLE %s VALIDATE CONSTRAINT %I', k.place_name, k.other_name) END, k.place_name, NULL, NULL, NULL
   FROM keys AS k WHERE k.convalidated AND k.relkind <> 'p'
  UNION ALL SELECT 7, 'check', pg_catalog.format('%s (%s)', pg_catalog.pg_describe_object('pg_catalog.pg_constraint'::pg_catalog.regclass, k.oid, 0), k.definition),
    k.other_name IS NOT NULL, k.keeps AND k.definition !~ ' ENFORCED$', pg_catalog.format('ALTER TABLE %s ADD CONSTRAINT %I %s NOT VALID', k.place_name, k.made, k.renamed),
    k.place_name, k.made, NULL, NULL FROM checks AS k
  UNION ALL SELECT 8, 'validation', pg_catalog.pg_describe_object('pg_catalog.pg_constraint'::pg_catalog.regclass, k.oid, 0) || ', validated',
    k.other_valid, k.keeps, CASE WHEN k.other_name IS NOT NULL THEN pg_catalog.format('ALTER TABLE %s VALIDATE CONSTRAINT %I', k.place_name, k.other_name) END,
    k.place_name, NULL, NULL, NULL FROM checks AS k WHERE k.convalidated
  UNION ALL SELECT 11, 'exclusion', pg_catalog.pg_describe_object('pg_catalog.pg_class'::pg_catalog.regclass, i.index, 0), i.other IS NOT NULL,
    false, NULL, NULL, NULL, NULL, NULL FROM indexes AS i WHERE i.indisexclusion
  UNION ALL SELECT 11, 'statistics', pg_catalog.format('%s (%s)', pg_catalog.pg_describe_object('pg_catalog.pg_statistic_ext'::pg_catalog.regclass, s.oid, 0),
     pg_catalog.pg_get_statisticsobjdef(s.oid)), EXISTS (SELECT FROM pg_catalog.pg_statistic_ext AS t WHERE t.stxrelid = c.place AND c.new = ANY (t.stxkeys::smallint[])),
    false, NULL, NULL, NULL, NULL, NULL
   FROM columns AS c JOIN pg_catalog.pg_statistic_ext AS s ON s.stxrelid = c.place AND c.old = ANY (s.stxkeys::smallint[])
  UNION ALL SELECT 11, 'publication', pg_catalog.format('the column list of publication %I', b.pubname),
    COALESCE(pg_catalog.to_jsonb(r)->'prattrs' @> pg_catalog.to_jsonb(c.new), false), false, NULL, NULL, NULL, NULL, NULL
   FROM columns AS c JOIN pg_catalog.pg_publication_rel AS r ON r.prrelid = c.place
    JOIN pg_catalog.pg_publication AS b ON b.oid = r.prpubid WHERE pg_catalog.to_jsonb(r)->'prattrs' @> pg_catalog.to_jsonb(c.old)
)
SELECT kind, description, there, COALESCE(mechanical, false), statement, place, made, leftover, look FROM parts
 ORDER BY step, place COLLATE "C", description COLLATE "C")"};

}  // namespace online_migration::catalog
