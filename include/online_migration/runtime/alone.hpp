// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <chrono>
#include <stop_token>
#include <string>
#include <string_view>

#include <fmt/format.h>

#include <online_migration/postgres/error.hpp>
#include <online_migration/runtime/ask.hpp>
#include <online_migration/runtime/environment.hpp>
#include <online_migration/runtime/session.hpp>
#include <online_migration/sql/contract_state.hpp>

namespace online_migration::detail {

/// The bound of a statement that reads a whole table, or waits for older transactions, beside everybody else.
inline constexpr std::chrono::hours long_scan{24};

/// Makes a session ready for statements that work outside of transactions, as CREATE INDEX CONCURRENTLY: without the
/// time-outs that a role may have been given, because they wait for old snapshots; and one process at a time for a run,
/// because two of them would wait for each other. The session has to be dropped afterwards.
///
/// Throws: `refused` where a pooler stands between, which knows no sessions; `cancelled`.
template <environment_like Environment, connection_like Connection>
void work_alone(Connection& on, std::string_view migration, const std::string& run, const std::stop_token& stop) {
  if (on.is_pooled()) {
    throw refused{
        fmt::format("A pooler stands between this process and the server, and an index of \"{}\" has to be built "
                    "without time-outs: give the toolkit a direct connection, and call this again.",
                    migration)};
  }
  ask(on, statement{"alone_time_outs",
                    "SELECT pg_catalog.set_config('lock_timeout', '0', false), "
                    "pg_catalog.set_config('statement_timeout', '0', false)"});
  while (!ask(on, state::try_to_build, {text_form_parameter(run)}).boolean(0, 0)) {
    if (Environment::sleep(std::chrono::milliseconds{50}, stop)) throw cancelled{state::try_to_build.name};
  }
}

}  // namespace online_migration::detail
