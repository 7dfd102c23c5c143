// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <cstdlib>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include <fmt/format.h>

#include <online_migration/migration/description.hpp>
#include <online_migration/migration/phase.hpp>
#include <online_migration/postgres/error.hpp>
#include <online_migration/postgres/transaction.hpp>
#include <online_migration/runtime/ask.hpp>
#include <online_migration/runtime/declared.hpp>
#include <online_migration/runtime/dirty_keys.hpp>
#include <online_migration/runtime/environment.hpp>
#include <online_migration/runtime/events.hpp>
#include <online_migration/runtime/lookup.hpp>
#include <online_migration/runtime/other_table.hpp>
#include <online_migration/runtime/part_triggers.hpp>
#include <online_migration/runtime/progress.hpp>
#include <online_migration/runtime/run_record.hpp>
#include <online_migration/runtime/session.hpp>
#include <online_migration/sql/catalog.hpp>
#include <online_migration/sql/contract_state.hpp>
#include <online_migration/sql/expand.hpp>
#include <online_migration/sql/parity_state.hpp>
#include <online_migration/sql/quarantine_rows.hpp>
#include <online_migration/sql/state.hpp>

namespace online_migration::detail {

/// The state of a run's backfill, summed over its slices; nothing before it began.
template <transactional Connection>
std::optional<backfill_progress> read_progress(Connection& on, std::int64_t run) {
  std::string id = std::to_string(run);
  auto row = ask_alone(on, state::read_progress, {text_form_parameter(id)});
  if (row.is_null(0, 0)) return std::nullopt;
  backfill_progress found;
  found.rows_done = row.integer(0, 0);
  found.rows_changed = row.integer(0, 1);
  if (!row.is_null(0, 2)) found.rows_estimated = row.integer(0, 2);
  found.chunks = row.integer(0, 3);
  found.finished = row.boolean(0, 4);
  found.pause_requested = row.boolean(0, 5);
  found.holder = row.text(0, 6);
  found.errors = row.integer(0, 7);
  found.last_error = row.text(0, 8);
  found.dirty_keys = row.integer(0, 9);
  found.dirty_done = row.integer(0, 10);
  found.quarantined = row.integer(0, 11);
  found.strategy = row.text(0, 12);
  if (!row.is_null(0, 13)) found.hot_share = std::strtod(std::string{row.text(0, 13)}.c_str(), nullptr);
  found.workers = static_cast<int>(row.integer(0, 14));
  found.slices = static_cast<int>(row.integer(0, 15));
  found.braked_by = row.text(0, 16);
  return found;
}

/// Waits until every transaction that may have written to the table when it was asked has ended. It polls, so nobody
/// waits behind it. Throws: `refused` when they take longer than `longest`.
template <environment_like Environment, connection_like Connection>
void wait_for_writers(Connection& on, const table_description& table, std::chrono::milliseconds longest,
                      const std::stop_token& stop) {
  auto begin = Environment::now();
  auto now = [&] {
    auto rows = ask_alone(on, catalog::writers, {text_of(table.schema), text_of(table.name)});
    std::vector<std::string> found;
    for (int row = 0; row < rows.rows(); ++row) found.emplace_back(rows.text(row, 0));
    return found;
  };
  std::vector<std::string> waited_for = now();
  while (!waited_for.empty()) {
    if (Environment::now() - begin > longest) {
      throw refused{
          fmt::format("{} transactions that may write to {} by the old ways are still open: end them, then try again. "
                      "Nothing was changed.",
                      waited_for.size(), table_name(table))};
    }
    if (Environment::sleep(std::chrono::milliseconds{20}, stop)) throw cancelled{catalog::writers.name};
    std::vector<std::string> still = now();
    std::erase_if(waited_for, [&](const std::string& writer) {
      return std::find(still.begin(), still.end(), writer) == still.end();
    });
  }
}

/// Whether a default of the new column would be taken for the wish of a writer that knows only the old one: by the
/// combined trigger where it counts what the new column is given, and by the queue, which notes rows without a value.
constexpr bool misreads_default(const migration_description& migration) {
  if (migration.in == worlds::client_only) return true;
  if (!has_way_back(migration)) return false;
  bool some_is_given = false;
  each_replaced(migration, [&](const column_description& old, std::size_t) {
    some_is_given = some_is_given || (old.is_required && !old.has_server_default);
  });
  return !some_is_given;
}

/// Throws: `refused` where a default would be taken for somebody's wish.
template <transactional Connection>
void require_no_misread_default(Connection& on, const migration_description& migration, std::string_view target,
                                bool target_has_default) {
  if (misreads_default(migration) && target_has_default) {
    throw refused{fmt::format(
        "The column \"{1}\" of {0} has a default, which an old INSERT would be taken to have meant: ALTER TABLE {0} "
        "ALTER COLUMN \"{1}\" DROP DEFAULT, and look at rows that were inserted since. Contract takes the default of a "
        "replaced column over. Nothing was changed.",
        table_name(migration.table), target)};
  }
  if (!has_way_back(migration)) return;
  each_replaced(migration, [&](const column_description& old, std::size_t) {
    if (old.has_server_default) return;
    auto replaced = ask_alone(on, catalog::column_state,
                              {text_of(migration.table.schema), text_of(migration.table.name), text_of(old.name)});
    if (replaced.rows() == 1 && replaced.boolean(0, 2)) {
      throw refused{fmt::format(
          "The column \"{1}\" of {0} has a default, which a writer of \"{2}\" alone is taken to have meant, so that "
          "what it gave is lost: ALTER TABLE {0} ALTER COLUMN \"{1}\" DROP DEFAULT, or begin again with om::has_default "
          "declared, and look at rows that were inserted since. Nothing was changed.",
          table_name(migration.table), old.name, target)};
    }
  });
}

/// Whether every new column that is declared NOT NULL is.
template <transactional Connection>
bool are_required(Connection& on, const migration_description& migration) {
  bool all = true;
  each_required(migration, [&](const migration_description& part, std::size_t) {
    auto column = ask_alone(on, catalog::column_state,
                            {text_of(migration.table.schema), text_of(migration.table.name), text_of(part.target)});
    all = all && column.rows() == 1 && column.boolean(0, 1);
  });
  return all;
}

/// What a run relies on from expand on: the new column and, where they are the safety net, the triggers. A text that
/// changes whenever one of them is touched.
template <transactional Connection>
std::string check_in_force(Connection& on, const migration_description& migration, const run_record& run) {
  parameter schema = text_of(migration.table.schema);
  parameter table = text_of(migration.table.name);
  const table_description& home = home_of(migration);
  each_target(migration, [&](const migration_description& part, std::size_t) {
    auto column =
        ask_alone(on, catalog::column_state, {text_of(home.schema), text_of(home.name), text_of(part.target)});
    if (column.rows() == 0) {
      throw refused{fmt::format(
          "The run of \"{}\" is in the phase {}, but {} has no column \"{}\": the column was dropped, or the "
          "table was made anew. Give the run up (docs/how-to/give-up.md) and begin again. Nothing was changed.",
          migration.name, to_string(run.phase), table_name(home), part.target)};
    }
    if (run.net != safety_net::all_writers_dual_write) {
      require_no_misread_default(on, migration, part.target, column.boolean(0, 2));
    }
  });
  if (migration.elsewhere) require_tie(on, migration);
  std::string found;
  for (const std::string& name : net_triggers(migration, run.net)) {
    auto trigger = ask_alone(on, catalog::trigger_state, {schema, table, text_of(name)});
    if (trigger.rows() != 1 || trigger.text(0, 0) != "A") {
      throw refused{
          fmt::format("The {} trigger \"{}\" of {} is {}, so writes may have been missed. Put it back, and go "
                      "through backfill and validate after that. Nothing was changed.",
                      run.net == safety_net::dirty_key_trigger ? "dirty-key" : "sync", name,
                      table_name(migration.table), trigger.rows() == 0 ? "gone" : "not ENABLE ALWAYS any more")};
    }
    found += fmt::format("{}{}", found.empty() ? "" : " ", trigger.text(0, 1));
  }
  if (migration.looks_up) found += " " + require_lookup(on, migration);
  return found;
}

/// A phase must not be lost with the server's memory, whatever the role's default is.
inline constexpr statement durable{"phase_durable", "SELECT pg_catalog.set_config('synchronous_commit', 'on', true)"};

/// What has to be true before a run enters a phase. One transaction that locks the run, looks, and records.
class phase_gate {
 public:
  phase_gate(const migration_description& migration, std::string_view fingerprint, const statement& begin_backfill,
             bool promised)
      : migration_{migration}, fingerprint_{fingerprint}, begin_backfill_{begin_backfill}, promised_{promised} {}

  /// Takes the step. The phase that the run is in then, and whether this call has taken it there. `prepared(connection)`
  /// throws where something is missing that `contract_ready` asks for and this description does not know of.
  template <environment_like Environment, connection_like Connection, class Prepared>
  phase_event take(Connection& on, std::optional<phase> from, phase next, const transaction_settings& bounds,
                   std::chrono::milliseconds longest_wait, const std::stop_token& stop, Prepared prepared) const {
    if (next == phase::backfill && promised_) wait_for_writers<Environment>(on, migration_.table, longest_wait, stop);
    transaction scope{on, bounds};
    ask(on, durable);
    run_record run = require_run(on, migration_, fingerprint_, state::lock_newest_run);
    // From another phase somebody else has taken the step, or a different one, meanwhile.
    if (run.phase == next || (from.has_value() && run.phase != *from)) return {migration_.name, run.phase, false};
    if (!is_step(run.phase, next)) refuse_step(run.phase, next);
    std::string trigger = check_in_force(on, migration_, run);
    std::string id = std::to_string(run.id);
    switch (next) {
      case phase::backfill:
        check_promise(run);
        ask(on, begin_backfill_, {text_form_parameter(id)});
        // The walk finds again what is still true of it.
        ask(on, state::forget_quarantine, {text_of(migration_.name)});
        // Until parity is proven again, the new column is not what is read.
        ask(on, state::read_legacy_only, {text_form_parameter(id)});
        if (run.net != safety_net::all_writers_dual_write)
          ask(on, state::note_trigger, {text_form_parameter(id), text_of(trigger)});
        break;
      case phase::validate:
        check_finished(on, id);
        break;
      case phase::contract_ready:
        check_parity(on, run, id);
        check_trigger_kept(on, run, id, trigger);
        check_dirty_keys_empty(on, migration_, run);
        prepared(on);
        break;
      default:
        refuse_step(run.phase, next);
    }
    auto changed =
        ask(on, state::enter_phase, {text_form_parameter(id), text_of(to_string(run.phase)), text_of(to_string(next))});
    if (changed.affected() != 1)
      throw refused{"The run has moved on meanwhile; look at its phase again. Nothing was changed."};
    scope.commit();
    return {migration_.name, next, true};
  }

  /// A trigger that was disabled and enabled again has let writes through.
  template <transactional Connection>
  void check_trigger_kept(Connection& on, const run_record& run, const std::string& id,
                          const std::string& trigger) const {
    if (run.net == safety_net::all_writers_dual_write) return;
    if (ask(on, state::same_trigger, {text_form_parameter(id), text_of(trigger)}).boolean(0, 0)) return;
    throw refused{
        fmt::format("The trigger of \"{}\" was changed since the backfill began, so writes may have been "
                    "missed: {}. Nothing was changed.",
                    migration_.name,
                    run.phase == phase::validate ? "go back to backfill with mark_phase, and check again"
                                                 : "undo the run with om::rollback, which keeps the old column as it "
                                                   "is, and begin again")};
  }

  template <transactional Connection>
  void check_finished(Connection& on, const std::string& run) const {
    auto finished = ask(on, state::backfill_finished, {text_form_parameter(run)});
    if (!finished.is_null(0, 0) && finished.boolean(0, 0)) return;
    throw refused{fmt::format(
        "The backfill of \"{}\" is not finished: run om::backfill_runner to its end first. Nothing was changed.",
        migration_.name)};
  }

  /// What came with a partition since the pass began was compared by nobody.
  template <transactional Connection>
  void check_parts(Connection& on, const run_record& run, const std::string& id, const std::string& pass) const {
    part_triggers now = read_part_triggers(on, migration_, net_triggers(migration_, run.net).size());
    if (now.parts == 0) return;
    if (!now.in_force) {
      throw refused{fmt::format(
          "A partition of {} lacks the triggers of \"{}\", or they are not ENABLE ALWAYS there, so writes may have been "
          "missed: put them in force, and check all again. Nothing was changed.",
          table_name(migration_.table), migration_.name)};
    }
    if (!ask(on, state::same_parts, {text_form_parameter(id), text_form_parameter(pass), text_of(now.text)})
             .boolean(0, 0)) {
      throw refused{fmt::format(
          "Since the newest full parity pass of \"{}\" began, a partition came to {}, or its triggers were changed: run "
          "om::parity_checker::check_all again. Nothing was changed.",
          migration_.name, table_name(migration_.table))};
    }
  }

  template <transactional Connection>
  void check_parity(Connection& on, const run_record& run, const std::string& id) const {
    auto pass = ask(on, state::newest_parity_pass, {text_form_parameter(id)});
    if (pass.rows() == 0) {
      throw refused{
          fmt::format("No full parity pass of \"{}\" was finished since its phase is validate: run "
                      "om::parity_checker::check_all first. Nothing was changed.",
                      migration_.name)};
    }
    if (pass.integer(0, 0) != 0) {
      throw refused{fmt::format(
          "The newest parity pass of \"{}\" found {} mismatches, see online_migration_parity_samples: find their "
          "cause, put them right with om::parity_checker::repair, and check all again. Nothing was changed.",
          migration_.name, pass.integer(0, 0))};
    }
    if (pass.boolean(0, 1)) {
      throw refused{fmt::format(
          "Since the newest full parity pass of \"{}\" began, another one saw mismatches, or put rows right, "
          "see online_migration_parity_samples: check all again. Nothing was changed.",
          migration_.name)};
    }
    check_parts(on, run, id, std::string{pass.text(0, 2)});
    // Without the trigger nothing could give a value in time, and expand added no constraint.
    if (!enforces_not_null(migration_) || run.net != safety_net::sync_trigger) return;
    if (are_required(on, migration_)) return;
    throw refused{fmt::format(
        "The new column of \"{}\" is declared om::not_null and is not yet: call om::settle first. Nothing was changed.",
        migration_.name)};
  }

 private:
  [[noreturn]] void refuse_step(phase from, phase to) const {
    std::string reason;
    if (to == phase::expand) {
      reason = "a run begins with om::expand";
    } else if (to == phase::contracted || to == phase::rolled_back) {
      reason = to == phase::contracted ? "om::contract leads there" : "om::rollback leads there";
    } else if (from < phase::contract_ready && from != phase::rolled_back) {
      reason = fmt::format("the next step is {}", to_string(static_cast<phase>(static_cast<int>(from) + 1)));
    } else {
      reason = "mark_phase leads no further";
    }
    throw refused{fmt::format("\"{}\" cannot go from {} to {}: {}. Nothing was changed.", migration_.name,
                              to_string(from), to_string(to), reason)};
  }

  void check_promise(const run_record& run) const {
    if (run.net != safety_net::all_writers_dual_write || promised_) return;
    throw refused{
        fmt::format("\"{}\" runs without a sync trigger, so every writer has to dual-write from here on: pass "
                    "om::all_writers_dual_write if that is true. Nothing was changed.",
                    migration_.name)};
  }

  const migration_description& migration_;
  std::string_view fingerprint_;
  statement begin_backfill_;
  bool promised_;
};

}  // namespace online_migration::detail
