// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <online_migration/base/sink.hpp>
#include <online_migration/migration/description.hpp>
#include <online_migration/sql/parts.hpp>

/// The alarm: how often the sync trigger had to put a write right. It is a sequence, so that writers neither wait for
/// one another nor leave rows behind; what is rolled back counts as well. It proves nothing, but while it moves there
/// are writers that know only the legacy representation.
namespace online_migration::detail {

/// Whether it matters who writes: where the trigger goes away at contract.
constexpr bool has_alarm(const migration_description& migration) {
  return migration.in != worlds::client_only && !migration.trigger_keeps;
}

constexpr void write_create_alarm_sequence(sink& out, const migration_description& migration) {
  if (!has_alarm(migration)) return;
  out.put("CREATE SEQUENCE ");
  write_alarm_name(out, migration);
}

/// Takes back what default privileges may have granted to others: who may set it back hides firings.
constexpr void write_revoke_alarm_sequence(sink& out, const migration_description& migration) {
  if (!has_alarm(migration)) return;
  char name[512]{};
  sink writer{name};
  write_alarm_name(writer, migration);
  out.put(
      "DO $om$\nDECLARE\n  granted record;\nBEGIN\n  FOR granted IN SELECT DISTINCT a.grantee FROM pg_catalog.pg_class AS c, ");
  out.put("pg_catalog.aclexplode(c.relacl) AS a\n    WHERE c.oid = ");
  out.literal({name, writer.size});
  out.put(
      "::pg_catalog.regclass AND a.grantee <> c.relowner\n  LOOP\n    EXECUTE pg_catalog.format('REVOKE ALL ON SEQUENCE %s FROM %s', ");
  out.literal({name, writer.size});
  out.put(",\n      CASE WHEN granted.grantee = 0 THEN 'PUBLIC' ELSE ");
  out.put("pg_catalog.quote_ident(pg_catalog.pg_get_userbyid(granted.grantee)) END);\n  END LOOP;\nEND\n$om$");
}

/// Writers have no rights on our objects, hence SECURITY DEFINER; all that it can do is count. Where somebody has
/// dropped the sequence it lets the write pass. (It asks for it rather than catching its absence, because a block that
/// catches is a subtransaction for each row.)
constexpr void write_create_alarm_function(sink& out, const migration_description& migration) {
  if (!has_alarm(migration)) return;
  char name[512]{};
  sink writer{name};
  write_alarm_name(writer, migration);
  out.put("CREATE FUNCTION ");
  write_own_function(out, migration, "om_alarm_");
  out.put("() RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp");
  out.put(" SET standard_conforming_strings = on AS $om$\nBEGIN\n  IF pg_catalog.to_regclass(");
  out.literal({name, writer.size});
  out.put(") IS NOT NULL THEN\n    PERFORM pg_catalog.nextval(");
  out.literal({name, writer.size});
  out.put(");\n  END IF;\nEND\n$om$");
}

constexpr void write_grant_alarm_function(sink& out, const migration_description& migration) {
  if (!has_alarm(migration)) return;
  out.put("GRANT EXECUTE ON FUNCTION ");
  write_own_function(out, migration, "om_alarm_");
  out.put("() TO PUBLIC");
}

constexpr void write_drop_alarm_function(sink& out, const migration_description& migration) {
  if (!has_alarm(migration)) return;
  out.put("DROP FUNCTION IF EXISTS ");
  write_own_function(out, migration, "om_alarm_");
  out.put("()");
}

constexpr void write_drop_alarm_sequence(sink& out, const migration_description& migration) {
  if (!has_alarm(migration)) return;
  out.put("DROP SEQUENCE IF EXISTS ");
  write_alarm_name(out, migration);
}

}  // namespace online_migration::detail
