// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <algorithm>
#include <chrono>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include <online_migration/runtime/throttle/signals.hpp>

namespace online_migration {

/// A question of the caller's, asked between chunks by the thread that does the work. Its answer is how hard to brake:
/// 0 not at all, 1 until the answer is another one. What it throws is dropped; it then counts as a signal that fails.
struct throttle_question {
  std::string name;  ///< the reason in metrics, progress and status
  std::function<double()> ask;
  std::chrono::milliseconds every{1'000};
};

/// What follows when something has held the work up for `throttle::longest_pause` without a break.
enum class held_up_policy : unsigned char {
  go_on_slowly,  ///< works for a twentieth of the time, until it is better
  pause          ///< ends as if a pause had been asked for; the reason is in the progress
};

/// How the backfill leaves room for others between two chunks. The longest of the pauses that follow from all of it
/// counts.
struct throttle {
  std::chrono::milliseconds sleep{0};  ///< after each chunk
  double duty_cycle = 1.0;  ///< the share of the time to work, in (0, 1]; 0.25 sleeps three times as long as it works
  throttle_signals signals{};  ///< what is watched on the server
  std::vector<throttle_question> questions{};
  /// How long a signal may hold the work up.
  std::chrono::milliseconds longest_pause{300'000};
  held_up_policy when_held_up = held_up_policy::go_on_slowly;
  /// After which share of the table's rows it is vacuumed, where few updates stay on their page (HOT) and old versions
  /// would pile up: `VACUUM (INDEX_CLEANUP off, TRUNCATE off)` on a connection of its own. 0 never; 0.1 is a good start.
  double vacuum_every = 0;

  /// The pause after a chunk that took this long, apart from what is watched.
  [[nodiscard]] constexpr std::chrono::milliseconds after(std::chrono::microseconds chunk) const {
    double share = std::clamp(duty_cycle, 0.001, 1.0);
    auto idle = static_cast<double>(chunk.count()) * (1.0 / share - 1.0) / 1000.0;
    return std::max(sleep, std::chrono::milliseconds{static_cast<std::chrono::milliseconds::rep>(idle + 0.5)});
  }

  /// The setting that such a pause comes from.
  [[nodiscard]] constexpr std::string_view reason(std::chrono::milliseconds pause) const {
    return pause > sleep ? "duty_cycle" : "sleep";
  }
};

}  // namespace online_migration
