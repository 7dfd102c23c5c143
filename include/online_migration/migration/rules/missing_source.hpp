// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <cstddef>

#include <online_migration/migration/describe.hpp>
#include <online_migration/migration/write_request.hpp>

namespace online_migration {

/// M015: a new row that leaves a column to the server's default although the new column follows from it.
template <class Migration, fixed_string Name>
struct missing_source {
  static constexpr bool raise() {
    static_assert(accepts<missing_source>,
                  "M015: the new column follows from this one, whose default only the server knows; set it in every "
                  "insert and upsert. docs/errors/M015.md");
    return true;
  }
};

namespace detail {

/// The position of the first source whose value a new row has from the server; `none` if there is none.
template <class Request>
constexpr std::size_t unknown_source() {
  const migration_description& migration = describe_migration<typename Request::migration>;
  for (std::size_t i = 0; i < migration.table.count && adds_rows(Request::kind); ++i) {
    bool left_out = migration.sources.has(i) && !known_columns<Request>.has(i);
    if (left_out && migration.table.columns[i].has_server_default) return i;
  }
  return table_description::none;
}

/// The rule, over a write whose columns exist.
template <class Request>
using check_sources = typename about_column<missing_source, typename Request::migration, typename Request::table,
                                            unknown_source<Request>()>::type;

}  // namespace detail
}  // namespace online_migration
