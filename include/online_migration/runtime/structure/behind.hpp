// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <cstdint>
#include <optional>
#include <stop_token>
#include <string>
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
#include <online_migration/runtime/declared.hpp>
#include <online_migration/runtime/gate.hpp>
#include <online_migration/runtime/moved_on.hpp>
#include <online_migration/runtime/obstacles.hpp>
#include <online_migration/runtime/refill.hpp>
#include <online_migration/runtime/report.hpp>
#include <online_migration/runtime/run_record.hpp>
#include <online_migration/runtime/structure/enforce.hpp>
#include <online_migration/runtime/structure/plan_runner.hpp>
#include <online_migration/runtime/structure/prepared.hpp>
#include <online_migration/runtime/structure/violations.hpp>
#include <online_migration/runtime/toolkit.hpp>
#include <online_migration/sql/catalog.hpp>
#include <online_migration/sql/structure/plan.hpp>
#include <online_migration/sql/structure/state.hpp>

namespace online_migration {

namespace detail {

/// A migration of new columns with structural changes behind them.
template <class Migration>
concept structured_columns = migration_like<Migration> && has_structure_behind<Migration>;

/// The newest run, where what stands behind the columns may be worked on: every row is filled, and nobody undoes it.
template <structured_columns Migration, database_like Database, environment_like Environment>
run_record filled_run(basic_toolkit<Database, Environment>& tools, const std::stop_token& stop) {
  constexpr const migration_description& migration = describe_migration<Migration>;
  run_record run = tools.session().retrying(
      [&](auto& on) { return require_run(on, migration, fingerprint<Migration>, state::newest_run); }, stop);
  if (run.phase < phase::validate || run.phase == phase::rolled_back) {
    throw refused{
        fmt::format("The run of \"{}\" is in the phase {}: what stands behind its new columns comes after the "
                    "backfill. Nothing was changed.",
                    migration.name, to_string(run.phase))};
  }
  if (undone_by(tools, std::to_string(run.id), stop) == undoing_run) {
    throw refused{
        fmt::format("The rollback of \"{}\" has begun: go on with om::rollback. Nothing was changed.", migration.name)};
  }
  return run;
}

/// Adds what contract asks for because of what stands behind the columns.
template <migration_like Migration, transactional Connection, class Report>
void examine_structure(Connection& on, Report& report, std::int64_t run, const std::vector<risk>& acknowledged) {
  if constexpr (has_structure_behind<Migration>) {
    using changes = structure_of<Migration>;
    if (report.phase < phase::backfill || report.phase > phase::contract_ready) return;
    std::string id = std::to_string(run);
    if (ask(on, state::read_undoing, {text_form_parameter(id)}).text(0, 0) == undoing_run) {
      report.requirements.push_back({false, std::nullopt, "its rollback has begun: go on with om::rollback"});
    } else if (has_stage<changes>(step_stage::prepare)) {
      bool done = are_done<changes>(on, step_stage::prepare);
      report.requirements.push_back({done, std::nullopt,
                                     done ? "what is prepared behind the new columns is there"
                                          : "the indexes, defaults and comments behind the new columns are not all "
                                            "there: om::prepare_structure"});
    }
    if (has_stage<changes>(step_stage::enforce)) {
      report.requirements.push_back({is_acknowledged(acknowledged, risk::legacy_instances), risk::legacy_instances,
                                     "every live instance of the application keeps to what is enforced, and does "
                                     "without what goes"});
    }
  }
}

/// In the transaction of contract, which holds the run: what stands behind the columns is there, and nobody undoes it.
template <structured_columns Migration, transactional Connection>
void require_structure(Connection& on, const std::string& run) {
  using changes = structure_of<Migration>;
  if (ask(on, state::hold_structure, {text_form_parameter(run)}).text(0, 1).empty() &&
      are_done<changes>(on, step_stage::prepare) && are_done<changes>(on, step_stage::enforce)) {
    return;
  }
  throw moved_on{
      fmt::format("What stands behind the new columns of \"{}\" was undone by another process meanwhile: look at its "
                  "phase, and contract again.",
                  Migration::name.view())};
}

/// Contract: what stands behind the columns comes into force, then `columns()` contracts them and gives whether it did.
template <structured_columns Migration, database_like Database, environment_like Environment, class Columns>
bool contract_behind(basic_toolkit<Database, Environment>& tools, const std::stop_token& stop, Columns columns) {
  run_record run = filled_run<Migration>(tools, stop);
  if (run.phase != phase::contract_ready) return columns();
  using changes = structure_of<Migration>;
  std::string id = std::to_string(run.id);
  try {
    bring_into_force<changes>(tools, id, stop);
    try {
      return columns();
    } catch (const moved_on&) {
      throw;
    } catch (const refused&) {
      // Writers must not be refused anything for a contract that did not come. A rollback sees to that itself.
      if (undone_by(tools, id, stop) != undoing_run) undo_contract<changes>(tools, id, stop);
      throw;
    }
  } catch (const moved_on&) {
    // By another process, forward or back.
    if (tools.template phase<Migration>() != phase::contracted) throw;
    return false;
  }
}

/// Whether a change still has what it is about: a comment goes with its column, whoever drops that.
template <structured_columns Migration, transactional Connection>
bool has_subject(Connection& on, const structure_description& change) {
  if (change.is != structure::set_comment || change.columns.count == 0) return true;
  const table_description& table = describe_migration<Migration>.table;
  return ask_alone(on, catalog::column_state,
                   {text_of(table.schema), text_of(table.name), text_of(change.columns.names[0])})
             .rows() == 1;
}

/// Takes back what a run has made behind its columns, and leaves it marked as on its way back.
template <structured_columns Migration, database_like Database, environment_like Environment>
void take_structure_back(basic_toolkit<Database, Environment>& tools, std::int64_t asked_for,
                         const std::stop_token& stop) {
  for (int tries_left = 100;; --tries_left) {
    run_record run = tools.session().retrying(
        [&](auto& on) {
          return require_run(on, describe_migration<Migration>, fingerprint<Migration>, state::newest_run);
        },
        stop);
    if (run.id != asked_for || !is_open(run.phase)) return;
    std::string id = std::to_string(run.id);
    try {
      mark_undoing(tools, id, run.phase, undoing_run, stop);
      using changes = structure_of<Migration>;
      plan_runner<changes, Database, Environment> steps{tools, id, run.phase, undoing_run, stop};
      steps.undo([&](const structure_description& change) {
        return tools.session().retrying([&](auto& on) { return has_subject<Migration>(on, change); }, stop);
      });
      if constexpr (keeps_definitions<changes>()) restore_kept<changes>(tools, id, steps, stop);
      return;
    } catch (const moved_on&) {
      // To another phase, whose gate does not ask what undoes the run.
      if (tries_left == 0) throw;
    }
  }
}

/// In the transaction of rollback, which holds the run: whether what stood behind the columns is gone, and stays so.
template <transactional Connection>
bool is_taken_back(Connection& on, const std::string& run) {
  return ask(on, state::hold_structure, {text_form_parameter(run)}).text(0, 1) == undoing_run;
}

/// On the way back from contract: what came into force with it goes, because it was legal before. Held by the way back
/// first, so that a process that is late does nothing to a later contract.
template <structured_columns Migration, database_like Database, environment_like Environment>
void relax_structure(basic_toolkit<Database, Environment>& tools, const way_back_of_run& way,
                     const std::stop_token& stop) {
  tools.session().retrying(
      [&](auto& on) {
        transaction scope{on, tools.settings()};
        ask(on, durable);
        way.hold(on, Migration::name.view());
        ask(on, state::note_undoing, {text_form_parameter(way.run), text_of(reviving_run)});
        scope.commit();
      },
      stop);
  plan_runner<structure_of<Migration>, Database, Environment>{tools, way.run, phase::contracted, reviving_run, stop}
      .undo(waits_for_contract);
}

}  // namespace detail

/// Takes the steps behind new columns that refuse no write: builds indexes beside readers and writers, and sets
/// defaults and comments. It comes after the backfill, which an index on a new column would slow down; `om::expand_contract` calls
/// it. It may be interrupted anywhere and called again. Does nothing where the migration has new columns alone, and
/// after contract.
///
/// Throws: `refused` before the end of the backfill, behind a pooler, and where a rollback has begun; `cancelled`.
template <migration_like Migration, database_like Database, environment_like Environment>
void prepare_structure(basic_toolkit<Database, Environment>& tools, const std::stop_token& stop = {}) {
  if constexpr (has_structure_behind<Migration>) {
    using changes = structure_of<Migration>;
    detail::in_migration(Migration::name.view(), [&] {
      for (int tries_left = 100;; --tries_left) {
        run_record run = detail::filled_run<Migration>(tools, stop);
        if (run.phase == phase::contracted) return;
        std::string id = std::to_string(run.id);
        try {
          if (detail::undone_by(tools, id, stop) == detail::failed_contract) {
            detail::undo_contract<changes>(tools, id, stop);
          }
          detail::plan_runner<changes, Database, Environment>{tools, id, run.phase, "", stop}.take(step_stage::prepare);
          return;
        } catch (const detail::moved_on&) {
          // By another process, forward or back: it is looked at again.
          if (tries_left == 0) throw;
        }
      }
    });
  }
}

/// Counts the rows that stand in the way of what comes behind the new columns at contract: duplicates, broken
/// conditions, references to nothing. Changes nothing. Writers may still bring new ones, so contract lets the server
/// check every row once more.
///
/// Throws: `refused` before the end of the backfill. Round trips: one scan of the table for each change.
template <migration_like Migration, database_like Database, environment_like Environment>
  requires has_structure_behind<Migration>
violation_report verify(basic_toolkit<Database, Environment>& tools, const std::stop_token& stop = {}) {
  return detail::in_migration(Migration::name.view(), [&] {
    detail::filled_run<Migration>(tools, stop);
    return tools.session().retrying(
        [&](auto& on) { return detail::count_violations<structure_of<Migration>>(on, tools.settings()); }, stop);
  });
}

}  // namespace online_migration
