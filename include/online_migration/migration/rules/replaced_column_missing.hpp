// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <cstddef>

#include <online_migration/migration/describe.hpp>
#include <online_migration/migration/write_kind.hpp>
#include <online_migration/migration/write_request.hpp>

namespace online_migration {

/// M023: a write that changes what the new column follows from, and not the column that is replaced; or some of several
/// new columns that replace others, and not all of them.
template <class Migration, fixed_string Missing>
struct replaced_column_missing {
  static constexpr bool raise() {
    static_assert(
        accepts<replaced_column_missing>,
        "M023: the new column would be computed from the replaced one as the row has it, which after contract "
        "may be out of date; set the replaced column in the same write, and of several old or new ones all. "
        "docs/errors/M023.md");
    return true;
  }
};

namespace detail {

/// The position of the first column that a write of rows that are there needs and does not give. Of old columns the row
/// may have values from before the last write of the new ones, of new columns none before the backfill.
template <class Request>
constexpr std::size_t unset_replaced() {
  const migration_description& migration = describe_migration<typename Request::migration>;
  bool needs = changes_rows(Request::kind) && set_columns<Request>.overlaps(migration.sources);
  if (!needs) return table_description::none;
  column_set wanted = is_way_back(migration) ? migration.sources : migration.replaced;
  if (migration.elsewhere) {
    // The other table's columns are written one by one.
    wanted = {};
    column_set written = set_columns<Request>;
    for (std::size_t i = 0; i < migration.table.key_count(); ++i) {
      column_set key;
      key.add(migration.table.key_at(i));
      written = written.without(key);
    }
    auto add = [&](const column_set& sources) {
      if (sources.overlaps(written)) wanted.add(sources.without(sources.without(migration.replaced)));
    };
    if (has_rows(migration)) {
      // Whether a row is there follows from all of its values.
      each_row(migration, [&](const extracted_row& row, std::size_t) { add(row.sources); });
    } else {
      each_target(migration, [&](const migration_description& part, std::size_t) { add(part.sources); });
    }
  }
  return first_of(wanted.without(set_columns<Request>), migration.table);
}

/// The rule, over a write whose columns exist.
template <class Request>
using check_replaced_given = typename about_column<replaced_column_missing, typename Request::migration,
                                                   typename Request::table, unset_replaced<Request>()>::type;

}  // namespace detail
}  // namespace online_migration
