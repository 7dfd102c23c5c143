// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <optional>
#include <stop_token>
#include <utility>

#include <fmt/format.h>

#include <online_migration/runtime/backfill_runner.hpp>
#include <online_migration/runtime/bring_along.hpp>
#include <online_migration/runtime/expand.hpp>
#include <online_migration/runtime/parity_checker.hpp>
#include <online_migration/runtime/settle.hpp>
#include <online_migration/runtime/structure/behind.hpp>
#include <online_migration/runtime/structure/expand.hpp>

namespace online_migration {

struct expand_contract_options {
  expand_options expand{};
  backfill_options backfill{};
  parity_options parity{};
  toolkit_options toolkit{};
  /// Given to every part that has none of its own.
  observer_ref observer{};
};

/// Where a drive through the phases ended.
struct expand_contract_result {
  phase reached = phase::expand;
  bool paused = false;  ///< on request: run it again to go on
  std::optional<backfill_result> backfill;
  std::optional<parity_report> parity;
};

/// Drives a migration from wherever it is to `contract-ready`: expand, backfill, validate. It may be stopped or killed at
/// any point; run again, it goes on there. It stops at `contract-ready`, because what follows needs a decision.
///
/// Structural changes have nothing to fill: expand, then `om::verify`.
///
/// Throws: as the parts; `refused` where parity found mismatches, which are then in `online_migration_parity_samples`, or
/// where rows are in the way of a constraint.
/// Thread safety: one thread at a time. The database has to outlive it.
template <any_migration Migration, database_like Database = database, environment_like Environment = system_environment>
class expand_contract {
 public:
  explicit expand_contract(const Database& source, expand_contract_options options = {})
      : source_{source}, options_{with_observer(std::move(options))}, tools_{source, options_.toolkit} {
    if (!options_.backfill.all_writers.has_value()) options_.backfill.all_writers = options_.expand.all_writers;
  }
  explicit expand_contract(const Database&&, expand_contract_options = {}) = delete;

  expand_contract_result run(const std::stop_token& stop = {}) {
    tools_.ensure_state_tables();
    if constexpr (structural_migration<Migration>) {
      return run_structural(stop);
    } else {
      return run_backfill(stop);
    }
  }

 private:
  expand_contract_result run_structural(const std::stop_token& stop) {
    expand_contract_result result;
    expand<Migration>(tools_, options_.expand, stop);
    if (reached(result) != phase::validate) return result;
    require_clean(verify<Migration>(tools_, stop));
    reached(result);
    return result;
  }

  expand_contract_result run_backfill(const std::stop_token& stop) {
    expand_contract_result result;
    expand<Migration>(tools_, options_.expand, stop);
    if (reached(result) < phase::validate) {
      result.backfill = backfill_runner<Migration, Database, Environment>{source_, options_.backfill}.run(stop);
      if (!result.backfill->finished()) return pause(result);
    }
    if (reached(result) >= phase::validate && !drain(result, stop)) return pause(result);
    if (result.reached == phase::validate) {
      result.parity = parity_checker<Migration, Database, Environment>{source_, options_.parity}.check_all(stop);
      if (!result.parity->complete) return pause(result);
      if (result.parity->mismatches > 0) {
        throw refused{fmt::format(
            "Parity of \"{}\" found {} mismatches in {} rows, see online_migration_parity_samples for pass {}. The run "
            "stays in validate.",
            describe_migration<Migration>.name, result.parity->mismatches, result.parity->rows_checked,
            result.parity->pass)};
      }
      settle<Migration>(tools_, stop);
      if (options_.expand.bring_along) bring_along<Migration>(tools_, stop);
      if constexpr (has_structure_behind<Migration>) {
        prepare_structure<Migration>(tools_, stop);
        require_clean(verify<Migration>(tools_, stop));
      }
      if (!become_ready(result, stop)) return pause(result);
    }
    reached(result);
    return result;
  }

  static void require_clean(const violation_report& found) {
    if (found.clean()) return;
    throw refused{
        fmt::format("Rows are in the way of \"{}\": mend them, and run this again. The run stays in validate.\n{}",
                    Migration::name.view(), found.text())};
  }

  static expand_contract_options with_observer(expand_contract_options options) {
    for (observer_ref* part : {&options.backfill.observer, &options.parity.observer, &options.toolkit.observer}) {
      if (!*part) *part = options.observer;
    }
    return options;
  }

  /// Puts right what waits in the queue, where the migration has one. Whether none is left.
  bool drain(expand_contract_result& result, const std::stop_token& stop) {
    bool has_queue = is_client_only<Migration> || describe_migration<Migration>.looks_up;
    if (!has_queue || result.reached > phase::contract_ready) return true;
    return backfill_runner<Migration, Database, Environment>{source_, options_.backfill}.run(stop).finished();
  }

  /// Where others go on writing, keys may come between the last one that is done and the gate.
  bool become_ready(expand_contract_result& result, const std::stop_token& stop) {
    for (int tries_left = 100;; --tries_left) {
      try {
        tools_.template mark_phase_from<Migration>(phase::validate, phase::contract_ready);
        return true;
      } catch (const detail::keys_waiting&) {
        if (tries_left == 0) throw;
      }
      if (!drain(result, stop)) return false;
    }
  }

  phase reached(expand_contract_result& result) {
    result.reached = tools_.template phase<Migration>().value_or(phase::expand);
    return result.reached;
  }

  expand_contract_result pause(expand_contract_result& result) {
    reached(result);
    result.paused = true;
    return std::move(result);
  }

  const Database& source_;
  expand_contract_options options_;
  basic_toolkit<Database, Environment> tools_;
};

}  // namespace online_migration
