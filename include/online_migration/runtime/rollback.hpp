// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include <fmt/format.h>

#include <online_migration/migration/describe.hpp>
#include <online_migration/migration/description.hpp>
#include <online_migration/migration/fingerprint.hpp>
#include <online_migration/migration/migration.hpp>
#include <online_migration/migration/phase.hpp>
#include <online_migration/postgres/error.hpp>
#include <online_migration/postgres/transaction.hpp>
#include <online_migration/runtime/ask.hpp>
#include <online_migration/runtime/contract_facts.hpp>
#include <online_migration/runtime/declared.hpp>
#include <online_migration/runtime/events.hpp>
#include <online_migration/runtime/gate.hpp>
#include <online_migration/runtime/give_key_back.hpp>
#include <online_migration/runtime/obstacles.hpp>
#include <online_migration/runtime/owed.hpp>
#include <online_migration/runtime/read_flag.hpp>
#include <online_migration/runtime/run_record.hpp>
#include <online_migration/runtime/safety_net.hpp>
#include <online_migration/runtime/structure/behind.hpp>
#include <online_migration/runtime/toolkit.hpp>
#include <online_migration/sql/catalog.hpp>
#include <online_migration/sql/contract_state.hpp>
#include <online_migration/sql/dirty_keys.hpp>
#include <online_migration/sql/key_catalog.hpp>
#include <online_migration/sql/quarantine_rows.hpp>
#include <online_migration/sql/state.hpp>
#include <online_migration/sql/statements.hpp>

namespace online_migration {

struct rollback_options {
  /// With `om::risk::dropped_column` the new column is dropped: no live instance of the application writes it, and none
  /// reads it. Without it the column stays as it is, free for everybody, and a later rollback may drop it.
  std::vector<risk> acknowledged{};
  /// How long readers may go on reading the new column after the flag was set to `legacy`: the safety net stays for as
  /// long. Not waited for where the new column was never read.
  std::chrono::milliseconds flag_settle{60'000};
};

namespace detail {

/// Refuses to undo another attempt than the one that was there when rollback was called.
inline void check_same_run(const run_record& run, std::optional<std::int64_t>& asked_for, std::string_view migration) {
  if (asked_for.value_or(run.id) != run.id) {
    throw refused{
        fmt::format("Another process has undone the run of \"{}\" meanwhile, and another attempt has begun: call "
                    "om::rollback again if that one is meant. Nothing was changed.",
                    migration)};
  }
  asked_for = run.id;
}

/// Sets the read flag back, and waits until every reader has seen it.
template <migration_like Migration, database_like Database, environment_like Environment>
void read_legacy_again(basic_toolkit<Database, Environment>& tools, std::optional<std::int64_t>& asked_for,
                       std::chrono::milliseconds settle, const std::stop_token& stop) {
  constexpr const migration_description& migration = describe_migration<Migration>;
  bool open = tools.session().retrying(
      [&](auto& on) {
        transaction scope{on, tools.settings()};
        ask(on, durable);
        run_record run = require_run(on, migration, fingerprint<Migration>, state::lock_newest_run);
        check_same_run(run, asked_for, migration.name);
        if (!is_open(run.phase)) return false;
        std::string id = std::to_string(run.id);
        ask(on, state::read_legacy_only, {text_form_parameter(id)});
        scope.commit();
        return true;
      },
      stop);
  while (open) {
    auto left = tools.session().retrying(
        [&](auto& on) {
          run_record run = require_run(on, migration, fingerprint<Migration>, state::newest_run);
          std::string id = std::to_string(run.id);
          std::string age = std::to_string(settle.count());
          return std::chrono::milliseconds{
              ask_alone(on, state::flag_wait, {text_form_parameter(id), text_form_parameter(age)}).integer(0, 0)};
        },
        stop);
    if (left <= std::chrono::milliseconds::zero()) return;
    if (Environment::sleep(left, stop)) throw cancelled{"rollback"};
  }
}

/// Whether every reader reads the legacy representation by now.
template <transactional Connection>
bool reads_legacy(Connection& on, const migration_description& migration, const std::string& run,
                  std::chrono::milliseconds settle) {
  std::string age = std::to_string(settle.count());
  contract_facts now = read_contract_facts(on, migration, run);
  return now.read_flag == to_string(read_flag::kind::legacy) &&
         ask(on, state::flag_wait, {text_form_parameter(run), text_form_parameter(age)}).integer(0, 0) == 0;
}

/// Nobody keeps the new column any more, so what it refers to must not stop or follow writers of the old one.
template <transactional Connection>
void drop_target_foreign_keys(Connection& on, const migration_description& migration) {
  each_target(migration, [&](const migration_description& part, std::size_t) {
    auto there = ask(on, catalog::foreign_keys_over,
                     {text_of(part.table.schema), text_of(part.table.name), text_of(part.target)});
    for (int row = 0; row < there.rows(); ++row) {
      // Written by the server from its own catalog.
      std::string text{there.text(row, 0)};
      ask(on, statement{"drop_target_foreign_key", text});
    }
  });
}

/// The transaction of a rollback. Whether it undid the run; nothing where it is too early for it.
template <migration_like Migration, connection_like Connection>
std::optional<bool> roll_back(Connection& on, const transaction_settings& bounds,
                              std::optional<std::int64_t>& asked_for, const rollback_options& options) {
  constexpr const migration_description& migration = describe_migration<Migration>;
  using sql = statements<Migration>;
  transaction scope{on, bounds};
  ask(on, durable);
  run_record run = require_run(on, migration, fingerprint<Migration>, state::lock_newest_run);
  check_same_run(run, asked_for, migration.name);
  if (run.phase == phase::contracted) {
    throw refused{
        fmt::format("\"{}\" is contracted: om::revive is the way back, where there is one. Nothing was "
                    "changed.",
                    migration.name)};
  }
  std::string id = std::to_string(run.id);
  bool open = run.phase != phase::rolled_back;
  bool there = false;
  bool missing = false;
  each_target(migration, [&](const migration_description& part, std::size_t) {
    const table_description& home = home_of(migration);
    auto column = ask(on, catalog::column_state, {text_of(home.schema), text_of(home.name), text_of(part.target)});
    (column.rows() == 1 ? there : missing) = true;
  });
  bool drops = there && is_acknowledged(options.acknowledged, risk::dropped_column);
  if (!open && !drops) return false;
  if (open && !reads_legacy(on, migration, id, options.flag_settle)) return std::nullopt;
  if (open && has_structure_behind<Migration> && !is_taken_back(on, id)) return std::nullopt;
  if (open) {
    ask(on, state::fence_off, {text_form_parameter(id)});
    drop_safety_net<Migration>(on, run.net);
    give_key_back<Migration>(on);
    if (!drops) drop_target_foreign_keys(on, migration);
  }
  // A writer that knows only the old column must not run into them.
  give_along_back(on, id);
  if (drops) {
    // The server itself refuses to drop a table that something depends on.
    if (!migration.elsewhere) {
      each_target(migration, [&](const migration_description& part, std::size_t) {
        require_unused(on, migration, part.target, "dropped");
      });
    }
    ask(on, sql::drop_target);
    drop_helpers<Migration>(on);
  } else if (there) {
    // Of several, one that somebody has dropped comes back empty: what follows names them all.
    if (missing && !migration.elsewhere) ask(on, sql::add_column);
    ask_if_any(on, sql::relax_target);
    // Dual writers may have prepared statements with them.
    drop_alarm<Migration>(on);
  } else {
    drop_helpers<Migration>(on);
  }
  ask(on, state::forget_dirty_keys, {text_of(migration.name)});
  ask(on, state::forget_quarantine, {text_of(migration.name)});
  if (open) {
    ask(on, state::enter_phase,
        {text_form_parameter(id), text_of(to_string(run.phase)), text_of(to_string(phase::rolled_back))});
  }
  scope.commit();
  return open;
}

}  // namespace detail

/// Undoes a run in any phase before `contracted`: runners are fenced off, reads go back to the legacy representation,
/// what stands behind the new columns, the safety net and the new column's constraints go, what was queued is
/// forgotten. Nothing stays but the history, and the new column unless it was acknowledged that nobody uses it. The
/// migration may begin again, as a new attempt. Does nothing to a run that was rolled back, except dropping the column
/// where that is asked for now.
///
/// Throws: `refused` where there is no such run, where it is contracted, or where something of yours uses the new column.
template <migration_like Migration, database_like Database, environment_like Environment>
void rollback(basic_toolkit<Database, Environment>& tools, const rollback_options& options = {},
              const std::stop_token& stop = {}) {
  constexpr const migration_description& migration = describe_migration<Migration>;
  // Nothing where somebody has switched reads to the new column again meanwhile.
  std::optional<bool> taken;
  std::optional<std::int64_t> asked_for;
  detail::in_migration(migration.name, [&] {
    while (!taken.has_value()) {
      detail::read_legacy_again<Migration>(tools, asked_for, options.flag_settle, stop);
      if constexpr (has_structure_behind<Migration>) {
        detail::take_structure_back<Migration>(tools, asked_for.value(), stop);
      }
      taken = tools.session().retrying(
          [&](auto& on) { return detail::roll_back<Migration>(on, tools.settings(), asked_for, options); }, stop);
    }
  });
  tools.options().observer(phase_event{migration.name, phase::rolled_back, *taken});
}

}  // namespace online_migration
