// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>

#include <online_migration/postgres/transaction.hpp>
#include <online_migration/runtime/chunk_size.hpp>
#include <online_migration/runtime/progress.hpp>

namespace online_migration::detail {

/// The pace of one session of a backfill: size of the next chunk, its time-outs, and the rate seen so far.
class pace {
 public:
  using time_point = std::chrono::steady_clock::time_point;

  /// `computes` for chunks during which the client computes, which has to have its time.
  explicit pace(chunk_settings settings, bool computes = false)
      : size_{settings},
        later_{settings},
        idle_timeout_{computes ? transaction_settings{}.idle_timeout : std::chrono::milliseconds{2'000}} {}

  [[nodiscard]] int rows() const { return size_.rows(); }

  /// The rows of each stripe of a span. The rows of the first one leave their page, so it takes two or three times as
  /// long as the others, and its time alone tells when a stripe is too large.
  [[nodiscard]] int rows(int stripes) const {
    return stripes > 1 ? std::min(size_.rows(), later_.rows()) : size_.rows();
  }
  /// The rows of a chunk that is a stripe, or a part of one, by itself: of the first stripe, or of a later one.
  [[nodiscard]] int stripe_rows(bool later) const { return later ? later_.rows() : size_.rows(); }
  [[nodiscard]] std::chrono::microseconds last_chunk() const { return last_chunk_; }
  void resume(int rows) {
    size_.resume(rows);
    later_.resume(rows);
  }

  /// The statement that locks rows ends before the server's deadlock_timeout. Whoever waits for one of its rows began
  /// to wait later than it began, so when his server process looks for a deadlock, this one does not wait for anybody
  /// any more: in a deadlock with us it is never the application that dies.
  void learn(std::chrono::milliseconds deadlock_timeout) {
    // The application's sessions may have a shorter one than this session was told: PostgreSQL's default at most.
    longest_statement_ =
        std::clamp(deadlock_timeout * 3 / 4, std::chrono::milliseconds{10}, std::chrono::milliseconds{750});
  }

  /// How long the rows of a chunk may stay locked by statements.
  [[nodiscard]] std::chrono::milliseconds longest_statement() const { return longest_statement_; }

  /// For tables with triggers of their own, whose functions may use the session's path.
  void look_in(std::string path) { search_path_ = std::move(path); }

  [[nodiscard]] transaction_settings bounds() const {
    transaction_settings bounds;
    bounds.lock_timeout = std::min(lock_wait_, longest_statement_);
    bounds.statement_timeout = longest_statement_;
    bounds.search_path = search_path_;
    bounds.by_index = true;
    bounds.idle_timeout = idle_timeout_;
    // A crash of the server may forget the last chunks, each with its cursor and its counters, and they are done again.
    // What must last waits for the disk, and everything before it then is there too: see `phase_gate`.
    bounds.asynchronous = true;
    return bounds;
  }

  /// A chunk was committed. `work` is the part of its time that grows with its rows: a slow disk would otherwise shrink
  /// chunks whose commit takes most of their time, and so make it worse.
  /// `stripe_rows` of one that is a stripe, `later` where it is not the first.
  void took(std::chrono::microseconds time, std::chrono::microseconds work, std::int64_t rows, bool last,
            std::int64_t stripe_rows = 0, bool later = false) {
    last_chunk_ = time;
    // A last chunk that is not full says nothing about the time of a full one.
    if (!last) (later ? later_ : size_).took(work, stripe_rows);
    lock_wait_ = first_lock_wait;
    rows_ += rows;
    busy_ += time;
  }

  /// A chunk ran into a lock: smaller ones wait for fewer, and the smallest waits longer, step by step.
  void failed() {
    if (size_.is_smallest()) lock_wait_ = std::min(lock_wait_ * 2, longest_statement_);
    size_.failed();
    later_.failed();
  }

  /// Sessions that waited for a chunk at its end; nothing where they were not counted.
  void awaited(std::optional<std::int64_t> sessions, time_point now) {
    if (sessions.has_value()) counted_ = now;
    auto is_awaited = [&] { return awaited_.has_value() && now - *awaited_ < awaited_for_; };
    if (sessions.value_or(0) > 0) {
      // Short chunks are seldom seen with somebody waiting: who comes again and again is remembered longer.
      if (awaited_.has_value() && !is_awaited()) awaited_for_ = std::min(awaited_for_ * 2, longest_awaited_for);
      awaited_ = now;
    }
    size_.awaited(is_awaited());
    later_.awaited(is_awaited());
  }

  /// Whether it is time to count them again.
  [[nodiscard]] bool counts_waiting(time_point now) const {
    return !counted_.has_value() || now - *counted_ >= count_every;
  }

  void rested(std::chrono::milliseconds time) { rested_ += time; }

  /// Whether it is time for another report.
  bool due(time_point now, std::chrono::milliseconds interval) {
    if (reported_.has_value() && now - *reported_ < interval) return false;
    reported_ = now;
    return true;
  }

  /// Rows in a second, of the time spent on them and of the rests between; nothing before the first.
  [[nodiscard]] std::optional<double> rows_per_second() const {
    std::chrono::duration<double> time = busy_ + rested_;
    if (time.count() <= 0 || rows_ == 0) return std::nullopt;
    return static_cast<double>(rows_) / time.count();
  }

  /// Adds what only this session knows. `others` is the rate of its other workers.
  void complete(backfill_progress& progress, double others = 0) const {
    progress.chunk_rows = size_.rows();
    progress.awaited = size_.is_awaited();
    progress.throttled = rested_;
    double rate = rows_per_second().value_or(0) + others;
    if (rate <= 0) return;
    progress.rows_per_second = rate;
    if (progress.rows_estimated.has_value()) {
      std::int64_t left = std::max<std::int64_t>(*progress.rows_estimated - progress.rows_done, 0);
      progress.time_left = std::chrono::seconds{static_cast<std::int64_t>(static_cast<double>(left) / rate)};
    }
  }

 private:
  static constexpr std::chrono::milliseconds first_lock_wait{100};
  /// Counting takes the server about as long as changing ten rows.
  static constexpr std::chrono::milliseconds count_every{20};
  static constexpr std::chrono::seconds longest_awaited_for{160};

  chunk_size size_;
  chunk_size later_;  ///< of stripes behind the first
  std::chrono::milliseconds idle_timeout_;
  std::chrono::milliseconds lock_wait_ = first_lock_wait;
  std::chrono::milliseconds longest_statement_{750};
  std::string search_path_ = transaction_settings{}.search_path;
  std::chrono::microseconds last_chunk_{0};
  std::chrono::microseconds busy_{0};
  std::chrono::milliseconds rested_{0};
  std::int64_t rows_ = 0;
  std::optional<time_point> reported_;
  std::optional<time_point> counted_;
  std::optional<time_point> awaited_;
  std::chrono::seconds awaited_for_{10};
};

}  // namespace online_migration::detail
