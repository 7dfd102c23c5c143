// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <type_traits>

#include <online_migration/base/fixed_string.hpp>
#include <online_migration/base/list.hpp>
#include <online_migration/migration/add_column.hpp>
#include <online_migration/migration/way_back.hpp>
#include <online_migration/schema/column.hpp>
#include <online_migration/schema/column_type.hpp>
#include <online_migration/transform/node.hpp>

namespace online_migration {

/// A change: a new column that takes the place of an old one, which contract retires. The transform reads the old
/// column; the inverse, over the new one, covers writers who know only the new column, and is the way back after
/// contract.
/// It follows from a transform that loses nothing (`om::derived_inverse`). Where there is none, say `om::lossy`.
///
///     om::replace_column<"balance", "balance_v2", om::bigint,
///         om::col<"balance">, om::cast<om::integer>(om::col<"balance_v2">), om::not_null>
template <fixed_string Old, fixed_string New, column_type Type, auto Transform,
          auto WayBack = detail::no_way_back_given{}, derived_column_option... Options>
  requires transform_expression<decltype(Transform)> && detail::way_back<std::remove_const_t<decltype(WayBack)>>
struct replace_column : add_column<New, Type, Transform, Options...> {
  static constexpr auto replaced = Old;
  using inverse = detail::way_back_type<decltype(WayBack)>;
  using retired = detail::list<from<Old, WayBack>>;
  using added = detail::list<replace_column>;
  static constexpr bool trigger_keeps = false;
};

}  // namespace online_migration
