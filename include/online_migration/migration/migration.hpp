// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <online_migration/base/diagnosis.hpp>
#include <online_migration/migration/add_column.hpp>
#include <online_migration/migration/behind.hpp>
#include <online_migration/migration/derived_inverse.hpp>
#include <online_migration/migration/derived_rules.hpp>
#include <online_migration/migration/replace_columns.hpp>
#include <online_migration/migration/rules.hpp>
#include <online_migration/migration/rules/mixed_changes.hpp>
#include <online_migration/migration/structure/structure.hpp>
#include <online_migration/migration/structure_rules.hpp>
#include <online_migration/schema/table.hpp>

namespace online_migration {

/// An online schema change: its name in the state tables, the table, and what changes. Derive a named struct from it:
///
///     struct canonical_display_name : om::migration<"users-display-name-canonical", users,
///         om::add_column<"display_name_canonical", om::text,
///             om::ascii_lower(om::trim(om::col<"display_name">))>> {};
///
/// A mistake in it does not compile: see docs/errors.
template <fixed_string Name, table_like Table, class... Changes>
struct migration {
  using rules = detail::checked<mixed_changes<Name, sizeof...(Changes)>::raise()>;
};

/// A migration that gives values: it adds a derived column, or replaces one.
template <fixed_string Name, table_like Table, class Change>
  requires(!structural_change<Change>)
struct migration<Name, Table, Change> {
  static constexpr auto name = Name;
  using table = Table;
  using change = detail::completed<Table, Change>;
  using verdict = detail::check_migration<Name, Table, change>;
  using rules = detail::checked<verdict::raise()>;
};

/// A migration that replaces any number of columns by any number of others.
template <fixed_string Name, table_like Table, class... Parts>
struct migration<Name, Table, replace_columns<Parts...>>
    : detail::columns_filled<typename replace_columns<Parts...>::added>::type {
  static constexpr auto name = Name;
  using table = Table;
  using change = replace_columns<Parts...>;
  using verdict = detail::check_replacing_several<Name, Table, change>;
  using rules = detail::checked<verdict::raise()>;
};

/// A migration that adds several derived columns: one expand, one walk over the table, one checked unit.
template <fixed_string Name, table_like Table, derived_change First, derived_change Second, derived_change... More>
struct migration<Name, Table, First, Second, More...> {
  static constexpr auto name = Name;
  using table = Table;
  using change = First;
  using column_changes = detail::list<First, Second, More...>;
  using verdict = detail::check_derived<Name, Table, First, Second, More...>;
  using rules = detail::checked<verdict::raise()>;
};

namespace detail {

/// A migration of changes that a list has.
template <fixed_string Name, class Table, class Changes>
struct migration_with;

template <fixed_string Name, class Table, class... Changes>
struct migration_with<Name, Table, list<Changes...>> {
  using type = migration<Name, Table, Changes...>;
};

}  // namespace detail

/// A migration that adds or replaces columns, and behind them has structural changes, which may be over the new
/// columns: a checked unit. What they are over is filled before any of them is taken.
template <fixed_string Name, table_like Table, class First, class Second, class... More>
  requires(!structural_change<First> && (structural_change<Second> || ... || structural_change<More>) &&
           (detail::stand_behind_columns<First, Second, More...>() ||
            detail::stand_behind_replacement<First, Second, More...>()))
struct migration<Name, Table, First, Second, More...>
    : detail::migration_with<Name, Table, detail::derived_among<First, Second, More...>>::type {
  using values = typename detail::migration_with<Name, Table, detail::derived_among<First, Second, More...>>::type;
  using before = decltype(detail::columns_before_of(detail::derived_among<First, Second, More...>{}));
  using structure =
      detail::structure_behind<Name, Table, typename before::added, detail::structural_among<First, Second, More...>,
                               typename before::retired>;
  using structure_verdict = typename detail::check_behind<typename values::verdict, structure, typename before::added,
                                                          typename structure::changes>::type;
  using verdict = typename detail::first_failure<typename values::verdict, structure_verdict>::type;
  using structure_rules = detail::checked<structure_verdict::raise()>;
};

/// A migration of structural changes, in their order: a checked unit that goes through the phases together.
template <fixed_string Name, table_like Table, structural_change... Changes>
  requires(sizeof...(Changes) > 0)
struct migration<Name, Table, Changes...> {
  static constexpr auto name = Name;
  using table = Table;
  using changes = detail::list<Changes...>;
  using verdict = detail::check_structure_of<Name, Table, Changes...>;
  using rules = detail::checked<verdict::raise()>;
};

/// A struct derived from `om::migration` that gives values.
template <class Migration>
concept migration_like = requires {
  Migration::name.view();
  requires table_like<typename Migration::table>;
  typename Migration::change::transform;
};

/// A struct derived from `om::migration` that fills several new columns.
template <class Migration>
concept several_columns = migration_like<Migration> && requires { typename Migration::column_changes; };

/// A change whose new column is in another table.
template <class Change>
concept moves_column = requires { typename Change::home; };

/// A struct derived from `om::migration` that has structural changes.
template <class Migration>
concept structural_migration = requires {
  Migration::name.view();
  requires table_like<typename Migration::table>;
  typename Migration::changes;
};

/// The structural changes behind the new columns of a migration, as a structural migration: `om::plan` of it shows
/// their steps.
template <has_structure_behind Migration>
using structure_of = typename Migration::structure;

/// A struct derived from `om::migration`.
template <class Migration>
concept any_migration = migration_like<Migration> || structural_migration<Migration>;

/// The inverse of a migration's transform, declared or derived, as an expression over the new column.
template <migration_like Migration>
  requires(detail::has_inverse<typename Migration::change> && requires { typename Migration::change::inverse; })
inline constexpr typename Migration::change::inverse inverse_of{};

/// Whether the transform of a migration has to be computed by the client.
template <migration_like Migration>
inline constexpr bool is_client_only = Migration::change::transform::in == worlds::client_only;

}  // namespace online_migration
