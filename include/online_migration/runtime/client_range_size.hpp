// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <algorithm>
#include <cstdint>

namespace online_migration::detail {

/// How many rows a range has that the client holds. Starts small, because nobody knows how wide they are, grows at most
/// twofold a step, and stays at about `most_bytes`. Pure: the same ranges give the same sizes.
class client_range_size {
 public:
  static constexpr int initial = 128;
  static constexpr int largest = 10'000;
  static constexpr std::int64_t most_bytes = 4 << 20;

  /// Never more than `most` rows.
  constexpr explicit client_range_size(int most)
      : most_{std::clamp(most, 1, largest)}, rows_{std::min(initial, most_)} {}

  [[nodiscard]] constexpr int rows() const { return rows_; }

  /// A range of so many rows had so many bytes.
  constexpr void held(int rows, std::int64_t bytes) {
    std::int64_t fitting = most_bytes * rows / std::max<std::int64_t>(bytes, 1);
    std::int64_t grown = std::int64_t{2} * rows_;
    rows_ = static_cast<int>(std::clamp<std::int64_t>(std::min(fitting, grown), 1, most_));
  }

  /// A range could not be read or compared.
  constexpr void failed() { rows_ = std::max(rows_ / 2, 1); }

 private:
  int most_;
  int rows_;
};

}  // namespace online_migration::detail
