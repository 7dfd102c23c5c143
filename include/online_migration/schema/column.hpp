// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <concepts>
#include <string_view>

#include <online_migration/base/fixed_string.hpp>
#include <online_migration/schema/column_type.hpp>

namespace online_migration {

/// Property of a column: it never holds NULL.
struct not_null {};

/// Property of a column: part of the key by which rows are found and tables are walked. Several columns with it form a
/// composite key, in the order of their declaration, which has to be the order of the unique index.
/// Implies `om::not_null`.
struct primary_key {};

/// Property of a column: the server fills it when an insert leaves it out (DEFAULT, identity, serial).
struct has_default {};

/// Property of a column: its values are stored nowhere else. Witnesses of parity then have no values, and a key with it
/// is stored as a hash. Also an option of a new column. It does not change what is written to which row.
struct sensitive {};

/// Property of a column: `NOT NULL`, `PRIMARY KEY`, `DEFAULT`, or that it is sensitive.
template <class Property>
concept column_property = std::same_as<Property, not_null> || std::same_as<Property, primary_key> ||
                          std::same_as<Property, has_default> || std::same_as<Property, sensitive>;

namespace detail {

template <class Property, class... Properties>
inline constexpr bool is_among = (std::same_as<Property, Properties> || ...);

}  // namespace detail

/// One column of a table as the application knows it. Nullable unless it says `om::not_null` or `om::primary_key`.
template <fixed_string Name, column_type Type, column_property... Properties>
struct column {
  static constexpr auto name = Name;
  using type = Type;
  static constexpr bool is_key = detail::is_among<primary_key, Properties...>;
  static constexpr bool is_required = is_key || detail::is_among<not_null, Properties...>;
  static constexpr bool has_server_default = detail::is_among<has_default, Properties...>;
  static constexpr bool is_sensitive = detail::is_among<sensitive, Properties...>;
};

/// A column as a plain value: what ordinary constexpr functions work on.
struct column_description {
  std::string_view name;
  const type_description* type = nullptr;
  bool is_key = false;
  bool is_required = false;
  bool has_server_default = false;
  bool is_sensitive = false;
};

namespace detail {

template <class Column>
inline constexpr column_description describe_column{Column::name.view(),
                                                    &description_of<typename Column::type>,
                                                    Column::is_key,
                                                    Column::is_required,
                                                    Column::has_server_default,
                                                    Column::is_sensitive};

/// Read off the arguments, so that describing a table makes no class of each column.

template <fixed_string Name, class Type, class... Properties>
inline constexpr column_description describe_column<column<Name, Type, Properties...>>{
    Name.view(),
    &description_of<Type>,
    is_among<primary_key, Properties...>,
    is_among<primary_key, Properties...> || is_among<not_null, Properties...>,
    is_among<has_default, Properties...>,
    is_among<sensitive, Properties...>};

}  // namespace detail
}  // namespace online_migration
