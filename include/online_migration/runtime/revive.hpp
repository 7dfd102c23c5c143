// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
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
#include <online_migration/runtime/declared.hpp>
#include <online_migration/runtime/events.hpp>
#include <online_migration/runtime/gate.hpp>
#include <online_migration/runtime/kept_parts.hpp>
#include <online_migration/runtime/owed.hpp>
#include <online_migration/runtime/refill.hpp>
#include <online_migration/runtime/retire.hpp>
#include <online_migration/runtime/safety_net.hpp>
#include <online_migration/runtime/settle.hpp>
#include <online_migration/runtime/structure/behind.hpp>
#include <online_migration/runtime/toolkit.hpp>
#include <online_migration/sql/catalog.hpp>
#include <online_migration/sql/contract_state.hpp>
#include <online_migration/sql/key_statements.hpp>
#include <online_migration/sql/statements.hpp>
#include <online_migration/sql/structure/state.hpp>

namespace online_migration {

namespace detail {

/// The steps of `om::revive`, each of which may be taken again.
template <migration_like Migration, database_like Database, environment_like Environment>
class reviver {
 public:
  reviver(basic_toolkit<Database, Environment>& tools, const std::stop_token& stop) : tools_{tools}, stop_{stop} {}

  /// Where the run is then, and whether this call has taken it there.
  phase_event revive() {
    legacy_state legacy = name_back();
    if (legacy.run.phase != phase::contracted) return {migration.name, legacy.run.phase, false};
    if constexpr (has_way_back(migration)) {
      refill_walk<Migration, session_type, Environment> walk{tools_.session()};
      if (!legacy.reviving) {
        if constexpr (is_key) {
          require_narrow_keys();
        } else {
          require_whole_key();
          walk.check(stop_);
        }
        put_trigger_back();
      }
      try {
        // The guard of a key has kept its old column filled.
        if constexpr (!is_key) walk.fill(way_, stop_);
        restore_constraints(legacy);
        if constexpr (has_structure_behind<Migration>) relax_structure<Migration>(tools_, way_, stop_);
        reopen();
      } catch (const moved_on&) {
        if (!tools_.session().retrying([&](auto& on) { return way_.is_done(on); }, stop_)) throw;
      }
      return {migration.name, phase::validate, true};
    } else {
      return {migration.name, phase::contracted, false};
    }
  }

 private:
  using sql = statements<Migration>;
  using session_type =
      std::remove_reference_t<decltype(std::declval<basic_toolkit<Database, Environment>&>().session())>;
  static constexpr const migration_description& migration = describe_migration<Migration>;
  static constexpr bool is_key = replaces_key_column<typename Migration::change>;

  /// The old column has its name again, and its guard.
  legacy_state name_back() {
    return tools_.session().retrying(
        [&](auto& on) {
          transaction scope{on, tools_.settings()};
          ask(on, durable);
          run_record run = require_run(on, migration, fingerprint<Migration>, state::lock_newest_run);
          // The answer to the last COMMIT may have been lost.
          if (run.phase == phase::validate) {
            legacy_state open;
            open.run = run;
            return open;
          }
          legacy_state legacy = lock_legacy(on, migration, fingerprint<Migration>);
          way_ = {legacy.id, ask(on, state::hold_run, {text_form_parameter(legacy.id)}).integer(0, 2)};
          if (legacy.dropped) {
            throw refused{fmt::format(
                "The old column of \"{}\" was dropped: there is no way back. Nothing was changed.", migration.name)};
          }
          if (legacy.retired) {
            if constexpr (is_key) ask(on, sql::drop_guard_trigger);
            for (const statement& create :
                 {sql::create_total_function, sql::create_why_function, sql::grant_total_functions,
                  sql::unretire_legacy, sql::drop_guard_function, sql::create_guard_function,
                  sql::revoke_guard_function, sql::create_guard_trigger, sql::enable_guard_trigger}) {
              ask_if_any(on, create);
            }
            ask(on, state::note_unretired, {text_form_parameter(legacy.id)});
          } else if (!has_way_back(migration)) {
            throw refused{
                fmt::format("\"{}\" has no inverse, so what was written since contract cannot go back into the "
                            "old column. Nothing was changed.",
                            migration.name)};
          }
          scope.commit();
          return legacy;
        },
        stop_);
  }

  /// From here on every write keeps both columns in step, and rows that were not are put right from the new one.
  void put_trigger_back() {
    tools_.session().retrying(
        [&](auto& on) {
          transaction scope{on, tools_.settings()};
          ask(on, durable);
          legacy_state legacy = lock_legacy(on, migration, fingerprint<Migration>);
          way_.hold(on, migration.name, false);
          if (legacy.reviving) return;
          ask(on, sql::drop_guard_trigger);
          ask(on, sql::drop_guard_function);
          create_safety_net_functions<Migration>(on, safety_net::sync_trigger);
          if constexpr (is_key) {
            return_numbers(on);
          } else {
            ask(on, sql::create_revive_function);
            ask(on, sql::restore_default);
            if (is_one_to_one(migration)) {
              move_sequences(on, migration, migration.target, first_replaced(migration).name);
            }
          }
          // Asked for now rather than at the end of a long walk.
          each_target(migration, [&](const migration_description& part, std::size_t) {
            auto target = ask(on, catalog::column_state,
                              {text_of(migration.table.schema), text_of(migration.table.name), text_of(part.target)});
            if (misreads_default(migration) && target.rows() == 1) {
              require_no_misread_default(on, migration, part.target, target.boolean(0, 2));
            }
          });
          create_safety_net_triggers<Migration>(on, safety_net::sync_trigger);
          // A run that began without the trigger could not promise it.
          if (enforces_not_null(migration) && legacy.run.net != safety_net::sync_trigger &&
              !are_required(on, migration)) {
            ask(on, sql::add_not_null);
          }
          ask(on, state::note_reviving, {text_form_parameter(legacy.id)});
          scope.commit();
        },
        stop_);
  }

  /// The walks below would miss rows without a key, which there are while the key itself is replaced.
  void require_whole_key() {
    const table_description& table = migration.table;
    for (std::size_t i = 0; i < table.key_count(); ++i) {
      std::string_view column = table.columns[table.key_at(i)].name;
      if (tools_.session().retrying([&](auto& on) { return is_required(on, column); }, stop_)) continue;
      throw refused{
          fmt::format("\"{}\": the key column \"{}\" may be NULL, so rows would be missed: call om::revive for the "
                      "migration that replaces the key first. The run stays contracted.",
                      migration.name, column)};
    }
  }

  /// Each row has a key that the old column can hold, and from here on no other one is taken.
  void require_narrow_keys() {
    bool wide = tools_.session().retrying(
        [](auto& on) { return ask_alone(on, key_statements<Migration>::find_wide_key).boolean(0, 0); }, stop_);
    if (wide) refuse_wide_keys();
    try {
      require_values(false);
    } catch (const statement_error& problem) {
      if (problem.sqlstate() != "23514") throw;
      tools_.session().retrying(
          [&](auto& on) {
            transaction scope{on, tools_.settings()};
            way_.hold(on, migration.name, false);
            ask(on, sql::drop_legacy_check);
            scope.commit();
          },
          stop_);
      refuse_wide_keys();
    }
  }

  [[noreturn]] static void refuse_wide_keys() {
    throw refused{
        fmt::format("Some keys of \"{}\" cannot be kept in the old column, so there is no way back for them: change "
                    "those rows first, and call om::revive again. The run stays contracted.",
                    migration.name)};
  }

  template <class Connection>
  static void return_numbers(Connection& on) {
    try {
      ask(on, key_statements<Migration>::return_numbers);
    } catch (const statement_error& problem) {
      if (problem.sqlstate() != "22003") throw;
      throw refused{
          fmt::format("The sequence of the key of \"{}\" has come past what the old column can hold: set it "
                      "back, and call om::revive again. The run stays contracted.",
                      migration.name)};
    }
  }

  /// As contract found them.
  void restore_constraints(const legacy_state& legacy) {
    auto hold = [this](auto& on) { this->hold(on); };
    kept_parts<Database, Environment, decltype(hold)>{tools_, migration.name, way_.run, hold, stop_}.restore();
    if (legacy.legacy_was_required) require_values();
  }

  template <class Connection>
  static bool is_required(Connection& on, std::string_view column) {
    auto state = ask_alone(on, catalog::column_state,
                           {text_of(migration.table.schema), text_of(migration.table.name), text_of(column)});
    return state.rows() == 1 && state.boolean(0, 1);
  }

  /// Whether the old columns that were NOT NULL before contract are so again.
  template <class Connection>
  bool has_values(Connection& on) const {
    if constexpr (is_key) {
      return is_required(on, first_replaced(migration).name);
    } else {
      return ask_alone(on, state::legacy_required,
                       {text_form_parameter(way_.run), text_of(migration.table.schema), text_of(migration.table.name)})
          .boolean(0, 0);
    }
  }

  /// `begun` where the sync trigger is back.
  void require_values(bool begun = true) {
    auto is_done = [this](auto& on) { return this->has_values(on); };
    if (tools_.session().retrying(is_done, stop_)) return;
    auto in_transaction = [&](auto&& work, bool scans) {
      tools_.session().retrying(
          [&](auto& on) {
            transaction_settings bounds = tools_.settings();
            if (scans) bounds.statement_timeout = long_scan;
            longer_deadline patience{on, scans ? long_scan : connection_options{}.deadline};
            transaction scope{on, bounds};
            if (!scans) way_.hold(on, migration.name, begun);
            // Another process may be at the same step, and have come further.
            if (is_done(on) || !work(on)) return;
            scope.commit();
          },
          stop_);
    };
    in_transaction(
        [&](auto& on) {
          // Now that the table is locked, nobody comes further: a check that nobody needs any more is not added.
          return add_legacy_check(on) && !is_done(on);
        },
        false);
    in_transaction(
        [](auto& on) {
          alter_or_look_again(on, sql::validate_legacy_not_null);
          return true;
        },
        true);
    in_transaction(
        [](auto& on) {
          ask(on, sql::set_legacy_not_null);
          ask(on, sql::drop_legacy_check);
          return true;
        },
        false);
  }

  /// False where it is there already, by another process or by a try that was interrupted.
  template <class Connection>
  static bool add_legacy_check(Connection& on) {
    try {
      ask(on, sql::add_legacy_not_null);
      return true;
    } catch (const statement_error& problem) {
      if (problem.sqlstate() != "42710") throw;
      return false;
    }
  }

  /// The run is open again: what was proven before contract proves nothing now.
  void reopen() {
    tools_.session().retrying(
        [&](auto& on) {
          transaction scope{on, tools_.settings()};
          ask(on, durable);
          run_record run = require_run(on, migration, fingerprint<Migration>, state::lock_newest_run);
          if (run.phase != phase::contracted) return;
          hold(on);
          ask(on, sql::create_sync_function);
          run.net = safety_net::sync_trigger;
          std::string trigger = check_in_force(on, migration, run);
          std::string id = std::to_string(run.id);
          ask(on, state::reopen_run, {text_form_parameter(id), text_of(trigger)});
          if constexpr (has_structure_behind<Migration>) ask(on, state::note_undone, {text_form_parameter(id)});
          scope.commit();
        },
        stop_);
  }

  template <class Connection>
  void hold(Connection& on) {
    way_.hold(on, migration.name);
  }

  basic_toolkit<Database, Environment>& tools_;
  const std::stop_token& stop_;
  way_back_of_run way_;
};

}  // namespace detail

/// The way back from contract, until the old column is dropped. A retired column gets its name and its guard back.
/// Where the migration has an inverse, the run is then opened again in the phase `validate`: the sync trigger takes
/// the place of the guard, the old column is filled from the new one range by range, and its constraints, indexes and
/// default come back as contract found them. Without an inverse it goes no further than the name. It may be
/// interrupted anywhere and called again, and does nothing to a run that is in `validate` already.
///
/// The read flag stays `new`, and writers that know only the new column stay covered. Parity and contract, or rollback,
/// come next.
///
/// Throws: `refused` where the column was dropped; where there is no inverse and nothing is retired; where a new value
/// cannot be kept in the old column (nothing is changed then).
template <migration_like Migration, database_like Database, environment_like Environment>
void revive(basic_toolkit<Database, Environment>& tools, const std::stop_token& stop = {}) {
  detail::require_replacement<Migration>();
  constexpr const migration_description& migration = describe_migration<Migration>;
  detail::in_migration(migration.name, [&] {
    tools.options().observer(detail::reviver<Migration, Database, Environment>{tools, stop}.revive());
  });
}

}  // namespace online_migration
