// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <online_migration/base/diagnosis.hpp>
#include <online_migration/base/fixed_string.hpp>

namespace online_migration {

/// M056: an option of an index that says how a column stands in it, of a column that does not.
template <class Table, fixed_string Index, fixed_string Column>
struct not_in_index {
  static constexpr bool raise() {
    static_assert(accepts<not_in_index>,
                  "M056: the index is not over this column, so an operator class or an order of it says nothing; name a "
                  "column of its om::columns, or leave the option out. docs/errors/M056.md");
    return true;
  }
};

}  // namespace online_migration
