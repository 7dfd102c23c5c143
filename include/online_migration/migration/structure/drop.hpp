// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <online_migration/migration/structure/structure.hpp>

namespace online_migration {

/// A change: a column goes. Contract lets inserts leave it out, `om::retire` renames it away, `om::drop_retired` drops
/// it; until then `om::revive` brings it back with its values.
template <fixed_string Column>
struct drop_column {
  static constexpr auto column = Column;
  static constexpr structure_description structure{.is = online_migration::structure::drop_column,
                                                   .columns = detail::names<Column>};
  using reads = detail::list<column_node<Column>>;
};

/// A change: a CHECK, FOREIGN KEY or UNIQUE constraint goes at contract. Its definition is kept in the run, and
/// `om::revive` puts it back.
template <fixed_string Name>
struct drop_constraint {
  static constexpr auto name = Name;
  static constexpr structure_description structure{.is = online_migration::structure::drop_constraint,
                                                   .name = Name.view()};
  using reads = detail::list<>;
};

/// A change: an index goes at contract, without stopping anybody. Its definition is kept in the run, and `om::revive`
/// builds it again.
template <fixed_string Name>
struct drop_index {
  static constexpr auto name = Name;
  static constexpr structure_description structure{.is = online_migration::structure::drop_index, .name = Name.view()};
  using reads = detail::list<>;
};

/// A change: a column that is NOT NULL may be NULL from contract on. `om::revive` makes it NOT NULL again.
template <fixed_string Column>
struct drop_not_null {
  static constexpr auto column = Column;
  static constexpr structure_description structure{.is = online_migration::structure::drop_not_null,
                                                   .columns = detail::names<Column>};
  using reads = detail::list<column_node<Column>>;
};

/// A change: a column has no default from contract on. The one that it had is kept in the run, and `om::revive` puts it
/// back.
template <fixed_string Column>
struct drop_default {
  static constexpr auto column = Column;
  static constexpr structure_description structure{.is = online_migration::structure::drop_default,
                                                   .columns = detail::names<Column>};
  using reads = detail::list<column_node<Column>>;
};

/// A change: the migration's table goes. `om::retire` renames it away, `om::drop_retired` drops it; until then
/// `om::revive` brings it back with its rows.
struct drop_table {
  static constexpr structure_description structure{.is = online_migration::structure::drop_table};
  using reads = detail::list<>;
};

}  // namespace online_migration
