// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <utility>

#include <fmt/format.h>

#include <online_migration/cli/arguments.hpp>
#include <online_migration/cli/contract_commands.hpp>
#include <online_migration/cli/exit_code.hpp>
#include <online_migration/cli/pause_on_signals.hpp>
#include <online_migration/cli/plan.hpp>
#include <online_migration/cli/program_options.hpp>
#include <online_migration/cli/status.hpp>
#include <online_migration/runtime/expand_contract.hpp>
#include <online_migration/runtime/structure/ways_back.hpp>
#include <online_migration/runtime/toolkit.hpp>
#include <online_migration/sql/structure/plan.hpp>

namespace online_migration {

/// The plan of structural changes for people to review: the steps in the order of the parts of a run that take them,
/// with the lock that each takes. The same declaration and the same version of the library always give the same text.
template <structural_migration Migration>
std::string plan_text() {
  constexpr std::string_view titles[]{"EXPAND", "CONTRACT", "RETIRE", "DROP, at the earliest a day later",
                                      "REVIVE", "ROLLBACK"};
  std::string text = fmt::format("-- {} on {}\n-- fingerprint {}\n", Migration::name.view(),
                                 detail::table_name(describe_structure<Migration>.table), fingerprint<Migration>);
  for (step_stage stage : {step_stage::prepare, step_stage::enforce, step_stage::retire, step_stage::drop,
                           step_stage::revive, step_stage::undo}) {
    text += detail::steps_text<Migration>(stage, titles[static_cast<int>(stage)]);
  }
  return text;
}

namespace detail {

/// The commands of a program for structural changes. What they tell goes to standard output, what is wrong is thrown.
template <structural_migration Migration>
class structural_commands {
 public:
  structural_commands(program_options options, arguments words)
      : options_{std::move(options)}, words_{std::move(words)} {
    if (auto dsn = words_.value("--dsn")) options_.conninfo = std::move(*dsn);
  }

  exit_code plan() {
    bool offline = words_.flag("--sql");
    words_.nothing_left();
    fmt::print("{}", online_migration::plan_text<Migration>());
    if (offline) return exit_code::done;
    return with_tools([&](toolkit& tools, const std::stop_token&) {
      preflight_report report = tools.session().retrying([](auto& on) { return preflight<Migration>(on); });
      bool accepted = report.accepted(options_.run.expand.acknowledged);
      fmt::print("\n\n-- DATABASE: {}\n{}",
                 accepted ? "the migration can begin" : "the migration cannot begin, or has begun already",
                 report.text());
      return accepted ? exit_code::done : exit_code::refused;
    });
  }

  exit_code run() {
    words_.nothing_left();
    return with_tools([&](toolkit& tools, const std::stop_token& stop) {
      auto result = expand_contract<Migration>{tools.source(), options_.run}.run(stop);
      return told(to_string(result.reached));
    });
  }

  exit_code status() {
    words_.nothing_left();
    return with_tools([](toolkit& tools, const std::stop_token&) {
      std::optional<run_record> found = tools.run<Migration>();
      fmt::print("migration  {} on {}\nphase      {}\n", Migration::name.view(),
                 table_name(describe_structure<Migration>.table),
                 found.has_value() ? to_string(found->phase) : std::string_view{"not begun"});
      if (found.has_value()) fmt::print("attempt    {}\n", found->attempt);
      return exit_code::done;
    });
  }

  exit_code verify() {
    words_.nothing_left();
    return with_tools([](toolkit& tools, const std::stop_token& stop) {
      violation_report found = online_migration::verify<Migration>(tools, stop);
      if (found.clean()) return told("no row is in the way");
      fmt::print("{}", found.text());
      return exit_code::mismatches;
    });
  }

  exit_code ready() {
    contract_options options = asked_for_contract();
    words_.nothing_left();
    return with_tools([&](toolkit& tools, const std::stop_token&) {
      readiness_report report = readiness<Migration>(tools, options);
      fmt::print("{}", readiness_text(report));
      return report.ready() ? exit_code::done : exit_code::refused;
    });
  }

  exit_code contract() {
    contract_options options = asked_for_contract();
    require("--yes-contract", "Constraints come into force, and what goes is relaxed or dropped");
    return with_tools([&](toolkit& tools, const std::stop_token& stop) {
      if (tools.phase<Migration>() == phase::contracted) return told("contracted already");
      online_migration::contract(tools, prove<Migration>(tools, options), stop);
      return told("contracted");
    });
  }

  exit_code retire() {
    require("--yes-retire", "Statements that name what goes fail from here on");
    return with_tools([&]([[maybe_unused]] toolkit& tools, [[maybe_unused]] const std::stop_token& stop) {
      if constexpr (has_stage<Migration>(step_stage::retire)) {
        retire_options options = options_.retire;
        options.acknowledged.push_back(risk::dual_writers);
        online_migration::retire<Migration>(tools, options, stop);
        return told("retired; `revive` names it back");
      } else {
        return nothing_to_retire();
      }
    });
  }

  exit_code drop() {
    require("--yes-drop", "Values are lost with their column, rows with their table");
    return with_tools([&]([[maybe_unused]] toolkit& tools, [[maybe_unused]] const std::stop_token& stop) {
      if constexpr (has_stage<Migration>(step_stage::retire)) {
        drop_retired_options options = options_.drop;
        options.acknowledged.push_back(risk::dropped_column);
        options.acknowledged.push_back(risk::dropped_table);
        drop_retired<Migration>(tools, options, stop);
        return told("dropped");
      } else {
        return nothing_to_retire();
      }
    });
  }

  exit_code revive() {
    require("--yes-revive", "It takes back what contract did");
    return with_tools([](toolkit& tools, const std::stop_token& stop) {
      online_migration::revive<Migration>(tools, stop);
      return told("revived, and rolled back; `run` begins anew");
    });
  }

  exit_code rollback() {
    rollback_options options = options_.rollback;
    for (risk about : {risk::dropped_column, risk::dropped_table}) {
      if (words_.flag(yes_to(about))) options.acknowledged.push_back(about);
    }
    require("--yes-rollback", "It undoes what expand did");
    return with_tools([&](toolkit& tools, const std::stop_token& stop) {
      online_migration::rollback<Migration>(tools, options, stop);
      return told("rolled back; `run` begins anew");
    });
  }

 private:
  template <class Work>
  exit_code with_tools(Work work) {
    database source{options_.conninfo, options_.connection};
    toolkit tools{source, options_.run.toolkit};
    std::stop_source stop;
    pause_on_signals signals{stop, &tell_of_pause};
    return work(tools, stop.get_token());
  }

  contract_options asked_for_contract() {
    contract_options options = options_.contract;
    if (words_.flag(yes_to(risk::legacy_instances))) options.acknowledged.push_back(risk::legacy_instances);
    return options;
  }

  void require(std::string_view flag, std::string_view what) {
    bool yes = words_.flag(flag);
    words_.nothing_left();
    if (!yes) throw refused{fmt::format("{}. If that is what you want, say {}. Nothing was changed.", what, flag)};
  }

  [[noreturn]] static exit_code nothing_to_retire() {
    throw refused{"This migration drops no column and no table, so there is nothing to retire. Nothing was changed."};
  }

  static exit_code told(std::string_view what) {
    fmt::print("{}\n", what);
    return exit_code::done;
  }

  program_options options_;
  arguments words_;
};

}  // namespace detail
}  // namespace online_migration
