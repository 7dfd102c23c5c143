// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace online_migration {

/// How far a backfill is, over all of its sessions. Rows are counted exactly once, whatever crashed.
struct backfill_progress {
  std::int64_t rows_done = 0;                  ///< walked over; by blocks one that moves may count twice or never
  std::int64_t rows_changed = 0;               ///< rows that were not right already
  std::optional<std::int64_t> rows_estimated;  ///< the table's size when the walk began, as the server estimates it
  std::int64_t chunks = 0;
  bool finished = false;
  bool pause_requested = false;
  std::string holder;  ///< of a lease, one of them where several are at work; empty where nobody is
  int workers = 0;     ///< at work now, wherever they run: each has a slice
  int slices = 0;      ///< into which the walk is cut so far
  std::int64_t errors = 0;
  std::int64_t dirty_keys = 0;   ///< keys that wait in the queue of a client-only transform
  std::int64_t dirty_done = 0;   ///< entries of the queue that are done
  std::int64_t quarantined = 0;  ///< rows for which the transform has no value, whoever found them
  std::string last_error;
  std::string strategy;             ///< how the rows are walked, and why
  std::optional<double> hot_share;  ///< of the last updates, those that stayed on their page and touched no index
  std::string braked_by;  ///< why a runner is slow, such as a standby that lags; empty where nothing brakes it

  /// Of this session only; empty where progress is read from outside.
  std::optional<double> rows_per_second;
  std::optional<std::chrono::seconds> time_left;
  int chunk_rows = 0;
  bool awaited = false;  ///< sessions wait for rows of its chunks, which are shorter for that
  std::chrono::milliseconds throttled{0};  ///< slept on purpose
  double brake = 0;                        ///< the share of the time that `braked_by` takes; 1 while it waits
  std::vector<std::string> notes;          ///< what cannot be watched, and advice

  /// Between 0 and 1; 1 only when it is finished.
  [[nodiscard]] double ratio() const {
    if (finished) return 1.0;
    if (!rows_estimated.has_value() || *rows_estimated <= 0) return 0.0;
    double share = static_cast<double>(rows_done) / static_cast<double>(*rows_estimated);
    return share < 0.99 ? share : 0.99;
  }
};

}  // namespace online_migration
