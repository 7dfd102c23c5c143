// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <online_migration/migration/structure/structure.hpp>

namespace online_migration {

/// What logical replication knows a changed row by: `replica_identity_key` its primary key, `replica_identity_full` the
/// whole old row, `replica_identity_nothing` nothing, so that a publication refuses updates and deletes.
struct replica_identity_key {
  static constexpr std::string_view words = "DEFAULT";
};
struct replica_identity_full {
  static constexpr std::string_view words = "FULL";
};
struct replica_identity_nothing {
  static constexpr std::string_view words = "NOTHING";
};

/// A unique index over columns that are NOT NULL, by its name; a change before this one may build it.
template <fixed_string Name>
struct replica_identity_index {
  static constexpr auto name = Name;
  static constexpr std::string_view words = "USING INDEX";
};

namespace detail {

template <class Identity>
struct named_identity {};

template <fixed_string Name>
struct named_identity<replica_identity_index<Name>> {
  static constexpr auto name = Name;
};

}  // namespace detail

/// A change: the replica identity of the migration's table. Contract sets it, `om::revive` puts back the one that was
/// there before.
///
///     om::set_replica_identity<om::replica_identity_index<"orders_by_number">>
template <class Identity>
  requires requires { Identity::words; }
struct set_replica_identity : detail::named_identity<Identity> {
  static constexpr structure_description structure = [] {
    structure_description result{.is = online_migration::structure::set_replica_identity, .option = Identity::words};
    if constexpr (requires { Identity::name; }) result.name = Identity::name.view();
    return result;
  }();
  using reads = detail::list<>;
};

}  // namespace online_migration
