// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstddef>
#include <optional>
#include <vector>

/// How long writes took. Every one is kept, so the percentiles are exact.
class latencies {
 public:
  using duration = std::chrono::duration<double, std::milli>;

  void add(duration time) { times_.push_back(time); }
  void add(const latencies& others) { times_.insert(times_.end(), others.times_.begin(), others.times_.end()); }

  [[nodiscard]] std::size_t count() const { return times_.size(); }

  /// The time that this share of the writes did not exceed (nearest rank); nothing where there were none.
  [[nodiscard]] std::optional<duration> percentile(double share) const {
    if (times_.empty()) return std::nullopt;
    std::vector<duration> sorted = times_;
    auto rank = static_cast<std::size_t>(std::ceil(share * static_cast<double>(sorted.size())));
    auto at = sorted.begin() + static_cast<std::ptrdiff_t>(std::max<std::size_t>(rank, 1) - 1);
    std::nth_element(sorted.begin(), at, sorted.end());
    return *at;
  }

 private:
  std::vector<duration> times_;
};
