// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <chrono>
#include <string>

/// What a run of an example with pgbench is told.
struct pgbench_settings {
  std::string schema;              ///< of the example's tables
  std::string dsn{};               ///< any connection string of libpq; empty means libpq's environment
  std::string pgbench{"pgbench"};  ///< the program, looked for along PATH
  int scale = 10;                  ///< of pgbench: 100,000 accounts each
  int clients = 4;                 ///< connections of pgbench that write all the time
  std::chrono::seconds watch{5};   ///< for how long each version of the application lives at least
  bool sabotage = false;           ///< make something wrong behind the migration's back, to see that the check notices
};
