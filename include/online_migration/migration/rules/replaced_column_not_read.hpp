// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <online_migration/base/diagnosis.hpp>
#include <online_migration/base/list.hpp>
#include <online_migration/migration/replace_column.hpp>

namespace online_migration {

/// M019: a replaced column that the transform does not read, so that its values would be lost.
template <fixed_string Old, fixed_string New>
struct replaced_column_not_read {
  static constexpr bool raise() {
    static_assert(accepts<replaced_column_not_read>,
                  "M019: the new column does not follow from the column that it replaces; read that column in the "
                  "transform, or add the new one with om::add_column. docs/errors/M019.md");
    return true;
  }
};

namespace detail {

/// Whether a column is among those of a list of column nodes.
template <fixed_string Name, class... Columns>
constexpr bool is_read(list<Columns...>) {
  return (same_text(Name, Columns::name) || ...);
}

template <class Change, bool Read = is_read<Change::replaced>(typename Change::transform::columns{})>
struct reads_replaced {
  using type = accepted;
};

template <class Change>
struct reads_replaced<Change, false> {
  using type = replaced_column_not_read<Change::replaced, Change::name>;
};

/// The rule, over a change that replaces a column.
template <class Change>
using check_replaced_read = typename reads_replaced<Change>::type;

}  // namespace detail
}  // namespace online_migration
