// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <chrono>
#include <cstdint>
#include <string>

/// What a run of this example is told.
struct settings {
  std::string dsn;                   ///< any connection string of libpq; empty means libpq's environment
  std::string names;                 ///< the file of place names
  std::int64_t rows = 500'000;       ///< users to load
  std::chrono::seconds baseline{3};  ///< how long the writers are watched before the migration begins
  bool sabotage = false;             ///< switch the sync trigger off behind the migration's back

  /// A small table would be filled before its backfill could be killed, so there the backfill goes slowly.
  [[nodiscard]] bool is_small() const { return rows < 100'000; }
};
