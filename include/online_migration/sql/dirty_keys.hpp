// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include <online_migration/base/sink.hpp>
#include <online_migration/migration/description.hpp>
#include <online_migration/migration/write_kind.hpp>
#include <online_migration/sql/client_rows.hpp>
#include <online_migration/sql/parts.hpp>
#include <online_migration/sql/statement.hpp>
#include <online_migration/sql/trigger.hpp>

/// The safety net where only the client can compute the new column: triggers put the keys of rows that may be wrong now
/// into a queue, and the runner of the backfill computes them. Between the commit of such a write and that, the row's
/// new column is stale: the queue is what says so.
///
/// - An insert is noted where it leaves the new column NULL.
/// - An update is noted where a source changes and the new column does not: whoever dual-writes changes both, or writes
///   what is there already, which is one entry too many and no harm.
/// - A change of the key is noted by itself, because an entry under the old key would find no row. In a partitioned
/// table
///   before the row, not after it: a row that moves to another partition is deleted and inserted, and no trigger after
///   updates fires for it. Elsewhere after it as well: where there is any trigger before updates the server locks each
///   row first, and logs that, whatever the trigger's condition says.
///
/// Writers never wait for each other here, nor for the runner: entries are only ever added by them, with no uniqueness
/// but a sequence's, and nothing of ours locks an entry that is not committed yet. So no new deadlock can come of it.
namespace online_migration {

namespace state {

/// For the transaction that reads the queue. Its size changes faster than what the server knows of it, and the server
/// must not sort all of a long queue to find its first entries.
inline constexpr statement walk_queue{"state_walk_queue",
                                      "SELECT pg_catalog.set_config('enable_bitmapscan', 'off', true), "
                                      "pg_catalog.set_config('enable_sort', 'off', true)"};

/// Whether a table has partitions. `$1` schema, `$2` table.
inline constexpr statement is_partitioned{"state_is_partitioned", R"(SELECT EXISTS (SELECT FROM pg_catalog.pg_class AS c
  JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
 WHERE n.nspname = $1::text AND c.relname = $2::text AND c.relkind = 'p'))"};

/// How many keys wait in the queue. `$1` migration.
inline constexpr statement dirty_keys_waiting{
    "state_dirty_keys_waiting",
    R"(SELECT pg_catalog.count(*) FROM "public"."online_migration_dirty_keys" WHERE migration = $1::text)"};

/// Takes entries that are done from the queue, and counts them; no row means that the transaction must not commit. By
/// their numbers, never "up to": an entry with a smaller number may be committed later.
/// `$1` run, `$2` slice, `$3` epoch, `$4` entries as bigint[], `$5` lease in milliseconds.
inline constexpr statement settle_dirty_keys{"state_settle_dirty_keys",
                                             R"(WITH settled AS (DELETE FROM "public"."online_migration_dirty_keys"
  WHERE entry_id = ANY ($4::bigint[]) RETURNING entry_id)
 UPDATE "public"."online_migration_backfill_state" SET dirty_done = dirty_done + (SELECT pg_catalog.count(*) FROM settled),
  updated_at = pg_catalog.clock_timestamp(),
  lease_until = pg_catalog.clock_timestamp() + $5::bigint * interval '1 millisecond'
 WHERE run_id = $1::bigint AND slice = $2::integer AND epoch = $3::bigint)"};

/// Empties the queue of a migration, for a run that begins. `$1` migration.
inline constexpr statement forget_dirty_keys{
    "state_forget_dirty_keys", R"(DELETE FROM "public"."online_migration_dirty_keys" WHERE migration = $1::text)"};

}  // namespace state

namespace detail {

inline constexpr std::string_view dirty_keys_table = "\"public\".\"online_migration_dirty_keys\"";

/// The triggers, by what their names begin with.
inline constexpr std::string_view dirty_trigger_prefixes[]{"~om_dirty_insert_", "~om_dirty_update_", "~om_dirty_key_"};

inline constexpr std::string_view dirty_function_prefix = "om_dirty_";

/// It runs with the rights of its owner, because nobody else has any on the queue; nothing of the user's runs in it. A
/// key has one text, whatever the settings of the writer. Where somebody has dropped the queue it lets the write pass.
/// It asks for the table rather than catching its absence: a block that catches is a subtransaction for each row, of
/// which a server takes only some in one transaction before every session pays for them.
constexpr void write_create_dirty_function(sink& out, const migration_description& migration) {
  if (migration.in != worlds::client_only) return;
  out.put("CREATE FUNCTION ");
  write_own_function(out, migration, dirty_function_prefix);
  out.put("() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp");
  out.put(" SET standard_conforming_strings = on");
  write_key_settings(out, migration.table);
  if (has_in_key<timestamptz, timestamp>(migration.table)) out.put(" SET \"TimeZone\" = 'UTC'");
  out.put(" AS $om$\nBEGIN\n  IF pg_catalog.to_regclass('");
  out.all(dirty_keys_table, "') IS NOT NULL THEN\n    INSERT INTO ", dirty_keys_table, " (migration, key) VALUES (");
  out.literal(migration.name);
  out.put(", ARRAY[");
  each_key(out, migration.table, [&](const column_description& column, std::size_t) {
    new_row.write(out, column.name);
    out.put("::text");
  });
  out.put("]);\n  END IF;\n  RETURN NEW;\nEND\n$om$");
}

/// For a function that an earlier run has left, which may belong to another role.
constexpr void write_drop_dirty_function(sink& out, const migration_description& migration) {
  if (migration.in != worlds::client_only) return;
  write_drop_function(out, migration, dirty_function_prefix);
}

constexpr void write_revoke_dirty_function(sink& out, const migration_description& migration) {
  if (migration.in != worlds::client_only) return;
  out.put("REVOKE ALL ON FUNCTION ");
  write_own_function(out, migration, dirty_function_prefix);
  out.put("() FROM PUBLIC");
}

template <class When>
constexpr void write_create_dirty_trigger(sink& out, const migration_description& migration, std::size_t number,
                                          piece event, When when) {
  if (migration.in != worlds::client_only) return;
  out.put("CREATE TRIGGER ");
  write_object_name(out, dirty_trigger_prefixes[number], migration.name);
  out.all(" ", event, " ON ");
  write_table(out, migration.table);
  out.put(" FOR EACH ROW WHEN (");
  when();
  out.put(") EXECUTE FUNCTION ");
  write_own_function(out, migration, dirty_function_prefix);
  out.put("()");
}

constexpr void write_any_changed(sink& out, const table_description& table, const column_set& columns) {
  bool more = false;
  for (std::size_t i = 0; i < table.count; ++i) {
    if (!columns.has(i)) continue;
    out.put(more ? ") OR (" : "(");
    more = true;
    write_unchanged(out, table.columns[i].name, *table.columns[i].type, false);
  }
  out.put(')');
}

/// SHARE ROW EXCLUSIVE, as the two others: they wait for the writers in flight, so afterwards every write is covered.
constexpr void write_create_dirty_insert_trigger(sink& out, const migration_description& migration) {
  write_create_dirty_trigger(out, migration, 0, "AFTER INSERT", [&] {
    new_row.write(out, migration.target);
    out.put(" IS NULL");
  });
}

constexpr void write_create_dirty_update_trigger(sink& out, const migration_description& migration) {
  write_create_dirty_trigger(out, migration, 1, "AFTER UPDATE", [&] {
    out.put('(');
    write_any_changed(out, migration.table, migration.sources);
    out.put(") AND (");
    write_unchanged(out, migration.target, *migration.target_type, true);
    out.put(')');
  });
}

constexpr void write_dirty_key_trigger(sink& out, const migration_description& migration, piece event) {
  write_create_dirty_trigger(out, migration, 2, event,
                             [&] { write_any_changed(out, migration.table, key_set(migration.table)); });
}

constexpr void write_create_dirty_key_trigger(sink& out, const migration_description& migration) {
  write_dirty_key_trigger(out, migration, "AFTER UPDATE");
}

/// The same for a partitioned table.
constexpr void write_create_dirty_part_trigger(sink& out, const migration_description& migration) {
  write_dirty_key_trigger(out, migration, "BEFORE UPDATE");
}

/// Replicated writes and `session_replication_role = replica` do not get around them.
constexpr void write_enable_dirty_triggers(sink& out, const migration_description& migration) {
  if (migration.in != worlds::client_only) return;
  write_alter_table(out, migration.table);
  for (std::size_t i = 0; i < 3; ++i) {
    out.put(i == 0 ? " ENABLE ALWAYS TRIGGER " : ", ENABLE ALWAYS TRIGGER ");
    write_object_name(out, dirty_trigger_prefixes[i], migration.name);
  }
}

template <std::size_t Number>
constexpr void write_drop_dirty_trigger(sink& out, const migration_description& migration) {
  if (migration.in != worlds::client_only) return;
  write_drop_trigger(out, migration, dirty_trigger_prefixes[Number]);
}

/// Column `number` (from 1) of a key as the queue has it, in the type of the table.
constexpr void write_queued_key(sink& out, const column_description& column, std::size_t number, piece alias) {
  out.all(alias, ".key[");
  out.number(static_cast<std::int64_t>(number));
  out.put(']');
  if (is_textual(*column.type)) return;
  out.put("::");
  column.type->write_cast(out);
}

/// The first entries of the queue, each with its row as `client_read` gives it, then the number of the entry; a row that
/// is gone is NULL. One statement, so that a row is at least as new as its entry. `$1` how many entries.
/// The row is looked up by the index of its key for each entry, whatever the server thinks of the size of the queue.
constexpr void write_dirty_read(sink& out, const migration_description& migration) {
  if (migration.in != worlds::client_only) return;
  const table_description& table = migration.table;
  write_client_columns(out, migration);
  out.put(", d.entry_id\n FROM (SELECT entry_id, key FROM ");
  out.all(dirty_keys_table, " WHERE migration = ");
  out.literal(migration.name);
  out.put(" ORDER BY entry_id LIMIT $1::bigint) AS d\n LEFT JOIN LATERAL (SELECT * FROM ");
  write_table(out, table);
  out.put(" AS r WHERE ");
  for (std::size_t i = 0; i < table.key_count(); ++i) {
    const column_description& key = table.columns[table.key_at(i)];
    if (i > 0) out.put(" AND ");
    column_names{"r."}.write(out, key.name);
    write_operator(out, "=", is_qualified(*key.type));
    write_queued_key(out, key, i + 1, "d");
  }
  out.put(" LIMIT 1) AS t ON true ORDER BY d.entry_id");
}

}  // namespace detail
}  // namespace online_migration
