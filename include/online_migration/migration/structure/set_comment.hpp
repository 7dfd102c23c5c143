// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <online_migration/migration/structure/structure.hpp>

namespace online_migration {

/// A change: what is said about a column. Expand says it, rollback and `om::revive` say again what was said before.
///
///     om::comment_column<"total", "in cents">
template <fixed_string Column, fixed_string Text>
struct comment_column {
  static constexpr auto column = Column;
  static constexpr structure_description structure{
      .is = online_migration::structure::set_comment, .columns = detail::names<Column>, .option = Text.view()};
  using reads = detail::list<column_node<Column>>;
};

/// A change: the same about the migration's table.
template <fixed_string Text>
struct comment_table {
  static constexpr structure_description structure{.is = online_migration::structure::set_comment,
                                                   .option = Text.view()};
  using reads = detail::list<>;
};

}  // namespace online_migration
