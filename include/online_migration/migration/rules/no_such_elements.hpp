// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <online_migration/base/diagnosis.hpp>
#include <online_migration/migration/rules/type_mismatch.hpp>

namespace online_migration {

/// M073: a value of an `om::row_each` is no array, or its elements are not of the column's type.
template <fixed_string Column, class Given, class Declared>
struct no_such_elements {
  static constexpr bool raise() {
    static_assert(accepts<no_such_elements>,
                  "M073: each column of an om::row_each gets the elements of an array, whose type is the column's. "
                  "docs/errors/M073.md");
    return true;
  }
};

namespace detail {

template <class Table, class Transform, class Type>
constexpr bool has_elements_of() {
  const type_description whole = Transform::type_over(describe_table<Table>).type;
  return whole.shape == type_shape::array && *whole.inner == Type::description;
}

template <class Table, class Moved, class Type, bool Fits = has_elements_of<Table, typename Moved::transform, Type>()>
struct elements_fit {
  using type = accepted;
};

template <class Table, class Moved, class Type>
struct elements_fit<Table, Moved, Type, false> {
  using type =
      no_such_elements<Moved::name, given<as_fixed_string<type_text_of_expression<typename Moved::transform, Table>>()>,
                       declared<as_fixed_string<type_text_of_column<Type>>()>>;
};

/// The rule, over one array.
template <class Table, class Target, class Moved>
using check_elements =
    typename elements_fit<Table, Moved, typename column_at<Target, column_index<Target, Moved::name>>::type>::type;

}  // namespace detail
}  // namespace online_migration
