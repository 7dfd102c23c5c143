// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include <fmt/format.h>

#include <online_migration/cli/progress_text.hpp>
#include <online_migration/migration/description.hpp>
#include <online_migration/postgres/concepts.hpp>
#include <online_migration/postgres/error.hpp>
#include <online_migration/postgres/transaction.hpp>
#include <online_migration/runtime/ask.hpp>
#include <online_migration/runtime/declared.hpp>
#include <online_migration/runtime/gate.hpp>
#include <online_migration/sql/state_tables.hpp>
#include <online_migration/sql/status.hpp>

namespace online_migration::detail {

/// Whether the state tables are there. Throws: `refused` where they are of another version.
template <transactional Connection>
bool has_state_tables(Connection& on) {
  if (!ask(on, state::find_version).boolean(0, 0)) return false;
  auto version = ask(on, state::read_version);
  if (version.rows() == 1 && version.integer(0, 0) == state_version) return true;
  throw refused{fmt::format(
      "The state tables have the version {}, and this program knows {}: `run` brings older ones up to date; for newer "
      "ones build the program with the library that made them. Nothing was changed.",
      version.rows() == 1 ? version.text(0, 0) : "none", state_version)};
}

/// Where a migration is, for a person, a line for each thing. It only reads.
template <transactional Connection>
std::string status_text(Connection& on, const migration_description& migration, std::string_view fingerprint) {
  std::string text;
  auto line = [&](std::string_view topic, const std::string& words) {
    text += fmt::format("{:<11}{}\n", topic, words);
  };
  line("migration", fmt::format("{} on {}", migration.name, table_name(migration.table)));
  transaction scope{on};
  if (!has_state_tables(on)) {
    line("phase", "not begun; this database has no state tables yet");
    return text;
  }
  auto run = ask(on, state::status, {text_of(migration.name)});
  if (run.rows() == 0) {
    line("phase", "not begun");
    return text;
  }
  std::string id{run.text(0, 0)};
  line("phase", fmt::format("{} since {}", run.text(0, 3), run.text(0, 6)));
  line("attempt", fmt::format("{}, begun {}, safety net: {}", run.text(0, 1), run.text(0, 5), run.text(0, 4)));
  if (run.text(0, 2) != fingerprint) {
    line("declared",
         fmt::format("differently when this run began (fingerprint {}, now {})", run.text(0, 2), fingerprint));
  }
  if (std::optional<backfill_progress> now = read_progress(on, run.integer(0, 0))) {
    line("backfill", progress_text(*now));
    if (!now->strategy.empty()) line("", strategy_text(*now));
    if (now->pause_requested) line("", "a pause is requested; `resume` takes it back");
    if (!now->holder.empty()) {
      line("", now->workers > 1 ? fmt::format("at work: {} and {} more", now->holder, now->workers - 1)
                                : "at work: " + now->holder);
    }
    if (!now->braked_by.empty()) line("", "braked by " + now->braked_by);
    if (now->errors > 0)
      line("", fmt::format("ended with an error {} times, the last: {}", now->errors, now->last_error));
  }
  auto pass = ask(on, state::last_pass, {text_form_parameter(id)});
  for (int row = 0; row < pass.rows(); ++row) {
    std::string words = fmt::format("pass {} ({}), ", pass.text(row, 0), pass.text(row, 1));
    if (pass.is_null(row, 3)) {
      words += fmt::format("begun {}, has not ended", pass.text(row, 2));
    } else {
      words += fmt::format("ended {}: {}", pass.text(row, 3), parity_text(pass.integer(row, 4), pass.integer(row, 5)));
    }
    line(row == 0 ? "parity" : "", words);
  }
  auto waiting = ask(on, state::waiting_keys, {text_of(migration.name)});
  if (waiting.integer(0, 0) > 0) line("queue", fmt::format("{} keys wait to be computed", waiting.text(0, 0)));
  if (waiting.integer(0, 1) > 0) {
    line("quarantine", fmt::format("{} rows have no new value, see online_migration_quarantine", waiting.text(0, 1)));
  }
  line("reads", run.text(0, 7) == "percent" ? fmt::format("{} % new", run.text(0, 8)) : std::string{run.text(0, 7)});
  if (!run.is_null(0, 9)) line("retired", fmt::format("the old column is called \"{}\" now", run.text(0, 9)));
  scope.rollback();
  return text;
}

}  // namespace online_migration::detail
