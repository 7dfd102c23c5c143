// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <cstddef>
#include <type_traits>

#include <online_migration/base/diagnosis.hpp>
#include <online_migration/schema/table.hpp>

namespace online_migration {

/// M005: a table that cannot be walked: no key is declared, or a key of a type that cannot be walked by.
template <class Table>
struct no_usable_key {
  static constexpr bool raise() {
    static_assert(accepts<no_usable_key>,
                  "M005: the table declares no key to walk by; mark the columns of a unique, not floating-point key "
                  "with om::primary_key. docs/errors/M005.md");
    return true;
  }
};

namespace detail {

constexpr bool has_usable_key(const table_description& table) {
  for (std::size_t i = 0; i < table.count; ++i) {
    if (table.columns[i].is_key && !table.columns[i].type->walks) return false;
  }
  return table.key_count() > 0;
}

/// The rule, over a table.
template <class Table>
using check_key = std::conditional_t<has_usable_key(describe_table<Table>), accepted, no_usable_key<Table>>;

}  // namespace detail
}  // namespace online_migration
