// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <cstddef>
#include <string_view>

namespace online_migration {

/// How far a run of a migration is, as recorded in `online_migration_runs.phase`.
enum class phase : unsigned char {
  expand,          ///< the new column and its safety net are there
  backfill,        ///< rows are being filled
  validate,        ///< every row was filled; parity is to be proven
  contract_ready,  ///< a full parity pass was clean
  contracted,      ///< the legacy representation is no longer written
  rolled_back      ///< the run was undone; the migration may start again as a new attempt
};

namespace detail {
inline constexpr std::string_view phase_names[]{"expand",         "backfill",   "validate",
                                                "contract-ready", "contracted", "rolled-back"};
}  // namespace detail

/// The text of a phase in the state tables.
constexpr std::string_view to_string(phase value) { return detail::phase_names[static_cast<std::size_t>(value)]; }

/// The phase with this text; false where there is none.
constexpr bool from_string(std::string_view text, phase& value) {
  for (std::size_t i = 0; i < 6; ++i) {
    if (detail::phase_names[i] != text) continue;
    value = static_cast<phase>(i);
    return true;
  }
  return false;
}

/// Whether `mark_phase` may lead from one phase to another, given that the gate of the step is open. Steps go forward
/// by one; from `validate` a step back to `backfill` starts the walk over, for when parity found differences.
constexpr bool is_step(phase from, phase to) {
  if (from == phase::validate && to == phase::backfill) return true;
  return to <= phase::contract_ready && static_cast<int>(to) == static_cast<int>(from) + 1;
}

}  // namespace online_migration
