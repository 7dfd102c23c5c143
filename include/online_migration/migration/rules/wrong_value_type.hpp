// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <cstddef>
#include <utility>

#include <online_migration/migration/rules/type_mismatch.hpp>
#include <online_migration/migration/write_request.hpp>
#include <online_migration/transform/row.hpp>

namespace online_migration {

/// M009: a C++ value that its column cannot hold without losing something, NULL for a column without NULLs included.
template <class Table, fixed_string Column, class Value, class Declared>
struct wrong_value_type {
  static constexpr bool raise() {
    static_assert(accepts<wrong_value_type>,
                  "M009: a value of this C++ type does not fit its column, or could be NULL where the column cannot; "
                  "give the type that the page lists for the column's. docs/errors/M009.md");
    return true;
  }
};

namespace detail {

template <class Column>
struct type_text_with_nullability {
  static constexpr void write(sink& out) {
    Column::type::description.write(out);
    if (Column::is_required) out.put(" not null");
  }
};

template <class Table, class Column, class Value, bool Fits = fits<Value, Column>()>
struct value_fits {
  using type = accepted;
};

template <class Table, class Column, class Value>
struct value_fits<Table, Column, Value, false> {
  using type =
      wrong_value_type<Table, Column::name, Value, declared<as_fixed_string<type_text_with_nullability<Column>>()>>;
};

template <class Request, class Assignment>
struct assigned_value {
  using type =
      typename value_fits<typename Request::table,
                          column_at<typename Request::table, column_index<typename Request::table, Assignment::name>>,
                          decltype(Assignment::value)>::type;
};

template <class Request, fixed_string Name>
struct assigned_value<Request, assigned_column<Name>> {
  using type = accepted;
};

template <class Request, class Assignment>
using check_value = typename assigned_value<Request, Assignment>::type;

template <class Table, class Keys, class Numbers>
struct key_values_fit {
  using type = accepted;
};

template <class Table, class... Values, std::size_t... Numbers>
struct key_values_fit<Table, list<Values...>, std::index_sequence<Numbers...>>
    : first_failure<
          typename value_fits<Table, column_at<Table, describe_table<Table>.key_at(Numbers)>, Values>::type...> {};

/// The rule, over the key and the assignments of a write; the columns have to exist, and the key to be complete.
template <class Request>
using check_values = typename first_failure<
    typename key_values_fit<typename Request::table, typename Request::keys,
                            std::make_index_sequence<describe_table<typename Request::table>.key_count()>>::type,
    typename each_assignment<check_value, Request>::type>::type;

}  // namespace detail
}  // namespace online_migration
