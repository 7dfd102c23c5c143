// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <limits>
#include <poll.h>

namespace online_migration::detail {

/// The moment at which a wait ends. It runs on the steady clock, so that setting the time does not move it.
class time_limit {
 public:
  /// More than a year is taken as a year.
  explicit time_limit(std::chrono::milliseconds from_now)
      : whole_{std::min<std::chrono::milliseconds>(from_now, std::chrono::hours{24 * 365})},
        end_{std::chrono::steady_clock::now() + whole_} {}

  /// All of it, for poll(2), to one that has just been made: the clock is not read again.
  [[nodiscard]] int whole() const {
    using limits = std::numeric_limits<int>;
    return static_cast<int>(std::clamp<std::chrono::milliseconds::rep>(whole_.count(), 0, limits::max()));
  }

  /// What is left for poll(2), rounded up so that it never spins; 0 when the moment has passed.
  [[nodiscard]] int left() const {
    auto rest = std::chrono::ceil<std::chrono::milliseconds>(end_ - std::chrono::steady_clock::now()).count();
    using limits = std::numeric_limits<int>;
    return static_cast<int>(std::clamp<decltype(rest)>(rest, 0, limits::max()));
  }

 private:
  std::chrono::milliseconds whole_;
  std::chrono::steady_clock::time_point end_;
};

/// Waits until the socket has something (`POLLIN`, `POLLOUT`) or is broken; false when the deadline came first.
/// `left` is what is left, for who knows it without another look at the clock.
inline bool wait_for(int socket, int events, const time_limit& until, int left) {
  pollfd entry{socket, static_cast<short>(events), 0};
  for (;;) {
    int ready = poll(&entry, 1, left);
    if (ready > 0) return true;
    left = until.left();
    if (ready == 0 && left == 0) return false;
    if (ready < 0 && errno != EINTR && errno != EAGAIN) return true;  // what is wrong with it, libpq finds out
  }
}

inline bool wait_for(int socket, int events, const time_limit& until) {
  return wait_for(socket, events, until, until.left());
}

}  // namespace online_migration::detail
