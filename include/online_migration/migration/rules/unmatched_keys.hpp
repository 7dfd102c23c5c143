// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <cstddef>

#include <online_migration/base/diagnosis.hpp>
#include <online_migration/schema/table.hpp>

namespace online_migration {

/// M069: the table that columns move to has another key than the one they come from, or is the same table.
template <class Table, class Target>
struct unmatched_keys {
  static constexpr bool raise() {
    static_assert(accepts<unmatched_keys>,
                  "M069: columns move to another table that has the key of the first one: as many om::primary_key "
                  "columns, of the same types, in the same order; their names may differ. docs/errors/M069.md");
    return true;
  }
};

namespace detail {

constexpr bool keys_match(const table_description& table, const table_description& target) {
  if (table.key_count() != target.key_count()) return false;
  for (std::size_t i = 0; i < table.key_count(); ++i) {
    if (*table.columns[table.key_at(i)].type != *target.columns[target.key_at(i)].type) return false;
  }
  return table.name != target.name || table.schema != target.schema;
}

/// The rule, over both tables.
template <class Table, class Target>
using check_keys_match =
    fine_or<keys_match(describe_table<Table>, describe_table<Target>), unmatched_keys<Table, Target>>;

}  // namespace detail
}  // namespace online_migration
