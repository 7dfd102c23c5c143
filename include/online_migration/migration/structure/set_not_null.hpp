// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <online_migration/migration/structure/structure.hpp>

namespace online_migration {

/// A change: a column that may be NULL becomes NOT NULL. Rows with NULL are counted first; contract then adds a CHECK
/// that only new rows meet, validates it beside readers and writers, and takes it for the proof of NOT NULL, so that
/// nothing is scanned under an exclusive lock.
///
///     om::set_not_null<"email">
template <fixed_string Column>
struct set_not_null {
  static constexpr auto column = Column;
  static constexpr structure_description structure{
      online_migration::structure::set_not_null, {}, detail::names<Column>};
  using reads = detail::list<column_node<Column>>;
};

}  // namespace online_migration
