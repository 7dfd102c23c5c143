// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <cstdint>

#include "migration.hpp"
#include "names.hpp"
#include "settings.hpp"
#include "writers.hpp"

/// What the check at the end found. It is SQL written by hand and uses nothing of the library but its connection.
struct check_result {
  std::int64_t rows = 0;  ///< in the table

  // Is the new column right?
  std::int64_t nulls = 0;       ///< rows without a new value
  std::int64_t mismatches = 0;  ///< rows whose new value is not lower(btrim(display_name))

  // Is everything there that the server has acknowledged, and nothing else?
  std::int64_t lost = 0;    ///< users that are gone and were not deleted
  std::int64_t stale = 0;   ///< users that do not have the name written last
  std::int64_t undead = 0;  ///< users that were deleted, or never written

  // Was each row filled once, by the backfill or by who wrote it?
  std::int64_t rows_changed = 0;  ///< as the backfill counted
  std::int64_t least = 0;         ///< users whom nobody has written since they were loaded
  std::int64_t most = 0;          ///< users who were there at any time
  std::int64_t chunks = 0;
  std::int64_t sessions = 0;  ///< how often a runner took the backfill over

  [[nodiscard]] bool is_right() const {
    return nulls == 0 && mismatches == 0 && lost == 0 && stale == 0 && undead == 0 && least <= rows_changed &&
           rows_changed <= most;
  }
};

/// Compares the table with what was loaded and what the writers have been told.
check_result check(om::connection& on, const settings& chosen, const display_names& names, const acknowledged& written);
