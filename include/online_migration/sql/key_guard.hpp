// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <string_view>

#include <online_migration/base/sink.hpp>
#include <online_migration/migration/description.hpp>
#include <online_migration/migration/replace_key.hpp>
#include <online_migration/sql/parts.hpp>
#include <online_migration/sql/trigger.hpp>

/// The guard trigger of a replaced key, in force from contract until the drop. Rows are found by a key, so the old
/// column goes on: it has the value of the new one as long as that fits, and NULL from then on. So nothing has to be
/// filled on the way back, and the walk over a column with NULLs is never asked for.
namespace online_migration::detail {

/// The unique index of the new key until contract makes it the primary key's.
inline constexpr std::string_view key_index_prefix = "om_key_";

/// The unique index that goes on finding rows by the old column, from before contract to the drop.
inline constexpr std::string_view legacy_key_prefix = "om_legacy_key_";

/// The name of the column that contract retires, before or after it is renamed away.
constexpr void write_legacy_key(sink& out, const migration_description& migration, bool retired) {
  if (retired) {
    write_object_name(out, "om_retired_", first_replaced(migration).name);
  } else {
    out.identifier(first_replaced(migration).name);
  }
}

/// The new key as a value of the old one's type, NULL where it does not fit.
constexpr void write_narrowed_key(sink& out, const migration_description& migration, const column_names& names) {
  const type_description& old = *first_replaced(migration).type;
  out.put("CASE WHEN ");
  names.write(out, migration.target);
  out.put(width_of(old) == 2 ? " BETWEEN -32768 AND 32767" : " BETWEEN -2147483648 AND 2147483647");
  out.put(" THEN ");
  names.write(out, migration.target);
  out.put("::");
  old.write(out);
  out.put(" END");
}

/// A writer that gives the new key alone, or leaves it to its default, passes, and so does one that gives both. One
/// that gives the old key alone, or changes it alone, is refused.
constexpr void write_key_guard_function(sink& out, const migration_description& migration, bool retired) {
  auto old = [&](piece row) {
    out.put(row);
    write_legacy_key(out, migration, retired);
  };
  write_begin_trigger_function(out, migration, "om_guard_");
  out.put("DECLARE\n  knows_new boolean;\nBEGIN\n  IF TG_OP = 'INSERT' THEN\n    knows_new := ");
  old("NEW.");
  out.put(" IS NULL;\n  ELSE\n    knows_new := ");
  old("NEW.");
  out.put(" IS NOT DISTINCT FROM ");
  old("OLD.");
  out.put(";\n  END IF;\n  IF knows_new THEN\n    ");
  old("NEW.");
  out.put(" := ");
  write_narrowed_key(out, migration, new_row);
  out.put(";\n    RETURN NEW;\n  END IF;\n");
  write_refuse_legacy(out, migration, "  ");
  out.put("END\n$om$");
}

}  // namespace online_migration::detail
