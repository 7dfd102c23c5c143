// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <cstddef>
#include <cstdint>

#include <online_migration/base/sink.hpp>
#include <online_migration/migration/description.hpp>
#include <online_migration/sql/backfill.hpp>
#include <online_migration/sql/careful.hpp>
#include <online_migration/sql/dirty_keys.hpp>
#include <online_migration/sql/lookup.hpp>
#include <online_migration/sql/parts.hpp>
#include <online_migration/sql/trigger.hpp>

/// A column that is looked up in another table, on the side of that table: a change of a row there is noted in the
/// queue of dirty keys, in the same transaction, and the runner of the backfill puts right what refers to it, in
/// chunks. So a change costs the application one more row, whatever number of rows refer to the changed one.
namespace online_migration::detail {

inline constexpr std::string_view lookup_prefix = "~om_lookup_";
inline constexpr std::string_view lookup_function_prefix = "om_lookup_";

/// Whether the key of a row of the other table changes.
constexpr void write_lookup_key_changed(sink& out, const table_description& table) {
  write_any_changed(out, table, key_set(table));
}

/// It runs with the rights of its owner, because nobody else has any on the queue. Where somebody has dropped the queue
/// it lets the write pass.
constexpr void write_create_lookup_function(sink& out, const migration_description& migration) {
  if (!migration.looks_up) return;
  const table_description& table = *migration.lookup->table;
  auto note = [&](piece indent, const column_names& names) {
    out.all(indent, "INSERT INTO ", dirty_keys_table, " (migration, key) VALUES (");
    out.literal(migration.name);
    out.put(", ARRAY[");
    each_key(out, table, [&](const column_description& column, std::size_t) {
      names.write(out, column.name);
      out.put("::text");
    });
    out.put("]);\n");
  };
  out.put("CREATE FUNCTION ");
  write_own_function(out, migration, lookup_function_prefix);
  out.put("() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp");
  out.put(" SET standard_conforming_strings = on");
  write_key_settings(out, table);
  if (has_in_key<timestamptz, timestamp>(table)) out.put(" SET \"TimeZone\" = 'UTC'");
  out.all(" AS $om$\nBEGIN\n  IF pg_catalog.to_regclass('", dirty_keys_table, "') IS NULL THEN\n");
  out.put("    RETURN NULL;\n  END IF;\n");
  note("  ", new_row);
  out.put("  IF ");
  write_lookup_key_changed(out, table);
  out.put(" THEN\n");
  note("    ", old_row);
  out.put("  END IF;\n  RETURN NULL;\nEND\n$om$");
}

constexpr void write_drop_lookup_function(sink& out, const migration_description& migration) {
  if (!migration.looks_up) return;
  write_drop_function(out, migration, lookup_function_prefix);
}

constexpr void write_revoke_lookup_function(sink& out, const migration_description& migration) {
  if (!migration.looks_up) return;
  out.put("REVOKE ALL ON FUNCTION ");
  write_own_function(out, migration, lookup_function_prefix);
  out.put("() FROM PUBLIC");
}

/// SHARE ROW EXCLUSIVE on the other table: it waits for its writers in flight, so afterwards every change is noted.
constexpr void write_create_lookup_trigger(sink& out, const migration_description& migration) {
  if (!migration.looks_up) return;
  const table_description& table = *migration.lookup->table;
  const column_description& column = looked_up_column(migration);
  out.put("CREATE TRIGGER ");
  write_object_name(out, lookup_prefix, migration.name);
  out.put(" AFTER UPDATE ON ");
  write_table(out, table);
  out.put(" FOR EACH ROW WHEN (");
  write_lookup_key_changed(out, table);
  if (!column.is_key) {
    out.put(" OR (");
    write_unchanged(out, column.name, *column.type, false);
    out.put(')');
  }
  out.put(") EXECUTE FUNCTION ");
  write_own_function(out, migration, lookup_function_prefix);
  out.put("()");
}

constexpr void write_enable_lookup_trigger(sink& out, const migration_description& migration) {
  if (!migration.looks_up) return;
  write_alter_table(out, *migration.lookup->table);
  out.put(" ENABLE ALWAYS TRIGGER ");
  write_object_name(out, lookup_prefix, migration.name);
}

constexpr void write_enable_late_trigger(sink& out, const migration_description& migration) {
  if (migration.looks_up) write_enable_always(out, migration, late_prefix);
}

constexpr void write_drop_late_trigger(sink& out, const migration_description& migration) {
  if (migration.looks_up) write_drop_trigger(out, migration, late_prefix);
}

/// ACCESS EXCLUSIVE on the other table, no scan.
constexpr void write_drop_lookup_trigger(sink& out, const migration_description& migration) {
  if (!migration.looks_up) return;
  out.put("DROP TRIGGER IF EXISTS ");
  write_object_name(out, lookup_prefix, migration.name);
  out.put(" ON ");
  write_table(out, *migration.lookup->table);
}

/// The first key of the queue, and the entries among the first ones that are about it, as texts. Entries that come
/// later are not among them: what they are about may have changed since.
constexpr void write_lookup_next(sink& out, const migration_description& migration) {
  if (!migration.looks_up) return;
  auto first = [&](piece limit) {
    out.all("FROM ", dirty_keys_table, " WHERE migration = ");
    out.literal(migration.name);
    out.all(" ORDER BY entry_id LIMIT ", limit);
  };
  out.put("SELECT d.key::text, (SELECT pg_catalog.array_agg(e.entry_id)::text FROM (SELECT entry_id, key ");
  first("1000");
  out.put(") AS e WHERE e.key = d.key)\n FROM (SELECT key ");
  first("1");
  out.put(") AS d");
}

/// The fence of a piece of the queue, in every phase that has one: see `write_fence`.
constexpr void write_lookup_fence(sink& out, const migration_description& migration) {
  if (!migration.looks_up) return;
  write_position(out, migration);
  out.put(" FOR SHARE OF r FOR UPDATE OF s");
}

/// `($1::text[])[2]::integer`: a column of a noted key.
constexpr void write_noted_key(sink& out, const column_description& column, std::size_t number) {
  out.put("($1::text[])[");
  out.number(static_cast<std::int64_t>(number));
  out.put(']');
  if (is_textual(*column.type)) return;
  out.put("::");
  column.type->write_cast(out);
}

/// `WITH visited AS …`, the keys of the next rows that refer to a noted key: `$1` that key, then the greatest key of a
/// row so far. `write_most` writes how many rows, and is given the number of the next parameter.
template <class Most>
constexpr void write_visited(sink& out, const migration_description& migration, bool bounded_below, Most write_most) {
  const table_description& table = migration.table;
  const table_description& other = *migration.lookup->table;
  std::size_t next = 2;
  out.put("WITH visited AS MATERIALIZED (SELECT ");
  write_key_columns(out, table);
  out.put(" FROM ");
  write_table(out, table);
  out.put(" AS t WHERE ");
  for (std::size_t i = 0; i < other.key_count(); ++i) {
    if (i > 0) out.put(" AND ");
    row_names.write(out, reference_at(migration, i).name);
    out.put(" OPERATOR(pg_catalog.=) ");
    write_noted_key(out, other.columns[other.key_at(i)], i + 1);
  }
  if (bounded_below) {
    out.put(" AND ");
    write_key_comparison(out, table, ">", next);
    next += table.key_count();
  }
  write_key_order(out, table);
  out.put(" LIMIT ");
  write_most(next);
  out.put("),\n ");
}

/// Goes through the next rows that refer to a noted key, and puts right those that are wrong. `$1` that key, then the
/// greatest key of a row so far, then how many rows. Columns: rows that there were, rows that were put right, the last
/// key. Rows are counted whether they are right or not, so that a chunk is short in either case.
/// One statement, so one snapshot, which is younger than the note: what it finds right is right, or noted again. A row
/// that somebody else holds is waited for; the sync trigger computes each under the lock of the row that it refers to.
constexpr void write_lookup_chunk(sink& out, const migration_description& migration, bool bounded_below) {
  if (!migration.looks_up) return;
  const table_description& table = migration.table;
  write_visited(out, migration, bounded_below,
                [&](std::size_t next) { column_names::write_parameter(out, next, "bigint"); });
  out.put("put AS (UPDATE ");
  write_table(out, table);
  out.put(" AS t SET ");
  write_set_list(out, migration, row_names);
  out.put(" FROM visited AS v WHERE ");
  for (std::size_t i = 0; i < table.key_count(); ++i) {
    const column_description& key = table.columns[table.key_at(i)];
    row_names.write(out, key.name);
    write_operator(out, "=", is_qualified(*key.type));
    column_names{"v."}.write(out, key.name);
    out.put(" AND ");
  }
  write_differs(out, migration, row_names);
  out.put(" RETURNING 1)\n SELECT (SELECT pg_catalog.count(*) FROM visited), (SELECT pg_catalog.count(*) FROM put), ");
  write_key_columns(out, table, "::text");
  out.put("\n FROM (SELECT 1) AS one LEFT JOIN (SELECT * FROM visited AS t");
  write_key_order(out, table, " DESC");
  out.put(" LIMIT 1) AS t ON true");
}

/// Notes and locks the next row that refers to a noted key, which the table refuses to have put right. The parameters
/// as above, in the place of the number of rows the reason. Columns: its key.
constexpr void write_lookup_refused(sink& out, const migration_description& migration, bool bounded_below) {
  if (!migration.looks_up) return;
  std::size_t reason = 0;
  write_visited(out, migration, bounded_below, [&](std::size_t next) {
    out.put("1 FOR NO KEY UPDATE OF t");
    reason = next;
  });
  out.put("noted AS (");
  write_note_refused(out, migration, reason, [&] { out.put("visited AS t"); });
  out.put(")\n SELECT ");
  write_key_columns(out, migration.table, "::text");
  out.put(" FROM visited AS t");
}

/// `AND NOT EXISTS (…)`: a row that is wrong because of a change that waits in the queue is no mismatch: until the
/// queue is empty there is no contract.
constexpr void write_not_noted(sink& out, const migration_description& migration) {
  if (!migration.looks_up) return;
  const table_description& other = *migration.lookup->table;
  out.all(" AND NOT EXISTS (SELECT FROM ", dirty_keys_table, " AS d WHERE d.migration = ");
  out.literal(migration.name);
  for (std::size_t i = 0; i < other.key_count(); ++i) {
    const column_description& key = other.columns[other.key_at(i)];
    out.put(" AND ");
    row_names.write(out, reference_at(migration, i).name);
    out.put(" OPERATOR(pg_catalog.=) ");
    write_queued_key(out, key, i + 1, "d");
  }
  out.put(')');
}

}  // namespace online_migration::detail
