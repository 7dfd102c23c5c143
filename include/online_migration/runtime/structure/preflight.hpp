// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>

#include <fmt/format.h>

#include <online_migration/migration/describe.hpp>
#include <online_migration/migration/description.hpp>
#include <online_migration/migration/migration.hpp>
#include <online_migration/postgres/array.hpp>
#include <online_migration/postgres/transaction.hpp>
#include <online_migration/runtime/ask.hpp>
#include <online_migration/runtime/declared.hpp>
#include <online_migration/runtime/report.hpp>
#include <online_migration/runtime/table_inspector.hpp>
#include <online_migration/sql/structure/state.hpp>

namespace online_migration {

namespace detail {

/// What a structural change is about, for messages.
inline std::string name_of(const structure_description& change) {
  std::string_view column = change.columns.count > 0 ? change.columns.names[0] : "";
  switch (change.is) {
    case structure::create_table:
      return "the new table";
    case structure::rename_table:
      return fmt::format("the table \"{}\"", change.name);
    case structure::add_column:
      return fmt::format("the column \"{}\"", column);
    case structure::set_default:
    case structure::drop_default:
      return fmt::format("the default of \"{}\"", column);
    case structure::create_index:
      return fmt::format("the index \"{}\"", change.name);
    case structure::set_not_null:
    case structure::drop_not_null:
      return fmt::format("NOT NULL of \"{}\"", column);
    case structure::add_check:
      return fmt::format("the check \"{}\"", change.name);
    case structure::add_unique:
      return fmt::format("the unique constraint \"{}\"", change.name);
    case structure::add_foreign_key:
      return fmt::format("the foreign key \"{}\"", change.name);
    case structure::rename_constraint:
    case structure::drop_constraint:
      return fmt::format("the constraint \"{}\"", change.name);
    case structure::drop_index:
      return fmt::format("the index \"{}\"", change.name);
    case structure::drop_column:
      return fmt::format("the column \"{}\"", column);
    case structure::set_comment:
      return column.empty() ? std::string{"the comment of the table"} : fmt::format("the comment of \"{}\"", column);
    case structure::set_replica_identity:
      return "the replica identity";
    default:
      return "the table";
  }
}

/// Looks at everything that could get in the way of structural changes.
template <connection_like Connection>
class structure_inspector : table_inspector<Connection> {
 public:
  structure_inspector(Connection& on, const structural_description& migration)
      : table_inspector<Connection>{on, migration.table}, migration_{migration} {}

  preflight_report inspect() {
    this->server();
    transaction scope{on_};
    if (makes_table()) {
      if (named(migration_.table.name).relation) {
        report_.refuse(fmt::format("{} is there already: leave the change out", table_name(migration_.table)));
      }
    } else if (this->find_table()) {
      auto columns = this->compare();
      for (std::size_t i = 0; i < migration_.count; ++i) look(migration_.changes[i], columns);
    }
    return std::move(report_);
  }

  /// What stands behind new columns, which are not there yet; the table itself was looked at with them. Adds to the
  /// report.
  void inspect_behind(preflight_report& report) {
    transaction scope{on_};
    if (!this->find_table()) return;
    report_ = {};
    auto columns = ask(on_, catalog::columns, {text_form_parameter(this->oid_)});
    for (std::size_t i = 0; i < migration_.count; ++i) look(migration_.changes[i], columns);
    for (finding& each : report_.findings) report.findings.push_back(std::move(each));
  }

 private:
  using table_inspector<Connection>::on_;
  using table_inspector<Connection>::report_;

  [[nodiscard]] bool makes_table() const {
    for (std::size_t i = 0; i < migration_.count; ++i) {
      if (migration_.changes[i].is == structure::create_table) return true;
    }
    return false;
  }

  [[nodiscard]] bool builds(std::string_view index) const {
    for (std::size_t i = 0; i < migration_.count; ++i) {
      const structure_description& change = migration_.changes[i];
      bool comes = change.is == structure::create_index || change.is == structure::add_unique;
      if (comes && change.name == index) return true;
    }
    return false;
  }

  struct object {
    std::string constraint;  ///< its kind as the catalog has it; empty where there is none
    bool relation = false;
    bool index = false;
    bool of_constraint = false;
    bool replica_identity = false;
  };

  object named(std::string_view name) {
    auto row = ask(on_, catalog::named_object,
                   {text_of(migration_.table.schema), text_of(migration_.table.name), text_of(name)});
    if (row.rows() == 0) return {};
    return {row.is_null(0, 0) ? std::string{} : std::string{row.text(0, 0)}, !row.is_null(0, 1), row.boolean(0, 2),
            row.boolean(0, 3), row.boolean(0, 4)};
  }

  template <class Result>
  void look(const structure_description& change, const Result& columns) {
    bool partitioned = this->kind_ == "p";
    switch (change.is) {
      case structure::set_not_null: {
        int row = this->find(columns, change.columns.names[0]);
        if (row >= 0 && columns.boolean(row, 2)) {
          report_.refuse(
              fmt::format("column \"{}\" is NOT NULL already: declare it om::not_null, and leave the change out",
                          change.columns.names[0]));
        }
        free_name(change, object_name("om_required_", change.columns.names[0]), false);
        break;
      }
      case structure::add_check:
        free_name(change, change.name, false);
        break;
      case structure::add_foreign_key:
        free_name(change, change.name, false);
        if (partitioned) refuse_partitioned(change, "add it to each partition");
        referenced(change);
        break;
      case structure::add_unique:
      case structure::create_index:
        free_name(change, change.name, true);
        if (change.nulls_equal && on_.facts().version < 150000) {
          report_.refuse(
              fmt::format("NULLS NOT DISTINCT, which \"{}\" asks for, is there from PostgreSQL 15 on", change.name));
        }
        if (partitioned) {
          refuse_partitioned(change, "build it on each partition, then attach them to an index of the whole");
        }
        break;
      case structure::rename_table:
        rename_table(change);
        break;
      case structure::add_column:
        added(change, columns);
        break;
      case structure::drop_not_null:
        free_name(change, object_name("om_required_", change.columns.names[0]), false);
        break;
      case structure::rename_constraint:
        free_name(change, change.name, false);
        if (named(change.option).constraint.empty()) {
          report_.refuse(fmt::format("the table has no constraint \"{}\"", change.option));
        }
        break;
      case structure::drop_constraint:
        drop_constraint(change);
        break;
      case structure::drop_index:
        drop_index(change, partitioned);
        break;
      case structure::set_replica_identity:
        if (!change.name.empty() && !named(change.name).index && !builds(change.name)) {
          report_.refuse(fmt::format("the table has no index \"{}\" for its replica identity", change.name));
        }
        break;
      case structure::drop_column: {
        std::size_t at = migration_.table.find(change.columns.names[0]);
        if (migration_.table.columns[at].is_key) {
          report_.refuse(
              fmt::format("{} belongs to the key of the table: give the table another key first", name_of(change)));
        }
        break;
      }
      default:
        break;
    }
  }

  void free_name(const structure_description& change, std::string_view name, bool relation) {
    object there = named(name);
    if (there.constraint.empty() && !(relation && there.relation)) return;
    report_.refuse(fmt::format("the name \"{}\" of {} is taken: choose another one, or leave the change out", name,
                               name_of(change)));
  }

  void refuse_partitioned(const structure_description& change, std::string_view instead) {
    report_.refuse(
        fmt::format("the table is partitioned, and PostgreSQL cannot bring {} there without stopping writers: {}",
                    name_of(change), instead));
  }

  void referenced(const structure_description& change) {
    array_builder<text> names;
    for (std::size_t i = 0; i < change.referenced.count; ++i) names.push(change.referenced.names[i]);
    auto row = ask(on_, catalog::can_be_referenced,
                   {text_of(change.other.schema), text_of(change.other.name), names.as_parameter()});
    if (row.rows() == 1 && row.boolean(0, 0)) return;
    report_.refuse(
        fmt::format("{} refers to {}, which {}", name_of(change), table_name(change.other),
                    row.rows() == 0 ? "is not there" : "has no unique index over those columns: make one first"));
  }

  void rename_table(const structure_description& change) {
    free_name(change, change.name, true);
    auto facts = ask(on_, catalog::view_can_stand_for, {text_form_parameter(this->oid_)});
    if (facts.boolean(0, 0) && on_.facts().version < 150000) {
      report_.refuse(
          "the table has row-level security, which a view in its place would not ask for before PostgreSQL 15: rename it "
          "by hand");
    }
    if (facts.boolean(0, 1)) report_.refuse("the table has rewrite rules, which would not follow its name");
  }

  template <class Result>
  void added(const structure_description& change, const Result& columns) {
    int row = this->find(columns, change.columns.names[0]);
    if (row < 0) return;
    if (columns.text(row, 1) != type_name(*change.type) || columns.boolean(row, 2) != change.required ||
        !columns.boolean(row, 4)) {
      report_.refuse(fmt::format("{} is there already, and is of another type, or nullable and not, or has no default",
                                 name_of(change)));
    } else {
      report_.ask(risk::existing_column, fmt::format("{} is there already, with its values", name_of(change)));
    }
  }

  void drop_constraint(const structure_description& change) {
    object there = named(change.name);
    if (there.constraint.empty()) {
      report_.refuse(fmt::format("the table has no constraint \"{}\"", change.name));
    } else if (there.constraint != "c" && there.constraint != "f" && there.constraint != "u") {
      report_.refuse(
          fmt::format("the constraint \"{}\" is neither CHECK nor FOREIGN KEY nor UNIQUE, and could not come back "
                      "without stopping writers: drop it by hand",
                      change.name));
    }
  }

  void drop_index(const structure_description& change, bool partitioned) {
    object there = named(change.name);
    if (!there.index) {
      report_.refuse(fmt::format("the table has no index \"{}\"", change.name));
    } else if (there.of_constraint) {
      report_.refuse(
          fmt::format("the index \"{}\" belongs to a constraint: drop that with om::drop_constraint", change.name));
    } else if (there.replica_identity) {
      report_.refuse(fmt::format("the index \"{}\" is the table's replica identity: give the table another one first",
                                 change.name));
    } else if (partitioned) {
      refuse_partitioned(change, "its index goes with a lock only, so drop it by hand");
    }
  }

  const structural_description& migration_;
};

}  // namespace detail

/// Everything about the server and the table that could get in the way of structural changes, found before anything is
/// changed. Throws: what the connection throws. Round trips: about three, and one or two for each change.
template <structural_migration Migration, connection_like Connection>
preflight_report preflight(Connection& on) {
  return detail::structure_inspector<Connection>{on, describe_structure<Migration>}.inspect();
}

}  // namespace online_migration
