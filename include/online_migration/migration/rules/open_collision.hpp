// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <online_migration/base/diagnosis.hpp>
#include <online_migration/base/fixed_string.hpp>

namespace online_migration {

/// M031: two migrations are open at once, and one of them writes a column that the other reads or writes.
template <class First, class Second, fixed_string Column>
struct open_collision {
  static constexpr bool raise() {
    static_assert(accepts<open_collision>,
                  "M031: one of two open migrations writes this column and the other uses it, so the values would "
                  "depend on whose trigger fires first; finish the first, and say om::finished of it. "
                  "docs/errors/M031.md");
    return true;
  }
};

}  // namespace online_migration
