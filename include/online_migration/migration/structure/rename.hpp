// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <online_migration/migration/structure/structure.hpp>

namespace online_migration {

/// A change: the migration's table gets another name. Until contract a view has the old one, through which programs
/// that know only that go on reading and writing; contract drops the view.
///
///     om::rename_table<"customers">
template <fixed_string NewName>
struct rename_table {
  static constexpr auto name = NewName;
  static constexpr structure_description structure{.is = online_migration::structure::rename_table,
                                                   .name = NewName.view()};
  using reads = detail::list<>;
};

/// A change: a constraint gets another name, at contract.
template <fixed_string OldName, fixed_string NewName>
struct rename_constraint {
  static constexpr auto name = NewName;
  static constexpr structure_description structure{
      .is = online_migration::structure::rename_constraint, .name = NewName.view(), .option = OldName.view()};
  using reads = detail::list<>;
};

}  // namespace online_migration
