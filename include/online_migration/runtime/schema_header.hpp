// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <cstdio>
#include <fstream>
#include <iterator>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include <fmt/format.h>

#include <online_migration/postgres/array.hpp>
#include <online_migration/postgres/concepts.hpp>
#include <online_migration/postgres/error.hpp>
#include <online_migration/postgres/transaction.hpp>
#include <online_migration/runtime/ask.hpp>
#include <online_migration/runtime/cpp_names.hpp>
#include <online_migration/schema/pg_type.hpp>
#include <online_migration/sql/snapshot.hpp>

namespace online_migration {

/// What a snapshot of a database holds.
struct schema_header_options {
  /// Tables of `public` stand in the namespace itself, those of another schema in one of its own within it.
  std::vector<std::string> schemas{"public"};
  std::string name_space = "snapshot";
};

namespace detail {

struct snapshot_column {
  std::string name;
  std::string type;
  bool is_required = false;
  bool has_default = false;
};

struct snapshot_table {
  std::string schema;
  std::string name;
  std::vector<snapshot_column> columns{};
  std::map<std::string, bool> in_primary_key{};
  std::vector<std::vector<std::string>> keys{};
};

/// The tables of some schemas as they are at one moment.
template <connection_like Connection>
std::vector<snapshot_table> read_snapshot(Connection& on, const std::vector<std::string>& schemas) {
  array_builder<text> names;
  for (const std::string& schema : schemas) names.push(schema);
  transaction scope{on};
  auto rows = ask(on, catalog::schema_snapshot, {names.as_parameter()});
  scope.rollback();
  std::vector<snapshot_table> found;
  std::string index;
  for (int row = 0; row < rows.rows(); ++row) {
    if (found.empty() || found.back().schema != rows.text(row, 1) || found.back().name != rows.text(row, 2)) {
      found.push_back({std::string{rows.text(row, 1)}, std::string{rows.text(row, 2)}});
    }
    snapshot_table& table = found.back();
    std::string column{rows.text(row, 6)};
    if (rows.text(row, 0) == "column") {
      table.columns.push_back({column, std::string{rows.text(row, 7)}, rows.boolean(row, 8), rows.boolean(row, 9)});
      continue;
    }
    if (rows.integer(row, 5) == 1) table.keys.emplace_back();
    table.keys.back().push_back(column);
    if (!rows.boolean(row, 3)) table.in_primary_key[column] = true;
  }
  return found;
}

inline std::string write_snapshot_table(const snapshot_table& table, const std::string& identifier) {
  std::string text = fmt::format("struct {} : om::table<{}", identifier, cpp_literal(table.name));
  if (table.schema != "public") text += fmt::format(", om::in_schema<{}>", cpp_literal(table.schema));
  for (const snapshot_column& column : table.columns) {
    text += fmt::format(",\n    om::column<{}, om::stored_as<{}>", cpp_literal(column.name), cpp_literal(column.type));
    if (table.in_primary_key.contains(column.name)) {
      text += ", om::primary_key";
    } else if (column.is_required) {
      text += ", om::not_null";
    }
    if (column.has_default) text += ", om::has_default";
    text += '>';
  }
  text += "> {\n  using unique_keys = om::unique_keys<";
  for (std::size_t i = 0; i < table.keys.size(); ++i) {
    text += i == 0 ? "om::key_columns<" : ", om::key_columns<";
    for (std::size_t at = 0; at < table.keys[i].size(); ++at) {
      text += (at == 0 ? "" : ", ") + cpp_literal(table.keys[i][at]);
    }
    text += '>';
  }
  return text + ">;\n};\n";
}

inline std::string write_snapshot(const std::vector<snapshot_table>& tables, const std::string& name_space) {
  std::string text = fmt::format(
      "// The tables of a database, written by om::write_schema_header. Do not change it: write it again.\n"
      "#pragma once\n\n"
      "#include <online_migration/schema/stored_as.hpp>\n"
      "#include <online_migration/schema/table.hpp>\n\n"
      "namespace {} {{\n\nnamespace om = ::online_migration;\n",
      name_space);
  // Namespaces of schemas before the tables beside them, so that they keep their names.
  std::set<std::string> outer{"om"};
  std::map<std::string, std::string> spaces;
  for (const snapshot_table& table : tables) {
    if (table.schema != "public" && !spaces.contains(table.schema)) {
      spaces[table.schema] = cpp_identifier(table.schema, outer);
    }
  }
  std::map<std::string, std::set<std::string>> taken{{"public", outer}};
  for (const snapshot_table& table : tables) {
    std::string body = write_snapshot_table(table, cpp_identifier(table.name, taken[table.schema]));
    if (table.schema == "public") {
      text += "\n" + body;
    } else {
      text += fmt::format("\nnamespace {} {{\n{}}}\n", spaces[table.schema], body);
    }
  }
  return text + fmt::format("\n}}  // namespace {}\n", name_space);
}

}  // namespace detail

/// The tables of a live database as a C++ header: names, types, NULL or not, defaults and keys. The same database
/// gives the same text. A role without any rights will do.
///
///     #include "schema_snapshot.hpp"
///     static_assert(om::matches<users, snapshot::users>);
///
/// Throws: `refused` where the schemas have no tables; what the connection throws. Thread safety: as its connection.
/// Round trips: three.
template <connection_like Connection>
std::string schema_header(Connection& on, const schema_header_options& options = {}) {
  std::vector<detail::snapshot_table> tables = detail::read_snapshot(on, options.schemas);
  if (tables.empty()) {
    throw refused{fmt::format("There is no table in the schemas {}: correct om::schema_header_options::schemas.",
                              fmt::join(options.schemas, ", "))};
  }
  return detail::write_snapshot(tables, options.name_space);
}

/// Writes it to a file, which is left alone where it says the same already. Whether it was another one.
///
/// Throws: as `om::schema_header`; `refused` where the file cannot be written, and it is then what it was.
template <connection_like Connection>
bool write_schema_header(Connection& on, const std::string& path, const schema_header_options& options = {}) {
  std::string text = schema_header(on, options);
  {
    std::ifstream file{path, std::ios::binary};
    if (file && std::string{std::istreambuf_iterator<char>{file}, {}} == text) return false;
  }
  std::string fresh = path + ".new";
  std::ofstream file{fresh, std::ios::binary | std::ios::trunc};
  file << text;
  file.close();
  if (!file || std::rename(fresh.c_str(), path.c_str()) != 0) {
    std::remove(fresh.c_str());
    throw refused{fmt::format("The file {} cannot be written.", path)};
  }
  return true;
}

}  // namespace online_migration
