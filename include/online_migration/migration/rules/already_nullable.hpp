// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <online_migration/base/diagnosis.hpp>
#include <online_migration/base/fixed_string.hpp>

namespace online_migration {

/// M055: a column that is to lose its NOT NULL, and is not declared with it.
template <class Table, fixed_string Column>
struct already_nullable {
  static constexpr bool raise() {
    static_assert(accepts<already_nullable>,
                  "M055: the table does not declare this column om::not_null, so there is nothing to drop; a migration "
                  "starts from the table as it is before: declare it. docs/errors/M055.md");
    return true;
  }
};

}  // namespace online_migration
