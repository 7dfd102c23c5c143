// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <online_migration/migration/structure/structure.hpp>

namespace online_migration {

/// A change: a UNIQUE constraint. Duplicates are counted before anything is created; contract then builds its index
/// beside readers and writers.
///
///     om::add_unique<"users_email_key", "email">
template <fixed_string Name, fixed_string... Columns>
  requires(sizeof...(Columns) > 0)
struct add_unique {
  static constexpr auto name = Name;
  static constexpr structure_description structure{
      .is = online_migration::structure::add_unique, .name = Name.view(), .columns = detail::names<Columns...>};
  using reads = detail::list<column_node<Columns>...>;
};

/// The same where a NULL is the same as another one: NULLS NOT DISTINCT, from PostgreSQL 15 on.
///
///     om::add_unique_nulls_not_distinct<"users_phone_key", "phone">
template <fixed_string Name, fixed_string... Columns>
  requires(sizeof...(Columns) > 0)
struct add_unique_nulls_not_distinct {
  static constexpr auto name = Name;
  static constexpr structure_description structure{.is = online_migration::structure::add_unique,
                                                   .name = Name.view(),
                                                   .columns = detail::names<Columns...>,
                                                   .nulls_equal = true};
  using reads = detail::list<column_node<Columns>...>;
};

}  // namespace online_migration
