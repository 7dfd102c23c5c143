// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <cstdint>
#include <string>

#include <fmt/format.h>

#include <online_migration/postgres/concepts.hpp>
#include <online_migration/postgres/error.hpp>
#include <online_migration/postgres/parameter.hpp>
#include <online_migration/postgres/transaction.hpp>
#include <online_migration/runtime/ask.hpp>
#include <online_migration/sql/state_tables.hpp>

namespace online_migration::detail {

/// Brings tables of an older version to this one, in the transaction that holds the lock of their creation.
template <transactional Connection>
void upgrade_state_tables(Connection& on) {
  auto version = ask(on, state::read_version);
  std::int64_t found = version.rows() == 1 ? version.integer(0, 0) : 0;
  if (found == state_version) return;
  if (found < 1 || found > state_version) {
    throw refused{
        fmt::format("The state tables have the version {}, and this library knows {}: use the library that made "
                    "them, or a newer one. Nothing was changed.",
                    version.rows() == 1 ? version.text(0, 0) : "none", state_version)};
  }
  for (const statement* step : {&state::upgrade_runs, &state::upgrade_backfill_state, &state::upgrade_parity_passes,
                                &state::upgrade_parity_samples, &state::create_dirty_keys,
                                &state::create_dirty_keys_index, &state::create_quarantine}) {
    ask(on, *step);
  }
  ask(on, state::revoke_defaults);
  std::string number = std::to_string(state_version);
  ask(on, state::raise_version, {text_form_parameter(number)});
}

/// Makes the state tables, or checks those that are there, in one transaction. Several processes may do it at once: one
/// makes them, the others find them or are told to try again.
template <connection_like Connection>
void set_up_state_tables(Connection& on) {
  transaction scope{on};
  ask(on, state::lock_creation);
  auto stranger = ask(on, state::foreign_owner);
  if (stranger.rows() > 0) {
    throw refused{fmt::format(
        "The table public.{} belongs to a role that this one is no member of, so what it says cannot be "
        "trusted: connect as a member of its owner. What a role with fewer rights can do is in docs/how-to/rights-and-poolers.md.",
        stranger.text(0, 0))};
  }
  if (ask(on, state::find_version).boolean(0, 0)) {
    upgrade_state_tables(on);
    scope.commit();
    return;
  }
  try {
    for (const statement* create :
         {&state::create_version, &state::create_runs, &state::create_one_open_run, &state::create_backfill_state,
          &state::create_parity_passes, &state::create_parity_samples, &state::create_dirty_keys,
          &state::create_dirty_keys_index, &state::create_quarantine}) {
      ask(on, *create);
    }
    ask(on, state::revoke_defaults);
    std::string version = std::to_string(state_version);
    ask(on, state::insert_version, {text_form_parameter(version)});
    scope.commit();
  } catch (const statement_error& problem) {
    // Somebody who does not take the lock was quicker: look again.
    if (problem.sqlstate() != "42P07" && problem.sqlstate() != "23505") throw;
    throw statement_error{problem.statement_name(), problem.sqlstate(), std::string{problem.object()},
                          retry_class::retry};
  }
}

}  // namespace online_migration::detail
