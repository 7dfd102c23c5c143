// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <type_traits>

#include <online_migration/migration/structure/structure.hpp>

namespace online_migration {

/// A change: a CHECK constraint over columns of the row. Rows that break it are counted first; contract then adds it
/// for new rows, and validates it beside readers and writers.
///
///     om::add_check<"balance_is_positive", om::sql<"{} >= 0", om::boolean>(om::col<"balance">)>
template <fixed_string Name, auto Condition>
  requires expression<std::remove_const_t<decltype(Condition)>>
struct add_check {
  static constexpr auto name = Name;
  using condition = std::remove_const_t<decltype(Condition)>;
  static constexpr structure_description structure{
      .is = online_migration::structure::add_check, .name = Name.view(), .write = &condition::write};
  using reads = typename condition::columns;
};

}  // namespace online_migration
