// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <online_migration/base/diagnosis.hpp>
#include <online_migration/base/list.hpp>
#include <online_migration/migration/way_back.hpp>

namespace online_migration {

/// M067: one of several retired columns that no new column reads, so that its values would be lost.
template <fixed_string Old>
struct retired_column_not_read {
  static constexpr bool raise() {
    static_assert(accepts<retired_column_not_read>,
                  "M067: no new column of this migration follows from this retired one; read it in a "
                  "transform, or take it away with om::drop_column in a migration of its own. docs/errors/M067.md");
    return true;
  }
};

namespace detail {

/// Whether one of several new columns reads a column.
template <fixed_string Name, class... Added>
constexpr bool is_read_by(list<Added...>) {
  return (is_named_in<Name>(typename Added::transform::columns{}) || ...);
}

/// The rule, over one of the retired columns and the list of the new ones.
template <class Retired, class Added>
using check_is_read = fine_or<is_read_by<Retired::name>(Added{}), retired_column_not_read<Retired::name>>;

}  // namespace detail
}  // namespace online_migration
