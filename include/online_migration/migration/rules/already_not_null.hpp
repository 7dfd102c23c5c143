// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <online_migration/base/diagnosis.hpp>
#include <online_migration/base/fixed_string.hpp>

namespace online_migration {

/// M053: a column that is to become NOT NULL, and is declared so already.
template <class Table, fixed_string Column>
struct already_not_null {
  static constexpr bool raise() {
    static_assert(accepts<already_not_null>,
                  "M053: the table declares this column om::not_null (or in its key) already; a migration starts from "
                  "the table as it is before: take om::not_null out of the table. docs/errors/M053.md");
    return true;
  }
};

}  // namespace online_migration
