// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <cstddef>

#include <online_migration/migration/describe.hpp>
#include <online_migration/migration/write_request.hpp>

namespace online_migration {

/// M011: a write that changes some of the columns which the client computes the new one from, and not this one.
template <class Migration, fixed_string Missing>
struct partial_client_update {
  static constexpr bool raise() {
    static_assert(accepts<partial_client_update>,
                  "M011: the client computes the new column from several columns, and this one is not given; set all "
                  "of them in one write. docs/errors/M011.md");
    return true;
  }
};

namespace detail {

/// The position of the first source that the client does not know and would need; `none` if there is none.
template <class Request>
constexpr std::size_t unread_source() {
  const migration_description& migration = describe_migration<typename Request::migration>;
  if (migration.in != worlds::client_only || !changes_rows(Request::kind)) return table_description::none;
  if (!set_columns<Request>.overlaps(migration.sources)) return table_description::none;
  return first_of(migration.sources.without(known_columns<Request>), migration.table);
}

/// The rule, over a write whose columns exist and which leaves the key alone.
template <class Request>
using check_all_sources = typename about_column<partial_client_update, typename Request::migration,
                                                typename Request::table, unread_source<Request>()>::type;

}  // namespace detail
}  // namespace online_migration
