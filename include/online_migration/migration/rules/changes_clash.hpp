// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <cstddef>

#include <online_migration/base/diagnosis.hpp>
#include <online_migration/base/fixed_string.hpp>

namespace online_migration {

/// M054: two changes of one migration that stand in each other's way: one drops a column that the other reads, both
/// make an object of the same name, both say the same about one column, or one drops the whole table.
/// The numbers count the changes from 0.
template <fixed_string Migration, std::size_t First, std::size_t Second>
struct changes_clash {
  static constexpr bool raise() {
    static_assert(accepts<changes_clash>,
                  "M054: two changes of this migration stand in each other's way (a column that one drops and the "
                  "other reads, or the same name twice); make them two migrations. docs/errors/M054.md");
    return true;
  }
};

}  // namespace online_migration
