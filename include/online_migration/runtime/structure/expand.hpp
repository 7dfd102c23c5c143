// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <cstdint>
#include <stop_token>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include <online_migration/migration/describe.hpp>
#include <online_migration/migration/description.hpp>
#include <online_migration/migration/fingerprint.hpp>
#include <online_migration/migration/migration.hpp>
#include <online_migration/migration/phase.hpp>
#include <online_migration/postgres/error.hpp>
#include <online_migration/postgres/transaction.hpp>
#include <online_migration/runtime/ask.hpp>
#include <online_migration/runtime/events.hpp>
#include <online_migration/runtime/expand.hpp>
#include <online_migration/runtime/run_record.hpp>
#include <online_migration/runtime/structure/plan_runner.hpp>
#include <online_migration/runtime/structure/preflight.hpp>
#include <online_migration/runtime/structure/violations.hpp>
#include <online_migration/sql/state.hpp>

namespace online_migration {

namespace detail {

template <structural_migration Migration, connection_like Connection>
run_record begin_structural_run(Connection& on, const transaction_settings& bounds, int attempt) {
  constexpr const structural_description& migration = describe_structure<Migration>;
  transaction scope{on, bounds};
  std::string number = std::to_string(attempt);
  auto row = ask(on, state::begin_run,
                 {text_of(migration.name), text_form_parameter(number), text_of(fingerprint<Migration>),
                  text_of(migration.table.schema), text_of(migration.table.name), text_of(""),
                  text_of(to_string(safety_net::none))});
  run_record begun{row.integer(0, 0), attempt, std::string{fingerprint<Migration>}, phase::expand, safety_net::none};
  scope.commit();
  return begun;
}

}  // namespace detail

/// Begins a migration of structural changes: checks everything, records the run, and takes the steps that nobody
/// notices: new tables, defaults, and indexes, which are built beside readers and writers. Nothing that was legal
/// before is refused after it. A run that has begun already is found and gone on with, so it may be called again after
/// a crash.
///
/// Throws: `refused` with the preflight report where something is in the way, and nothing is changed then; `cancelled`.
template <structural_migration Migration, database_like Database, environment_like Environment>
expand_report expand(basic_toolkit<Database, Environment>& tools, const expand_options& options = {},
                     const std::stop_token& stop = {}) {
  constexpr const structural_description& migration = describe_structure<Migration>;
  return detail::in_migration(migration.name, [&] {
    expand_report done = tools.session().retrying(
        [&](auto& on) {
          return detail::find_or_begin<Migration>(
              on, migration.name, options, [](const run_record&) {}, [&] { return preflight<Migration>(on); },
              [&](const preflight_report&, int attempt) {
                return detail::begin_structural_run<Migration>(on, tools.settings(), attempt);
              });
        },
        stop);
    tools.options().observer(phase_event{migration.name, done.run.phase, done.begun});
    if (done.run.phase != phase::expand) return done;
    try {
      detail::plan_runner<Migration, Database, Environment> steps{tools, std::to_string(done.run.id), phase::expand, "",
                                                                  stop};
      steps.take(step_stage::prepare);
      steps.enter(phase::validate);
    } catch (const detail::moved_on&) {
      // By another process, forward or back.
    }
    done.run = tools.session().retrying(
        [&](auto& on) { return detail::require_run(on, migration.name, fingerprint<Migration>, state::newest_run); },
        stop);
    if (done.run.phase == phase::rolled_back) {
      throw refused{fmt::format("The run of \"{}\" was rolled back by another process.", migration.name)};
    }
    return done;
  });
}

/// Counts the rows that stand in the way of the constraints to come: NULL, broken conditions, duplicates, references to
/// nothing. Where there are none, a run in `validate` becomes `contract-ready`. Writers may still bring new ones, so
/// contract lets the server check every row once more.
///
/// Throws: `refused` where there is no run, or it is rolled back. Round trips: one scan of the table for each change.
template <structural_migration Migration, database_like Database, environment_like Environment>
violation_report verify(basic_toolkit<Database, Environment>& tools, const std::stop_token& stop = {}) {
  constexpr const structural_description& migration = describe_structure<Migration>;
  return detail::in_migration(migration.name, [&] {
    run_record run = tools.session().retrying(
        [&](auto& on) { return detail::require_run(on, migration.name, fingerprint<Migration>, state::newest_run); },
        stop);
    if (run.phase == phase::expand || run.phase == phase::rolled_back) {
      throw refused{fmt::format("The run of \"{}\" is in the phase {}: call om::expand first. Nothing was changed.",
                                migration.name, to_string(run.phase))};
    }
    violation_report report = tools.session().retrying(
        [&](auto& on) { return detail::count_violations<Migration>(on, tools.settings()); }, stop);
    if (!report.clean() || run.phase != phase::validate) return report;
    try {
      detail::plan_runner<Migration, Database, Environment>{tools, std::to_string(run.id), phase::validate, "", stop}
          .enter(phase::contract_ready);
    } catch (const detail::moved_on&) {
      // By another process, forward or back.
    }
    return report;
  });
}

}  // namespace online_migration
