// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <cstddef>

#include <online_migration/base/fixed_string.hpp>
#include <online_migration/schema/pg_type.hpp>
#include <online_migration/schema/table.hpp>

namespace online_migration {

/// A type by the text that `format_type()` prints: what the columns of a snapshot have. It is there to be compared,
/// and has no values.
template <fixed_string Type>
struct stored_as {
  struct value_type;
  static constexpr type_description description{Type.view()};
};

/// A key of a table: these columns, in this order, have a unique index.
template <fixed_string... Columns>
struct key_columns {};

/// The keys of a table that a snapshot has found, as its member `unique_keys`.
template <class... Keys>
struct unique_keys {};

namespace detail {

/// Whether a table's key is these columns in this order.
template <fixed_string... Columns>
constexpr bool is_key_of(const table_description& table, key_columns<Columns...>) {
  std::string_view names[sizeof...(Columns) + 1]{Columns.view()...};
  if (table.key_count() != sizeof...(Columns)) return false;
  for (std::size_t i = 0; i < sizeof...(Columns); ++i) {
    if (table.columns[table.key_at(i)].name != names[i]) return false;
  }
  return true;
}

template <class... Keys>
constexpr bool is_one_of(const table_description& table, unique_keys<Keys...>) {
  return (is_key_of(table, Keys{}) || ...);
}

}  // namespace detail
}  // namespace online_migration
