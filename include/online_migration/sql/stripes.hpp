// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <cstddef>
#include <cstdint>

#include <online_migration/sql/parts.hpp>

/// Stripes: a span of rows is worked in a few transactions, each of which takes an even share of the rows of every
/// page. The first ones move away from full pages; what they leave is free for those that come after, whose updates
/// stay on their page (HOT) and touch no index.
namespace online_migration::detail {

/// How the values of a column of the key can be spread over stripes.
enum class spread : unsigned char { none, bits, uuid, text, array };

/// Only by functions whose result depends on nothing but the value, because a span may be ended by another session.
constexpr spread spread_of(const type_description& declared) {
  const type_description& type = declared.underlying();
  if (type.shape == type_shape::enumeration) return spread::array;
  if (type.shape != type_shape::base) return spread::none;
  switch (type.oid) {
    case 20:  // bigint, smallint, integer
    case 21:
    case 23:
      return spread::bits;
    case 2950:
      return spread::uuid;
    case 25:  // text, varchar
    case 1043:
      return spread::text;
    case 16:  // boolean, bytea, "char", name, oid, real, double precision, macaddr, inet, bpchar, date, time,
              // timestamp,
    case 17:  // timestamptz, interval, numeric
    case 18:
    case 19:
    case 26:
    case 700:
    case 701:
    case 829:
    case 869:
    case 1042:
    case 1082:
    case 1083:
    case 1114:
    case 1184:
    case 1186:
    case 1700:
      return spread::array;
    default:
      return spread::none;
  }
}

/// Whether the rows of a table can be cut into stripes at all.
constexpr bool has_stripes(const table_description& table) {
  for (std::size_t i = 0; i < table.key_count(); ++i) {
    if (spread_of(*table.columns[table.key_at(i)].type) == spread::none) return false;
  }
  return true;
}

/// Whether the lowest bits of the key may spread its rows: better than any hash where the numbers are dense.
constexpr bool has_bits(const table_description& table) {
  return table.key_count() == 1 && spread_of(*table.columns[table.key_at(0)].type) == spread::bits;
}

constexpr void write_key_hash(sink& out, const table_description& table) {
  for (std::size_t i = 0; i < table.key_count(); ++i) {
    if (i > 0) out.put(" # ");
    const column_description& column = table.columns[table.key_at(i)];
    spread form = spread_of(*column.type);
    out.put(form == spread::bits   ? "pg_catalog.hashint8extended("
            : form == spread::uuid ? "pg_catalog.uuid_hash_extended("
            : form == spread::text ? "pg_catalog.hashtextextended("
                                   : "pg_catalog.hash_array_extended(ARRAY[");
    row_names.write(out, column.name);
    out.put(form == spread::bits    ? "::bigint, "
            : form == spread::array ? "], "
            : form == spread::text  ? "::text COLLATE \"C\", "
                                    : "::uuid, ");
    out.number(static_cast<std::int64_t>(i));
    out.put(')');
  }
}

/// ` AND …`: the rows of one stripe. `$next` how many buckets the rows fall into, a power of two; then the first and the
/// last one of the stripe; then, for a table that has them, whether it goes by bits. These are constants to the
/// planner: with one bucket nothing is left of it.
constexpr void write_stripe(sink& out, const migration_description& migration, std::size_t next) {
  if (!has_stripes(migration.table)) return;
  out.put(" AND (");
  column_names::write_parameter(out, next, "bigint");
  out.put(" = 1 OR (");
  if (has_bits(migration.table)) {
    out.put("CASE WHEN ");
    column_names::write_parameter(out, next + 3, "boolean");
    out.put(" THEN ");
    write_key_columns(out, migration.table, "::bigint");
    out.put(" ELSE ");
  }
  write_key_hash(out, migration.table);
  if (has_bits(migration.table)) out.put(" END");
  out.put(") & (");
  column_names::write_parameter(out, next, "bigint");
  out.put(" - 1) BETWEEN ");
  column_names::write_parameter(out, next + 1, "bigint");
  out.put(" AND ");
  column_names::write_parameter(out, next + 2, "bigint");
  out.put(')');
}

/// On a sample, which share of a page's rows is in its largest stripe, by the bits of the key and by its hash. `$1` the
/// share of the table to read, in percent.
constexpr void write_probe_stripes(sink& out, const migration_description& migration) {
  if (migration.in == worlds::client_only || !has_bits(migration.table)) return;
  out.put("SELECT COALESCE(pg_catalog.sum(p.bits) / pg_catalog.sum(p.number), 1), ");
  out.put("COALESCE(pg_catalog.sum(p.hash) / pg_catalog.sum(p.number), 1)\n FROM (SELECT ");
  out.put("pg_catalog.max(g.number) FILTER (WHERE g.by_bits) AS bits, ");
  out.put("pg_catalog.max(g.number) FILTER (WHERE NOT g.by_bits) AS hash,\n   ");
  out.put("pg_catalog.sum(g.number) FILTER (WHERE g.by_bits) AS number\n  FROM (SELECT r.page, v.by_bits, v.stripe, ");
  out.put("pg_catalog.count(*) AS number\n   FROM (SELECT (t.ctid::text::point)[0] AS page, ");
  write_key_columns(out, migration.table, "::bigint");
  out.put(" & 7 AS bits, ");
  write_key_hash(out, migration.table);
  out.put(" & 7 AS hash FROM ");
  write_table(out, migration.table);
  out.put(" AS t TABLESAMPLE SYSTEM ($1::real)) AS r,\n   ");
  out.put("LATERAL (VALUES (true, r.bits), (false, r.hash)) AS v (by_bits, stripe)\n   ");
  out.put("GROUP BY r.page, v.by_bits, v.stripe) AS g GROUP BY g.page) AS p");
}

}  // namespace online_migration::detail
