// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <online_migration/base/diagnosis.hpp>
#include <online_migration/base/fixed_string.hpp>

namespace online_migration {

/// M052: a foreign key whose columns are not as many as those that it refers to, or not of the same types.
template <class Table, fixed_string Name, class Other>
struct foreign_key_mismatch {
  static constexpr bool raise() {
    static_assert(accepts<foreign_key_mismatch>,
                  "M052: a foreign key has as many columns as it refers to, of the same types in the same order; "
                  "correct one of the lists. docs/errors/M052.md");
    return true;
  }
};

}  // namespace online_migration
