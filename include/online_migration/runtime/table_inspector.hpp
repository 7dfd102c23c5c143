// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include <fmt/format.h>

#include <online_migration/base/edit_distance.hpp>
#include <online_migration/postgres/concepts.hpp>
#include <online_migration/runtime/ask.hpp>
#include <online_migration/runtime/declared.hpp>
#include <online_migration/runtime/report.hpp>
#include <online_migration/schema/table.hpp>
#include <online_migration/sql/catalog.hpp>

namespace online_migration::detail {

/// What every kind of migration asks of the server and of its table. Changes nothing.
template <connection_like Connection>
class table_inspector {
 protected:
  table_inspector(Connection& on, const table_description& table) : on_{on}, table_{table} {}

  void server() {
    const server_facts& facts = on_.facts();
    if (facts.in_recovery || facts.read_only) {
      report_.refuse(
          "the server is read-only (a standby, or default_transaction_read_only): connect to the primary, as with "
          "target_session_attrs=read-write");
    }
    if (facts.version < 120000) report_.refuse("the server is older than PostgreSQL 12");
    if (facts.pooled) {
      report_.ask(risk::pooler, "a pooler stands between this process and the server: give expand a direct connection");
    }
  }

  bool find_table() {
    auto row = ask(on_, catalog::table_facts, {text_of(table_.schema), text_of(table_.name)});
    if (row.rows() == 0) {
      report_.refuse(
          fmt::format("there is no table {}: correct om::table and om::in_schema, or create it with "
                      "toolkit.ensure_table",
                      table_name(table_)));
      return false;
    }
    oid_ = row.text(0, 0);
    kind_ = row.text(0, 1);
    std::string_view kind = kind_;
    if (kind != "r" && kind != "p") {
      report_.refuse(fmt::format("{} is a {}, not a table: migrate the table beneath it", table_name(table_),
                                 kind == "v"   ? "view"
                                 : kind == "m" ? "materialized view"
                                 : kind == "f" ? "foreign table"
                                               : "relation"));
      return false;
    }
    if (row.text(0, 2) == "t") report_.refuse("the table is temporary, so no other session could work on it");
    if (row.boolean(0, 3)) {
      report_.refuse(
          "row-level security hides rows of the table from this role, and rows that are not seen would not be "
          "migrated: use a role with BYPASSRLS, or the owner without FORCE ROW LEVEL SECURITY");
    }
    if (!row.boolean(0, 4))
      report_.refuse("this role is not a member of the table's owner, which ALTER TABLE asks for");
    return true;
  }

  void encoding() {
    const server_facts& facts = on_.facts();
    if (facts.encoding != "UTF8") {
      report_.refuse(fmt::format("the database is encoded in {}, and portable transforms are proven for UTF8 only",
                                 facts.encoding));
    }
  }

  /// Looks whether the declared columns are there, as they are declared. Gives all that there are, as
  /// `catalog::columns` does.
  auto compare() {
    auto there = ask(on_, catalog::columns, {text_form_parameter(oid_)});
    for (std::size_t i = 0; i < table_.count; ++i) {
      const column_description& column = table_.columns[i];
      int row = find(there, column.name);
      if (row < 0) {
        report_.refuse(fmt::format("the table has no column \"{}\", which its declaration has{}", column.name,
                                   nearest(there, column.name)));
        continue;
      }
      std::string declared = type_name(*column.type);
      if (there.text(row, 1) != declared) {
        report_.refuse(
            fmt::format("column \"{}\" is declared as {} and is {}", column.name, declared, there.text(row, 1)));
      }
      if (column.is_required && !there.boolean(row, 2)) {
        report_.refuse(
            fmt::format("column \"{}\" is declared om::not_null, and the database lets it be NULL", column.name));
      }
      if (column.has_server_default && !there.boolean(row, 4)) {
        report_.refuse(fmt::format("column \"{}\" is declared om::has_default, and has none", column.name));
      }
    }
    return there;
  }

  /// A column of the server whose name is a slip away, as the end of a sentence.
  template <class Result>
  static std::string nearest(const Result& rows, std::string_view name) {
    std::string found;
    std::size_t least = 3;
    for (int row = 0; row < rows.rows(); ++row) {
      if (std::size_t distance = edit_distance(name, rows.text(row, 0)); distance < least) {
        least = distance;
        found = fmt::format("; it has \"{}\"", rows.text(row, 0));
      }
    }
    return found;
  }

  template <class Result>
  static int find(const Result& rows, std::string_view name) {
    for (int row = 0; row < rows.rows(); ++row) {
      if (rows.text(row, 0) == name) return row;
    }
    return -1;
  }

  Connection& on_;
  const table_description& table_;
  preflight_report report_;
  std::string oid_;
  std::string kind_;  ///< `r` of a table, `p` of a partitioned one
};

}  // namespace online_migration::detail
