// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include <online_migration/base/sink.hpp>
#include <online_migration/migration/description.hpp>
#include <online_migration/sql/backfill.hpp>
#include <online_migration/sql/parts.hpp>
#include <online_migration/sql/quarantine.hpp>
#include <online_migration/sql/statement.hpp>

/// Rows without a value: those that the backfill meets on its way, and the list of all.
namespace online_migration {

namespace state {

/// Empties the quarantine of a migration, when a walk over all rows begins that will find them again. `$1` migration.
inline constexpr statement forget_quarantine{
    "state_forget_quarantine", R"(DELETE FROM "public"."online_migration_quarantine" WHERE migration = $1::text)"};

}  // namespace state

namespace detail {

/// A row that is there already is noted anew: what was known of it may have been less, or is older.
inline constexpr std::string_view quarantine_renewed =
    "\n ON CONFLICT (migration, key) DO UPDATE SET sqlstate = EXCLUDED.sqlstate, noted_by = EXCLUDED.noted_by,\n"
    "  noted_at = pg_catalog.clock_timestamp(), pass_id = NULL RETURNING q.sqlstate";

/// ` FROM (…) AS f WHERE …`: `key` and `sqlstate` of the rows of a range on which a partial transform fails. `may_fail`
/// writes an expression that is NULL for each of them, so that the reason is asked for only there, and once for each
/// row.
template <class MayFail>
constexpr void write_failing_rows(sink& out, const migration_description& migration, bool bounded_below,
                                  MayFail may_fail, bool striped = false) {
  out.put(" FROM (SELECT ");
  write_stored_key(out, migration.table, row_names);
  out.put(" AS key, ");
  write_why(out, migration, row_names);
  out.put(" AS sqlstate");
  std::size_t next = write_from_range(out, migration, bounded_below);
  if (striped) write_stripe(out, migration, next);
  out.put(" AND ");
  may_fail();
  out.put(" IS NULL OFFSET 0) AS f WHERE f.sqlstate IS NOT NULL");
}

/// Notes the rows of a stripe of a range on which a partial transform fails, and gives the reason of each.
constexpr void write_quarantine_range(sink& out, const migration_description& migration, bool bounded_below) {
  if (!has_total_function(migration)) return;
  out.all("INSERT INTO ", quarantine_table, " AS q (migration, key, sqlstate, noted_by)\n SELECT ");
  out.literal(migration.name);
  out.put(", f.key, f.sqlstate, 'backfill'");
  write_failing_rows(
      out, migration, bounded_below, [&] { row_names.write(out, migration.target); }, true);
  out.put(quarantine_renewed);
}

/// The quarantine of a migration, the oldest first. `$1` the most rows. Columns: the key column by column, SQLSTATE, noted
/// by, noted at in microseconds since 1970.
constexpr void write_quarantined(sink& out, const migration_description& migration) {
  out.put("SELECT ");
  for (std::size_t i = 1; i <= migration.table.key_count(); ++i) {
    out.put("q.key[");
    out.number(static_cast<std::int64_t>(i));
    out.put("], ");
  }
  out.all("q.sqlstate, q.noted_by, (EXTRACT(EPOCH FROM q.noted_at) * 1000000)::bigint\n FROM ", quarantine_table,
          " AS q WHERE q.migration = ");
  out.literal(migration.name);
  out.put(" ORDER BY q.noted_at, q.key LIMIT $1::bigint");
}

}  // namespace detail
}  // namespace online_migration
