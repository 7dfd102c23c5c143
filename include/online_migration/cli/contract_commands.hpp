// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <charconv>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include <fmt/format.h>

#include <online_migration/cli/commands.hpp>
#include <online_migration/cli/in_commands.hpp>
#include <online_migration/runtime/contract.hpp>
#include <online_migration/runtime/prepare_key.hpp>
#include <online_migration/runtime/read_flag.hpp>
#include <online_migration/runtime/readiness.hpp>
#include <online_migration/runtime/retire.hpp>
#include <online_migration/runtime/revive.hpp>
#include <online_migration/runtime/rollback.hpp>
#include <online_migration/runtime/target_names.hpp>

namespace online_migration::detail {

/// How a risk is acknowledged on the command line: `om::risk::legacy_instances` is `--yes-legacy-instances`.
inline std::string yes_to(risk about) {
  std::string flag = fmt::format("--yes-{}", to_string(about));
  for (char& letter : flag) {
    if (letter == '_') letter = '-';
  }
  return flag;
}

inline std::string readiness_text(const readiness_report& report) {
  std::string text;
  for (bool met : {true, false}) {
    for (const requirement& each : report.requirements) {
      if (each.met != met) continue;
      text += fmt::format("{:<9}{}", met ? "done" : "missing", in_commands(each.text));
      if (!met && each.acknowledgement.has_value()) {
        text += fmt::format("; if that is so, say {} to `contract`", yes_to(*each.acknowledgement));
      }
      text += '\n';
    }
  }
  return text;
}

/// The read flag that a word asks for: `legacy`, `shadow`, `new`, or a percentage as in `10`.
inline read_flag read_flag_word(std::string_view word) {
  if (word == "legacy") return read_flag::legacy;
  if (word == "shadow") return read_flag::shadow;
  if (word == "new") return read_flag::new_column;
  int share = -1;
  auto [end, problem] = std::from_chars(word.data(), word.data() + word.size(), share);
  if (problem == std::errc{} && end == word.data() + word.size() && share >= 0 && share <= 100) {
    return read_flag::percent(share);
  }
  throw wrong_usage{"reads takes legacy, shadow, new, or a percentage from 0 to 100"};
}

/// The commands of what comes after contract-ready, and of the ways back. Each asks for a flag that says what it does.
template <migration_like Migration>
class contract_commands : public commands<Migration> {
 public:
  using commands<Migration>::commands;

  exit_code reads() {
    std::optional<read_flag> wanted;
    if (std::optional<std::string> word = words_.word()) wanted = read_flag_word(*word);
    words_.nothing_left();
    database source = this->connect_to();
    toolkit tools = this->begun(source);
    if (wanted.has_value()) tools.set_read_flag<Migration>(*wanted);
    fmt::print("reads {}\n", to_string(tools.read_flag<Migration>().value_or(read_flag::legacy)));
    return exit_code::done;
  }

  /// What contract of a key relies on.
  exit_code prepare() {
    words_.nothing_left();
    if constexpr (replaces_key_column<typename Migration::change>) {
      database source = this->connect_to();
      toolkit tools = this->begun(source);
      std::stop_source stop;
      pause_on_signals signals{stop, &tell_of_pause};
      prepare_key<Migration>(tools, stop.get_token());
      return told("prepared: the indexes of the new key are there, and the foreign keys to it");
    } else if constexpr (has_structure_behind<Migration>) {
      database source = this->connect_to();
      toolkit tools = this->begun(source);
      std::stop_source stop;
      pause_on_signals signals{stop, &tell_of_pause};
      prepare_structure<Migration>(tools, stop.get_token());
      return told("prepared: the indexes and comments behind the new columns are there");
    } else {
      throw refused{
          "Only om::replace_key has a key to prepare: what else a column owes, `run` brings along. Nothing was changed."};
    }
  }

  exit_code ready() {
    contract_options options = asked_for_contract();
    words_.nothing_left();
    database source = this->connect_to();
    toolkit tools = this->begun(source);
    readiness_report report = readiness<Migration>(tools, options);
    fmt::print("{}", readiness_text(report));
    return report.ready() ? exit_code::done : exit_code::refused;
  }

  exit_code contract() {
    contract_options options = asked_for_contract();
    bool yes = words_.flag("--yes-contract");
    words_.nothing_left();
    database source = this->connect_to();
    toolkit tools = this->begun(source);
    if (tools.phase<Migration>() == phase::contracted) return told("contracted already");
    readiness_report report = readiness<Migration>(tools, options);
    fmt::print("{}", readiness_text(report));
    if (!report.ready()) return exit_code::refused;
    require(yes, "--yes-contract",
            replaces(description)
                ? "From contract on the new column is the one: writes of the old one alone are refused"
                : "Contract closes the run; nothing is destroyed");
    std::stop_source stop;
    pause_on_signals signals{stop, &tell_of_pause};
    contract_proof<Migration> proof = prove<Migration>(tools, options);
    online_migration::contract(tools, proof, stop.get_token());
    return told("contracted");
  }

  exit_code retire() {
    bool yes = words_.flag("--yes-retire");
    words_.nothing_left();
    if constexpr (has_legacy_column) {
      require(
          yes, "--yes-retire",
          "Statements that name the old column fail from here on: every live instance of the application has to know "
          "only the new one by now");
      database source = this->connect_to();
      toolkit tools = this->begun(source);
      retire_options options = options_.retire;
      options.acknowledged.push_back(risk::dual_writers);
      online_migration::retire<Migration>(tools, options);
      return told("retired; `revive` names the column back");
    } else {
      refuse_derived();
    }
  }

  exit_code drop() {
    bool yes = words_.flag("--yes-drop");
    words_.nothing_left();
    if constexpr (has_legacy_column) {
      require(yes, "--yes-drop", "The old values are lost with their column");
      database source = this->connect_to();
      toolkit tools = this->begun(source);
      drop_retired_options options = options_.drop;
      options.acknowledged.push_back(risk::dropped_column);
      drop_retired<Migration>(tools, options);
      return told("dropped");
    } else {
      refuse_derived();
    }
  }

  exit_code revive() {
    bool yes = words_.flag("--yes-revive");
    words_.nothing_left();
    if constexpr (has_legacy_column) {
      require(yes, "--yes-revive", "It brings the old column back, and opens the run again where there is an inverse");
      database source = this->connect_to();
      toolkit tools = this->begun(source);
      std::stop_source stop;
      pause_on_signals signals{stop, &tell_of_pause};
      online_migration::revive<Migration>(tools, stop.get_token());
      return told(fmt::format("revived; the run is in the phase {}",
                              to_string(tools.phase<Migration>().value_or(phase::contracted))));
    } else {
      refuse_derived();
    }
  }

  exit_code rollback() {
    bool yes = words_.flag("--yes-rollback");
    rollback_options options = options_.rollback;
    bool drops = words_.flag(yes_to(risk::dropped_column));
    if (drops) options.acknowledged.push_back(risk::dropped_column);
    words_.nothing_left();
    require(yes, "--yes-rollback",
            fmt::format(
                "It ends the run; the new column stays, or goes with {} where no instance of the application uses it",
                yes_to(risk::dropped_column)));
    database source = this->connect_to();
    toolkit tools = this->begun(source);
    if (tools.read_flag<Migration>().value_or(read_flag::legacy) != read_flag::legacy) {
      told(
          fmt::format("reads go back to the old columns first; the triggers stay until every reader has seen it, at "
                      "most {} s",
                      options.flag_settle.count() / 1000));
      std::fflush(stdout);
    }
    std::stop_source stop;
    pause_on_signals signals{stop, &tell_of_pause};
    online_migration::rollback<Migration>(tools, options, stop.get_token());
    bool several = detail::has_parts(description);
    std::string columns = several ? fmt::format("columns {}", detail::target_names(description))
                                  : fmt::format("column \"{}\"", description.target);
    if (drops) {
      return told(fmt::format("rolled back, and the {} {} gone; `run` begins anew", columns, several ? "are" : "is"));
    }
    return told(
        fmt::format("rolled back; the {} {}, kept by nobody. `rollback --yes-rollback {}` takes {} away. `run` begins "
                    "anew, and overwrites what is there where the program acknowledges om::risk::existing_column",
                    columns, several ? "stay" : "stays", yes_to(risk::dropped_column), several ? "them" : "it"));
  }

 private:
  using commands<Migration>::options_;
  using commands<Migration>::words_;
  static constexpr const migration_description& description = describe_migration<Migration>;
  static constexpr bool has_legacy_column = replaces_column<typename Migration::change>;

  contract_options asked_for_contract() {
    contract_options options = options_.contract;
    for (risk about :
         {risk::legacy_instances, risk::legacy_readers, risk::left_behind, risk::no_way_back, risk::quarantined_rows}) {
      if (words_.flag(yes_to(about))) options.acknowledged.push_back(about);
    }
    return options;
  }

  static void require(bool yes, std::string_view flag, std::string_view what) {
    if (yes) return;
    throw refused{fmt::format("{}. If that is what you want, say {}. Nothing was changed.", what, flag)};
  }

  [[noreturn]] static void refuse_derived() {
    throw refused{
        "This migration adds a column, so it has no old one to retire, to drop or to bring back: "
        "om::add_column destroys nothing. Nothing was changed."};
  }

  static exit_code told(std::string_view what) {
    fmt::print("{}\n", what);
    return exit_code::done;
  }
};

}  // namespace online_migration::detail
