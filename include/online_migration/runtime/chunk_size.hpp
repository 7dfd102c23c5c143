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
  int initial = 500;   ///< rows of the first chunk
  int smallest = 100;  ///< that a slow chunk leads to; one that fails may become as small as one row
  int largest = 20'000;
  /// What the target is while sessions wait for rows of a chunk: they wait less, and each row costs a little more.
  /// Zero, or more than the target, changes nothing.
  std::chrono::microseconds target_while_awaited{4'000};
};

/// Chunks of a fixed number of rows: `om::backfill_options{.chunk = om::fixed_chunk(1000)}`. A chunk that runs into a
/// lock or a time-out still becomes smaller for a while.
constexpr chunk_settings fixed_chunk(int rows) { return {std::chrono::microseconds::zero(), rows, rows, rows}; }

/// Chooses the size of the next chunk from how long the last ones took. Starts small, grows at most twofold a step,
/// halves at once when a chunk took more than twice its target or failed. Pure: the same times give the same sizes.
class chunk_size {
 public:
  constexpr explicit chunk_size(chunk_settings settings)
      : settings_{settings}, rows_{clamp(settings.initial, smallest())} {}

  [[nodiscard]] constexpr int rows() const { return rows_; }
  [[nodiscard]] constexpr bool is_smallest() const { return rows_ == 1; }

  /// A chunk took this long: one of `rows()` rows, or of as many as are told.
  constexpr void took(std::chrono::microseconds time, std::int64_t had = 0) {
    const std::chrono::microseconds wanted = target();
    std::int64_t floor = std::min<std::int64_t>(static_cast<std::int64_t>(rows_) * 2, smallest());
    if (wanted <= std::chrono::microseconds::zero()) {
      rows_ = clamp(static_cast<std::int64_t>(rows_) * 2, floor);
      return;
    }
    std::int64_t taken = std::max<std::int64_t>(time.count(), 1);
    if (had <= 0) had = rows_;
    if (taken > 2 * wanted.count()) {
      rows_ = clamp(std::min<std::int64_t>(rows_, had) / 2, floor);
      return;
    }
    std::int64_t fitting = had * wanted.count() / taken;
    // Half the way only, so that one lucky chunk does not double the next one's time.
    rows_ = clamp(std::min<std::int64_t>((rows_ + fitting) / 2, static_cast<std::int64_t>(rows_) * 2), floor);
  }

  /// A chunk ran into a lock, a deadlock or a time-out.
  constexpr void failed() { rows_ = clamp(rows_ / 2, 1); }

  /// Whether sessions wait for rows of a chunk. When that begins, the next chunk is as much smaller as its target is.
  constexpr void awaited(bool is) {
    if (is == awaited_) return;
    std::chrono::microseconds before = target();
    awaited_ = is;
    if (is && target() < before) rows_ = clamp(rows_ * target().count() / before.count(), smallest());
  }

  [[nodiscard]] constexpr bool is_awaited() const { return awaited_; }

  /// How long a chunk should take now; zero where that decides nothing.
  [[nodiscard]] constexpr std::chrono::microseconds target() const {
    bool is_shorter = settings_.target_while_awaited > std::chrono::microseconds::zero() &&
                      settings_.target_while_awaited < settings_.target;
    return awaited_ && is_shorter ? settings_.target_while_awaited : settings_.target;
  }

  /// Goes on where an earlier session was.
  constexpr void resume(int rows) { rows_ = clamp(rows, smallest()); }

 private:
  [[nodiscard]] constexpr int smallest() const { return std::max(std::min(settings_.smallest, settings_.largest), 1); }

  [[nodiscard]] constexpr int clamp(std::int64_t rows, std::int64_t floor) const {
    return static_cast<int>(std::clamp<std::int64_t>(rows, floor, std::max<std::int64_t>(settings_.largest, floor)));
  }

  chunk_settings settings_;
  int rows_;
  bool awaited_ = false;
};

}  // namespace online_migration
