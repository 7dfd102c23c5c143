// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <algorithm>
#include <chrono>

namespace online_migration {

/// How one thing that is watched brakes: not at all up to `from`, then harder in proportion, and as hard as `most` says
/// from `full` on. `full = 0` switches it off.
struct throttle_limits {
  double from = 0;
  double full = 0;
  double most = 1;  ///< of the time that is not worked then, in [0, 1]; 1 waits until it is better
  std::chrono::milliseconds every{1'000};  ///< how often it is asked for, between chunks

  [[nodiscard]] constexpr bool is_on() const { return full > 0; }

  /// How hard to brake at this value: the share of the time in which not to work.
  [[nodiscard]] constexpr double brake(double value) const {
    if (!is_on() || value <= from) return 0;
    double share = full > from ? (value - from) / (full - from) : 1.0;
    return std::clamp(std::min(share, 1.0) * most, 0.0, 1.0);
  }
};

}  // namespace online_migration
