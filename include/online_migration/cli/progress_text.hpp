// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <chrono>
#include <cstdint>
#include <string>

#include <fmt/format.h>

#include <online_migration/runtime/progress.hpp>

namespace online_migration::detail {

/// `47 s`, `12 min`, `3 h 5 min`: as exact as an estimate deserves.
inline std::string duration_text(std::chrono::seconds time) {
  std::int64_t seconds = time.count();
  if (seconds < 120) return fmt::format("{} s", seconds);
  if (seconds < 7200) return fmt::format("{} min", seconds / 60);
  return fmt::format("{} h {} min", seconds / 3600, seconds / 60 % 60);
}

/// How far a backfill is, in one line.
inline std::string progress_text(const backfill_progress& now) {
  std::string line;
  if (now.finished) {
    // By blocks a row that moves is met twice or never, so what was met is not the number of rows.
    line = fmt::format("all rows filled: {} visited, {} changed, in {} chunks", now.rows_done, now.rows_changed,
                       now.chunks);
  } else if (now.rows_estimated.has_value()) {
    line = fmt::format("{:.0f} %, {} of about {} rows", now.ratio() * 100, now.rows_done, *now.rows_estimated);
  } else {
    line = fmt::format("{} rows", now.rows_done);
  }
  if (now.finished) return line;
  if (now.slices > 1) line += fmt::format(", {} workers on {} slices", now.workers, now.slices);
  if (now.rows_per_second.has_value()) line += fmt::format(", {:.0f} rows/s", *now.rows_per_second);
  if (now.time_left.has_value()) line += fmt::format(", about {} left", duration_text(*now.time_left));
  if (!now.braked_by.empty()) line += fmt::format(", {} for {}", now.brake < 1 ? "braked" : "waiting", now.braked_by);
  if (now.chunk_rows > 0) line += fmt::format(", chunks of {} rows", now.chunk_rows);
  if (now.awaited) line += ", short because sessions wait for them";
  return line;
}

/// How rows are walked, why, and what became of the updates.
inline std::string strategy_text(const backfill_progress& now) {
  std::string line = now.strategy;
  if (now.hot_share.has_value()) {
    line += fmt::format("; {:.0f} % of the updates stayed on their page (HOT)", *now.hot_share * 100);
  }
  return line;
}

/// How far a comparison is, or what it found.
inline std::string parity_text(std::int64_t rows, std::int64_t mismatches) {
  return fmt::format("{} rows compared, {} differ", rows, mismatches);
}

}  // namespace online_migration::detail
