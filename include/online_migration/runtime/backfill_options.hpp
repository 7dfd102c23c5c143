// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <chrono>
#include <functional>
#include <optional>
#include <string>

#include <online_migration/postgres/error.hpp>
#include <online_migration/runtime/chunk_size.hpp>
#include <online_migration/runtime/data_error_policy.hpp>
#include <online_migration/runtime/observer.hpp>
#include <online_migration/runtime/progress.hpp>
#include <online_migration/runtime/run_record.hpp>
#include <online_migration/runtime/session.hpp>
#include <online_migration/runtime/throttle.hpp>
#include <online_migration/runtime/walk_by.hpp>

namespace online_migration {

/// How a backfill is run. Nothing here has to be set.
struct backfill_options {
  chunk_settings chunk{};
  online_migration::throttle throttle{};
  /// In which order it comes to the rows. Decided when a walk begins.
  walk_by walk = walk_by::measured;
  /// Into how many transactions each span of rows is cut, a power of two up to 64; 0 measures what is best.
  int stripes = 0;
  /// How many threads of this process work on it, each with a connection of its own. Besides, any number of runners in
  /// other processes and on other hosts may work on the same backfill, and come and go: each takes a part of the walk.
  int workers = 1;
  /// Refuses to begin while another runner is at work, instead of taking a part of its work over.
  bool alone = false;
  /// How long a runner that says nothing still owns its slice, by the server's clock. A runner whose session is gone
  /// loses it at once.
  std::chrono::milliseconds lease{30'000};
  /// With `alone`: how long to wait for a runner that may be about to end, or to be found dead, before this one is refused.
  std::chrono::milliseconds takeover_wait{2'000};
  /// How long a chunk is tried again before the run ends with its error.
  retry_settings retry{{std::chrono::milliseconds{20}, std::chrono::milliseconds{5'000}}, std::chrono::minutes{10}};
  /// Names this runner to others; by default host, process and a random number.
  std::string holder{};
  std::optional<all_writers_dual_write_t> all_writers{};
  /// Called after each chunk, at most every `progress_interval`, and at the end; always by the thread that called `run`.
  std::function<void(const backfill_progress&)> on_progress{};
  std::chrono::milliseconds progress_interval{200};
  /// What to do about rows for which the transform has no value.
  data_error_policy on_data_error = data_error_policy::stop;
  /// Hears of chunks, retries, failures, pauses and progress: of all workers, by one thread at a time, whichever did
  /// the work.
  observer_ref observer{};
};

/// How a session of the backfill ended.
struct backfill_result {
  enum class ending {
    finished,  ///< every row was walked over
    paused     ///< on request; run it again to go on at the cursor
  };
  ending how = ending::paused;
  backfill_progress progress;
  std::int64_t retries = 0;      ///< chunks of this session that had to be tried again
  std::int64_t rows_failed = 0;  ///< rows without a value that this session met, see `om::data_error_policy`

  [[nodiscard]] bool finished() const { return how == ending::finished; }
};

namespace detail {

/// Throws: `refused`.
inline void check_options(const backfill_options& given) {
  if (given.chunk.initial < 1 || given.chunk.smallest < 1 || given.chunk.largest < given.chunk.smallest) {
    throw refused{"A chunk has at least one row, and chunk.largest is not below chunk.smallest."};
  }
  if (given.workers < 1 || given.workers > 256) {
    throw refused{"A backfill has at least one worker, and at most 256 in one process."};
  }
  if (given.stripes < 0 || given.stripes > 64 || (given.stripes & (given.stripes - 1)) != 0) {
    throw refused{"stripes is a power of two up to 64, or 0 to measure what is best."};
  }
}

}  // namespace detail
}  // namespace online_migration
