// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <algorithm>
#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include <online_migration/migration/describe.hpp>
#include <online_migration/migration/description.hpp>
#include <online_migration/migration/fingerprint.hpp>
#include <online_migration/migration/migration.hpp>
#include <online_migration/migration/phase.hpp>
#include <online_migration/postgres/error.hpp>
#include <online_migration/runtime/ask.hpp>
#include <online_migration/runtime/contract_facts.hpp>
#include <online_migration/runtime/declared.hpp>
#include <online_migration/runtime/gate.hpp>
#include <online_migration/runtime/key_readiness.hpp>
#include <online_migration/runtime/obstacles.hpp>
#include <online_migration/runtime/owed.hpp>
#include <online_migration/runtime/read_flag.hpp>
#include <online_migration/runtime/report.hpp>
#include <online_migration/runtime/run_record.hpp>
#include <online_migration/runtime/structure/behind.hpp>
#include <online_migration/runtime/toolkit.hpp>
#include <online_migration/sql/alarm.hpp>
#include <online_migration/sql/catalog.hpp>
#include <online_migration/sql/contract_state.hpp>
#include <online_migration/sql/legacy.hpp>
#include <online_migration/sql/obstacles.hpp>

namespace online_migration {

/// What is asked before contract.
struct contract_options {
  /// What was thought about, and is true: see `om::risk`.
  std::vector<risk> acknowledged{};
  /// For how long the read flag has to be `new` already: longer than any reader may hold an older one.
  std::chrono::milliseconds flag_settle{60'000};
};

/// One thing that contract asks for.
struct requirement {
  bool met = false;
  std::optional<risk> acknowledgement{};  ///< what may be said about it in code
  std::string text;                       ///< what is missing, and what to do; or what is there
};

/// What contract asks for, and whether it is there.
struct readiness_report {
  online_migration::phase phase{};
  std::vector<requirement> requirements;

  [[nodiscard]] bool ready() const {
    return std::all_of(requirements.begin(), requirements.end(), [](const requirement& each) { return each.met; });
  }

  /// The report for a person, one requirement a line, what is missing first.
  [[nodiscard]] std::string text() const {
    std::string lines;
    for (bool met : {false, true}) {
      for (const requirement& each : requirements) {
        if (each.met != met) continue;
        lines += met ? "  done: " : "  missing: ";
        lines += each.text;
        if (!met && each.acknowledgement.has_value()) {
          lines += fmt::format(" (acknowledge om::risk::{})", to_string(*each.acknowledgement));
        }
        lines += '\n';
      }
    }
    return lines;
  }
};

namespace detail {

/// Looks at everything that contract relies on. Changes nothing.
template <transactional Connection>
class contract_examiner {
 public:
  contract_examiner(Connection& on, const migration_description& migration, const phase_gate& gate,
                    const contract_options& options)
      : on_{on}, migration_{migration}, gate_{gate}, options_{options} {}

  /// The caller has a transaction open.
  readiness_report examine(const run_record& run) {
    report_.phase = run.phase;
    std::string id = std::to_string(run.id);
    phase_reached(run.phase);
    if (run.phase < phase::backfill || run.phase > phase::contract_ready) return std::move(report_);
    std::string trigger;
    check("the new column and its safety net are in force", [&] { trigger = check_in_force(on_, migration_, run); });
    check("every row was visited", [&] { gate_.check_finished(on_, id); });
    check("the newest full parity pass is clean, and nothing was seen since",
          [&] { gate_.check_parity(on_, run, id); });
    check("the safety net was not touched since the walk began",
          [&] { gate_.check_trigger_kept(on_, run, id, trigger); });
    facts(run, id);
    if (replaces(migration_)) {
      obstacles();
      owed();
    }
    return std::move(report_);
  }

  /// What writers may have changed until the table was locked.
  readiness_report examine_writers(const run_record& run) {
    report_.phase = run.phase;
    facts(run, std::to_string(run.id));
    return std::move(report_);
  }

 private:
  void phase_reached(phase now) {
    bool met = now == phase::contract_ready;
    add(met, met ? "the run is contract-ready"
                 : fmt::format("the run is in the phase {}, and contract asks for contract-ready: {}", to_string(now),
                               next_step(now)));
  }

  static std::string_view next_step(phase now) {
    switch (now) {
      case phase::expand:
      case phase::backfill:
        return "run om::backfill_runner to its end";
      case phase::validate:
        return "run om::parity_checker::check_all, and take the step with mark_phase";
      case phase::contracted:
        return "it is contracted already";
      default:
        return "begin a run with om::expand";
    }
  }

  /// A check of the gates says what is missing by refusing.
  template <class Check>
  void check(std::string_view met, Check gate) {
    try {
      gate();
      add(true, std::string{met});
    } catch (const refused& missing) {
      constexpr std::string_view unneeded = " Nothing was changed.";
      std::string text{missing.what()};
      if (text.ends_with(unneeded)) text.resize(text.size() - unneeded.size());
      add(false, std::move(text));
    }
  }

  void facts(const run_record& run, const std::string& id) {
    contract_facts now = read_contract_facts(on_, migration_, id, options_.flag_settle);
    add(now.keys_waiting == 0,
        now.keys_waiting == 0
            ? "no key waits for its rows to be computed"
            : fmt::format("{} keys wait for their rows to be computed: run om::backfill_runner", now.keys_waiting));
    if (now.quarantined == 0) {
      add(true, "no row is in quarantine");
    } else {
      ask_for(
          risk::quarantined_rows,
          fmt::format("{} rows are in online_migration_quarantine, and their new column is NULL: mend them, and run "
                      "om::parity_checker::check_all again",
                      now.quarantined));
    }
    if (has_alarm(migration_) && run.net == safety_net::sync_trigger) {
      if (!now.firings.has_value()) {
        add(false,
            "nobody has counted what the sync trigger had to put right: run om::parity_checker::check_all; if that "
            "does not help, the counter was dropped, and the run has to begin again after om::rollback");
      } else {
        add(*now.firings == 0,
            *now.firings == 0
                ? "the sync trigger had nothing to put right since the newest full parity pass began"
                : fmt::format("the sync trigger had to put {} writes right since the newest full parity pass "
                              "began, so there are writers that do not dual-write: find them, then run "
                              "om::parity_checker::check_all again",
                              *now.firings));
      }
    }
    if (!replaces(migration_)) {
      if (!migration_.trigger_keeps) {
        ask_for(risk::legacy_instances, "every live instance of the application writes the new column itself");
      }
      return;
    }
    bool is_new = now.read_flag == to_string(read_flag::kind::new_column);
    bool reads_new = is_new && now.flag_settled;
    add(reads_new, reads_new ? "the new column is what is read"
                             : fmt::format("the read flag has to be `new` for {} s, and is `{}`{}",
                                           options_.flag_settle.count() / 1000, now.read_flag,
                                           is_new ? " for a shorter time: wait" : ": toolkit.set_read_flag"));
    ask_for(risk::legacy_instances,
            "every live instance of the application writes both columns, and reads by the flag");
    if (!has_way_back(migration_)) {
      ask_for(risk::no_way_back, "there is no inverse, so values that are written after contract cannot go back");
    }
  }

  void obstacles() {
    std::string readers;
    auto reader = [&](std::string_view what) {
      if (readers.find(what) == std::string::npos) readers += fmt::format("{}{}", readers.empty() ? "" : ", ", what);
    };
    each_replaced(migration_, [&](const column_description& old, std::size_t) {
      auto users = dependents_of(on_, migration_.table, old.name, own_triggers(migration_));
      for (int row = 0; row < users.rows(); ++row) {
        std::string_view kind = users.text(row, 0);
        std::string_view what = users.text(row, 1);
        if (kind == "view" || kind == "function" || kind == "trigger") {
          reader(what);
        } else if (stops_contract(kind) && !moves_with_key(migration_, kind)) {
          add(false, fmt::format("{} relies on the old column: {}", what, advice_on_obstacle(kind)));
        }
      }
      for (const std::string& function : functions_that_mention(on_, migration_.table, old.name)) reader(function);
    });
    each_value(migration_, [&](const migration_description& part, std::size_t) { default_taken(part); });
    if (!readers.empty()) {
      ask_for(risk::legacy_readers,
              fmt::format("these read the old column, or may, and its values will no longer follow: {}", readers));
    }
  }

  /// A default that contract takes from an old column without being able to give it to a new one that reads it.
  void default_taken(const migration_description& part) {
    if (moves_default(migration_, part)) return;
    if (!has_rows(migration_) && has_default(home_of(migration_), part.target)) return;
    bool taken = false;
    each_replaced(migration_, [&](const column_description& old, std::size_t) {
      taken = taken || (part.sources.has(migration_.table.find(old.name)) && has_default(migration_.table, old.name));
    });
    if (!taken) return;
    add(false, fmt::format(
                   "The old column has a default, which contract takes from it, and an INSERT that leaves it out "
                   "would leave \"{}\" without its value: {}",
                   part.target,
                   migration_.in == worlds::client_only ? "DROP DEFAULT once every writer gives the new column a value"
                                                        : "give the new column a default of its own, or DROP DEFAULT"));
  }

  bool has_default(const table_description& table, std::string_view column) {
    auto state = ask(on_, catalog::column_state, {text_of(table.schema), text_of(table.name), text_of(column)});
    return state.rows() == 1 && state.boolean(0, 2);
  }

  /// Nobody loses an index, a constraint or a privilege without having said so.
  void owed() {
    for (const owed_part& part : read_owed(on_, migration_)) {
      // An exclusion constraint stops contract by itself; some are parts of a constraint that is told by itself.
      if (part.there || part.kind == "exclusion" || part.kind == "constraint index" ||
          (part.kind == "validation" && part.statement.empty())) {
        continue;
      }
      ask_for(risk::left_behind,
              fmt::format("the new column has no counterpart of the {} of the old one: {}", part.description,
                          part.mechanical ? fmt::format("run om::bring_along, or {}", advice_on(part))
                                          : std::string{advice_on(part)}));
    }
  }

  void add(bool met, std::string text) { report_.requirements.push_back({met, std::nullopt, std::move(text)}); }

  void ask_for(risk about, std::string text) {
    bool met =
        std::find(options_.acknowledged.begin(), options_.acknowledged.end(), about) != options_.acknowledged.end();
    report_.requirements.push_back({met, about, std::move(text)});
  }

  Connection& on_;
  const migration_description& migration_;
  const phase_gate& gate_;
  const contract_options& options_;
  readiness_report report_;
};

/// The gate of a migration, as contract uses its checks.
template <migration_like Migration>
phase_gate gate_of() {
  return phase_gate{describe_migration<Migration>, fingerprint<Migration>, statements<Migration>::begin_backfill,
                    false};
}

}  // namespace detail

/// What contract asks for, in words, and what of it is missing. Changes nothing, and may be asked in every phase.
///
/// Throws: `refused` where there is no run; what the connection throws. Round trips: about ten.
template <migration_like Migration, database_like Database, environment_like Environment>
readiness_report readiness(basic_toolkit<Database, Environment>& tools, const contract_options& options = {}) {
  constexpr const migration_description& migration = describe_migration<Migration>;
  return detail::in_migration(migration.name, [&] {
    return tools.session().retrying([&](auto& on) {
      transaction scope{on};
      run_record run = detail::require_run(on, migration, fingerprint<Migration>, state::newest_run);
      auto gate = detail::gate_of<Migration>();
      readiness_report report = detail::contract_examiner{on, migration, gate, options}.examine(run);
      detail::examine_key<Migration>(on, report, options.acknowledged);
      detail::examine_structure<Migration>(on, report, run.id, options.acknowledged);
      return report;
    });
  });
}

}  // namespace online_migration
