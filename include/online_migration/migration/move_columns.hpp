// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <type_traits>

#include <online_migration/migration/migration.hpp>
#include <online_migration/migration/move_rules.hpp>
#include <online_migration/migration/moved.hpp>

namespace online_migration {

/// A change: columns of a table go to another one, which has one row for each of its rows, under the same key. Expand
/// makes that table, with a foreign key to the first one. It has the key and the moved columns; `om::moved` says from
/// what each of them follows.
/// A column of the first table that moves as it is leaves it once contract is over; of another one that a moved column
/// reads say so, with `om::from` and `om::lossy`, if it is to leave as well. What stays, stays as it is.
///
///     struct user_profiles : om::table<"user_profiles",
///         om::column<"user_id", om::bigint, om::primary_key>,
///         om::column<"bio",     om::text>> {};
///
///     struct move_profile : om::migration<"users-move-profile", users,
///         om::move_columns<user_profiles, om::moved<"bio">>> {};
template <table_like Target, moved_column First, move_part... Rest>
struct move_columns {};

/// A migration that moves columns: one expand, one walk over the first table, one proof over both.
template <fixed_string Name, table_like Table, table_like Target, moved_column First, move_part... Rest>
struct migration<Name, Table, move_columns<Target, First, Rest...>> {
  static constexpr auto name = Name;
  using table = Table;
  using change = typename detail::move_of<Table, Target, First, Rest...>::changes::change;
  using column_changes = typename detail::move_of<Table, Target, First, Rest...>::changes::column_changes;
  using verdict = detail::check_move_of<Name, Table, Target, First, Rest...>;
  using rules = detail::checked<verdict::raise()>;
};

}  // namespace online_migration
