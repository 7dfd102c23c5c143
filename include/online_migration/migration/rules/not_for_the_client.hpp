// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <cstddef>

#include <online_migration/base/diagnosis.hpp>
#include <online_migration/migration/rules/type_mismatch.hpp>
#include <online_migration/schema/table.hpp>
#include <online_migration/transform/node.hpp>

namespace online_migration {

/// M024: a client-only transform that reads or gives values that C++ cannot compare as PostgreSQL does.
template <class Table, fixed_string Column, class Declared>
struct not_for_the_client {
  static constexpr bool raise() {
    static_assert(accepts<not_for_the_client>,
                  "M024: a client-only transform reads or gives this type, whose values the client cannot compare with "
                  "what the server stores; let the server compute it, as with om::sql. docs/errors/M024.md");
    return true;
  }
};

namespace detail {

/// Whether the client can tell values of a type apart, and send them as one of many. The server writes a jsonb anew,
/// and there are no arrays of arrays.
constexpr bool client_can_compare(const type_description& type) {
  const type_description& sent = type.travels_as();
  return sent.oid != 0 && sent.shape != type_shape::array && sent.oid != jsonb::description.oid;
}

template <class Column, class Table, bool Fits = client_can_compare(Column::type::description)>
struct fits_the_client {
  using type = accepted;
};

template <class Column, class Table>
struct fits_the_client<Column, Table, false> {
  using type =
      not_for_the_client<Table, Column::name, declared<as_fixed_string<type_text_of_column<typename Column::type>>()>>;
};

template <class Table, class Change, worlds In, class Sources>
struct all_fit_the_client {
  using type = accepted;
};

template <class Table, class Change, class... Sources>
struct all_fit_the_client<Table, Change, worlds::client_only, list<Sources...>>
    : first_failure<typename fits_the_client<column_at<Table, column_index<Table, Sources::name>>, Table>::type...,
                    typename fits_the_client<column<Change::name, typename Change::type>, Table>::type> {};

/// The rule, over a change all of whose columns exist.
template <class Table, class Change>
using check_client_types =
    typename all_fit_the_client<Table, Change, Change::transform::in, typename Change::transform::columns>::type;

}  // namespace detail
}  // namespace online_migration
