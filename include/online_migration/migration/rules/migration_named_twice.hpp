// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <online_migration/base/diagnosis.hpp>

namespace online_migration {

/// M032: two migrations of a history have one name, or one stands in it twice.
template <class First, class Second>
struct migration_named_twice {
  static constexpr bool raise() {
    static_assert(accepts<migration_named_twice>,
                  "M032: these migrations have the same name, by which the state tables know a migration; give each a "
                  "name of its own, and name it once. docs/errors/M032.md");
    return true;
  }
};

}  // namespace online_migration
