// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <functional>
#include <mutex>
#include <stop_token>
#include <string>
#include <utility>
#include <vector>

#include <online_migration/runtime/backfill_options.hpp>
#include <online_migration/runtime/observer.hpp>

namespace online_migration::detail {

/// Tells an observer of what several threads do, one thing at a time, so that it needs no locks of its own.
struct serial_observer {
  observer_ref to;
  std::mutex one_at_a_time{};

  template <class Event>
  void on(const Event& event) {
    std::scoped_lock lock{one_at_a_time};
    to(event);
  }
};

/// How one of the other threads of a run works.
inline backfill_options helper_options(backfill_options some, std::string holder) {
  some.workers = 1;
  some.alone = false;
  some.on_progress = {};
  some.throttle.vacuum_every = 0;  // the first thread does that for all
  some.holder = std::move(holder);
  return some;
}

/// What one of the other threads tells the first one.
struct crew_share {
  std::atomic<double> rate{0};           ///< rows it does in a second
  std::atomic<std::int64_t> changed{0};  ///< rows that were not right, since somebody asked
};

/// What the threads of one run have in common. The first exception of any of them stops all.
class crew {
 public:
  crew(std::size_t others, const std::stop_token& stop) : shares_(others), forward_{stop, [this] { stop_all(); }} {}
  crew(const crew&) = delete;
  crew& operator=(const crew&) = delete;

  [[nodiscard]] std::stop_token token() const { return stop_.get_token(); }

  [[nodiscard]] crew_share& share(std::size_t number) { return shares_[number]; }

  [[nodiscard]] double rate_of_others() const {
    double sum = 0;
    for (const auto& each : shares_) sum += each.rate.load(std::memory_order_relaxed);
    return sum;
  }

  /// Rows that the others changed since this was asked last.
  [[nodiscard]] std::int64_t changed_by_others() {
    std::int64_t sum = 0;
    for (auto& each : shares_) sum += each.changed.exchange(0, std::memory_order_relaxed);
    return sum;
  }

  /// Runs the work of one thread.
  template <class Work>
  void guard(Work&& work) noexcept {
    try {
      work();
    } catch (...) {
      {
        std::scoped_lock lock{mutex_};
        if (first_ == nullptr) first_ = std::current_exception();
      }
      stop_all();
    }
  }

  /// When all threads have ended.
  void rethrow() const {
    if (first_ != nullptr) std::rethrow_exception(first_);
  }

 private:
  void stop_all() { stop_.request_stop(); }

  std::vector<crew_share> shares_;
  std::mutex mutex_;
  std::exception_ptr first_;
  std::stop_source stop_;
  std::stop_callback<std::function<void()>> forward_;
};

}  // namespace online_migration::detail
