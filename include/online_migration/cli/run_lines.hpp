// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <chrono>
#include <cstdint>
#include <cstdio>
#include <optional>
#include <string>
#include <string_view>

#include <fmt/format.h>

#include <online_migration/cli/progress_text.hpp>
#include <online_migration/migration/phase.hpp>
#include <online_migration/runtime/events.hpp>
#include <online_migration/runtime/observer.hpp>

namespace online_migration::detail {

/// Tells what happens in lines of text, one for each phase, and at most one for each interval in between.
class run_lines {
 public:
  explicit run_lines(std::FILE* to, std::chrono::milliseconds interval) : to_{to}, interval_{interval} {}

  void on(const phase_event& now) {
    if (now.phase == phase_) return;
    phase_ = now.phase;
    line("phase", to_string(now.phase));
  }

  void on(const progress_event& now) {
    // The last line is told once, though several parts of a run tell it.
    if (now.progress.finished ? finished_ : !due()) return;
    finished_ = now.progress.finished;
    line("backfill", progress_text(now.progress));
    if (now.progress.strategy.empty() || now.progress.strategy == strategy_) return;
    strategy_ = now.progress.strategy;
    line("", strategy_text(now.progress));
  }

  void on(const parity_range_event& range) {
    rows_ += range.rows;
    mismatches_ += range.mismatches;
    if (due()) line("parity", parity_text(rows_, mismatches_));
  }

  void on(const parity_pass_event& pass) {
    rows_ = 0;
    mismatches_ = 0;
    if (pass.complete) line("parity", parity_text(pass.rows_checked, pass.mismatches));
  }

 private:
  void line(std::string_view topic, std::string_view text) {
    fmt::print(to_, "{:<10}{}\n", topic, text);
    // Whoever reads a pipe or a file wants to see it now.
    std::fflush(to_);
  }

  bool due() {
    auto now = std::chrono::steady_clock::now();
    if (now - last_ < interval_) return false;
    last_ = now;
    return true;
  }

  std::FILE* to_;
  std::chrono::milliseconds interval_;
  std::optional<phase> phase_;
  std::chrono::steady_clock::time_point last_ = std::chrono::steady_clock::now();
  bool finished_ = false;
  std::string strategy_;
  std::int64_t rows_ = 0;
  std::int64_t mismatches_ = 0;
};

/// Tells two observers.
struct both_observers {
  observer_ref first;
  observer_ref second;

  template <class Event>
  void on(const Event& event) {
    first(event);
    second(event);
  }
};

}  // namespace online_migration::detail
