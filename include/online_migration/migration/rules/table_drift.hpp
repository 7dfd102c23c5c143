// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <online_migration/base/diagnosis.hpp>
#include <online_migration/base/fixed_string.hpp>

namespace online_migration {

/// M036: a table is not as it is declared.
template <class Table, fixed_string Column, class Reason>
struct table_drift {
  static constexpr bool raise() {
    static_assert(accepts<table_drift>,
                  "M036: this table is not as it is declared; correct the declaration, or migrate the database. "
                  "docs/errors/M036.md");
    return true;
  }
};

}  // namespace online_migration
