// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <cstddef>
#include <string_view>

#include <online_migration/base/sink.hpp>
#include <online_migration/migration/description.hpp>
#include <online_migration/migration/fingerprint.hpp>

/// Names of what statements are about: tables, and what the library makes beside them.
namespace online_migration::detail {

constexpr void write_table(sink& out, const table_description& table) {
  out.identifier(table.schema);
  out.put('.');
  out.identifier(table.name);
}

constexpr void write_alter_table(sink& out, const table_description& table) {
  out.put("ALTER TABLE ");
  write_table(out, table);
}

/// A name made of a prefix and the migration's name, without quotes. Longer than PostgreSQL's 63 bytes, it is cut
/// between characters and ends in a hash of the whole.
constexpr void write_bare_object_name(sink& out, std::string_view prefix, std::string_view name) {
  constexpr std::size_t longest = 63;
  out.put(prefix);
  if (prefix.size() + name.size() <= longest) {
    out.put(name);
    return;
  }
  std::size_t kept = longest - prefix.size() - 17;
  while (kept > 0 && continues(name[kept])) --kept;
  out.put(name.substr(0, kept));
  out.put('_');
  write_hex(out, fnv1a(name.data(), name.size()));
}

/// The same as an identifier.
constexpr void write_object_name(sink& out, std::string_view prefix, std::string_view name) {
  char text[64]{};
  sink writer{text};
  write_bare_object_name(writer, prefix, name);
  out.identifier({text, writer.size});
}

/// The same as a text, as the catalog has it.
constexpr void write_object_name_literal(sink& out, std::string_view prefix, std::string_view name) {
  char text[64]{};
  sink writer{text};
  write_bare_object_name(writer, prefix, name);
  out.literal({text, writer.size});
}

/// `~` sorts after every letter, so the trigger fires after the table's own.
inline constexpr std::string_view trigger_prefix = "~om_sync_";

constexpr void write_trigger_name(sink& out, std::string_view migration) {
  write_object_name(out, trigger_prefix, migration);
}

/// A function of ours, in the schema of the table.
constexpr void write_own_function(sink& out, const migration_description& migration, std::string_view prefix) {
  out.identifier(migration.table.schema);
  out.put('.');
  write_object_name(out, prefix, migration.name);
}

/// The function of the sync trigger.
constexpr void write_function_name(sink& out, const migration_description& migration) {
  write_own_function(out, migration, "om_sync_");
}

/// What a partial transform gives, and NULL where it fails: see sql/total.hpp.
constexpr void write_total_name(sink& out, const migration_description& migration) {
  write_own_function(out, migration, "om_total_");
}

/// Why a partial transform fails: its SQLSTATE, and NULL where it does not.
constexpr void write_why_name(sink& out, const migration_description& migration) {
  write_own_function(out, migration, "om_why_");
}

/// The sequence that counts how often the sync trigger had to put a write right.
constexpr void write_alarm_name(sink& out, const migration_description& migration) {
  write_own_function(out, migration, "om_alarm_");
}

/// `'"schema"."table"'`, as the text that `regclass` takes.
constexpr void write_table_literal(sink& out, const table_description& table) {
  // The names are few and known: quoted once as identifiers, then as a literal.
  char name[512]{};
  sink writer{name};
  write_table(writer, table);
  out.literal({name, writer.size});
}

constexpr void write_not_null_name(sink& out, const migration_description& migration) {
  write_object_name(out, "om_not_null_", migration.name);
}

}  // namespace online_migration::detail
