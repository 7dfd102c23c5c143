// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <cstddef>
#include <string_view>

#include <online_migration/base/fixed_string.hpp>
#include <online_migration/base/sink.hpp>
#include <online_migration/schema/table.hpp>

/// Reasons of diagnoses: in what a column is not as it is declared.
namespace online_migration {

/// There is no such column.
struct column_is_missing {};

/// There is a column of this name already.
struct column_is_there {};

/// It has another type: this one, as `format_type()` prints it.
template <fixed_string Type>
struct column_has_type {};

/// It may be NULL, and is declared `om::not_null`.
struct column_may_be_null {};

/// It cannot be NULL, and is not declared `om::not_null`.
struct column_is_not_null {};

/// It has no default, and is declared `om::has_default`.
struct column_has_no_default {};

/// It is `om::sensitive`, and not declared so.
struct column_is_sensitive {};

/// The key has other columns, or the same in another order.
struct key_is_another {};

/// The table is another one.
template <fixed_string Schema, fixed_string Name>
struct table_is {};

/// A migration that was before has taken the column away.
template <class Migration>
struct column_is_gone_since {};

/// A table of this name is there already.
struct table_is_there {};

/// A migration that was before has given the table another name, or has taken it away.
template <class Migration>
struct table_is_gone_since {};

namespace detail {

/// What differs between two columns of the same name.
enum class column_difference : unsigned char {
  none,
  missing,
  there,
  type,
  may_be_null,
  not_null,
  no_default,
  sensitive,
  key,
  table,
  table_there,
  table_gone
};

/// Types are compared as they are written, so that it does not matter who declared them. Quotation marks do not count:
/// PostgreSQL prints them where a name needs them, and a declaration may write them always.
constexpr bool same_type(const type_description& a, const type_description& b) {
  if (a.oid != 0 && a == b) return true;
  char texts[2][256]{};
  std::size_t sizes[2]{};
  for (int i = 0; i < 2; ++i) {
    const type_description& type = i == 0 ? a : b;
    char whole[256]{};
    std::size_t size = size_of([&](sink& out) { type.write(out); });
    if (size > sizeof whole) return false;
    sink out{whole};
    type.write(out);
    for (std::size_t at = 0; at < size; ++at) {
      if (whole[at] != '"') texts[i][sizes[i]++] = whole[at];
    }
  }
  return std::string_view{texts[0], sizes[0]} == std::string_view{texts[1], sizes[1]};
}

/// A text of a plain value as a template argument.
template <std::size_t Size>
consteval fixed_string<Size + 1> fixed_of(std::string_view text) {
  char copy[Size + 1]{};
  for (std::size_t i = 0; i < Size; ++i) copy[i] = text[i];
  return fixed_string<Size + 1>{copy};
}

template <std::size_t Size>
consteval fixed_string<Size + 1> written_type(const type_description& type) {
  char copy[Size + 1]{};
  sink out{copy};
  type.write(out);
  return fixed_string<Size + 1>{copy};
}

/// A difference as its type; `Type` is what a column has in the place of the declared one.
template <column_difference Difference, const type_description* Type>
constexpr auto reason_of() {
  if constexpr (Difference == column_difference::missing) {
    return column_is_missing{};
  } else if constexpr (Difference == column_difference::there) {
    return column_is_there{};
  } else if constexpr (Difference == column_difference::type) {
    constexpr std::size_t size = size_of([](sink& out) { Type->write(out); });
    return column_has_type<written_type<size>(*Type)>{};
  } else if constexpr (Difference == column_difference::may_be_null) {
    return column_may_be_null{};
  } else if constexpr (Difference == column_difference::not_null) {
    return column_is_not_null{};
  } else if constexpr (Difference == column_difference::no_default) {
    return column_has_no_default{};
  } else if constexpr (Difference == column_difference::sensitive) {
    return column_is_sensitive{};
  } else if constexpr (Difference == column_difference::table_there) {
    return table_is_there{};
  } else {
    return key_is_another{};
  }
}

}  // namespace detail
}  // namespace online_migration
