// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <utility>

namespace online_migration {

/// Bounds of the waits between retries.
struct backoff_settings {
  std::chrono::milliseconds first{100};  ///< the bound of the first wait; each further bound is twice the one before
  std::chrono::milliseconds cap{10'000};
};

/// How long to wait before the next try: exponential back-off with full jitter, so that workers which failed together
/// do not come back together. It does not sleep itself. Algorithm: M. Brooker, "Exponential Backoff And Jitter", AWS
/// Architecture Blog, 2015.
class backoff {
 public:
  constexpr explicit backoff(backoff_settings settings = {}) : settings_{settings}, bound_{settings.first} {}

  /// The next wait. `random(limit)` gives a number in [0, limit], all equally likely.
  template <class Random>
  constexpr std::chrono::milliseconds next(Random&& random) {
    ++tries_;
    std::chrono::milliseconds limit = std::min(bound_, settings_.cap);
    bound_ = limit > settings_.cap / 2 ? settings_.cap : limit * 2;
    return std::chrono::milliseconds{std::forward<Random>(random)(static_cast<std::int64_t>(limit.count()))};
  }

  /// How many waits were asked for since the last success.
  [[nodiscard]] constexpr int tries() const { return tries_; }

  /// To be called after a success: the next wait is short again.
  constexpr void reset() {
    bound_ = settings_.first;
    tries_ = 0;
  }

 private:
  backoff_settings settings_;
  std::chrono::milliseconds bound_;
  int tries_ = 0;
};

}  // namespace online_migration
