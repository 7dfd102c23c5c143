// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include <online_migration/migration/phase.hpp>
#include <online_migration/postgres/retry_class.hpp>
#include <online_migration/runtime/progress.hpp>

// What an observer hears. Each event names its migration; that text lives as long as the program. No event holds a key
// or a value of a row.

namespace online_migration {

/// A chunk of the backfill was committed.
struct chunk_event {
  std::string_view migration;
  std::int64_t rows = 0;              ///< walked over
  std::int64_t rows_changed = 0;      ///< those of them that were not right already
  std::chrono::microseconds time{0};  ///< of its transaction
};

/// Work of the backfill failed and is tried again.
struct retry_event {
  std::string_view migration;
  retry_class why{};
};

/// A run of the backfill ended with an error, which was thrown to its caller.
struct failure_event {
  std::string_view migration;
  retry_class why{};
};

/// The backfill slept on purpose.
struct throttled_event {
  std::string_view migration;
  std::string_view reason;            ///< `sleep`, `duty_cycle`, the name of a signal or of a question
  std::chrono::microseconds time{0};  ///< slept, which is less than planned where a stop was requested
};

/// A runner of the backfill took its lease, or left.
struct running_event {
  std::string_view migration;
  bool running = false;
};

/// How far the backfill is, each `backfill_options::progress_interval` and at the end.
struct progress_event {
  std::string_view migration;
  const backfill_progress& progress;  ///< valid during the call
};

/// A range of rows was compared.
struct parity_range_event {
  std::string_view migration;
  std::string_view kind;  ///< of the pass: `full`, `sample`, `repair`, `watch`
  std::int64_t rows = 0;
  std::int64_t mismatches = 0;
  std::int64_t in_flight = 0;  ///< of a watch: rows that differed when they were looked at first, and later did not
};

/// A pass of parity ended.
struct parity_pass_event {
  std::string_view migration;
  std::string_view kind;  ///< `full`, `sample`, `repair`, `watch`
  std::int64_t rows_checked = 0;
  std::int64_t mismatches = 0;
  bool complete = false;  ///< false where it was stopped: then it proves nothing
};

/// What an application's own write did.
enum class write_operation : unsigned char { insert, update, upsert, erase };
inline constexpr std::size_t write_operation_count = 4;

enum class write_outcome : unsigned char {
  ok,    ///< also where no row had the key
  error  ///< thrown to the caller
};
inline constexpr std::size_t write_outcome_count = 2;

/// A dual write ended.
struct dual_write_event {
  std::string_view migration;
  write_operation operation{};
  write_outcome outcome{};
  std::chrono::nanoseconds time{0};  ///< of the whole call, by the steady clock
};

enum class shadow_outcome : unsigned char {
  same,
  different,
  failed  ///< the new representation could not be read; nothing was thrown
};
inline constexpr std::size_t shadow_outcome_count = 3;

/// A read that was served from the legacy representation was compared with the new one.
struct shadow_read_event {
  std::string_view migration;
  shadow_outcome outcome{};
};

/// The phase of the newest run, each time the toolkit learns of it.
struct phase_event {
  std::string_view migration;
  online_migration::phase phase{};
  bool entered = false;  ///< whether this call has taken it there; false where it was found there
};

constexpr std::string_view to_string(write_operation value) {
  constexpr std::string_view names[]{"insert", "update", "upsert", "erase"};
  return names[static_cast<std::size_t>(value)];
}

constexpr std::string_view to_string(write_outcome value) { return value == write_outcome::ok ? "ok" : "error"; }

constexpr std::string_view to_string(shadow_outcome value) {
  constexpr std::string_view names[]{"same", "different", "failed"};
  return names[static_cast<std::size_t>(value)];
}

}  // namespace online_migration
