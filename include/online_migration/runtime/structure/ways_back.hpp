// SPDX-License-Identifier: BSL-1.0
#pragma once

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
#include <online_migration/runtime/obstacles.hpp>
#include <online_migration/runtime/retire.hpp>
#include <online_migration/runtime/rollback.hpp>
#include <online_migration/runtime/structure/contract.hpp>
#include <online_migration/sql/contract_state.hpp>
#include <online_migration/sql/structure/state.hpp>

namespace online_migration {

namespace detail {

/// Whether a change takes something away that holds values.
constexpr bool goes(const structure_description& change) {
  return change.is == structure::drop_column || change.is == structure::drop_table;
}

template <structural_migration Migration, database_like Database, environment_like Environment>
run_record structural_run(basic_toolkit<Database, Environment>& tools, const std::stop_token& stop) {
  return tools.session().retrying(
      [](auto& on) {
        return require_run(on, describe_structure<Migration>.name, fingerprint<Migration>, state::newest_run);
      },
      stop);
}

/// Where what a contracted run takes away is.
struct retired_state {
  bool retired = false;
  bool dropped = false;
  std::int64_t age = 0;
};

template <transactional Connection>
retired_state read_retired(Connection& on, const std::string& run) {
  auto row = ask(on, state::hold_structure, {text_form_parameter(run)});
  return {row.boolean(0, 2), row.boolean(0, 3), row.integer(0, 4)};
}

/// Throws: `refused` where something still uses what is to go.
template <transactional Connection>
void require_unused(Connection& on, const structural_description& migration, bool retired, std::string_view step) {
  std::vector<std::string> users;
  for (std::size_t i = 0; i < migration.count; ++i) {
    const structure_description& change = migration.changes[i];
    if (change.is == structure::drop_table) {
      std::string name = retired ? object_name("om_retired_", migration.table.name) : std::string{migration.table.name};
      auto found = ask(on, catalog::table_users, {text_of(migration.table.schema), text_of(name)});
      for (int row = 0; row < found.rows(); ++row) users.emplace_back(found.text(row, 0));
    } else if (change.is == structure::drop_column) {
      std::string name =
          retired ? object_name("om_retired_", change.columns.names[0]) : std::string{change.columns.names[0]};
      for (std::string& user : users_of_column(on, migration.table, name, {})) users.push_back(std::move(user));
    }
  }
  if (users.empty()) return;
  throw refused{
      fmt::format("\"{}\": nothing can be {} while these use it: change or drop them first, nothing is dropped "
                  "with CASCADE. Nothing was changed.\n  {}",
                  migration.name, step, fmt::join(users, "\n  "))};
}

template <transactional Connection>
void require_unmentioned(Connection& on, const structural_description& migration,
                         const std::vector<risk>& acknowledged) {
  std::vector<std::string> readers;
  for (std::size_t i = 0; i < migration.count; ++i) {
    const structure_description& change = migration.changes[i];
    if (change.is != structure::drop_column && change.is != structure::drop_table) continue;
    std::string_view name = change.is == structure::drop_table ? migration.table.name : change.columns.names[0];
    for (std::string& reader : functions_that_mention(on, migration.table, name)) readers.push_back(std::move(reader));
  }
  if (readers.empty()) return;
  require_acknowledged(
      acknowledged, risk::legacy_readers, migration.name,
      fmt::format("these functions have the name of what goes in their text, and must not use it any more: {}",
                  fmt::join(readers, ", ")));
}

template <class Migration>
constexpr void require_retirement() {
  static_assert(has_stage<Migration>(step_stage::retire),
                "only om::drop_column and om::drop_table have something to retire");
}

/// Undoes a run: what is retired gets its name back, what came goes, and what went comes back. Tables and columns that
/// were made stay, but for those that `drops(change)` names. An open run that somebody moves on meanwhile is followed.
template <structural_migration Migration, database_like Database, environment_like Environment, class Drops>
void take_back(basic_toolkit<Database, Environment>& tools, run_record run, const std::stop_token& stop, Drops drops) {
  std::string id = std::to_string(run.id);
  for (;;) {
    try {
      mark_undoing(tools, id, run.phase, undoing_run, stop);
      plan_runner<Migration, Database, Environment> steps{tools, id, run.phase, undoing_run, stop};
      steps.take(step_stage::revive);
      steps.undo([](const structure_description&) { return true; });
      restore_kept<Migration>(tools, id, steps, stop);
      steps.take(step_stage::drop, drops);
      steps.enter(phase::rolled_back);
      return;
    } catch (const moved_on&) {
      run_record now = structural_run<Migration>(tools, stop);
      // By another process on the same way, or by this one, whose last COMMIT was not answered.
      if (now.id != run.id || now.phase == phase::rolled_back) return;
      // Phases before contract come one after the other, so this ends.
      if (now.phase <= run.phase || now.phase == phase::contracted) throw;
      run.phase = now.phase;
    }
  }
}

}  // namespace detail

/// Renames what a contracted migration drops away, so that whoever still uses it fails at once and nothing is lost:
/// `om::revive` names it back. Does nothing where it is retired already.
///
/// Throws: `refused` with the list of views, keys and functions that still use it; without `om::risk::dual_writers`:
/// statements that name it fail from here on.
template <structural_migration Migration, database_like Database, environment_like Environment>
void retire(basic_toolkit<Database, Environment>& tools, const retire_options& options = {},
            const std::stop_token& stop = {}) {
  detail::require_retirement<Migration>();
  constexpr const structural_description& migration = describe_structure<Migration>;
  detail::in_migration(migration.name, [&] {
    run_record run = detail::structural_run<Migration>(tools, stop);
    std::string id = std::to_string(run.id);
    detail::plan_runner<Migration, Database, Environment> steps{tools, id, phase::contracted, "", stop};
    bool needed = steps.held([&](auto& on) {
      detail::retired_state now = detail::read_retired(on, id);
      if (now.retired || now.dropped) return false;
      detail::require_acknowledged(options.acknowledged, risk::dual_writers, migration.name,
                                   "every live instance of the application has to do without it by now");
      detail::require_unused(on, migration, false, "retired");
      detail::require_unmentioned(on, migration, options.acknowledged);
      return true;
    });
    if (!needed) return;
    steps.take(step_stage::retire);
    steps.held([&](auto& on) {
      return detail::ask(on, state::note_retired, {text_form_parameter(id), detail::text_of("om_retired")}).affected();
    });
  });
}

/// Drops what is retired, without CASCADE. There is no way back from it. Does nothing where it is dropped already.
///
/// Throws: `refused` with the list of what still uses it; where it was retired too short a time ago; without
/// `om::risk::dropped_column` or `om::risk::dropped_table`.
template <structural_migration Migration, database_like Database, environment_like Environment>
void drop_retired(basic_toolkit<Database, Environment>& tools, const drop_retired_options& options = {},
                  const std::stop_token& stop = {}) {
  detail::require_retirement<Migration>();
  constexpr const structural_description& migration = describe_structure<Migration>;
  detail::in_migration(migration.name, [&] {
    run_record run = detail::structural_run<Migration>(tools, stop);
    std::string id = std::to_string(run.id);
    detail::plan_runner<Migration, Database, Environment> steps{tools, id, phase::contracted, "", stop};
    bool needed = steps.held([&](auto& on) {
      detail::retired_state now = detail::read_retired(on, id);
      if (now.dropped) return false;
      if (!now.retired) {
        throw refused{fmt::format("What \"{}\" drops is not retired: call om::retire first. Nothing was changed.",
                                  migration.name)};
      }
      if (now.age < options.least_age.count()) {
        throw refused{
            fmt::format("What \"{}\" drops was retired {} s ago, and may be dropped after {} s "
                        "(drop_retired_options.least_age). Nothing was changed.",
                        migration.name, now.age, options.least_age.count())};
      }
      constexpr bool table = migration.changes[0].is == structure::drop_table;
      detail::require_acknowledged(
          options.acknowledged, table ? risk::dropped_table : risk::dropped_column, migration.name,
          table ? "the rows are lost with their table" : "the values are lost with their column");
      detail::require_unused(on, migration, true, "dropped");
      return true;
    });
    if (!needed) return;
    steps.take(step_stage::drop, detail::goes);
    steps.held([&](auto& on) { return detail::ask(on, state::note_dropped, {text_form_parameter(id)}).affected(); });
  });
}

/// The way back from the contract of structural changes, until something is dropped: what is retired gets its name
/// back, the constraints that came go, and the constraints and indexes that went come back as they were, beside readers
/// and writers. The run is `rolled-back` then, and the migration may begin again. A column that was relaxed stays so,
/// because rows may have come without a value (`om::set_not_null`). It may be interrupted anywhere and called again.
///
/// Throws: `refused` where the run is not contracted, or something was dropped; `statement_error` where rows that were
/// written since break a constraint that comes back.
template <structural_migration Migration, database_like Database, environment_like Environment>
void revive(basic_toolkit<Database, Environment>& tools, const std::stop_token& stop = {}) {
  constexpr const structural_description& migration = describe_structure<Migration>;
  detail::in_migration(migration.name, [&] {
    run_record run = detail::structural_run<Migration>(tools, stop);
    if (run.phase == phase::rolled_back) return;
    if (run.phase != phase::contracted) {
      throw refused{
          fmt::format("The run of \"{}\" is in the phase {}: before contract, om::rollback undoes it. Nothing was "
                      "changed.",
                      migration.name, to_string(run.phase))};
    }
    std::string id = std::to_string(run.id);
    tools.session().retrying(
        [&](auto& on) {
          transaction scope{on, tools.settings()};
          if (!detail::read_retired(on, id).dropped) return;
          throw refused{
              fmt::format("What \"{}\" drops is gone: there is no way back. Nothing was changed.", migration.name)};
        },
        stop);
    detail::take_back<Migration>(tools, run, stop, [](const structure_description&) { return false; });
  });
}

/// Undoes a run of structural changes in any phase before `contracted`. Nothing stays but the history, and a table or
/// column that was made, unless `om::risk::dropped_table` or `om::risk::dropped_column` is acknowledged. The migration may begin again, as a new attempt. Does
/// nothing to a run that is rolled back already. It may be interrupted anywhere and called again.
///
/// Throws: `refused` where there is no such run, or it is contracted.
template <structural_migration Migration, database_like Database, environment_like Environment>
void rollback(basic_toolkit<Database, Environment>& tools, const rollback_options& options = {},
              const std::stop_token& stop = {}) {
  constexpr const structural_description& migration = describe_structure<Migration>;
  detail::in_migration(migration.name, [&] {
    run_record run = detail::structural_run<Migration>(tools, stop);
    if (run.phase == phase::rolled_back) return;
    if (run.phase == phase::contracted) {
      throw refused{
          fmt::format("\"{}\" is contracted: om::revive is the way back. Nothing was changed.", migration.name)};
    }
    detail::take_back<Migration>(tools, run, stop, [&](const structure_description& change) {
      return (change.is == structure::create_table &&
              detail::is_acknowledged(options.acknowledged, risk::dropped_table)) ||
             (change.is == structure::add_column &&
              detail::is_acknowledged(options.acknowledged, risk::dropped_column));
    });
  });
}

}  // namespace online_migration
