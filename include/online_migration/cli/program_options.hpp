// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <chrono>
#include <string>

#include <online_migration/postgres/connection.hpp>
#include <online_migration/runtime/expand_contract.hpp>
#include <online_migration/runtime/readiness.hpp>
#include <online_migration/runtime/retire.hpp>
#include <online_migration/runtime/rollback.hpp>
#include <online_migration/runtime/watch_options.hpp>

namespace online_migration {

/// What a migration program does differently from the usual. Nothing here has to be set.
struct program_options {
  /// Any connection string of libpq; empty means libpq's environment (PGHOST, PGSERVICE, …). `--dsn` wins over it.
  std::string conninfo{};
  connection_options connection{};
  /// How `run` works. What its command line says wins over it.
  expand_contract_options run{};
  /// How `watch` works, with the options of parity that `run` has.
  watch_options watch{};
  /// What `ready` and `contract` ask for. What is acknowledged on the command line comes on top.
  contract_options contract{};
  retire_options retire{};
  drop_retired_options drop{};
  rollback_options rollback{};
  /// Lines of progress come at most so often.
  std::chrono::milliseconds progress_interval{1'000};
};

}  // namespace online_migration
