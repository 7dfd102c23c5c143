// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <cstddef>

#include <online_migration/base/list.hpp>
#include <online_migration/schema/column_reason.hpp>
#include <online_migration/schema/table.hpp>

/// Tables as types, from plain values.
namespace online_migration::detail {

/// The position of the first type that is written like this one; the size of the list where there is none.
template <class... Types>
constexpr std::size_t type_position(list<Types...>, const type_description& wanted) {
  const type_description* known[sizeof...(Types) + 1]{&Types::description...};
  std::size_t at = 0;
  while (at < sizeof...(Types) && !same_type(*known[at], wanted)) ++at;
  return at;
}

template <bool Wanted, class Property>
struct property_if {
  using type = list<>;
};

template <class Property>
struct property_if<true, Property> {
  using type = list<Property>;
};

template <fixed_string Name, class Type, class Properties>
struct column_with;

template <fixed_string Name, class Type, class... Properties>
struct column_with<Name, Type, list<Properties...>> {
  using type = column<Name, Type, Properties...>;
};

/// The column that a description is of.
template <const column_description& Column, class Type>
using column_of =
    typename column_with<fixed_of<Column.name.size()>(Column.name), Type,
                         concatenate_t<typename property_if<Column.is_key, primary_key>::type,
                                       typename property_if<Column.is_required && !Column.is_key, not_null>::type,
                                       typename property_if<Column.has_server_default, has_default>::type,
                                       typename property_if<Column.is_sensitive, sensitive>::type>>::type;

template <fixed_string Schema, fixed_string Name, class Columns>
struct table_with;

template <fixed_string Schema, fixed_string Name, class... Columns>
struct table_with<Schema, Name, list<Columns...>> {
  using type = table<Name, in_schema<Schema>, Columns...>;
};

template <fixed_string Name, class... Columns>
struct table_with<fixed_string{"public"}, Name, list<Columns...>> {
  using type = table<Name, Columns...>;
};

}  // namespace online_migration::detail
