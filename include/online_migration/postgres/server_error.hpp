// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <cstddef>
#include <cstdlib>
#include <string>
#include <string_view>

#include <online_migration/postgres/libpq.hpp>
#include <online_migration/sql/statement.hpp>

namespace online_migration::detail {

inline std::string_view error_field(const PGresult* problem, int field) {
  const char* value = PQresultErrorField(problem, field);
  return value == nullptr ? std::string_view{} : std::string_view{value};
}

/// The word of the statement that begins at a character, counted from 1. Statements are constants and UTF-8.
inline std::string_view word_at(std::string_view sql, int position) {
  std::size_t at = 0;
  for (int left = position - 1; left > 0 && at < sql.size(); --left) {
    ++at;
    while (at < sql.size() && (static_cast<unsigned char>(sql[at]) & 0xc0) == 0x80) ++at;
  }
  sql.remove_prefix(at);
  return sql.substr(0, sql.find_first_of(" ,()\n"));
}

/// What an error is about, from the fields that cannot hold a value of a row: never the message, the detail or the
/// context. For an error in the SQL itself (class 42) it is the place in the statement.
inline std::string objects_of(const PGresult* problem, const statement& what) {
  std::string out;
  auto name = [&](std::string_view kind, int field) {
    std::string_view value = error_field(problem, field);
    if (value.empty()) return;
    if (!out.empty()) out += ", ";
    out.append(kind).append(" \"").append(value).append("\"");
  };
  // RAISE lets a user's function put anything into these fields.
  if (error_field(problem, PG_DIAG_SOURCE_FUNCTION) == "exec_stmt_raise") return out;
  name("schema", PG_DIAG_SCHEMA_NAME);
  name("table", PG_DIAG_TABLE_NAME);
  name("column", PG_DIAG_COLUMN_NAME);
  name("type", PG_DIAG_DATATYPE_NAME);
  name("constraint", PG_DIAG_CONSTRAINT_NAME);
  int position = std::atoi(std::string{error_field(problem, PG_DIAG_STATEMENT_POSITION)}.c_str());
  if (out.empty() && position > 0 && error_field(problem, PG_DIAG_SQLSTATE).starts_with("42")) {
    std::string_view word = word_at(what.view(), position);
    if (!word.empty()) out.append("at ").append(word);
  }
  return out;
}

}  // namespace online_migration::detail
