// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <online_migration/sql/statement.hpp>

/// What a column that takes the place of another one owes it. The server reads its own catalog: only it knows what else
/// there is than what was declared.
namespace online_migration::catalog {

/// What a new column gets from the one it replaces without anybody noticing: the rights that were granted on the column
/// alone, without which a role could write the old one and not the new one, its comment, and its statistics target.
/// `$1` schema, `$2` table, `$3` old column, `$4` new column, `$5` whether the rights. Columns: the statement, of the
/// server's own making.
inline constexpr statement carried_over{"catalog_carried_over",
                                        R"(WITH old AS (SELECT c.oid, a.attnum, a.attacl,
   pg_catalog.to_jsonb(a)->>'attstattarget' AS target, pg_catalog.format('%I.%I', n.nspname, c.relname) AS place
  FROM pg_catalog.pg_attribute AS a JOIN pg_catalog.pg_class AS c ON c.oid = a.attrelid
   JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
  WHERE n.nspname = $1::text AND c.relname = $2::text AND a.attname = $3::text)
SELECT pg_catalog.format('GRANT %s (%I) ON %s TO %s%s', g.privilege_type, $4::text, o.place,
   CASE WHEN g.grantee = 0 THEN 'PUBLIC' ELSE pg_catalog.quote_ident(pg_catalog.pg_get_userbyid(g.grantee)) END,
   CASE WHEN g.is_grantable THEN ' WITH GRANT OPTION' ELSE '' END) AS text
 FROM old AS o, pg_catalog.aclexplode(o.attacl) AS g WHERE $5::boolean
UNION SELECT pg_catalog.format('COMMENT ON COLUMN %s.%I IS %L', o.place, $4::text, pg_catalog.col_description(o.oid, o.attnum))
 FROM old AS o WHERE pg_catalog.col_description(o.oid, o.attnum) IS NOT NULL
UNION SELECT pg_catalog.format('ALTER TABLE %s ALTER COLUMN %I SET STATISTICS %s', o.place, $4::text, o.target)
 FROM old AS o WHERE o.target::integer >= 0
ORDER BY text)"};

/// What an old column has and the one that replaces it has not: constraints and indexes over it, rights, extended
/// statistics, its place in the column lists of publications. A counterpart is the same definition with the new name in
/// the place of the old one, valid where the old one is; of a foreign key also one to the new key of a table whose key
/// is replaced. Of no column that is not there yet there is one. What stands in
/// the way of contract itself is not told again. `$1` schema, `$2` table, `$3` old column, `$4` new column. Columns: the
/// description.
inline constexpr statement left_behind{
    "catalog_left_behind",
    R"(WITH place AS (SELECT c.oid, o.attnum AS old, w.attnum AS new, o.attacl AS rights,
   w.attacl AS new_rights
  FROM pg_catalog.pg_class AS c JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
   JOIN pg_catalog.pg_attribute AS o ON o.attrelid = c.oid AND o.attname = $3::text AND NOT o.attisdropped
   LEFT JOIN pg_catalog.pg_attribute AS w ON w.attrelid = c.oid AND w.attname = $4::text AND NOT w.attisdropped
  WHERE n.nspname = $1::text AND c.relname = $2::text
), names AS (SELECT CASE WHEN pg_catalog.quote_ident($3::text) = $3::text
   THEN '\m' || pg_catalog.replace($3::text, '$', '\$') || '\M'
   ELSE pg_catalog.regexp_replace(pg_catalog.quote_ident($3::text), '([^[:alnum:]])', '\\\1', 'g') END AS old,
  pg_catalog.replace(pg_catalog.quote_ident($4::text), '\', '\\') AS new
), indexes AS (SELECT i.indexrelid, i.indisunique, i.indisvalid, i.indisprimary,
   pg_catalog.regexp_replace(pg_catalog.pg_get_indexdef(i.indexrelid), '^.*? USING ', 'USING ') AS definition,
   p.old = ANY (i.indkey) OR EXISTS (SELECT FROM pg_catalog.pg_depend AS d
     WHERE d.classid = 'pg_catalog.pg_class'::pg_catalog.regclass AND d.objid = i.indexrelid
      AND d.refclassid = 'pg_catalog.pg_class'::pg_catalog.regclass AND d.refobjid = p.oid AND d.refobjsubid = p.old) AS is_old,
   EXISTS (SELECT FROM pg_catalog.pg_constraint AS k WHERE k.conindid = i.indexrelid AND k.contype IN ('p', 'x')) AS is_told
  FROM place AS p JOIN pg_catalog.pg_index AS i ON i.indrelid = p.oid
), constraints AS (SELECT k.oid, k.contype, k.convalidated,
   pg_catalog.regexp_replace(pg_catalog.pg_get_constraintdef(k.oid), ' NOT VALID$', '') AS definition,
   p.old = ANY (k.conkey) AS is_old
  FROM place AS p JOIN pg_catalog.pg_constraint AS k ON k.conrelid = p.oid WHERE k.contype IN ('c', 'f') AND k.conparentid = 0
), found AS (
  SELECT pg_catalog.format('%s (%s)', pg_catalog.pg_describe_object('pg_catalog.pg_class'::pg_catalog.regclass, i.indexrelid, 0),
    CASE WHEN i.indisunique THEN 'UNIQUE ' ELSE '' END || i.definition) AS description
   FROM indexes AS i, names AS a WHERE i.is_old AND i.indisvalid AND NOT i.is_told
    AND NOT EXISTS (SELECT FROM indexes AS j WHERE j.indisvalid AND (j.indisunique OR NOT i.indisunique)
      AND j.indexrelid <> i.indexrelid AND j.definition = pg_catalog.regexp_replace(i.definition, a.old, a.new, 'g'))
  UNION ALL SELECT pg_catalog.format('%s (%s)', pg_catalog.pg_describe_object('pg_catalog.pg_constraint'::pg_catalog.regclass, k.oid, 0),
    k.definition)
   FROM constraints AS k, names AS a WHERE k.is_old
    AND NOT EXISTS (SELECT FROM constraints AS j WHERE j.contype = k.contype AND (j.convalidated OR NOT k.convalidated)
      AND j.oid <> k.oid AND j.definition = pg_catalog.regexp_replace(k.definition, a.old, a.new, 'g'))
    AND NOT EXISTS (SELECT FROM place AS p JOIN pg_catalog.pg_constraint AS was ON was.oid = k.oid
     JOIN pg_catalog.pg_constraint AS now ON now.conrelid = p.oid AND now.contype = 'f' AND now.convalidated AND now.confrelid = was.confrelid
      AND was.conkey = ARRAY[p.old] AND now.conkey = ARRAY[p.new] AND now.confdeltype = was.confdeltype AND now.confupdtype = was.confupdtype
     JOIN pg_catalog.pg_class AS x ON x.oid = now.conindid AND x.relname LIKE 'om\_key\_%')
  UNION ALL SELECT pg_catalog.format('%s for %s', g.privilege_type,
    CASE WHEN g.grantee = 0 THEN 'PUBLIC' ELSE pg_catalog.quote_ident(pg_catalog.pg_get_userbyid(g.grantee)) END)
   FROM place AS p, pg_catalog.aclexplode(p.rights) AS g WHERE p.new IS NOT NULL
    AND NOT EXISTS (SELECT FROM pg_catalog.aclexplode(p.new_rights) AS h WHERE h.grantee = g.grantee
      AND h.privilege_type = g.privilege_type AND (h.is_grantable OR NOT g.is_grantable))
  UNION ALL SELECT pg_catalog.format('%s (%s)', pg_catalog.pg_describe_object('pg_catalog.pg_statistic_ext'::pg_catalog.regclass, s.oid, 0),
    pg_catalog.pg_get_statisticsobjdef(s.oid))
   FROM place AS p JOIN pg_catalog.pg_statistic_ext AS s ON s.stxrelid = p.oid AND p.old = ANY (s.stxkeys)
   WHERE NOT EXISTS (SELECT FROM pg_catalog.pg_statistic_ext AS z WHERE z.stxrelid = p.oid AND p.new = ANY (z.stxkeys))
  UNION ALL SELECT pg_catalog.format('the column list of publication %I', b.pubname)
   FROM place AS p JOIN pg_catalog.pg_publication_rel AS r ON r.prrelid = p.oid
    JOIN pg_catalog.pg_publication AS b ON b.oid = r.prpubid
   WHERE pg_catalog.to_jsonb(r)->'prattrs' @> pg_catalog.to_jsonb(p.old)
    AND NOT COALESCE(pg_catalog.to_jsonb(r)->'prattrs' @> pg_catalog.to_jsonb(p.new), false)
)
SELECT DISTINCT description FROM found ORDER BY 1)"};

}  // namespace online_migration::catalog
