// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <online_migration/sql/not_null.hpp>
#include <online_migration/sql/statement.hpp>

/// Questions to PostgreSQL's catalog: what the database has, against what was declared.
namespace online_migration::catalog {

/// `$1` schema, `$2` table. Columns: oid, relkind, persistence, row security hides rows, member of the owner, may select,
/// may update, may create in the schema, may create temporary tables, has children by inheritance.
inline constexpr statement table_facts{
    "catalog_table_facts",
    R"(SELECT c.oid, c.relkind, c.relpersistence, pg_catalog.row_security_active(c.oid),
  pg_catalog.pg_has_role(c.relowner, 'MEMBER'), pg_catalog.has_table_privilege(c.oid, 'SELECT'),
  pg_catalog.has_table_privilege(c.oid, 'UPDATE'), pg_catalog.has_schema_privilege(n.oid, 'CREATE'),
  pg_catalog.has_database_privilege(pg_catalog.current_database(), 'TEMPORARY'),
  c.relkind = 'r' AND EXISTS (SELECT FROM pg_catalog.pg_inherits AS i WHERE i.inhparent = c.oid OR i.inhrelid = c.oid)
 FROM pg_catalog.pg_class AS c JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
 WHERE n.nspname = $1::text AND c.relname = $2::text)"};

/// `$1` oid of a table. Columns: name, type, not null, generated, has a default. The type is written as
/// `type_description` writes it: as `format_type()` does, but types that are not PostgreSQL's own are quoted and have
/// their schema, whatever the search_path of the session is.
inline constexpr auto columns_text = detail::join(
    R"(SELECT a.attname, CASE WHEN s.nspname = 'pg_catalog' THEN pg_catalog.format_type(a.atttypid, a.atttypmod)
   ELSE '"' || pg_catalog.replace(s.nspname::text, '"', '""') || '"."' || pg_catalog.replace(e.typname::text, '"', '""') || '"'
     || COALESCE(pg_catalog.substring(pg_catalog.format_type(a.atttypid, a.atttypmod), '[(][^"()]*[)]'), '')
     || CASE WHEN e.oid = a.atttypid THEN '' ELSE '[]' END END,
  )",
    detail::is_not_null, R"(, a.attgenerated <> '', a.atthasdef OR a.attidentity <> ''
 FROM pg_catalog.pg_attribute AS a
  JOIN pg_catalog.pg_type AS y ON y.oid = a.atttypid
  JOIN pg_catalog.pg_type AS e ON e.oid = CASE WHEN y.typtype = 'b' AND y.typcategory = 'A' AND y.typlen = -1 THEN y.typelem ELSE y.oid END
  JOIN pg_catalog.pg_namespace AS s ON s.oid = e.typnamespace
 WHERE a.attrelid = $1::oid AND a.attnum > 0 AND NOT a.attisdropped ORDER BY a.attnum)");
inline constexpr statement columns{"catalog_columns", columns_text.view()};

/// The labels of an enum by its quoted name, `$1`, in their order.
inline constexpr statement labels{"catalog_labels",
                                  R"(SELECT e.enumlabel FROM pg_catalog.pg_enum AS e
 WHERE e.enumtypid = pg_catalog.to_regtype($1::text) ORDER BY e.enumsortorder)"};

/// Whether there is a type of this name, `$1`.
inline constexpr statement has_type{"catalog_has_type", "SELECT pg_catalog.to_regtype($1::text) IS NOT NULL"};

/// Unique indexes over exactly these columns in this order, each under the column's own collation: another order could
/// not be walked by the index. `$1` oid of a table, `$2` names as text[].
inline constexpr statement unique_keys{"catalog_unique_keys",
                                       R"(SELECT pg_catalog.count(*) FROM pg_catalog.pg_index AS i
 WHERE i.indrelid = $1::oid AND i.indisunique AND i.indisvalid AND i.indimmediate AND i.indpred IS NULL AND i.indexprs IS NULL
   AND (SELECT pg_catalog.array_agg(a.attname::text ORDER BY k.position)
     FROM pg_catalog.unnest(i.indkey::smallint[]) WITH ORDINALITY AS k (number, position)
     JOIN pg_catalog.pg_attribute AS a ON a.attrelid = i.indrelid AND a.attnum = k.number
     WHERE k.position <= i.indnkeyatts AND i.indcollation[(k.position - 1)::integer] = a.attcollation) = $2::text[])"};

/// The table's own triggers. `$1` oid of a table. Columns: name, enabled, fires before rows change, on an update of any
/// column.
inline constexpr statement triggers{
    "catalog_triggers",
    R"(SELECT g.tgname, g.tgenabled, (g.tgtype & 3) = 3 AND (g.tgtype & 20) <> 0, (g.tgtype & 16) <> 0 AND g.tgattr = ''
 FROM pg_catalog.pg_trigger AS g WHERE (g.tgrelid = $1::oid OR g.tgrelid IN (SELECT p.relid FROM pg_catalog.pg_partition_tree($1::oid) AS p))
   AND NOT g.tgisinternal ORDER BY g.tgname COLLATE "C")"};

/// How many of the table's own triggers, those of its partitions included, fire when the backfill updates a row.
/// `$1` schema, `$2` table.
inline constexpr statement update_triggers{
    "catalog_update_triggers",
    R"(SELECT pg_catalog.count(*) FROM pg_catalog.pg_trigger AS g, pg_catalog.pg_class AS c
  JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
 WHERE n.nspname = $1::text AND c.relname = $2::text
   AND (g.tgrelid = c.oid OR g.tgrelid IN (SELECT p.relid FROM pg_catalog.pg_partition_tree(c.oid) AS p))
   AND NOT g.tgisinternal AND g.tgenabled <> 'D' AND (g.tgtype & 16) <> 0 AND g.tgattr = '' AND g.tgname NOT LIKE '~om\_%')"};

/// Where the session looks for unqualified names.
inline constexpr statement session_path{"catalog_session_path", "SELECT pg_catalog.current_setting('search_path')"};

/// Rewrite rules. `$1` oid of a table.
inline constexpr statement rules{
    "catalog_rules",
    R"(SELECT rulename FROM pg_catalog.pg_rewrite WHERE ev_class = $1::oid AND rulename <> '_RETURN')"};

/// Publications that carry the table. `$1` schema, `$2` table.
inline constexpr statement publications{
    "catalog_publications",
    R"(SELECT pubname FROM pg_catalog.pg_publication_tables WHERE schemaname = $1::text AND tablename = $2::text)"};

/// Transactions that have been open for longer than a minute, as far as the role may see. Columns: how many, the
/// age of the oldest in seconds.
inline constexpr statement long_transactions{
    "catalog_long_transactions",
    R"(SELECT pg_catalog.count(*), COALESCE(pg_catalog.max(EXTRACT(EPOCH FROM pg_catalog.clock_timestamp() - xact_start)), 0)::bigint
 FROM pg_catalog.pg_stat_activity WHERE datname = pg_catalog.current_database() AND pid <> pg_catalog.pg_backend_pid()
   AND xact_start < pg_catalog.clock_timestamp() - interval '1 minute')"};

/// Whether a VACUUM, ANALYZE or index build holds the table or a part of it: each lets writers pass, and no DDL.
/// Readable by every role. `$1` oid of a table. Columns: how many, the process of one.
inline constexpr statement maintenance{
    "catalog_maintenance",
    R"(SELECT pg_catalog.count(DISTINCT l.pid), pg_catalog.min(l.pid) FROM pg_catalog.pg_locks AS l
 WHERE l.locktype = 'relation' AND l.granted AND l.mode IN ('ShareUpdateExclusiveLock', 'ShareLock')
   AND l.database = (SELECT d.oid FROM pg_catalog.pg_database AS d WHERE d.datname = pg_catalog.current_database())
   AND (l.relation = $1::oid OR l.relation IN (SELECT p.relid FROM pg_catalog.pg_partition_tree($1::oid) AS p))
   AND l.pid IS DISTINCT FROM pg_catalog.pg_backend_pid())"};

/// Views that read the table. `$1` oid of a table.
inline constexpr statement views{
    "catalog_views",
    R"(SELECT DISTINCT v.relname FROM pg_catalog.pg_depend AS d JOIN pg_catalog.pg_rewrite AS w ON w.oid = d.objid
  JOIN pg_catalog.pg_class AS v ON v.oid = w.ev_class
 WHERE d.classid = 'pg_catalog.pg_rewrite'::pg_catalog.regclass AND d.refobjid = $1::oid AND v.oid <> $1::oid ORDER BY 1)"};

/// Standbys that stream from this server, as far as the role may see.
inline constexpr statement standbys{"catalog_standbys",
                                    R"(SELECT pg_catalog.count(*) FROM pg_catalog.pg_stat_replication)"};

/// What a pass by blocks stands on. `$1` schema, `$2` table, `$3` trigger. Columns: how many blocks the table has; a mark
/// that changes when the table is written to another file or the trigger or its function is touched, NULL where blocks
/// are no way to see all rows: a table with parts, of another kind, or whose trigger does not fire for every write.
inline constexpr statement block_facts{
    "catalog_block_facts",
    R"(SELECT pg_catalog.pg_relation_size(c.oid) / pg_catalog.current_setting('block_size')::bigint,
  (SELECT pg_catalog.pg_relation_filenode(c.oid)::text || ' ' || g.oid::text || '.' || g.xmin::text || '.' || f.xmin::text
   FROM pg_catalog.pg_trigger AS g JOIN pg_catalog.pg_proc AS f ON f.oid = g.tgfoid
    JOIN pg_catalog.pg_am AS m ON m.oid = c.relam AND m.amname = 'heap'
   WHERE g.tgrelid = c.oid AND g.tgname = $3::text AND g.tgenabled = 'A' AND c.relkind = 'r' AND NOT c.relhassubclass)
 FROM pg_catalog.pg_class AS c JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
 WHERE n.nspname = $1::text AND c.relname = $2::text)"};

/// What decides how a table is walked. `$1` schema, `$2` table, `$3` trigger. Columns: how many blocks it has, with its
/// partitions; whether it is a table by itself whose trigger fires for every write.
inline constexpr statement walk_facts{"catalog_walk_facts",
                                      R"(SELECT COALESCE((SELECT pg_catalog.sum(pg_catalog.pg_relation_size(p.relid))
   FROM pg_catalog.pg_partition_tree(c.oid) AS p), pg_catalog.pg_relation_size(c.oid))::bigint
   / pg_catalog.current_setting('block_size')::bigint,
  c.relkind = 'r' AND NOT c.relhassubclass AND EXISTS (SELECT FROM pg_catalog.pg_trigger AS g
   WHERE g.tgrelid = c.oid AND g.tgname = $3::text AND g.tgenabled = 'A')
 FROM pg_catalog.pg_class AS c JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
 WHERE n.nspname = $1::text AND c.relname = $2::text)"};

/// The state of a trigger. `$1` schema, `$2` table, `$3` trigger. No row where there is none.
inline constexpr statement trigger_state{
    "catalog_trigger_state",
    R"(SELECT g.tgenabled, g.oid::text || '.' || g.xmin::text FROM pg_catalog.pg_trigger AS g JOIN pg_catalog.pg_class AS c ON c.oid = g.tgrelid
  JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
 WHERE n.nspname = $1::text AND c.relname = $2::text AND g.tgname = $3::text)"};

/// The triggers of a partitioned table on its partitions. `$1` schema, `$2` table, `$3` their names as text[], `$4` how many
/// of them each partition has to have. Columns: how many partitions, a text that changes whenever one is attached or
/// one of the triggers is touched, whether all of them are in force.
inline constexpr statement part_triggers{"catalog_part_triggers",
                                         R"(WITH parts AS (SELECT t.relid::oid AS oid FROM pg_catalog.pg_class AS c
   JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace, pg_catalog.pg_partition_tree(c.oid) AS t
  WHERE n.nspname = $1::text AND c.relname = $2::text AND c.relkind = 'p' AND t.relid <> c.oid
), clones AS (SELECT p.oid AS part, g.oid, g.xmin, g.tgenabled FROM parts AS p
   JOIN pg_catalog.pg_trigger AS g ON g.tgrelid = p.oid AND g.tgname::text = ANY ($3::text[]))
SELECT (SELECT pg_catalog.count(*) FROM parts),
  (SELECT COALESCE(pg_catalog.md5(pg_catalog.string_agg(c.part::text || ' ' || c.oid::text || '.' || c.xmin::text, ' '
    ORDER BY c.part, c.oid)), '') FROM clones AS c),
  (SELECT pg_catalog.count(*) FROM clones AS c WHERE c.tgenabled = 'A') = (SELECT pg_catalog.count(*) FROM parts) * $4::integer)"};

/// A column. `$1` schema, `$2` table, `$3` column. Columns: type as `columns` has it, not null, has a
/// default. No row where there is none.
inline constexpr auto column_state_text = detail::join(
    R"(SELECT CASE WHEN s.nspname = 'pg_catalog' THEN pg_catalog.format_type(a.atttypid, a.atttypmod)
   ELSE '"' || pg_catalog.replace(s.nspname::text, '"', '""') || '"."' || pg_catalog.replace(e.typname::text, '"', '""') || '"'
     || COALESCE(pg_catalog.substring(pg_catalog.format_type(a.atttypid, a.atttypmod), '[(][^"()]*[)]'), '')
     || CASE WHEN e.oid = a.atttypid THEN '' ELSE '[]' END END,
  )",
    detail::is_not_null, R"(, a.atthasdef FROM pg_catalog.pg_attribute AS a
  JOIN pg_catalog.pg_type AS y ON y.oid = a.atttypid
  JOIN pg_catalog.pg_type AS e ON e.oid = CASE WHEN y.typtype = 'b' AND y.typcategory = 'A' AND y.typlen = -1 THEN y.typelem ELSE y.oid END
  JOIN pg_catalog.pg_namespace AS s ON s.oid = e.typnamespace
  JOIN pg_catalog.pg_class AS c ON c.oid = a.attrelid JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
 WHERE n.nspname = $1::text AND c.relname = $2::text AND a.attname = $3::text AND NOT a.attisdropped)");
inline constexpr statement column_state{"catalog_column_state", column_state_text.view()};

/// Transactions that may have written to the table, own one excepted: every one that holds its writers' lock. Readable
/// by every role. `$1` schema, `$2` table.
inline constexpr statement writers{"catalog_writers",
                                   R"(SELECT DISTINCT l.virtualtransaction FROM pg_catalog.pg_locks AS l
  JOIN pg_catalog.pg_class AS c ON c.oid = l.relation JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
 WHERE l.locktype = 'relation' AND l.granted AND n.nspname = $1::text AND c.relname = $2::text
   AND l.database = (SELECT d.oid FROM pg_catalog.pg_database AS d WHERE d.datname = pg_catalog.current_database())
   AND l.mode IN ('RowExclusiveLock', 'AccessExclusiveLock')
   AND l.pid IS DISTINCT FROM pg_catalog.pg_backend_pid() ORDER BY 1)"};

}  // namespace online_migration::catalog
