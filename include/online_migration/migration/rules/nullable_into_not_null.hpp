// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <type_traits>

#include <online_migration/base/diagnosis.hpp>
#include <online_migration/schema/table.hpp>

namespace online_migration {

/// M003: a new column that is declared NOT NULL, with a transform that can give NULL.
template <class Table, fixed_string Column>
struct nullable_into_not_null {
  static constexpr bool raise() {
    static_assert(accepts<nullable_into_not_null>,
                  "M003: the new column is om::not_null but the transform can give NULL; wrap it in om::coalesce or "
                  "leave om::not_null out. docs/errors/M003.md");
    return true;
  }
};

namespace detail {

/// The rule, over the column that a change adds.
template <class Table, class Change>
using check_nullability =
    fine_or<!(Change::is_required && Change::transform::type_over(describe_table<Table>).nullable),
            nullable_into_not_null<Table, Change::name>>;

}  // namespace detail
}  // namespace online_migration
