// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <online_migration/base/diagnosis.hpp>
#include <online_migration/migration/replace_key.hpp>
#include <online_migration/schema/table.hpp>

namespace online_migration {

/// M064: `om::replace_key` of something else than the one whole number by which the rows of a table are found.
template <class Table, fixed_string Name>
struct key_not_widened {
  static constexpr bool raise() {
    static_assert(accepts<key_not_widened>,
                  "M064: om::replace_key widens the one column that is the om::primary_key of its table, smallint to "
                  "integer or bigint, integer to bigint; of a key of several columns no column can be replaced, and "
                  "any other column takes om::replace_column. docs/errors/M064.md");
    return true;
  }
};

namespace detail {

template <class Table, class Change>
constexpr bool widens_key() {
  using old = column_at<Table, column_index<Table, Change::replaced>>;
  return old::is_key && describe_table<Table>.key_count() == 1 && width_of(old::type::description) > 0 &&
         width_of(old::type::description) < width_of(Change::type::description);
}

}  // namespace detail
}  // namespace online_migration
