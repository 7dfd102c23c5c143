// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

#include <online_migration/runtime/key_walk.hpp>

namespace online_migration::detail {

/// What the workers of a pass by keys share: the parts into which some keys cut all keys up to the end, without a gap
/// and in their order. Parts that belong together are taken as one piece, so that it has about as many rows as are
/// wanted; how many a part has is learned from those that are done. Pure; the caller lets one worker at a time use it.
class key_share {
 public:
  struct piece {
    key_range range;
    std::size_t parts = 0;
    bool is_known = false;  ///< it should not have more rows than were wanted
  };

  /// `bounds` are in the order of the server's index. Without any, there is one part.
  key_share(std::vector<key_text> bounds, key_text end) : ends_{std::move(bounds)} {
    if (ends_.empty() || ends_.back() != end) ends_.push_back(std::move(end));
  }

  /// The next piece, of so many rows; nothing where all are taken. `most` is what a piece should never have: parts differ
  /// in size, so a piece of them is known only where several would have room.
  std::optional<piece> take(std::int64_t rows, std::int64_t most) {
    if (next_ == ends_.size()) return std::nullopt;
    piece taken;
    if (next_ > 0) taken.range.lower = ends_[next_ - 1];
    taken.parts = 1;
    if (parts_done_ >= several) {
      std::int64_t fitting = fit(std::min(rows, most - most / 3));
      auto left = static_cast<std::int64_t>(ends_.size() - next_);
      taken.is_known = fitting >= 1 && fit(most) >= several;
      if (!taken.is_known) fitting = 1;
      taken.parts = static_cast<std::size_t>(std::clamp<std::int64_t>(fitting, 1, std::min(left, most_parts())));
    }
    next_ += taken.parts;
    taken.range.upper = ends_[next_ - 1];
    return taken;
  }

  /// A piece that was taken is done, and has so many rows.
  void done(const piece& taken, std::int64_t rows) {
    parts_done_ += static_cast<std::int64_t>(taken.parts);
    rows_done_ += rows;
  }

  [[nodiscard]] bool is_finished() const { return parts_done_ == static_cast<std::int64_t>(ends_.size()); }

 private:
  static constexpr std::int64_t several = 4;  ///< parts that say something together

  /// Parts that have so many rows, by those that are done.
  [[nodiscard]] std::int64_t fit(std::int64_t rows) const {
    return rows * parts_done_ / std::max<std::int64_t>(rows_done_, 1);
  }

  /// Parts that are empty say little of those behind them.
  [[nodiscard]] std::int64_t most_parts() const { return 2 * parts_done_; }

  std::vector<key_text> ends_;  ///< the greatest key of each part
  std::size_t next_ = 0;
  std::int64_t parts_done_ = 0;
  std::int64_t rows_done_ = 0;
};

}  // namespace online_migration::detail
