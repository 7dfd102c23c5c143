// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <algorithm>
#include <array>
#include <chrono>
#include <cstddef>
#include <optional>

namespace online_migration::detail {

using reading_time = std::chrono::steady_clock::time_point;

/// How fast a counter of the server grows.
class growth {
 public:
  /// Each second, since the last value; nothing for the first one, and after the counter was reset.
  constexpr std::optional<double> note(double value, reading_time now) {
    std::optional<double> rate;
    double seconds = std::chrono::duration<double>(now - at_).count();
    if (known_ && seconds > 0 && value >= value_) rate = (value - value_) / seconds;
    value_ = value;
    at_ = now;
    known_ = true;
    return rate;
  }

 private:
  double value_ = 0;
  reading_time at_{};
  bool known_ = false;
};

/// How old a position in the WAL is, from when the end of the WAL was seen there. The server's own replay_lag stands
/// still while a standby replays nothing at all.
class wal_clock {
 public:
  /// The WAL ended here at this time. Positions never go back but by a failover, which begins anew.
  constexpr void note(double end, reading_time now) {
    if (size_ > 0 && end < newest().end) size_ = 0;
    if (size_ > 0 && end == newest().end) {
      newest().at = now;
      return;
    }
    if (size_ == seen_.size()) thin();
    seen_[size_++] = {end, now};
  }

  /// Seconds since the WAL ended there, by what was seen; 0 for its end.
  [[nodiscard]] constexpr double age(double position, reading_time now) const {
    if (size_ == 0 || position >= seen_[size_ - 1].end) return 0;
    for (std::size_t i = size_; i-- > 0;) {
      if (seen_[i].end <= position) return std::chrono::duration<double>(now - seen_[i].at).count();
    }
    return std::chrono::duration<double>(now - seen_[0].at).count();  // at least
  }

 private:
  struct sight {
    double end = 0;
    reading_time at{};
  };

  constexpr sight& newest() { return seen_[size_ - 1]; }

  /// Keeps every second one, so that it reaches ever further back: exact for the last ones, and never too young.
  constexpr void thin() {
    for (std::size_t i = 0; i < seen_.size() / 2; ++i) seen_[i] = seen_[i * 2];
    size_ = seen_.size() / 2;
  }

  std::array<sight, 64> seen_{};
  std::size_t size_ = 0;
};

}  // namespace online_migration::detail
