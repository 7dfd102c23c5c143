// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <cstddef>

#include <online_migration/base/sink.hpp>
#include <online_migration/migration/description.hpp>
#include <online_migration/sql/backfill.hpp>
#include <online_migration/sql/blocks.hpp>
#include <online_migration/sql/parts.hpp>
#include <online_migration/sql/quarantine.hpp>
#include <online_migration/sql/quarantine_rows.hpp>
#include <online_migration/sql/statement.hpp>

/// Rows that the table itself refuses to have written: a CHECK, a unique index, a trigger of the user's.
namespace online_migration {

namespace state {

inline constexpr statement try_part{"state_try_part", "SAVEPOINT \"om_part\""};
inline constexpr statement keep_part{"state_keep_part", "RELEASE SAVEPOINT \"om_part\""};
/// The savepoint stays, for another part.
inline constexpr statement undo_part{"state_undo_part", "ROLLBACK TO SAVEPOINT \"om_part\""};

}  // namespace state

namespace detail {

/// Puts the rows `t` of what `write_from` writes into the quarantine; the parameter `reason` is the SQLSTATE.
template <class From>
constexpr void write_note_refused(sink& out, const migration_description& migration, std::size_t reason,
                                  From write_from) {
  out.all("INSERT INTO ", quarantine_table, " AS q (migration, key, sqlstate, noted_by)\n SELECT ");
  out.literal(migration.name);
  out.put(", ");
  write_stored_key(out, migration.table, row_names);
  out.put(", ");
  column_names::write_parameter(out, reason, "text");
  out.put(", 'backfill' FROM ");
  write_from();
  out.put(quarantine_renewed);
}

template <class Where>
constexpr void write_note_rows(sink& out, const migration_description& migration, std::size_t reason,
                               Where write_where) {
  write_note_refused(out, migration, reason, [&] {
    write_table(out, migration.table);
    out.put(" AS t WHERE ");
    write_where();
  });
}

/// Of a range of keys. The range, then the reason.
constexpr void write_note_range(sink& out, const migration_description& migration, bool bounded_below) {
  if (migration.in == worlds::client_only) return;
  std::size_t reason = 1 + (bounded_below ? 2 : 1) * migration.table.key_count();
  write_note_rows(out, migration, reason, [&] { write_range(out, migration.table, bounded_below); });
}

/// Of a range of row pointers. `$1` the first, `$2` the first one behind it, `$3` the reason.
constexpr void write_note_block(sink& out, const migration_description& migration) {
  if (!may_walk_blocks(migration)) return;
  write_note_rows(out, migration, 3, [&] { write_block_range(out); });
}

}  // namespace detail
}  // namespace online_migration
