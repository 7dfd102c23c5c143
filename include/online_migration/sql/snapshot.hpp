// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <online_migration/sql/not_null.hpp>
#include <online_migration/sql/statement.hpp>

namespace online_migration::catalog {

/// The columns and keys of all tables of some schemas, in one statement and so of one moment. `$1` the schemas as
/// text[]. Columns: `column` or `key`, schema, table, index of the key, position, column, type, not null, has a
/// default. A key is a unique index that a walk could follow: as in `unique_keys`. Partitions, temporary tables and
/// the library's own are left out.
inline constexpr auto schema_snapshot_text = detail::join(
    R"(WITH tables AS (
  SELECT c.oid, n.nspname, c.relname FROM pg_catalog.pg_class AS c JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
  WHERE n.nspname = ANY ($1::text[]) AND c.relkind IN ('r', 'p') AND NOT c.relispartition AND c.relpersistence <> 't'
    AND c.relname NOT LIKE 'online\_migration\_%'),
keys AS (
  SELECT t.nspname, t.relname, NOT i.indisprimary AS is_other, x.relname AS index, k.position, a.attname
  FROM tables AS t JOIN pg_catalog.pg_index AS i ON i.indrelid = t.oid JOIN pg_catalog.pg_class AS x ON x.oid = i.indexrelid
    CROSS JOIN pg_catalog.unnest(i.indkey::smallint[]) WITH ORDINALITY AS k (number, position)
    JOIN pg_catalog.pg_attribute AS a ON a.attrelid = i.indrelid AND a.attnum = k.number
  WHERE k.position <= i.indnkeyatts AND i.indisunique AND i.indisvalid AND i.indimmediate AND i.indpred IS NULL AND i.indexprs IS NULL
    AND NOT EXISTS (SELECT FROM pg_catalog.unnest(i.indkey::smallint[]) WITH ORDINALITY AS o (number, position)
      JOIN pg_catalog.pg_attribute AS b ON b.attrelid = i.indrelid AND b.attnum = o.number
      WHERE o.position <= i.indnkeyatts AND i.indcollation[(o.position - 1)::integer] <> b.attcollation))
SELECT * FROM (
  SELECT 'column' AS kind, t.nspname, t.relname, false AS is_other, '' AS index, a.attnum::bigint AS position, a.attname,
    pg_catalog.format_type(a.atttypid, a.atttypmod) AS type, )",
    detail::is_not_null, R"(, a.atthasdef OR a.attidentity <> '' AS has_default
  FROM tables AS t JOIN pg_catalog.pg_attribute AS a ON a.attrelid = t.oid
  WHERE a.attnum > 0 AND NOT a.attisdropped
  UNION ALL
  SELECT 'key', nspname, relname, is_other, index, position, attname, '', false, false FROM keys) AS lines
 ORDER BY nspname COLLATE "C", relname COLLATE "C", kind, is_other, index COLLATE "C", position)");
inline constexpr statement schema_snapshot{"catalog_schema_snapshot", schema_snapshot_text.view()};

}  // namespace online_migration::catalog
