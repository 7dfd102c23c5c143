// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <cstddef>
#include <string_view>

#include <online_migration/base/fixed_string.hpp>
#include <online_migration/base/list.hpp>
#include <online_migration/schema/column.hpp>

namespace online_migration {

/// Element of a table, before its columns: the schema it lives in. Without it, `public`.
template <fixed_string Name>
struct in_schema {};

/// A table as the application knows it; columns that the application never touches may be left out. Derive a named
/// struct from it, so that compilers print `users` and not this expansion:
///
///     struct users : om::table<"users",
///         om::column<"id",           om::bigint, om::primary_key>,
///         om::column<"display_name", om::text,   om::not_null>> {};
template <fixed_string Name, class... Columns>
struct table {
  static constexpr auto schema_name = fixed_string{"public"};
  static constexpr auto name = Name;
  using columns = detail::list<Columns...>;
};

template <fixed_string Name, fixed_string Schema, class... Columns>
struct table<Name, in_schema<Schema>, Columns...> {
  static constexpr auto schema_name = Schema;
  static constexpr auto name = Name;
  using columns = detail::list<Columns...>;
};

/// A struct derived from `om::table`.
template <class Table>
concept table_like = requires {
  Table::schema_name.view();
  Table::name.view();
  typename Table::columns;
};

/// A table as a plain value.
struct table_description {
  std::string_view schema;
  std::string_view name;
  const column_description* columns = nullptr;
  std::size_t count = 0;
  std::size_t keys = 0;  ///< columns of the key, counted once because nearly every statement asks

  static constexpr std::size_t none = static_cast<std::size_t>(-1);

  /// The position of a column, or `none`.
  [[nodiscard]] constexpr std::size_t find(std::string_view column) const {
    for (std::size_t i = 0; i < count; ++i) {
      // Not by ==, which compilers evaluate letter by letter.
      std::string_view there = columns[i].name;
      if (there.size() == column.size() && __builtin_memcmp(there.data(), column.data(), column.size()) == 0) return i;
    }
    return none;
  }

  [[nodiscard]] constexpr std::size_t key_count() const { return keys; }

  /// The position of the n-th column of the key, counted from 0; `none` past the last.
  [[nodiscard]] constexpr std::size_t key_at(std::size_t index) const {
    for (std::size_t i = 0; i < count; ++i) {
      if (columns[i].is_key && index-- == 0) return i;
    }
    return none;
  }
};

namespace detail {

template <class List>
inline constexpr column_description describe_columns[1]{};

template <class First, class... Rest>
inline constexpr column_description describe_columns<list<First, Rest...>>[1 + sizeof...(Rest)] {
  describe_column<First>, describe_column<Rest>...
};

constexpr std::size_t count_keys(const column_description* columns, std::size_t count) {
  std::size_t keys = 0;
  for (std::size_t i = 0; i < count; ++i) keys += columns[i].is_key ? 1 : 0;
  return keys;
}

}  // namespace detail

/// The description of a declared table.
template <table_like Table>
inline constexpr table_description describe_table{Table::schema_name.view(), Table::name.view(),
                                                  detail::describe_columns<typename Table::columns>,
                                                  detail::size_of_list<typename Table::columns>,
                                                  detail::count_keys(detail::describe_columns<typename Table::columns>,
                                                                     detail::size_of_list<typename Table::columns>)};

namespace detail {

/// The column of a table at a position, as its type.
template <class Table, std::size_t Index>
using column_at = at_t<Index, typename Table::columns>;

/// The position of a column by its name; `table_description::none` where the table has no such column.
template <class Table, fixed_string Name>
inline constexpr std::size_t column_index = describe_table<Table>.find(Name.view());

}  // namespace detail
}  // namespace online_migration
