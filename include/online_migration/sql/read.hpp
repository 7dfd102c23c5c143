// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <cstddef>
#include <string_view>

#include <online_migration/base/fixed_string.hpp>
#include <online_migration/migration/representation.hpp>
#include <online_migration/migration/rules/legacy_at_new_only.hpp>
#include <online_migration/migration/stage.hpp>
#include <online_migration/sql/dual_write.hpp>
#include <online_migration/sql/parts.hpp>

/// Reads: the field of the row with a key, in either representation.
namespace online_migration {

namespace detail {

/// What the legacy representation is read from: the transform, or its sources where only the client can compute it.
constexpr void write_legacy_field(sink& out, const migration_description& migration) {
  if (migration.in == worlds::client_only) {
    write_sources(out, migration, row_names);
  } else {
    write_transform(out, migration, row_names);
  }
}

constexpr void write_from_key(sink& out, const migration_description& migration) {
  out.put(" FROM ");
  write_table(out, migration.table);
  out.put(" AS t WHERE ");
  write_key_equals(out, migration.table, 1);
}

/// The field as it follows from the old columns.
constexpr void write_read_legacy(sink& out, const migration_description& migration) {
  if (has_parts(migration)) return;
  out.put("SELECT ");
  write_legacy_field(out, migration);
  write_from_key(out, migration);
}

/// What the new representation is read from: the new column, of another table by the key of the row that `names` is
/// about.
constexpr void write_new_field(sink& out, const migration_description& migration, const column_names& names) {
  if (!migration.elsewhere) return names.write(out, migration.target);
  out.put("(SELECT ");
  home_row.write(out, migration.target);
  out.put(" FROM ");
  write_table(out, home_of(migration));
  write_home_of(out, migration, names);
  out.put(')');
}

/// The field as the new column has it. A row without its other one, where that has the column, has no such field.
constexpr void write_read_new(sink& out, const migration_description& migration) {
  if (has_parts(migration)) return;
  out.put("SELECT ");
  write_new_field(out, migration, row_names);
  write_from_key(out, migration);
  if (!migration.elsewhere) return;
  out.put(" AND EXISTS (SELECT FROM ");
  write_table(out, home_of(migration));
  write_home_of(out, migration, row_names);
  out.put(')');
}

/// Both, and whether they differ where the server can tell: one statement and so one snapshot, because a write may come
/// between two.
constexpr void write_read_both(sink& out, const migration_description& migration) {
  if (has_parts(migration)) return;
  out.put("SELECT ");
  write_legacy_field(out, migration);
  out.put(", ");
  write_new_field(out, migration, row_names);
  if (migration.in != worlds::client_only) {
    out.put(", (");
    write_differs(out, migration, row_names);
    out.put(')');
  }
  write_from_key(out, migration);
}

/// `"alias".`, or nothing.
template <fixed_string Alias>
constexpr auto make_alias_prefix() {
  constexpr auto write = [](sink& out) {
    if (Alias.size() == 0) return;
    out.identifier(Alias.view());
    out.put('.');
  };
  text_constant<size_of(write)> result;
  sink out{result.text};
  write(out);
  return result;
}

template <fixed_string Alias>
inline constexpr auto stored_alias_prefix = make_alias_prefix<Alias>();

template <class Migration, fixed_string Alias, representation From>
constexpr auto make_read_expression() {
  constexpr auto write = [](sink& out) {
    const migration_description& migration = describe_migration<Migration>;
    column_names names{stored_alias_prefix<Alias>.view()};
    if (From == representation::new_column) {
      write_new_field(out, migration, names);
    } else {
      write_transform(out, migration, names);
    }
  };
  text_constant<size_of(write)> result;
  sink out{result.text};
  write(out);
  return result;
}

template <class Migration, fixed_string Alias, representation From>
inline constexpr auto stored_read_expression = make_read_expression<Migration, Alias, From>();

template <class Migration, fixed_string Alias, stage Stage>
constexpr std::string_view legacy_expression() {
  using whole = whole_of_t<Migration>;
  if constexpr (Stage == stage::new_only && replaces_column<typename whole::change>) {
    legacy_at_new_only<whole, first_retired<typename whole::change>>::raise();
  }
  static_assert(!is_client_only<Migration>,
                "om::read_expression: this transform is client-only, so its legacy value has no meaning in SQL: select "
                "the columns that it reads, and give them to om::transform");
  return stored_read_expression<Migration, Alias, representation::legacy>.view();
}

template <class Migration, fixed_string Alias, stage Stage>
constexpr std::string_view new_expression() {
  check_not_legacy_stage<Migration, Stage>::raise();
  static_assert(
      !moves_column<typename Migration::change> || (Alias.size() > 0 && Alias.view() != "o"),
      "om::read_expression: of columns that move to another table it needs the alias that the first table has in "
      "the statement, and not o, which is that of the other one");
  return stored_read_expression<Migration, Alias, representation::new_column>.view();
}

}  // namespace detail

/// The field of a migration as SQL, for statements of the user's own: in the SELECT list, in WHERE, in ORDER BY.
/// `Alias` is what the table is called in the statement; without one its columns have to be unambiguous there. It obeys
/// `om::stage_of` as `om::reader` does.
///
///     using name = om::read_expression<canonical_display_name, "u">;
///     // pg_catalog.lower(pg_catalog.btrim("u"."display_name") COLLATE "C"), or "u"."display_name_canonical"
///     std::string sql = "SELECT u.id, " + std::string{name::of(reader.representation())} + " FROM public.users AS u";
template <migration_like Migration, fixed_string Alias = "", stage Stage = detail::stage_in_use<Migration>>
struct read_expression {
  static_assert(!several_columns<Migration>,
                "om::read_expression: this migration fills several columns, and this is the SQL of one: "
                "om::read_expression<om::one_column<migration, \"column\">>");

  /// What follows from the old columns. Does not compile for a client-only transform.
  static constexpr std::string_view legacy = detail::legacy_expression<Migration, Alias, Stage>();

  /// The new column.
  static constexpr std::string_view new_column = detail::new_expression<Migration, Alias, Stage>();

  /// The one of the two that `reader::representation` names.
  static constexpr std::string_view of([[maybe_unused]] representation from) {
    if constexpr (Stage == stage::new_only) {
      return new_column;
    } else {
      return from == representation::legacy ? legacy : new_column;
    }
  }
};

}  // namespace online_migration
