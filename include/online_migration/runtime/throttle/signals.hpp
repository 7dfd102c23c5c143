// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <string_view>

#include <online_migration/runtime/throttle/limits.hpp>

namespace online_migration {

/// What is watched on the server. The names are the reasons in metrics, progress and status.
enum class throttle_signal : unsigned char {
  replica_lag,
  replica_bytes,
  slot_bytes,
  wal_rate,
  blocked_sessions,
  active_sessions,
  vacuum,
  archive_failing,
  archive_queue,
  checkpoints
};
inline constexpr std::size_t throttle_signal_count = 10;

constexpr std::string_view to_string(throttle_signal value) {
  constexpr std::string_view names[]{"replica_lag",      "replica_bytes",   "slot_bytes", "wal_rate",
                                     "blocked_sessions", "active_sessions", "vacuum",     "archive_failing",
                                     "archive_queue",    "checkpoints"};
  return names[static_cast<std::size_t>(value)];
}

namespace detail {

inline constexpr double mebibyte = 1024.0 * 1024.0;
inline constexpr double gibibyte = 1024.0 * mebibyte;

}  // namespace detail

/// The limits of what is watched on the server, all of them on but `wal_rate`, whose right value is the machine's.
/// A server without standbys, slots and archive is not slowed by them.
struct throttle_signals {
  /// The slowest standby or logical subscriber: seconds behind, in what it has replayed.
  throttle_limits replica_lag{5, 30};
  /// The same in bytes of WAL.
  throttle_limits replica_bytes{128 * detail::mebibyte, 1 * detail::gibibyte};
  /// WAL that replication slots keep, in bytes: one that nobody reads fills the disk.
  throttle_limits slot_bytes{8 * detail::gibibyte, 32 * detail::gibibyte, 1, std::chrono::milliseconds{10'000}};
  /// WAL of the whole server, in bytes a second.
  throttle_limits wal_rate{0, 0};
  /// Sessions that wait for rows of the chunk in flight.
  throttle_limits blocked_sessions{2, 20, 0.9};
  /// Sessions that work, as a share of max_connections.
  throttle_limits active_sessions{0.5, 0.9, 1, std::chrono::milliseconds{5'000}};
  /// Whether the table is being vacuumed: 1 or 0.
  throttle_limits vacuum{0, 1, 0.25, std::chrono::milliseconds{10'000}};
  /// Whether the last try to archive WAL failed: 1 or 0.
  throttle_limits archive_failing{0, 1, 0.5, std::chrono::milliseconds{10'000}};
  /// Files of WAL that wait for the archive.
  throttle_limits archive_queue{42, 256, 1, std::chrono::milliseconds{10'000}};
  /// Checkpoints that came because there was much WAL and not because it was time, each minute.
  throttle_limits checkpoints{6, 30, 0.75, std::chrono::milliseconds{10'000}};

  [[nodiscard]] constexpr const throttle_limits& of(throttle_signal which) const {
    const std::array<const throttle_limits*, throttle_signal_count> all{
        &replica_lag,     &replica_bytes, &slot_bytes,      &wal_rate,      &blocked_sessions,
        &active_sessions, &vacuum,        &archive_failing, &archive_queue, &checkpoints};
    return *all[static_cast<std::size_t>(which)];
  }

  /// Nothing is watched.
  [[nodiscard]] static constexpr throttle_signals none() {
    throttle_limits off{};
    return {off, off, off, off, off, off, off, off, off, off};
  }
};

}  // namespace online_migration
