// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <cstddef>

#include <online_migration/migration/write_kind.hpp>
#include <online_migration/migration/write_request.hpp>

namespace online_migration {

/// M023: a write that changes what the new column follows from, and not the column that is replaced.
template <class Migration, fixed_string Missing>
struct replaced_column_missing {
  static constexpr bool raise() {
    static_assert(
        accepts<replaced_column_missing>,
        "M023: the new column would be computed from the replaced one as the row has it, which after contract "
        "may be out of date; set the replaced column in the same write. docs/errors/M023.md");
    return true;
  }
};

namespace detail {

/// The position of the replaced column where a write of rows that are there needs it and does not give it.
template <class Request>
constexpr std::size_t unset_replaced() {
  const migration_description& migration = describe_migration<typename Request::migration>;
  bool needs = replaces(migration) && changes_rows(Request::kind) && set_columns<Request>.overlaps(migration.sources) &&
               !set_columns<Request>.has(migration.replaced);
  return needs ? migration.replaced : table_description::none;
}

/// The rule, over a write whose columns exist.
template <class Request>
using check_replaced_given = typename about_column<replaced_column_missing, typename Request::migration,
                                                   typename Request::table, unset_replaced<Request>()>::type;

}  // namespace detail
}  // namespace online_migration
