// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <cstddef>

#include <online_migration/base/diagnosis.hpp>
#include <online_migration/schema/table.hpp>

namespace online_migration {

/// M071: the table that rows are extracted to has not the key of the first one with one column more, or is the same
/// table.
template <class Table, class Target>
struct child_key_misfit {
  static constexpr bool raise() {
    static_assert(accepts<child_key_misfit>,
                  "M071: rows are extracted to another table whose om::primary_key columns are those of the first one, "
                  "of the same types, in the same order, and behind them one for the position of a row: a text, a "
                  "whole number or a boolean. docs/errors/M071.md");
    return true;
  }
};

namespace detail {

/// Whether a literal can say the position of a row in a column of this type.
constexpr bool is_position_type(const type_description& type) {
  return type.oid == text::description.oid || type.oid == varchar<1>::description.oid ||
         type.oid == int2::description.oid || type.oid == int4::description.oid || type.oid == int8::description.oid ||
         type.oid == boolean::description.oid;
}

constexpr bool is_child_key(const table_description& table, const table_description& target) {
  const std::size_t count = table.key_count();
  if (target.key_count() != count + 1) return false;
  for (std::size_t i = 0; i < count; ++i) {
    if (*table.columns[table.key_at(i)].type != *target.columns[target.key_at(i)].type) return false;
  }
  return is_position_type(*target.columns[target.key_at(count)].type) &&
         (table.name != target.name || table.schema != target.schema);
}

/// The rule, over both tables.
template <class Table, class Target>
using check_child_key =
    fine_or<is_child_key(describe_table<Table>, describe_table<Target>), child_key_misfit<Table, Target>>;

}  // namespace detail
}  // namespace online_migration
