// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <string>

#include <fmt/format.h>

namespace online_migration {

namespace detail {

/// The logarithm of the probability that at most `seen` of `drawn` have a property that the share `share` of all has.
/// For `seen` below what that share leads to expect: the terms then fall from the last to the first, and their sum is
/// as exact as they are. `log_ways` is the logarithm of the number of ways to choose `seen` of `drawn`.
inline double log_at_most(std::int64_t drawn, std::int64_t seen, double share, double log_ways) {
  auto n = static_cast<double>(drawn);
  auto k = static_cast<double>(seen);
  double term = 1.0;
  double sum = 1.0;
  for (double i = k; i >= 1.0 && term > sum * 1e-17; i -= 1.0) {
    term *= i / (n - i + 1.0) * ((1.0 - share) / share);
    sum += term;
  }
  return log_ways + k * std::log(share) + (n - k) * std::log1p(-share) + std::log(sum);
}

inline double log_ways_to_choose(std::int64_t drawn, std::int64_t seen) {
  double sum = 0.0;
  for (std::int64_t i = 1; i <= seen; ++i) {
    sum += std::log(static_cast<double>(drawn - seen + i) / static_cast<double>(i));
  }
  return sum;
}

/// A share as a percentage of two digits, rounded up: what is said to be the most must not be less than it.
inline std::string percent_at_most(double share) {
  double percent = share * 100.0;
  if (percent <= 0.0) return "0";
  auto digits_before = [](double value) { return static_cast<int>(std::floor(std::log10(value) + 1e-9)) + 1; };
  double unit = std::pow(10.0, digits_before(percent) - 2);
  double rounded = std::min(std::ceil(percent / unit - 1e-9) * unit, 100.0);
  return fmt::format("{:.{}f}", rounded, std::max(2 - digits_before(rounded), 0));
}

}  // namespace detail

/// The greatest share of mismatching rows that a random sample leaves possible: if more of the table differed, a sample
/// would show so few with a probability below 1 - `confidence`. The upper bound of Clopper and Pearson (1934), which is
/// never too small; for no mismatch at all it is about 3 / rows at 95 %. 1 where no row was drawn.
inline double greatest_mismatch_share(std::int64_t rows, std::int64_t mismatches, double confidence = 0.95) {
  if (mismatches >= rows) return 1.0;
  auto drawn = static_cast<double>(rows);
  double wanted = std::log1p(-confidence);
  if (mismatches <= 0) return -std::expm1(wanted / drawn);
  double log_ways = detail::log_ways_to_choose(rows, mismatches);
  double low = static_cast<double>(mismatches) / drawn;
  double high = 1.0;
  for (int step = 0; step < 100 && low < high; ++step) {
    double middle = low + (high - low) / 2.0;
    if (middle <= low || middle >= high) break;
    (detail::log_at_most(rows, mismatches, middle, log_ways) > wanted ? low : high) = middle;
  }
  return high;
}

}  // namespace online_migration
