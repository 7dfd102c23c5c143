// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <optional>
#include <stop_token>
#include <string>
#include <utility>

#include <fmt/format.h>

#include <online_migration/cli/arguments.hpp>
#include <online_migration/cli/brake_words.hpp>
#include <online_migration/cli/exit_code.hpp>
#include <online_migration/cli/pause_on_signals.hpp>
#include <online_migration/cli/plan.hpp>
#include <online_migration/cli/program_options.hpp>
#include <online_migration/cli/run_lines.hpp>
#include <online_migration/cli/status.hpp>
#include <online_migration/runtime/expand_contract.hpp>
#include <online_migration/runtime/schema_header.hpp>

namespace online_migration::detail {

inline void tell_of_pause() {
  std::fputs("pausing after the work in flight; the same signal once more ends it at once\n", stderr);
}

/// The commands of a migration program. What they tell goes to standard output, what is wrong is thrown.
template <migration_like Migration>
class commands {
 public:
  commands(program_options options, arguments words) : options_{std::move(options)}, words_{std::move(words)} {
    if (auto dsn = words_.value("--dsn")) options_.conninfo = std::move(*dsn);
  }

  exit_code plan() {
    bool everything = words_.flag("--all");
    bool offline = words_.flag("--sql");
    words_.nothing_left();
    fmt::print("{}", plan_text<Migration>(everything ? plan_extent::everything : plan_extent::forward));
    if (offline) return exit_code::done;
    std::fflush(stdout);
    database source = connect_to();
    toolkit tools{source, options_.run.toolkit};
    return tools.session().retrying([&](auto& on) { return look_at(on, tools.settings()); });
  }

  exit_code run() {
    backfill_options& backfill = options_.run.backfill;
    if (auto rows = words_.whole_number("--chunk-rows", 1, 1'000'000)) backfill.chunk = fixed_chunk(*rows);
    if (auto sleep = words_.whole_number("--sleep-ms", 0, 3'600'000)) {
      backfill.throttle.sleep = std::chrono::milliseconds{*sleep};
    }
    if (auto workers = words_.whole_number("--workers", 1, 256)) backfill.workers = *workers;
    if (auto share = words_.share("--duty-cycle")) backfill.throttle.duty_cycle = *share;
    set_brakes(words_, backfill.throttle);
    words_.nothing_left();
    backfill.progress_interval = options_.progress_interval;
    database source = connect_to();
    run_lines lines{stdout, options_.progress_interval};
    both_observers observers{lines, options_.run.observer};
    options_.run.observer = observers;
    std::stop_source stop;
    pause_on_signals signals{stop, &tell_of_pause};
    auto result = expand_contract<Migration>{source, options_.run}.run(stop.get_token());
    if (!result.paused) return exit_code::done;
    bool asked = result.backfill.has_value() && result.backfill->progress.pause_requested;
    fmt::print("paused     in {}; {}run it again to go on\n", to_string(result.reached),
               asked ? "`resume`, then " : "");
    return exit_code::paused;
  }

  exit_code pause() {
    words_.nothing_left();
    database source = connect_to();
    begun(source).template request_pause<Migration>();
    fmt::print("paused: no chunk is in flight, and none will be until `resume`\n");
    return exit_code::done;
  }

  exit_code resume() {
    words_.nothing_left();
    database source = connect_to();
    begun(source).template resume<Migration>();
    fmt::print("resumed: `run` goes on at the cursor\n");
    return exit_code::done;
  }

  exit_code status() {
    words_.nothing_left();
    database source = connect_to();
    toolkit tools{source, options_.run.toolkit};
    std::string text = tools.session().retrying(
        [](auto& on) { return status_text(on, describe_migration<Migration>, fingerprint<Migration>); });
    fmt::print("{}", text);
    return exit_code::done;
  }

  exit_code verify() {
    parity_options parity = options_.run.parity;
    if (auto workers = words_.whole_number("--workers", 1, 64)) parity.workers = *workers;
    pace_of(parity);
    words_.nothing_left();
    database source = connect_to();
    std::optional<phase> reached = begun(source).template phase<Migration>();
    run_lines lines{stdout, options_.progress_interval};
    both_observers observers{lines, parity.observer ? parity.observer : options_.run.observer};
    parity.observer = observers;
    std::stop_source stop;
    pause_on_signals signals{stop, &tell_of_pause};
    parity_report report = parity_checker<Migration>{source, parity}.check_all(stop.get_token());
    if (!report.complete) {
      fmt::print("stopped    before the end, which proves nothing\n");
      return exit_code::paused;
    }
    if (report.mismatches == 0) return look_behind(source);
    fmt::print("rows that differ are in online_migration_parity_samples, pass {}\n", report.pass);
    if (reached == phase::backfill)
      fmt::print("the backfill has not ended: rows that it has not filled yet differ, too\n");
    return exit_code::mismatches;
  }

  exit_code watch() {
    parity_options parity = options_.run.parity;
    watch_options wanted = options_.watch;
    if (auto seconds = words_.whole_number("--every", 0, 86'400))
      wanted.between_rounds = std::chrono::seconds{*seconds};
    if (auto rounds = words_.whole_number("--rounds", 1, 1'000'000)) wanted.rounds = *rounds;
    pace_of(parity);
    words_.nothing_left();
    database source = connect_to();
    begun(source);
    run_lines lines{stdout, options_.progress_interval};
    both_observers observers{lines, parity.observer ? parity.observer : options_.run.observer};
    parity.observer = observers;
    std::int64_t mismatches = 0;
    wanted.on_round = [&, also = std::move(wanted.on_round)](const watch_report& round) {
      mismatches += round.mismatches;
      if (round.mismatches > 0) {
        fmt::print("rows that differ are in online_migration_parity_samples, pass {}\n", round.pass);
        std::fflush(stdout);
      }
      if (also) also(round);
    };
    std::stop_source stop;
    pause_on_signals signals{stop, &tell_of_pause};
    watch_report last = parity_checker<Migration>{source, parity}.watch(stop.get_token(), wanted);
    if (!last.complete) mismatches += last.mismatches;
    if (last.phase_left) fmt::print("ended      because rows may differ from here on\n");
    return mismatches > 0 ? exit_code::mismatches : exit_code::done;
  }

  exit_code snapshot() {
    schema_header_options wanted;
    if (auto schemas = words_.list("--schemas")) wanted.schemas = std::move(*schemas);
    if (auto name_space = words_.value("--namespace")) wanted.name_space = std::move(*name_space);
    std::optional<std::string> file = words_.value("--file");
    words_.nothing_left();
    database source = connect_to();
    toolkit tools{source, options_.run.toolkit};
    if (file.has_value()) {
      bool changed = tools.session().retrying([&](auto& on) { return write_schema_header(on, *file, wanted); });
      fmt::print("{} {}\n", *file, changed ? "is written" : "says the same already");
    } else {
      fmt::print("{}", tools.session().retrying([&](auto& on) { return schema_header(on, wanted); }));
    }
    return exit_code::done;
  }

 protected:
  /// What a command line says of the pace of a comparison.
  void pace_of(parity_options& parity) {
    if (auto sleep = words_.whole_number("--sleep-ms", 0, 3'600'000)) {
      parity.throttle.sleep = std::chrono::milliseconds{*sleep};
    }
    if (auto share = words_.share("--duty-cycle")) parity.throttle.duty_cycle = *share;
    set_brakes(words_, parity.throttle);
  }

  [[nodiscard]] database connect_to() const { return database{options_.conninfo, options_.connection}; }

  /// Counts the rows in the way of what stands behind new columns.
  [[nodiscard]] exit_code look_behind([[maybe_unused]] const database& source) const {
    if constexpr (has_structure_behind<Migration>) {
      toolkit tools{source, options_.run.toolkit};
      if (tools.phase<Migration>().value_or(phase::expand) < phase::validate) return exit_code::done;
      violation_report found = online_migration::verify<Migration>(tools);
      fmt::print("{}", found.text());
      if (!found.clean()) return exit_code::mismatches;
    }
    return exit_code::done;
  }

  /// For commands that need a run. Throws: `refused` where there is none.
  toolkit begun(const database& source) const {
    toolkit tools{source, options_.run.toolkit};
    if (!tools.session().retrying([](auto& on) { return newest_run(on); }).has_value()) {
      throw refused{fmt::format("The migration {} has not begun: `run` begins it. Nothing was changed.",
                                describe_migration<Migration>.name)};
    }
    return tools;
  }

 private:
  /// What the database says to the plan. Nothing is changed.
  template <connection_like Connection>
  exit_code look_at(Connection& on, const transaction_settings& bounds) {
    std::optional<begun_run> run = newest_run(on);
    if (run.has_value() && run->phase != to_string(phase::rolled_back)) {
      fmt::print("\n\n-- DATABASE: this migration has begun, and is in the phase {}\n", run->phase);
      if (run->fingerprint == fingerprint<Migration>) return exit_code::done;
      fmt::print(
          "  refused: it was declared differently when it began (fingerprint {}, now {}), and goes on with that "
          "declaration only\n",
          run->fingerprint, fingerprint<Migration>);
      return exit_code::refused;
    }
    preflight_report report = preflight<Migration>(on);
    if (report.accepted(options_.run.expand.acknowledged)) {
      try {
        check_immutable<Migration>(on, bounds);
      } catch (const refused& problem) {
        report.refuse(problem.what());
      }
    }
    if (!ask(on, state::find_version).boolean(0, 0)) {
      if (ask(on, state::may_create).boolean(0, 0)) {
        report.notice("this database has no state tables yet: `run` makes them");
      } else {
        report.refuse(
            "this database has no state tables yet, and this role may not make them: GRANT CREATE ON SCHEMA public, or "
            "let a role that may call toolkit.ensure_state_tables() (docs/how-to/rights-and-poolers.md)");
      }
    }
    bool accepted = report.accepted(options_.run.expand.acknowledged);
    fmt::print("\n\n-- DATABASE: {}\n{}", accepted ? "the migration can begin" : "the migration cannot begin yet",
               report.text());
    return accepted ? exit_code::done : exit_code::refused;
  }

  struct begun_run {
    std::string phase;
    std::string fingerprint;
  };

  template <connection_like Connection>
  static std::optional<begun_run> newest_run(Connection& on) {
    transaction scope{on};
    std::optional<begun_run> found;
    if (has_state_tables(on)) {
      auto run = ask(on, state::status, {text_of(describe_migration<Migration>.name)});
      if (run.rows() > 0) found = begun_run{std::string{run.text(0, 3)}, std::string{run.text(0, 2)}};
    }
    scope.rollback();
    return found;
  }

 protected:
  program_options options_;
  arguments words_;
};

}  // namespace online_migration::detail
