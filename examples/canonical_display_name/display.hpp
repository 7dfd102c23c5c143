// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "latency.hpp"

/// 1234567 as "1,234,567".
std::string grouped(std::int64_t number);

/// "0.85 ms", or "-" where there is nothing.
std::string in_milliseconds(std::optional<latencies::duration> time);

/// What a person sees: a line for each step, and in a terminal a bar that moves.
class display {
 public:
  display();

  /// A step that is done, or has begun.
  void line(std::string_view step, std::string_view text);

  /// How far a step is: `share` of it, between 0 and 1. In a terminal it redraws the bar, elsewhere it writes a line now and then.
  void progress(std::string_view step, double share, std::string_view text);

 private:
  void clear();

  bool terminal_;
  bool drawn_ = false;
  std::optional<std::chrono::steady_clock::time_point> written_;
};
