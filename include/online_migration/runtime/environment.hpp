// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <chrono>
#include <concepts>
#include <condition_variable>
#include <cstdint>
#include <mutex>
#include <random>
#include <stop_token>

namespace online_migration {

/// Where the run time takes time and chance from, so that a simulator can bring its own.
template <class Environment>
concept environment_like = requires(std::chrono::milliseconds time, std::stop_token stop, std::int64_t limit) {
  { Environment::now() } -> std::same_as<std::chrono::steady_clock::time_point>;
  { Environment::sleep(time, stop) } -> std::same_as<bool>;
  { Environment::random(limit) } -> std::convertible_to<std::int64_t>;
};

/// The steady clock, real sleep and a seeded generator for each thread. Safety never depends on any of them: leases are
/// judged by the server's clock, and ownership by an epoch.
struct system_environment {
  static std::chrono::steady_clock::time_point now() { return std::chrono::steady_clock::now(); }

  /// Sleeps, or less where a stop is requested. Whether one was.
  static bool sleep(std::chrono::milliseconds time, const std::stop_token& stop) {
    std::mutex mutex;
    std::condition_variable_any wake;
    std::unique_lock lock{mutex};
    wake.wait_for(lock, stop, time, [] { return false; });
    return stop.stop_requested();
  }

  /// A number in [0, limit], all equally likely.
  static std::int64_t random(std::int64_t limit) {
    thread_local std::mt19937_64 generator{std::random_device{}()};
    return std::uniform_int_distribution<std::int64_t>{0, limit}(generator);
  }
};

}  // namespace online_migration
