// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <cstddef>
#include <cstdint>

namespace online_migration::detail {

/// Some columns of a table, by position; usable as a template argument. As wide as PostgreSQL's tables (1,600 columns).
struct column_set {
  std::uint64_t words[25]{};

  [[nodiscard]] constexpr bool has(std::size_t index) const {
    return index < 1600 && ((words[index / 64] >> (index % 64)) & 1U) != 0;
  }

  constexpr void add(std::size_t index) {
    if (index < 1600) words[index / 64] |= std::uint64_t{1} << (index % 64);
  }

  constexpr void add(const column_set& other) {
    for (std::size_t i = 0; i < 25; ++i) words[i] |= other.words[i];
  }

  /// The number of columns in the set with a smaller position.
  [[nodiscard]] constexpr std::size_t rank(std::size_t index) const {
    std::size_t count = 0;
    for (std::size_t word = 0; word < 25 && word * 64 < index; ++word) {
      std::uint64_t before = index - word * 64 >= 64 ? ~std::uint64_t{0} : (std::uint64_t{1} << (index % 64)) - 1;
      count += static_cast<std::size_t>(__builtin_popcountll(words[word] & before));
    }
    return count;
  }

  [[nodiscard]] constexpr std::size_t size() const { return rank(1600); }
  [[nodiscard]] constexpr bool empty() const { return *this == column_set{}; }

  [[nodiscard]] constexpr bool overlaps(const column_set& other) const {
    for (std::size_t i = 0; i < 25; ++i) {
      if ((words[i] & other.words[i]) != 0) return true;
    }
    return false;
  }

  [[nodiscard]] constexpr bool contains(const column_set& other) const {
    for (std::size_t i = 0; i < 25; ++i) {
      if ((other.words[i] & ~words[i]) != 0) return false;
    }
    return true;
  }

  [[nodiscard]] constexpr column_set without(const column_set& other) const {
    column_set result;
    for (std::size_t i = 0; i < 25; ++i) result.words[i] = words[i] & ~other.words[i];
    return result;
  }

  friend constexpr bool operator==(const column_set&, const column_set&) = default;
};

}  // namespace online_migration::detail
