// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <optional>
#include <string_view>

#include <online_migration/runtime/throttle.hpp>

namespace online_migration::detail {

/// How hard to brake, and why. The word lives as long as what was asked.
struct braking {
  double share = 0;  ///< of the time in which not to work; 1 waits
  std::string_view word;

  /// The harder of both; the first of two that are alike.
  [[nodiscard]] constexpr braking harder(const braking& other) const { return other.share > share ? other : *this; }
};

/// What to do between two chunks.
struct rest_plan {
  std::chrono::milliseconds pause{0};
  std::string_view reason;
  bool look_again = false;  ///< before the next chunk, whether it is better
  bool end = false;         ///< the run pauses
};

/// The least share of the time that is worked.
inline constexpr double slowest_share = 0.05;
/// The longest time without looking again while something holds the work up.
inline constexpr std::chrono::milliseconds longest_blind_wait{500};

/// The pause after a chunk, so that it takes up the rest of the time.
constexpr std::chrono::milliseconds pause_for(std::chrono::microseconds chunk, double brake) {
  double share = std::max(1.0 - brake, slowest_share);
  auto idle = static_cast<double>(chunk.count()) * (1.0 / share - 1.0) / 1000.0;
  return std::chrono::milliseconds{static_cast<std::int64_t>(idle + 0.5)};
}

/// Turns what brakes into pauses. Never stops for ever: what holds the work up for longer than it may only slows it.
/// Pure: the same answers at the same times give the same pauses.
class brake_plan {
 public:
  using time_point = std::chrono::steady_clock::time_point;

  /// The pause that begins now, after a chunk that took this long, or after one more look.
  template <class Settings>
  constexpr rest_plan next(const Settings& settings, const braking& now_is, std::chrono::microseconds chunk,
                           time_point now) {
    std::chrono::milliseconds usual = settings.after(chunk);
    rest_plan plan{usual, settings.reason(usual)};
    if (now_is.share < 1) {
      held_since_.reset();
      slower(plan, now_is, chunk);
      return plan;
    }
    if (!held_since_.has_value()) held_since_ = now;
    if (now - *held_since_ >= settings.longest_pause) {
      plan.end = settings.when_held_up == held_up_policy::pause;
      slower(plan, now_is, chunk);
      return plan;
    }
    auto left = std::chrono::ceil<std::chrono::milliseconds>(settings.longest_pause - (now - *held_since_));
    return {std::min(left, longest_blind_wait), now_is.word, true};
  }

 private:
  static constexpr void slower(rest_plan& plan, const braking& why, std::chrono::microseconds chunk) {
    std::chrono::milliseconds asked = why.share > 0 ? pause_for(chunk, why.share) : std::chrono::milliseconds{0};
    if (asked > plan.pause || (plan.end && why.share > 0)) plan = {asked, why.word, false, plan.end};
  }

  std::optional<time_point> held_since_;
};

}  // namespace online_migration::detail
