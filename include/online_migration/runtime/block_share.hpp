// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <algorithm>
#include <cstdint>
#include <map>
#include <optional>

namespace online_migration::detail {

/// Blocks of a table, [first, end).
struct block_range {
  std::int64_t first = 0;
  std::int64_t end = 0;
};

/// What the workers of a pass by blocks share: which ranges are taken, and how far everything is done without a gap,
/// which is where the pass may be gone on with. Pure; the caller lets one worker at a time use it.
class block_share {
 public:
  /// All blocks below `first` are done, and hold so many rows.
  block_share(std::int64_t first, std::int64_t end, std::int64_t rows)
      : next_{first}, end_{end}, blocks_done_{first}, rows_done_{rows} {}

  /// The next range, of so many blocks at most; nothing where all are taken.
  std::optional<block_range> take(std::int64_t blocks) {
    if (next_ >= end_) return std::nullopt;
    block_range range{next_, std::min(end_, next_ + std::max<std::int64_t>(blocks, 1))};
    next_ = range.end;
    return range;
  }

  /// A range that was taken is done, and has so many rows.
  void done(const block_range& range, std::int64_t rows) {
    beyond_.emplace(range.first, ended{range.end, rows});
    for (auto at = beyond_.begin(); at != beyond_.end() && at->first == blocks_done_; at = beyond_.erase(at)) {
      blocks_done_ = at->second.end;
      rows_done_ += at->second.rows;
    }
  }

  [[nodiscard]] bool is_finished() const { return blocks_done_ >= end_; }
  [[nodiscard]] std::int64_t blocks_done() const { return blocks_done_; }
  [[nodiscard]] std::int64_t rows_done() const { return rows_done_; }

 private:
  struct ended {
    std::int64_t end = 0;
    std::int64_t rows = 0;
  };

  std::int64_t next_;
  std::int64_t end_;
  std::int64_t blocks_done_;
  std::int64_t rows_done_;
  std::map<std::int64_t, ended> beyond_;  ///< done before a range in front of it
};

}  // namespace online_migration::detail
