// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <string>

#include <fmt/format.h>

#include <online_migration/runtime/throttle/signals.hpp>

namespace online_migration::detail {

/// `512 KiB`, `1.5 GiB`.
inline std::string bytes_text(double bytes) {
  if (bytes >= gibibyte) return fmt::format("{:.1f} GiB", bytes / gibibyte);
  if (bytes >= mebibyte) return fmt::format("{:.1f} MiB", bytes / mebibyte);
  return fmt::format("{:.0f} KiB", bytes / 1024);
}

/// What a value of a signal says, for a person.
inline std::string signal_text(throttle_signal which, double value) {
  switch (which) {
    case throttle_signal::replica_lag:
      return fmt::format("the slowest standby or subscriber is {:.1f} s behind", value);
    case throttle_signal::replica_bytes:
      return fmt::format("the slowest standby or subscriber is {} behind", bytes_text(value));
    case throttle_signal::slot_bytes:
      return fmt::format("a replication slot keeps {} of WAL", bytes_text(value));
    case throttle_signal::wal_rate:
      return fmt::format("the server writes {} of WAL a second", bytes_text(value));
    case throttle_signal::blocked_sessions:
      return fmt::format("{:.0f} sessions waited for rows of a chunk", value);
    case throttle_signal::active_sessions:
      return fmt::format("{:.0f} % of max_connections are at work", value * 100);
    case throttle_signal::vacuum:
      return "the table is being vacuumed";
    case throttle_signal::archive_failing:
      return "WAL cannot be archived";
    case throttle_signal::archive_queue:
      return fmt::format("{:.0f} files of WAL wait for the archive", value);
    case throttle_signal::checkpoints:
      return fmt::format("{:.0f} checkpoints a minute for want of room: max_wal_size is small for this load", value);
  }
  return {};
}

}  // namespace online_migration::detail
