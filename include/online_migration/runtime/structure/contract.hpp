// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <algorithm>
#include <span>
#include <stop_token>
#include <string>
#include <string_view>

#include <fmt/format.h>

#include <online_migration/migration/fingerprint.hpp>
#include <online_migration/migration/migration.hpp>
#include <online_migration/migration/phase.hpp>
#include <online_migration/postgres/error.hpp>
#include <online_migration/postgres/transaction.hpp>
#include <online_migration/runtime/ask.hpp>
#include <online_migration/runtime/contract.hpp>
#include <online_migration/runtime/moved_on.hpp>
#include <online_migration/runtime/obstacles.hpp>
#include <online_migration/runtime/readiness.hpp>
#include <online_migration/runtime/structure/expand.hpp>
#include <online_migration/runtime/structure/plan_runner.hpp>
#include <online_migration/sql/structure/state.hpp>

namespace online_migration {

namespace detail {

/// Whether a change refuses writes that were legal before, so that rows may be in its way.
constexpr bool enforces(const structure_description& change) {
  return change.unique || (change.is >= structure::set_not_null && change.is <= structure::add_foreign_key);
}

template <structural_migration Migration>
constexpr bool has_stage(step_stage when) {
  for (const planned_step& planned : plan<Migration>) {
    if (planned.step->when == when) return true;
  }
  return false;
}

template <structural_migration Migration>
readiness_report structural_readiness(const run_record& run, const contract_options& options) {
  readiness_report report;
  report.phase = run.phase;
  bool ready = run.phase == phase::contract_ready;
  report.requirements.push_back(
      {ready, std::nullopt,
       ready ? "the run is contract-ready"
             : fmt::format("the run is in the phase {}, and contract asks for contract-ready: {}", to_string(run.phase),
                           run.phase == phase::contracted    ? "it is contracted already"
                           : run.phase == phase::rolled_back ? "begin a run with om::expand"
                                                             : "call om::expand, then om::verify")});
  if (has_stage<Migration>(step_stage::enforce) || has_stage<Migration>(step_stage::retire)) {
    report.requirements.push_back(
        {is_acknowledged(options.acknowledged, risk::legacy_instances), risk::legacy_instances,
         "every live instance of the application keeps to what is enforced, and does without what goes"});
  }
  return report;
}

/// Notes what undoes a run, or that nothing does any more. Throws: `moved_on` where the run is in another phase by now:
/// a mark that nobody takes away would stop every later step.
template <database_like Database, environment_like Environment>
void mark_undoing(basic_toolkit<Database, Environment>& tools, const std::string& run, phase in, std::string_view by,
                  const std::stop_token& stop) {
  tools.session().retrying(
      [&](auto& on) {
        transaction scope{on, tools.settings()};
        ask(on, durable);
        if (ask(on, state::hold_structure, {text_form_parameter(run)}).text(0, 0) != to_string(in)) {
          throw moved_on{"The run was moved on by another process: look at its phase. Nothing was changed."};
        }
        if (by.empty()) {
          ask(on, state::note_undone, {text_form_parameter(run)});
        } else {
          ask(on, state::note_undoing, {text_form_parameter(run), text_of(by)});
        }
        scope.commit();
      },
      stop);
}

/// What undoes a run; empty where nothing does.
template <database_like Database, environment_like Environment>
std::string undone_by(basic_toolkit<Database, Environment>& tools, const std::string& run,
                      const std::stop_token& stop) {
  return tools.session().retrying(
      [&](auto& on) {
        transaction scope{on, tools.settings()};
        return std::string{ask(on, state::hold_structure, {text_form_parameter(run)}).text(0, 1)};
      },
      stop);
}

inline constexpr std::string_view failed_contract = "contract";

/// Undoes what a contract had begun, and lets it be tried again.
template <structural_migration Migration, database_like Database, environment_like Environment>
void undo_contract(basic_toolkit<Database, Environment>& tools, const std::string& run, const std::stop_token& stop) {
  mark_undoing(tools, run, phase::contract_ready, failed_contract, stop);
  plan_runner<Migration, Database, Environment>{tools, run, phase::contract_ready, failed_contract, stop}.undo(
      enforces);
  mark_undoing(tools, run, phase::contract_ready, "", stop);
}

/// The steps of a contract.
template <structural_migration Migration, database_like Database, environment_like Environment>
void contract_structure(basic_toolkit<Database, Environment>& tools, const run_record& run,
                        const std::stop_token& stop) {
  std::string id = std::to_string(run.id);
  // Of a process that was interrupted while it undid its own.
  if (undone_by(tools, id, stop) == failed_contract) undo_contract<Migration>(tools, id, stop);
  plan_runner<Migration, Database, Environment> steps{tools, id, phase::contract_ready, "", stop};
  try {
    steps.take(step_stage::enforce, enforces);
  } catch (const statement_error& problem) {
    std::string_view state = problem.sqlstate();
    if (state != "23502" && state != "23503" && state != "23505" && state != "23514") throw;
    undo_contract<Migration>(tools, id, stop);
    violation_report left =
        tools.session().retrying([&](auto& on) { return count_violations<Migration>(on, tools.settings()); }, stop);
    throw refused{fmt::format(
        "\"{}\" cannot be contracted, because rows break its constraints (\"{}\" failed). What contract had "
        "begun is undone, and the run stays contract-ready: mend the rows, and contract again.\n{}",
        describe_structure<Migration>.name, problem.statement_name(), left.text())};
  }
  steps.take(step_stage::enforce, [](const structure_description& change) { return !enforces(change); });
  steps.enter(phase::contracted);
}

}  // namespace detail

/// Looks at everything that the contract of structural changes asks for. Changes nothing.
template <structural_migration Migration, database_like Database, environment_like Environment>
readiness_report readiness(basic_toolkit<Database, Environment>& tools, const contract_options& options = {}) {
  constexpr const structural_description& migration = describe_structure<Migration>;
  return detail::in_migration(migration.name, [&] {
    return tools.session().retrying([&](auto& on) {
      return detail::structural_readiness<Migration>(
          detail::require_run(on, migration.name, fingerprint<Migration>, state::newest_run), options);
    });
  });
}

/// Asks for everything that contract relies on. Throws: `refused` with the list of what is missing.
template <structural_migration Migration, database_like Database, environment_like Environment>
contract_proof<Migration> prove(basic_toolkit<Database, Environment>& tools, const contract_options& options = {}) {
  constexpr const structural_description& migration = describe_structure<Migration>;
  std::int64_t proven = detail::in_migration(migration.name, [&] {
    return tools.session().retrying([&](auto& on) {
      run_record run = detail::require_run(on, migration.name, fingerprint<Migration>, state::newest_run);
      // A run that is contracted already has been proven: the answer to its COMMIT may have been lost.
      if (run.phase == phase::contracted) return run.id;
      readiness_report report = detail::structural_readiness<Migration>(run, options);
      if (!report.ready()) {
        throw refused{
            fmt::format("\"{}\" is not ready for contract. Nothing was changed.\n{}", migration.name, report.text())};
      }
      return run.id;
    });
  });
  return detail::proof_maker::make<Migration>(proven, options);
}

/// Contract: the constraints come into force, and what goes is relaxed or dropped. Constraints come first, for new rows
/// and then, after a scan beside readers and writers, for all; only when every one of them holds, constraints and
/// indexes go that are to go, with their definitions kept in the run. It may be interrupted anywhere and called again,
/// and does nothing where the run is contracted already.
///
/// Throws: `refused` where a row breaks a constraint: everything that contract had done is undone then, the run stays
/// `contract-ready`, and the error tells which constraint and how to find the rows; `cancelled`.
template <structural_migration Migration, database_like Database, environment_like Environment>
void contract(basic_toolkit<Database, Environment>& tools, const contract_proof<Migration>& proof,
              const std::stop_token& stop = {}) {
  constexpr const structural_description& migration = describe_structure<Migration>;
  detail::in_migration(migration.name, [&] {
    run_record run = tools.session().retrying(
        [&](auto& on) { return detail::require_run(on, migration.name, fingerprint<Migration>, state::newest_run); },
        stop);
    if (run.id != proof.run()) {
      throw refused{fmt::format("The proof is of another run of \"{}\": ask om::prove again. Nothing was changed.",
                                migration.name)};
    }
    if (run.phase == phase::contracted) return;
    try {
      detail::contract_structure<Migration>(tools, run, stop);
    } catch (const detail::moved_on&) {
      // By another process, forward or back.
      if (tools.template phase<Migration>() != phase::contracted) throw;
    }
  });
}

}  // namespace online_migration
