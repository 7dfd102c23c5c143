// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <cstddef>
#include <stop_token>
#include <string>
#include <string_view>

#include <fmt/format.h>

#include <online_migration/migration/describe.hpp>
#include <online_migration/migration/description.hpp>
#include <online_migration/migration/migration.hpp>
#include <online_migration/migration/phase.hpp>
#include <online_migration/postgres/error.hpp>
#include <online_migration/postgres/transaction.hpp>
#include <online_migration/runtime/ask.hpp>
#include <online_migration/runtime/gate.hpp>
#include <online_migration/runtime/kept_parts.hpp>
#include <online_migration/runtime/moved_on.hpp>
#include <online_migration/runtime/structure/plan_runner.hpp>
#include <online_migration/runtime/structure/violations.hpp>
#include <online_migration/runtime/toolkit.hpp>
#include <online_migration/sql/structure/plan.hpp>
#include <online_migration/sql/structure/state.hpp>

namespace online_migration::detail {

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

/// What undoes a run: a contract that failed, a way back, or the one from contract that leaves the run open.
inline constexpr std::string_view failed_contract = "contract";
inline constexpr std::string_view undoing_run = "way back";
inline constexpr std::string_view reviving_run = "revive";

/// Notes what undoes a run, or that nothing does any more. Throws: `moved_on` where the run is in another phase by now:
/// a mark that nobody takes away would stop every later step; and where it is on its way back, which a contract that
/// failed leaves to that.
template <database_like Database, environment_like Environment>
void mark_undoing(basic_toolkit<Database, Environment>& tools, const std::string& run, phase in, std::string_view by,
                  const std::stop_token& stop) {
  tools.session().retrying(
      [&](auto& on) {
        transaction scope{on, tools.settings()};
        ask(on, durable);
        auto now = ask(on, state::hold_structure, {text_form_parameter(run)});
        if (now.text(0, 0) != to_string(in) || (now.text(0, 1) == undoing_run && by != undoing_run)) {
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

/// Whether a change begins with contract.
constexpr bool waits_for_contract(const structure_description& change) {
  return steps_of(change).front().when == step_stage::enforce;
}

/// Whether contract takes away what comes back from a definition that the run keeps.
template <structural_migration Migration>
constexpr bool keeps_definitions() {
  constexpr const structural_description& migration = describe_structure<Migration>;
  for (std::size_t i = 0; i < migration.count; ++i) {
    structure is = migration.changes[i].is;
    if (is == structure::drop_constraint || is == structure::drop_index) return true;
  }
  return false;
}

/// Puts back what contract took away, from the definitions that the run keeps.
template <structural_migration Migration, database_like Database, environment_like Environment, class Steps>
void restore_kept(basic_toolkit<Database, Environment>& tools, const std::string& run, const Steps& steps,
                  const std::stop_token& stop) {
  auto hold = [&](auto& on) { steps.hold(on); };
  kept_parts<Database, Environment, decltype(hold)>{tools, describe_structure<Migration>.name, run, hold, stop}
      .restore();
}

/// Undoes what a contract had begun, and lets it be tried again.
template <structural_migration Migration, database_like Database, environment_like Environment>
void undo_contract(basic_toolkit<Database, Environment>& tools, const std::string& run, const std::stop_token& stop) {
  mark_undoing(tools, run, phase::contract_ready, failed_contract, stop);
  plan_runner<Migration, Database, Environment> steps{tools, run, phase::contract_ready, failed_contract, stop};
  steps.undo(waits_for_contract);
  if constexpr (keeps_definitions<Migration>()) {
    restore_kept<Migration>(tools, run, steps, stop);
    // They may be others by the next try.
    steps.held([&](auto& on) { return ask(on, state::forget_kept, {text_form_parameter(run)}).affected(); });
  }
  mark_undoing(tools, run, phase::contract_ready, "", stop);
}

/// Brings constraints into force, for new rows and then for all.
///
/// Throws: `refused` where rows are in the way: what had come into force is gone again then.
template <structural_migration Migration, database_like Database, environment_like Environment>
void enforce_structure(basic_toolkit<Database, Environment>& tools, const std::string& run,
                       const std::stop_token& stop) {
  // Of a process that was interrupted while it undid its own.
  if (undone_by(tools, run, stop) == failed_contract) undo_contract<Migration>(tools, run, stop);
  try {
    plan_runner<Migration, Database, Environment>{tools, run, phase::contract_ready, "", stop}.take(step_stage::enforce,
                                                                                                    enforces);
  } catch (const statement_error& problem) {
    std::string_view state = problem.sqlstate();
    if (state != "23502" && state != "23503" && state != "23505" && state != "23514") throw;
    undo_contract<Migration>(tools, run, stop);
    violation_report left =
        tools.session().retrying([&](auto& on) { return count_violations<Migration>(on, tools.settings()); }, stop);
    throw refused{fmt::format(
        "\"{}\" cannot be contracted, because rows break its constraints (\"{}\" failed). What contract had "
        "begun is undone, and the run stays contract-ready: mend the rows, and contract again.\n{}",
        describe_structure<Migration>.name, problem.statement_name(), left.text())};
  }
}

/// All that contract does to the structure: only when every constraint holds, something goes.
///
/// Throws: `refused` where rows are in the way, or something depends on what goes: all of it is undone then.
template <structural_migration Migration, database_like Database, environment_like Environment>
void bring_into_force(basic_toolkit<Database, Environment>& tools, const std::string& run,
                      const std::stop_token& stop) {
  enforce_structure<Migration>(tools, run, stop);
  try {
    plan_runner<Migration, Database, Environment>{tools, run, phase::contract_ready, "", stop}.take(
        step_stage::enforce, [](const structure_description& change) { return !enforces(change); });
  } catch (const statement_error& problem) {
    constexpr std::string_view others_depend = "2BP01";
    if (problem.sqlstate() != others_depend) throw;
    undo_contract<Migration>(tools, run, stop);
    throw refused{fmt::format(
        "\"{}\" cannot be contracted, because something depends on what goes (\"{}\" failed), such as a foreign key of "
        "another table on a unique constraint: drop that first, nothing is dropped with CASCADE. What contract had begun "
        "is undone, and the run stays contract-ready.",
        describe_structure<Migration>.name, problem.statement_name())};
  }
}

}  // namespace online_migration::detail
