// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <cstddef>
#include <string_view>

namespace online_migration {

/// One SQL statement of the library: constant text and a constant name. Statements are objects, not strings, so that a
/// connection, a recorder or a fault injector can know which one it is given.
struct statement {
  std::string_view name;  ///< as in `backfill_chunk`: stands in errors and golden files, never part of the SQL
  const char* text = "";  ///< NUL-terminated
  std::size_t size = 0;   ///< of the text, in bytes

  constexpr statement() = default;
  // From literals, whose lengths cost compilers one built-in each instead of a loop over every letter.
  constexpr statement(const char* statement_name, const char* sql)
      : name{statement_name, __builtin_strlen(statement_name)}, text{sql}, size{__builtin_strlen(sql)} {}
  constexpr statement(std::string_view statement_name, std::string_view sql)
      : name{statement_name}, text{sql.data()}, size{sql.size()} {}

  [[nodiscard]] constexpr std::string_view view() const { return {text, size}; }

  friend constexpr bool operator==(const statement& a, std::string_view b) { return a.view() == b; }
};

}  // namespace online_migration
