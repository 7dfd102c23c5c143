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
///
///     struct user_profiles : om::table<"user_profiles",
///         om::column<"user_id", om::bigint, om::primary_key>,
///         om::column<"bio",     om::text>> {};
///
///     struct move_profile : om::migration<"users-move-profile", users,
///         om::move_columns<user_profiles, om::moved<"bio">>> {};
template <table_like Target, moved_column First, moved_column... Rest>
struct move_columns {};

/// A migration that moves columns: one expand, one walk over the first table, one proof over both.
template <fixed_string Name, table_like Table, table_like Target, moved_column First, moved_column... Rest>
struct migration<Name, Table, move_columns<Target, First, Rest...>> {
  static constexpr auto name = Name;
  using table = Table;
  using change = detail::moved_into<Target, First>;
  using column_changes = detail::list<change, detail::moved_into<Target, Rest>...>;
  using verdict = detail::check_move<Name, Table, Target, First, Rest...>;
  using rules = detail::checked<verdict::raise()>;
};

}  // namespace online_migration
