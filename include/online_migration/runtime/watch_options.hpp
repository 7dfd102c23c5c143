// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>

#include <online_migration/runtime/parity_options.hpp>

namespace online_migration {

/// What a round of a watch over parity found.
struct watch_report : parity_report {
  std::int64_t round = 0;  ///< counted from 1; 0 where none has begun
  /// Rows that differed when they were looked at first, and later did not: somebody was writing them.
  std::int64_t in_flight = 0;
  bool phase_left = false;  ///< the run is in a phase in which rows may differ, so the watch has ended
};

/// How parity is watched. Nothing here has to be set.
struct watch_options {
  /// The rest between two rounds. Within a round `parity_options::throttle` sets the pace.
  std::chrono::milliseconds between_rounds{60'000};
  /// How often a row has to differ before it counts as a mismatch. 1 for at once.
  int looks = 3;
  /// The pause before a row is looked at again.
  std::chrono::milliseconds look_again_after{1'000};
  int rounds = 0;  ///< ends after so many; 0 for when it is stopped
  /// Called at the end of each round.
  std::function<void(const watch_report&)> on_round{};
};

}  // namespace online_migration
