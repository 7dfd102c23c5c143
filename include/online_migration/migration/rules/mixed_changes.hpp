// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <cstddef>

#include <online_migration/base/diagnosis.hpp>
#include <online_migration/base/fixed_string.hpp>

namespace online_migration {

/// M050: changes that cannot be one migration: several that give values, or one of those beside structural ones.
template <fixed_string Migration, std::size_t Changes>
struct mixed_changes {
  static constexpr bool raise() {
    static_assert(accepts<mixed_changes>,
                  "M050: a migration has either one change that gives values (om::add_column, om::replace_column) or "
                  "structural changes only; make them two migrations, one after the other. docs/errors/M050.md");
    return true;
  }
};

}  // namespace online_migration
