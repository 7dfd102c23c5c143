// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <online_migration/base/list.hpp>
#include <online_migration/schema/column_set.hpp>
#include <online_migration/schema/table.hpp>

namespace online_migration::detail {

/// Columns that are listed by name as a set of those of a table.
template <class Table, class... Columns>
constexpr column_set set_of(list<Columns...>) {
  column_set result;
  (result.add(column_index<Table, Columns::name>), ...);
  return result;
}

}  // namespace online_migration::detail
