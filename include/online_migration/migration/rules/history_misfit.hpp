// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <online_migration/base/diagnosis.hpp>
#include <online_migration/base/fixed_string.hpp>

namespace online_migration {

/// M030: a migration, or a table, that is not declared over what the migrations before it leave.
template <class Migration, fixed_string Column, class Reason>
struct history_misfit {
  static constexpr bool raise() {
    static_assert(accepts<history_misfit>,
                  "M030: this does not fit the schema that the migrations before it leave; declare it over "
                  "om::schema_after<table, migrations...>, or correct the order. docs/errors/M030.md");
    return true;
  }
};

}  // namespace online_migration
