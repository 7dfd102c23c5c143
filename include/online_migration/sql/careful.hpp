// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <cstddef>

#include <online_migration/base/sink.hpp>
#include <online_migration/migration/migration.hpp>
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
inline constexpr statement undo_part{"state_undo_part",
                                     "ROLLBACK TO SAVEPOINT \"om_part\"; RELEASE SAVEPOINT \"om_part\""};

}  // namespace state

namespace detail {

template <class Where>
constexpr void write_note_refused(sink& out, const migration_description& migration, Where write_where) {
  out.all("INSERT INTO ", quarantine_table, " AS q (migration, key, sqlstate, noted_by)\n SELECT ");
  out.literal(migration.name);
  out.put(", ");
  write_stored_key(out, migration.table, row_names);
  out.put(", $1::text, 'backfill' FROM ");
  write_table(out, migration.table);
  out.put(" AS t WHERE ");
  write_where();
  out.put(" AND ");
  write_differs(out, migration, row_names);
  out.put(quarantine_renewed);
}

}  // namespace detail
}  // namespace online_migration
