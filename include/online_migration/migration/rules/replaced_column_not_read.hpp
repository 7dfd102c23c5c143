// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <online_migration/base/diagnosis.hpp>
#include <online_migration/migration/way_back.hpp>

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

/// The rule, over a change that replaces one column by one.
template <class Change>
using check_replaced_read = fine_or<is_named_in<Change::replaced>(typename Change::transform::columns{}),
                                    replaced_column_not_read<Change::replaced, Change::name>>;

}  // namespace detail
}  // namespace online_migration
