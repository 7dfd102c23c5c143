// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <online_migration/base/diagnosis.hpp>
#include <online_migration/migration/add_column.hpp>
#include <online_migration/migration/rules.hpp>
#include <online_migration/schema/column_set.hpp>
#include <online_migration/schema/table.hpp>

namespace online_migration {

/// An online schema change: its name in the state tables, the table, and the change. Derive a named struct from it:
///
///     struct canonical_display_name : om::migration<"users-display-name-canonical", users,
///         om::add_column<"display_name_canonical", om::text,
///             om::ascii_lower(om::trim(om::col<"display_name">))>> {};
///
/// A mistake in it does not compile: see docs/errors.
template <fixed_string Name, table_like Table, class Change>
struct migration {
  static constexpr auto name = Name;
  using table = Table;
  using change = Change;
  using verdict = detail::check_migration<Name, Table, Change>;
  using rules = detail::checked<verdict::raise()>;
};

/// A struct derived from `om::migration`.
template <class Migration>
concept migration_like = requires {
  Migration::name.view();
  requires table_like<typename Migration::table>;
  typename Migration::change::transform;
};

/// Whether the transform of a migration has to be computed by the client.
template <migration_like Migration>
inline constexpr bool is_client_only = Migration::change::transform::in == worlds::client_only;

/// A migration as a plain value.
struct migration_description {
  std::string_view name;
  table_description table;
  std::string_view target;  ///< the new column
  const type_description* target_type = nullptr;
  bool target_required = false;
  detail::column_set sources{};  ///< what the transform reads
  worlds in = worlds::none;
  bool total = false;
  std::uint32_t transform_oid = 0;  ///< the type of the transform itself, which the target may widen
  void (*write_transform)(detail::sink&, const detail::column_names&) = nullptr;
  void (*describe_transform)(detail::sink&) = nullptr;
};

namespace detail {

template <class Table, class... Columns>
constexpr column_set set_of(list<Columns...>) {
  column_set result;
  (result.add(column_index<Table, Columns::name>), ...);
  return result;
}

}  // namespace detail

/// The description of a declared migration.
template <migration_like Migration>
inline constexpr migration_description describe_migration{
    Migration::name.view(),
    describe_table<typename Migration::table>,
    Migration::change::name.view(),
    &Migration::change::type::description,
    Migration::change::is_required,
    detail::set_of<typename Migration::table>(typename Migration::change::transform::columns{}),
    Migration::change::transform::in,
    Migration::change::transform::total,
    Migration::change::transform::type_over(describe_table<typename Migration::table>).type.oid,
    &Migration::change::transform::write,
    &Migration::change::transform::describe};

}  // namespace online_migration
