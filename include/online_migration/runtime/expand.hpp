// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include <fmt/format.h>

#include <online_migration/runtime/owed.hpp>
#include <online_migration/runtime/preflight.hpp>
#include <online_migration/runtime/safety_net.hpp>
#include <online_migration/runtime/target_names.hpp>
#include <online_migration/runtime/toolkit.hpp>

namespace online_migration {

struct expand_options {
  std::vector<risk> acknowledged{};                       ///< what preflight would ask about
  std::optional<all_writers_dual_write_t> all_writers{};  ///< do without triggers
  /// Whether a new column gets what the column has that it replaces, as far as the server can make it: privileges and
  /// the comment at once, the rest by `om::bring_along`. Otherwise that is for you.
  bool bring_along = true;
};

/// What expand did.
struct expand_report {
  preflight_report preflight;
  run_record run;
  bool begun = false;  ///< false where the run was there already
};

namespace detail {

/// Privileges, comment and statistics target: who may write the old column alone must be able to write both.
template <transactional Connection>
void bring_at_once(Connection& on, const migration_description& migration) {
  for (const owed_part& part : read_owed(on, migration)) {
    if (!part.there && part.mechanical && part.comes_at_once()) ask(on, statement{"bring_along", part.statement});
  }
}

/// The first transaction of a migration: run, column, trigger and constraint, all or none.
template <migration_like Migration, connection_like Connection>
run_record begin_run(Connection& on, const transaction_settings& bounds, int attempt, safety_net net, bool add_column,
                     bool brings) {
  constexpr const migration_description& migration = describe_migration<Migration>;
  using sql = statements<Migration>;
  transaction scope{on, bounds};
  std::string number = std::to_string(attempt);
  std::string targets = target_names(migration);
  auto run =
      ask(on, state::begin_run,
          {text_of(migration.name), text_form_parameter(number), text_of(fingerprint<Migration>),
           text_of(migration.table.schema), text_of(migration.table.name), text_of(targets), text_of(to_string(net))});
  // Of an earlier attempt.
  if (net == safety_net::dirty_key_trigger || migration.looks_up)
    ask(on, state::forget_dirty_keys, {text_of(migration.name)});
  // What locks the table comes last.
  create_safety_net_functions<Migration>(on, net);
  create_lookup_trigger<Migration>(on);
  if (add_column) ask(on, sql::add_column);
  if (brings && is_one_to_one(migration)) bring_at_once(on, migration);
  create_safety_net_triggers<Migration>(on, net);
  if (enforces_not_null(migration) && net == safety_net::sync_trigger) ask(on, sql::add_not_null);
  run_record begun{run.integer(0, 0), attempt, std::string{fingerprint<Migration>}, phase::expand, net};
  scope.commit();
  return begun;
}

/// Asks the server whether the transform is immutable, on a temporary copy of the table that is rolled back.
template <migration_like Migration, connection_like Connection>
void check_immutable(Connection& on, const transaction_settings& bounds) {
  using sql = statements<Migration>;
  if (sql::probe_table.size == 0) return;
  transaction scope{on, bounds};
  ask(on, sql::probe_table);
  try {
    ask(on, sql::probe_column);
  } catch (const statement_error& problem) {
    if (problem.sqlstate() != "42P17") throw;
    throw refused{fmt::format(
        "The transform of \"{}\"{} is not immutable, so the backfill, the trigger and the application could disagree: "
        "it must not depend on the time, the time zone or a setting. Nothing was changed.",
        describe_migration<Migration>.name, has_way_back(describe_migration<Migration>) ? " or its inverse" : "")};
  }
  scope.rollback();
}

/// Finds the run that is open, or begins one. `check(run)` looks at one that is there, `inspect()` gives the preflight
/// report, `begin(report, attempt)` the record of a new run.
///
/// Throws: `refused` with the preflight report where something is in the way.
template <any_migration Migration, connection_like Connection, class Check, class Inspect, class Begin>
expand_report find_or_begin(Connection& on, std::string_view name, const expand_options& options, Check check,
                            Inspect inspect, Begin begin) {
  expand_report report;
  std::optional<run_record> newest;
  auto has_begun = [&] {
    newest = read_run(on, name, state::newest_run);
    if (!newest.has_value() || newest->phase == phase::rolled_back) return false;
    check_fingerprint(*newest, name, fingerprint<Migration>);
    check(*newest);
    report.run = *newest;
    return true;
  };
  if (has_begun()) return report;
  report.preflight = inspect();
  if (!report.preflight.accepted(options.acknowledged)) {
    // What is in the way may be the work of another process that has begun the run meanwhile.
    if (has_begun()) return report;
    throw refused{fmt::format("\"{}\" cannot begin. Nothing was changed.\n{}", name, report.preflight.text())};
  }
  int attempt = newest.has_value() ? newest->attempt + 1 : 1;
  try {
    report.run = begin(report.preflight, attempt);
  } catch (const statement_error& problem) {
    // Another process began the same run at the same time: it is found when this is tried again.
    if (problem.sqlstate() != "23505") throw;
    throw statement_error{problem.statement_name(), problem.sqlstate(), std::string{problem.object()},
                          retry_class::retry};
  }
  report.begun = true;
  return report;
}

}  // namespace detail

/// Begins a migration: checks everything, then adds the new column, the triggers that cover other writers, and the
/// record of the run in one transaction, under a short lock time-out, tried again while the table is busy. After it
/// returns every write is covered. A run that has begun already is found and left as it is, so it may be called again
/// after a crash.
///
/// Throws: `refused` with the preflight report where something is in the way; `cancelled` when a stop is requested between
/// two tries. Nothing is changed then.
template <migration_like Migration, database_like Database, environment_like Environment>
expand_report expand(basic_toolkit<Database, Environment>& tools, const expand_options& options = {},
                     const std::stop_token& stop = {}) {
  constexpr const migration_description& migration = describe_migration<Migration>;
  return detail::in_migration(migration.name, [&] {
    expand_report done = tools.session().retrying(
        [&](auto& on) {
          safety_net net = options.all_writers.has_value() ? safety_net::all_writers_dual_write
                           : is_client_only<Migration>     ? safety_net::dirty_key_trigger
                                                           : safety_net::sync_trigger;
          auto check = [&](const run_record& run) {
            if (run.phase != phase::contracted) detail::check_in_force(on, migration, run);
          };
          auto inspect = [&] {
            if (detail::has_total_function(migration) && net == safety_net::all_writers_dual_write) {
              throw refused{
                  fmt::format("The transform of \"{}\" fails on some values, and without the sync trigger nobody would "
                              "report their rows: leave om::all_writers_dual_write out. Nothing was changed.",
                              migration.name)};
            }
            if (migration.looks_up && net == safety_net::all_writers_dual_write) {
              throw refused{
                  fmt::format("What \"{}\" looks up changes in another table, and without triggers nobody would tell: "
                              "leave om::all_writers_dual_write out. Nothing was changed.",
                              migration.name)};
            }
            return preflight<Migration>(on);
          };
          auto begin = [&](const preflight_report& report, int attempt) {
            detail::check_immutable<Migration>(on, tools.settings());
            bool there = false;
            for (const finding& found : report.findings) {
              there = there || (found.is == finding::kind::risk && found.about == risk::existing_column);
            }
            return detail::begin_run<Migration>(on, tools.settings(), attempt, net,
                                                !there || detail::has_parts(migration), options.bring_along);
          };
          return detail::find_or_begin<Migration>(on, migration.name, options, check, inspect, begin);
        },
        stop);
    tools.options().observer(phase_event{migration.name, done.run.phase, done.begun});
    return done;
  });
}

}  // namespace online_migration
