// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <algorithm>
#include <span>
#include <stop_token>
#include <string>
#include <string_view>

#include <fmt/format.h>

#include <online_migration/migration/describe.hpp>
#include <online_migration/migration/description.hpp>
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
#include <online_migration/runtime/structure/enforce.hpp>
#include <online_migration/runtime/structure/plan_runner.hpp>
#include <online_migration/sql/structure/state.hpp>

namespace online_migration {

namespace detail {

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

/// The steps of a contract.
template <structural_migration Migration, database_like Database, environment_like Environment>
void contract_structure(basic_toolkit<Database, Environment>& tools, const run_record& run,
                        const std::stop_token& stop) {
  std::string id = std::to_string(run.id);
  bring_into_force<Migration>(tools, id, stop);
  plan_runner<Migration, Database, Environment>{tools, id, phase::contract_ready, "", stop}.enter(phase::contracted);
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
