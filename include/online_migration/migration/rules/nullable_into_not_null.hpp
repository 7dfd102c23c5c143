// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <type_traits>

#include <online_migration/base/diagnosis.hpp>
#include <online_migration/base/fixed_string.hpp>
#include <online_migration/base/list.hpp>
#include <online_migration/schema/table.hpp>

namespace online_migration {

/// Part of a diagnosis: the columns that a transform reads and that may be NULL.
template <fixed_string... Columns>
struct nullable_columns {};

/// M003: a new column that is declared NOT NULL, with a transform that can give NULL.
template <class Table, fixed_string Column, class Read>
struct nullable_into_not_null {
  static constexpr bool raise() {
    static_assert(accepts<nullable_into_not_null>,
                  "M003: the new column is om::not_null but the transform can give NULL; wrap it in om::coalesce or "
                  "leave om::not_null out. docs/errors/M003.md");
    return true;
  }
};

namespace detail {

template <class Table, class Found, class... Columns>
struct nullable_among {
  using type = Found;
};

template <class Table, fixed_string... Found, class First, class... Rest>
struct nullable_among<Table, nullable_columns<Found...>, First, Rest...>
    : nullable_among<Table,
                     std::conditional_t<First::type_over(describe_table<Table>).nullable &&
                                            !(same_text(First::name, Found) || ...),
                                        nullable_columns<Found..., First::name>, nullable_columns<Found...>>,
                     Rest...> {};

template <class Table, class Change, class Columns = typename Change::transform::columns>
struct null_comes_from;

template <class Table, class Change, class... Columns>
struct null_comes_from<Table, Change, list<Columns...>> {
  using type =
      nullable_into_not_null<Table, Change::name, typename nullable_among<Table, nullable_columns<>, Columns...>::type>;
};

/// The rule, over the column that a change adds.
template <class Table, class Change>
using check_nullability =
    fine_or_reason<!(Change::is_required && Change::transform::type_over(describe_table<Table>).nullable),
                   null_comes_from<Table, Change>>;

}  // namespace detail
}  // namespace online_migration
