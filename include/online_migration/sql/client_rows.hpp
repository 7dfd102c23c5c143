// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <cstddef>
#include <cstdint>

#include <online_migration/base/sink.hpp>
#include <online_migration/migration/description.hpp>
#include <online_migration/sql/backfill.hpp>
#include <online_migration/sql/parts.hpp>
#include <online_migration/sql/quarantine_rows.hpp>

/// Rows whose new column only the client can compute: how it reads them, and how it sends them back.
namespace online_migration::detail {

/// Where a slice stands, without locks, for a client that reads and computes before it has the fence; and more: whether
/// any row is in quarantine, the stripe, and the end of the span that is open, key by key.
constexpr void write_client_position(sink& out, const migration_description& migration) {
  if (migration.in != worlds::client_only) return;
  char more[512]{};
  sink columns{more};
  columns.put(
      ",\n  EXISTS (SELECT FROM \"public\".\"online_migration_quarantine\" AS q WHERE q.migration = r.migration)");
  columns.put(",\n  s.stripe");
  write_span_end(columns, migration.table);
  write_position(out, migration, std::string_view{more, columns.size});
}

/// The fence of a chunk that the client has computed and sends whole.
constexpr void write_client_fence(sink& out, const migration_description& migration) {
  if (migration.in != worlds::client_only) return;
  write_whole_fence(out, migration);
}

/// The rows of a range.
constexpr void write_read(sink& out, const migration_description& migration, bool bounded_below) {
  if (migration.in != worlds::client_only) return;
  write_client_columns(out, migration);
  write_from_range(out, migration, bounded_below);
  write_key_order(out, migration.table);
}

/// Rows that the client sends, as a table `s`: an array for each column of the key, then for each source, then another
/// one. Its columns are `key_1`…, `source_1`…, that one, and `position`, counted from 1.
struct sent_rows {
  bool sources = false;
  const type_description& last_type = boolean::description;  ///< of the other array
  piece last_name = "";                                      ///< empty where there is no other

  constexpr void write(sink& out, const migration_description& migration) const {
    const table_description& table = migration.table;
    out.put("unnest(");
    std::size_t number = 0;
    auto array = [&](const type_description& type) {
      const type_description& sent = type.travels_as();
      if (number > 0) out.put(", ");
      column_names::write_parameter(out, ++number, is_textual(sent) ? text::description : sent);
      out.put("[]");
    };
    for (std::size_t i = 0; i < table.key_count(); ++i) array(*table.columns[table.key_at(i)].type);
    for (std::size_t i = 0; i < table.count; ++i) {
      if (sources && migration.sources.has(i)) array(*table.columns[i].type);
    }
    if (last_name.size > 0) array(last_type);
    out.put(") WITH ORDINALITY AS s (");
    auto names = [&](piece name, std::size_t count) {
      for (std::size_t i = 1; i <= count; ++i) {
        out.put(name);
        out.number(static_cast<std::int64_t>(i));
        out.put(", ");
      }
    };
    names("key_", table.key_count());
    if (sources) names("source_", migration.sources.size());
    if (last_name.size > 0) out.all(last_name, ", ");
    out.put("position)");
  }

  /// What turns a sent value into one of its column's type.
  static constexpr void write_type(sink& out, const type_description& type) {
    if (type.shape == type_shape::base) return;
    out.put("::");
    type.write_cast(out);
  }

  /// `t."key" = s.key_1 AND …`
  static constexpr void write_same_key(sink& out, const table_description& table) {
    for (std::size_t i = 0; i < table.key_count(); ++i) {
      if (i > 0) out.put(" AND ");
      const column_description& key = table.columns[table.key_at(i)];
      row_names.write(out, key.name);
      write_operator(out, "=", is_qualified(*key.type));
      write_key(out, key, i);
    }
  }

  static constexpr void write_key(sink& out, const column_description& key, std::size_t number) {
    out.put("s.key_");
    out.number(static_cast<std::int64_t>(number + 1));
    write_type(out, *key.type);
  }

  /// The key of a sent row as it is stored outside its table.
  static constexpr void write_stored(sink& out, const table_description& table) {
    write_stored_key_of(out, table,
                        [&](const column_description& key, std::size_t number) { write_key(out, key, number); });
  }
};

/// The rows of the table whose keys were sent.
constexpr void write_from_sent(sink& out, const migration_description& migration) {
  out.put(" FROM ");
  sent_rows{}.write(out, migration);
  out.put(" JOIN ");
  write_table(out, migration.table);
  out.put(" AS t ON ");
  sent_rows::write_same_key(out, migration.table);
}

/// Rows by their keys: those that have changed since the client read them.
constexpr void write_read_again(sink& out, const migration_description& migration) {
  if (migration.in != worlds::client_only) return;
  write_client_columns(out, migration);
  write_from_sent(out, migration);
}

/// Rows whose sources are still what their new value was computed from: keys, sources, new values.
constexpr void write_sent_update(sink& out, const migration_description& migration) {
  const table_description& table = migration.table;
  out.put("UPDATE ");
  write_table(out, table);
  out.put(" AS t SET ");
  out.identifier(migration.target);
  out.put(" = s.computed");
  sent_rows::write_type(out, *migration.target_type);
  out.put(" FROM ");
  sent_rows{true, *migration.target_type, "computed"}.write(out, migration);
  out.put(" WHERE ");
  sent_rows::write_same_key(out, table);
  for (std::size_t i = 0; i < table.count; ++i) {
    if (!migration.sources.has(i)) continue;
    out.put(" AND ");
    write_identity(
        out, *table.columns[i].type, true, compares_as_text(*table.columns[i].type),
        [&](sink& o) { row_names.write(o, table.columns[i].name); },
        [&](sink& o) {
          o.put("s.source_");
          o.number(static_cast<std::int64_t>(migration.sources.rank(i) + 1));
          sent_rows::write_type(o, *table.columns[i].type);
        });
  }
}

/// Writes computed values back. It gives the positions of the rows that it wrote.
constexpr void write_write_back(sink& out, const migration_description& migration) {
  if (migration.in != worlds::client_only) return;
  write_sent_update(out, migration);
  out.put(" RETURNING s.position");
}

/// The same as a chunk that is sent whole: how many rows it wrote is noted for `advance`.
constexpr void write_client_chunk(sink& out, const migration_description& migration) {
  if (migration.in != worlds::client_only) return;
  out.put("WITH changed AS (");
  write_sent_update(out, migration);
  write_note_changed(out);
}

/// Raises an error unless the chunk before it wrote that many rows. `$1` how many were sent.
constexpr void write_client_whole(sink& out, const migration_description& migration) {
  if (migration.in != worlds::client_only) return;
  out.all("SELECT COALESCE(CASE WHEN NULLIF(pg_catalog.current_setting(", changed_setting,
          ", true), '')::bigint = $1::bigint THEN 0 END,\n  ");
  out.put("pg_catalog.concat('of ', $1::bigint, ' rows some have changed since they were read')::integer)");
}

/// Puts rows into the quarantine: keys, and why.
constexpr void write_quarantine_keys(sink& out, const migration_description& migration) {
  if (migration.in != worlds::client_only) return;
  out.all("INSERT INTO ", quarantine_table, " AS q (migration, key, sqlstate, noted_by)\n SELECT ");
  out.literal(migration.name);
  out.put(", ");
  sent_rows::write_stored(out, migration.table);
  out.put(", s.sqlstate, 'backfill' FROM ");
  sent_rows{false, text::description, "sqlstate"}.write(out, migration);
  out.put(quarantine_renewed);
}

/// Takes rows out of the quarantine: keys.
constexpr void write_release_keys(sink& out, const migration_description& migration) {
  if (migration.in != worlds::client_only) return;
  out.all("DELETE FROM ", quarantine_table, " AS q USING ");
  sent_rows{}.write(out, migration);
  out.put(" WHERE q.migration = ");
  out.literal(migration.name);
  out.put(" AND q.key = ");
  sent_rows::write_stored(out, migration.table);
}

}  // namespace online_migration::detail
