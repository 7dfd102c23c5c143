// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <algorithm>
#include <chrono>
#include <cstdint>

namespace online_migration {

/// How many rows a chunk has.
struct chunk_settings {
  /// How long one chunk should take. Nobody who wants one of its rows waits longer than about twice that.
  std::chrono::microseconds target{25'000};
  int initial = 500;    ///< rows of the first chunk
  int smallest = 50;
  int largest = 20'000;
};

/// Chunks of a fixed number of rows: `om::backfill_options{.chunk = om::fixed_chunk(1000)}`. A chunk that runs into a
/// lock still becomes smaller for a while.
constexpr chunk_settings fixed_chunk(int rows) { return {std::chrono::microseconds::zero(), rows, std::min(50, rows), rows}; }

/// Chooses the size of the next chunk from how long the last ones took. Starts small, grows at most twofold a step,
/// halves at once when a chunk took more than twice its target or failed. Pure: the same times give the same sizes.
class chunk_size {
 public:
  constexpr explicit chunk_size(chunk_settings settings) : settings_{settings}, rows_{clamp(settings.initial)} {}

  [[nodiscard]] constexpr int rows() const { return rows_; }
  [[nodiscard]] constexpr bool is_smallest() const { return rows_ <= settings_.smallest; }

  /// A chunk of `rows()` rows took this long.
  constexpr void took(std::chrono::microseconds time) {
    if (settings_.target <= std::chrono::microseconds::zero()) {
      rows_ = clamp(rows_ * 2);
      return;
    }
    std::int64_t taken = std::max<std::int64_t>(time.count(), 1);
    std::int64_t target = settings_.target.count();
    if (taken > 2 * target) {
      rows_ = clamp(rows_ / 2);
      return;
    }
    std::int64_t fitting = static_cast<std::int64_t>(rows_) * target / taken;
    // Half the way only, so that one lucky chunk does not double the next one's time.
    rows_ = clamp(std::min<std::int64_t>((rows_ + fitting) / 2, static_cast<std::int64_t>(rows_) * 2));
  }

  /// A chunk ran into a lock, a deadlock or a time-out.
  constexpr void failed() { rows_ = clamp(rows_ / 2); }

  /// Goes on where an earlier session was.
  constexpr void resume(int rows) { rows_ = clamp(rows); }

 private:
  [[nodiscard]] constexpr int clamp(std::int64_t rows) const {
    return static_cast<int>(std::clamp<std::int64_t>(rows, std::max(settings_.smallest, 1), std::max(settings_.largest, 1)));
  }

  chunk_settings settings_;
  int rows_;
};

}  // namespace online_migration
