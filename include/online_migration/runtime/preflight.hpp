// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include <fmt/format.h>

#include <online_migration/migration/describe.hpp>
#include <online_migration/migration/description.hpp>
#include <online_migration/migration/migration.hpp>
#include <online_migration/postgres/array.hpp>
#include <online_migration/postgres/concepts.hpp>
#include <online_migration/postgres/transaction.hpp>
#include <online_migration/runtime/ask.hpp>
#include <online_migration/runtime/declared.hpp>
#include <online_migration/runtime/dirty_keys.hpp>
#include <online_migration/runtime/key_preflight.hpp>
#include <online_migration/runtime/lookup.hpp>
#include <online_migration/runtime/obstacles.hpp>
#include <online_migration/runtime/other_table.hpp>
#include <online_migration/runtime/owed.hpp>
#include <online_migration/runtime/preflight_types.hpp>
#include <online_migration/runtime/report.hpp>
#include <online_migration/runtime/structure/preflight.hpp>
#include <online_migration/runtime/table_inspector.hpp>
#include <online_migration/runtime/target_names.hpp>
#include <online_migration/sql/catalog.hpp>
#include <online_migration/sql/guard.hpp>
#include <online_migration/sql/quarantine.hpp>
#include <online_migration/sql/state.hpp>
#include <online_migration/sql/state_tables.hpp>

namespace online_migration {

namespace detail {

/// Reads what a database has and compares it with what was declared. Changes nothing.
template <connection_like Connection>
class inspector : table_inspector<Connection> {
 public:
  inspector(Connection& on, const migration_description& migration)
      : table_inspector<Connection>{on, migration.table}, migration_{migration} {}

  preflight_report inspect() {
    this->server();
    this->encoding();
    // Time-outs, search path and row security as in every transaction of ours; it only reads, and is rolled back.
    transaction scope{on_};
    if (this->find_table() && may_backfill()) {
      compare_columns();
      compare_types(on_, migration_, report_);
      key();
      triggers();
      surroundings();
      if (replaces(migration_)) owed();
      if (migration_.looks_up) lookup_inspector<Connection>{on_, migration_}.inspect(report_);
    }
    return std::move(report_);
  }

 private:
  /// What a backfill and its trigger need beside.
  bool may_backfill() {
    auto row = ask(on_, catalog::table_facts, {text_of(migration_.table.schema), text_of(migration_.table.name)});
    if (row.text(0, 1) == "p" && on_.facts().version < 130000) {
      report_.refuse("the table is partitioned, and before PostgreSQL 13 such a table has no triggers before a row");
    }
    if (!row.boolean(0, 5) || !row.boolean(0, 6)) report_.refuse("this role may not SELECT and UPDATE the table");
    if (!row.boolean(0, 7)) report_.refuse("this role may not create the trigger's function in the table's schema");
    if (!row.boolean(0, 8)) {
      report_.refuse(
          "this role may not create temporary tables, which the check of the transform needs: GRANT TEMPORARY ON DATABASE");
    }
    if (row.boolean(0, 9)) {
      report_.refuse("the table has parents or children by inheritance, which neither its key nor its trigger covers");
    }
    return true;
  }

  void compare_columns() {
    auto there = this->compare();
    for (std::size_t i = 0; i < migration_.table.count; ++i) {
      const column_description& column = migration_.table.columns[i];
      int row = find(there, column.name);
      if (row < 0) continue;
      if (migration_.sources.has(i) && there.boolean(row, 3)) {
        report_.refuse(fmt::format(
            "column \"{}\" is generated, so no trigger sees its value: read what it is generated from", column.name));
      }
      if (has_way_back(migration_) && migration_.replaced.has(i) && !column.has_server_default &&
          there.boolean(row, 4)) {
        report_.refuse(
            fmt::format("column \"{}\" has a default: declare it om::has_default, so that an insert which sets the new "
                        "column alone is not taken to have set this one",
                        column.name));
      }
    }
    if (migration_.elsewhere) {
      inspect_move(on_, migration_, oid_, report_);
      return;
    }
    each_target(migration_, [&](const migration_description& part, std::size_t) {
      compare_target(part, there, find(there, part.target));
    });
  }

  template <class Result>
  void compare_target(const migration_description& part, const Result& there, int row) {
    if (row < 0) return;
    std::string declared = type_name(*part.target_type);
    if (there.text(row, 1) != declared) {
      report_.refuse(fmt::format("the new column \"{}\" is there already, as {} and not as {}", part.target,
                                 there.text(row, 1), declared));
    } else if (there.boolean(row, 2) || there.boolean(row, 3) || there.boolean(row, 4)) {
      report_.refuse(
          fmt::format("the new column \"{}\" is there already, and is NOT NULL, generated or has a default: a new "
                      "column begins empty",
                      part.target));
    } else {
      report_.ask(risk::existing_column,
                  fmt::format("the new column \"{}\" is there already; its values will be overwritten", part.target));
    }
  }

  void key() {
    array_builder<text> names;
    for (std::size_t i = 0; i < migration_.table.key_count(); ++i) {
      names.push(migration_.table.columns[migration_.table.key_at(i)].name);
    }
    if (ask(on_, catalog::unique_keys, {text_form_parameter(oid_), names.as_parameter()}).integer(0, 0) == 0) {
      report_.refuse(
          "the declared key has no unique index of its own over the same columns in the same order (valid, not "
          "deferrable, neither partial nor over expressions, under the collations of its columns): declare the columns of one "
          "that there is");
    }
  }

  void triggers() {
    std::string ours = trigger_name(migration_.name);
    auto there = ask(on_, catalog::triggers, {text_form_parameter(oid_)});
    std::string firing;
    for (int row = 0; row < there.rows(); ++row) {
      std::string_view name = there.text(row, 0);
      if (there.text(row, 1) == "D" || name == ours || is_harmless_sync_trigger(name, ours)) continue;
      // What notes changes for a migration that looks up in this table changes nothing.
      if (there.boolean(row, 3) && !name.starts_with(lookup_prefix))
        firing += fmt::format("{}\"{}\"", firing.empty() ? "" : ", ", name);
      if (there.boolean(row, 2) && name > ours) {
        report_.refuse(
            fmt::format("the trigger \"{}\" would fire after ours (\"{}\") and could change what it has synchronised: "
                        "rename it",
                        name, ours));
      }
    }
    if (!firing.empty()) {
      report_.ask(risk::user_triggers, "these triggers fire for every row that the backfill changes: " + firing);
    }
  }

  /// Whether a trigger is another migration's: it changes that migration's own column, and only for rows where that one
  /// is wrong. It does harm only if our transform reads that column before the trigger has set it.
  bool is_harmless_sync_trigger(std::string_view name, std::string_view ours) {
    // Preflight may be asked before there are any state tables.
    if (!name.starts_with("~om_") || !ask(on_, state::find_version).boolean(0, 0)) return false;
    auto others = ask(on_, state::other_migrations,
                      {text_of(migration_.table.schema), text_of(migration_.table.name), text_of(migration_.name)});
    for (int row = 0; row < others.rows(); ++row) {
      // Those change no row.
      for (const std::string& queuing : net_triggers(others.text(row, 0), safety_net::dirty_key_trigger)) {
        if (queuing == name) return true;
      }
      for (std::string_view prefix : {guard_prefix, report_prefix, late_prefix}) {
        if (object_name(prefix, others.text(row, 0)) == name) return true;
      }
      if (trigger_name(others.text(row, 0)) != name) continue;
      if (name < ours) return true;
      for (std::size_t i = 0; i < migration_.table.count; ++i) {
        if (migration_.sources.has(i) && is_target(others.text(row, 1), migration_.table.columns[i].name)) return false;
      }
      return true;
    }
    return false;
  }

  void surroundings() {
    auto rules = ask(on_, catalog::rules, {text_form_parameter(oid_)});
    if (rules.rows() > 0)
      report_.refuse(
          fmt::format("the table has the rewrite rule \"{}\", which changes what statements do", rules.text(0, 0)));
    auto publications =
        ask(on_, catalog::publications, {text_of(migration_.table.schema), text_of(migration_.table.name)});
    for (int row = 0; row < publications.rows(); ++row) {
      report_.ask(risk::publications,
                  fmt::format("publication \"{}\" carries the table: add the column on its subscribers first",
                              publications.text(row, 0)));
    }
    auto views = ask(on_, catalog::views, {text_form_parameter(oid_)});
    for (int row = 0; row < views.rows(); ++row) {
      report_.notice(fmt::format("view \"{}\" reads the table and will not have the new column", views.text(row, 0)));
    }
    auto old = ask(on_, catalog::long_transactions);
    if (old.integer(0, 0) > 0) {
      report_.notice(fmt::format(
          "{} transactions are open for over a minute, the oldest for {} s: DDL waits for those that use the table",
          old.integer(0, 0), old.integer(0, 1)));
    }
    auto busy = ask(on_, catalog::maintenance, {text_form_parameter(oid_)});
    if (busy.integer(0, 0) > 0) {
      report_.notice(fmt::format(
          "a VACUUM (an autovacuum as well), ANALYZE or index build is at work on the table, process {}: DDL "
          "waits for its end and gives up before that if it takes long. Let it end, or stop it with "
          "pg_cancel_backend; one \"to prevent wraparound\" comes back at once, so let that one end",
          busy.integer(0, 1)));
    }
    auto standbys = ask(on_, catalog::standbys);
    if (standbys.integer(0, 0) > 0) {
      report_.notice(fmt::format("{} standbys stream from this server: the backfill's WAL reaches them too",
                                 standbys.integer(0, 0)));
    }
  }

  /// What the old column has beyond its values, so that nobody is surprised by it at contract.
  void owed() {
    std::string coming;
    for (const owed_part& part : read_owed(on_, migration_)) {
      if (part.there || part.kind == "validation" || part.kind == "constraint index" || part.kind == "exclusion") {
        continue;
      }
      if (part.mechanical) {
        coming += fmt::format("{}{}", coming.empty() ? "" : ", ", part.description);
      } else {
        report_.notice(fmt::format("the {} of the old column does not come along, and contract will ask about it: {}",
                                   part.description, advice_on(part)));
      }
    }
    if (!coming.empty()) {
      report_.notice("of the old column these come along, unless expand_options.bring_along says no: " + coming);
    }
    each_replaced(migration_, [&](const column_description& old, std::size_t) {
      auto users = dependents_of(on_, migration_.table, old.name, own_triggers(migration_));
      for (int row = 0; row < users.rows(); ++row) {
        std::string_view kind = users.text(row, 0);
        if (!stops_contract(kind) || kind == "migration" || moves_with_key(migration_, kind)) continue;
        report_.notice(fmt::format("{} relies on the old column, and will stop contract: {}", users.text(row, 1),
                                   advice_on_obstacle(kind)));
      }
    });
  }

  using table_inspector<Connection>::on_;
  using table_inspector<Connection>::report_;
  using table_inspector<Connection>::oid_;
  using table_inspector<Connection>::find;

  const migration_description& migration_;
};

}  // namespace detail

/// Everything about the server and the table that could get in the way of a migration, found before anything is
/// changed. Throws: what the connection throws. Round trips: about ten.
template <migration_like Migration, connection_like Connection>
preflight_report preflight(Connection& on) {
  preflight_report report = detail::inspector<Connection>{on, describe_migration<Migration>}.inspect();
  detail::inspect_key<Migration>(on, report);
  if constexpr (has_structure_behind<Migration>) {
    detail::structure_inspector<Connection>{on, describe_structure<structure_of<Migration>>}.inspect_behind(report);
  }
  return report;
}

}  // namespace online_migration
