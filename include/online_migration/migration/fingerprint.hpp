// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <cstddef>

#include <online_migration/base/hash.hpp>
#include <online_migration/base/sink.hpp>
#include <online_migration/migration/describe.hpp>
#include <online_migration/migration/description.hpp>
#include <online_migration/migration/migration.hpp>

namespace online_migration {

namespace detail {

/// How every canonical text begins.
constexpr void write_subject(sink& out, std::string_view name, const table_description& table) {
  out.put("online_migration 1 ");
  out.identifier(name);
  out.put(' ');
  out.identifier(table.schema);
  out.put('.');
  out.identifier(table.name);
}

/// The canonical text of a migration: everything that decides what is written to which rows, and nothing about how the
/// SQL is worded, so that a newer library can go on with a run that an older one began.
constexpr void write_canonical(sink& out, const migration_description& migration) {
  write_subject(out, migration.name, migration.table);
  for (std::size_t i = 0; i < migration.table.count; ++i) {
    const column_description& column = migration.table.columns[i];
    if (!column.is_key && !migration.sources.has(i)) continue;
    out.put(column.is_key ? " key " : " source ");
    out.identifier(column.name);
    out.put(' ');
    column.type->write(out);
    if (column.is_required) out.put(" not null");
  }
  if (migration.elsewhere) {
    const table_description& home = *migration.home;
    out.put(" to ");
    out.identifier(home.schema);
    out.put('.');
    out.identifier(home.name);
    for (std::size_t i = 0; i < home.key_count(); ++i) {
      out.put(" key ");
      out.identifier(home.columns[home.key_at(i)].name);
    }
  }
  auto add = [&](const migration_description& part, std::size_t) {
    out.put(" add ");
    out.identifier(part.target);
    out.put(' ');
    part.target_type->write(out);
    if (part.target_required) out.put(" not null");
    out.put(" := ");
    part.describe_transform(out);
  };
  if (has_rows(migration)) {
    each_row(migration, [&](const extracted_row& row, std::size_t) {
      out.put(row.each_element ? piece{" each element"} : piece{" row "});
      row.write_position(out);
      for (std::size_t i = 0; i < row.part_count; ++i) add(row.parts[i], i);
    });
  } else {
    each_target(migration, add);
  }
  if (!replaces(migration)) {
    // Who keeps the column later decides what is counted from the beginning.
    if (!migration.trigger_keeps && migration.in != worlds::client_only) out.put(" kept by application");
    return;
  }
  auto replaced = [&](std::string_view name) {
    out.put(" replaces ");
    out.identifier(name);
    out.put(" back := ");
  };
  if (has_way_back(migration)) {
    each_way_back(migration, [&](const column_description& old, const migration_description& back, std::size_t) {
      replaced(old.name);
      back.describe_transform(out);
    });
  } else {
    each_replaced(migration, [&](const column_description& old, std::size_t) {
      replaced(old.name);
      out.put("lossy");
    });
  }
}

/// Structural changes, each with what it is over.
constexpr void write_changes(sink& out, const structural_description& migration) {
  auto columns = [&](piece what, const table_description& table, const name_list& list) {
    if (list.count > 0) out.put(what);
    for (std::size_t i = 0; i < list.count; ++i) {
      out.put(' ');
      out.identifier(list.names[i]);
      std::size_t at = table.find(list.names[i]);
      if (at == table_description::none) continue;
      out.put(' ');
      table.columns[at].type->write(out);
    }
  };
  for (std::size_t i = 0; i < migration.count; ++i) {
    const structure_description& change = migration.changes[i];
    constexpr piece kinds[]{"create table",    "rename table",        "add column",      "set default",
                            "create index",    "set not null",        "add check",       "add unique",
                            "add foreign key", "rename constraint",   "drop constraint", "drop index",
                            "drop not null",   "drop default",        "drop column",     "drop table",
                            "set comment",     "set replica identity"};
    out.put(' ');
    out.put(kinds[static_cast<int>(change.is)]);
    if (!change.name.empty()) {
      out.put(' ');
      out.identifier(change.name);
    }
    if (change.unique) out.put(" unique");
    if (change.nulls_equal) out.put(" nulls not distinct");
    columns(" over", migration.table, change.columns);
    if (change.write_expressions) change.write_expressions(out, {}, "", ", ");
    columns(" including", migration.table, change.included);
    if (change.other.count > 0) {
      out.put(" to ");
      out.identifier(change.other.schema);
      out.put('.');
      out.identifier(change.other.name);
      columns("", change.other, change.referenced);
    }
    if (!change.option.empty()) out.all(" with ", change.option);
    if (change.is == structure::add_column) {
      out.put(' ');
      change.type->write(out);
      if (change.required) out.put(" not null");
    }
    for (std::size_t at = 0; change.write_behind && at < change.columns.count; ++at) {
      out.put(" place");
      change.write_behind(out, change.columns.names[at]);
    }
    if (change.write_storage) {
      out.put(" storage ");
      change.write_storage(out);
    }
    if (change.write) {
      out.put(" := ");
      change.write(out, {});
    }
    if (change.is != structure::create_table) continue;
    for (std::size_t column = 0; column < migration.table.count; ++column) {
      const column_description& each = migration.table.columns[column];
      out.put(each.is_key ? " key " : " column ");
      out.identifier(each.name);
      out.put(' ');
      each.type->write(out);
      if (each.is_required) out.put(" not null");
      if (each.has_server_default) out.put(" default");
    }
  }
}

/// The same of structural changes.
constexpr void write_canonical(sink& out, const structural_description& migration) {
  write_subject(out, migration.name, migration.table);
  write_changes(out, migration);
}

template <class Migration>
constexpr text_constant<16> make_fingerprint() {
  auto write = [](sink& out) {
    if constexpr (structural_migration<Migration>) {
      write_canonical(out, describe_structure<Migration>);
    } else {
      write_canonical(out, describe_migration<Migration>);
      if constexpr (has_structure_behind<Migration>) write_changes(out, describe_structure<structure_of<Migration>>);
    }
  };
  constexpr std::size_t size = size_of(write);
  text_constant<size> canonical;
  sink writer{canonical.text};
  write(writer);
  text_constant<16> result;
  sink out{result.text};
  write_hex(out, fnv1a(canonical.text, size));
  return result;
}

template <class Migration>
inline constexpr text_constant<16> stored_fingerprint = make_fingerprint<Migration>();

}  // namespace detail

/// 16 hexadecimal digits that tell whether two declarations mean the same change: stored with a run, so that it is
/// never resumed by another declaration. The same on every compiler.
template <any_migration Migration>
inline constexpr std::string_view fingerprint = detail::stored_fingerprint<Migration>.view();

}  // namespace online_migration
