// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <algorithm>
#include <chrono>
#include <string_view>

namespace online_migration {

/// How the backfill leaves room for others between two chunks. The longer of both pauses counts.
struct throttle {
  std::chrono::milliseconds sleep{0};  ///< after each chunk
  double duty_cycle = 1.0;  ///< the share of the time to work, in (0, 1]; 0.25 sleeps three times as long as it works

  /// The pause after a chunk that took this long.
  [[nodiscard]] constexpr std::chrono::milliseconds after(std::chrono::microseconds chunk) const {
    double share = std::clamp(duty_cycle, 0.001, 1.0);
    auto idle = static_cast<double>(chunk.count()) * (1.0 / share - 1.0) / 1000.0;
    return std::max(sleep, std::chrono::milliseconds{static_cast<std::chrono::milliseconds::rep>(idle + 0.5)});
  }

  /// The setting that such a pause comes from.
  [[nodiscard]] constexpr std::string_view reason(std::chrono::milliseconds pause) const {
    return pause > sleep ? "duty_cycle" : "sleep";
  }
};

}  // namespace online_migration
