// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <online_migration/base/sink.hpp>
#include <online_migration/migration/description.hpp>
#include <online_migration/sql/parts.hpp>
#include <online_migration/sql/trigger.hpp>

/// Rows for which a partial transform has no value: a write of one goes through, and its key is reported.
namespace online_migration::detail {

inline constexpr std::string_view report_prefix = "~om_failed_";
inline constexpr std::string_view quarantine_table = "\"public\".\"online_migration_quarantine\"";

/// Writers have no rights on our tables, hence SECURITY DEFINER; nothing of the user's runs in it, so why a row fails
/// is not asked here: 22000 stands for it until a chunk or a pass does. A row that was noted before is noted anew: a
/// parity pass that has seen it in between, when it had a value, would take it out. Where somebody has dropped the
/// table it lets the write pass.
constexpr void write_create_report_function(sink& out, const migration_description& migration) {
  if (!has_total_function(migration)) return;
  out.put("CREATE OR REPLACE FUNCTION ");
  write_own_function(out, migration, "om_failed_");
  out.put("() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER");
  write_key_settings(out, migration.table);
  out.put(pinned_settings);
  out.all("BEGIN\n  IF pg_catalog.to_regclass('", quarantine_table, "') IS NOT NULL THEN\n    INSERT INTO ");
  out.all(quarantine_table, " (migration, key, sqlstate, noted_by) VALUES (");
  out.literal(migration.name);
  out.put(", ");
  write_stored_key(out, migration.table, new_row);
  out.put(
      ", '22000', 'trigger')\n      ON CONFLICT (migration, key) DO UPDATE SET noted_at = pg_catalog.clock_timestamp();\n  END IF;\n  RETURN NULL;\nEND\n$om$");
}

constexpr void write_revoke_report_function(sink& out, const migration_description& migration) {
  if (!has_total_function(migration)) return;
  out.put("REVOKE ALL ON FUNCTION ");
  write_own_function(out, migration, "om_failed_");
  out.put("() FROM PUBLIC");
}

/// After the row is written, so that it is the row as it is.
constexpr void write_create_report_trigger(sink& out, const migration_description& migration) {
  if (!has_total_function(migration)) return;
  out.put("CREATE TRIGGER ");
  write_object_name(out, report_prefix, migration.name);
  out.put(" AFTER INSERT OR UPDATE ON ");
  write_table(out, migration.table);
  out.put(" FOR EACH ROW WHEN (");
  new_row.write(out, migration.target);
  out.put(" IS NULL AND ");
  write_why(out, migration, new_row);
  out.put(" IS NOT NULL) EXECUTE FUNCTION ");
  write_own_function(out, migration, "om_failed_");
  out.put("()");
}

constexpr void write_enable_report_trigger(sink& out, const migration_description& migration) {
  if (!has_total_function(migration)) return;
  write_enable_always(out, migration, report_prefix);
}

constexpr void write_drop_report_trigger(sink& out, const migration_description& migration) {
  if (!has_total_function(migration)) return;
  write_drop_trigger(out, migration, report_prefix);
}

constexpr void write_drop_report_function(sink& out, const migration_description& migration) {
  if (!has_total_function(migration)) return;
  write_drop_function(out, migration, "om_failed_");
}

}  // namespace online_migration::detail
