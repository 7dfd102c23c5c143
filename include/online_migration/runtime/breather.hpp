// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <utility>

#include <online_migration/postgres/concepts.hpp>
#include <online_migration/postgres/error.hpp>
#include <online_migration/runtime/backfill_options.hpp>
#include <online_migration/runtime/chunk.hpp>
#include <online_migration/runtime/environment.hpp>
#include <online_migration/runtime/events.hpp>
#include <online_migration/runtime/lease.hpp>
#include <online_migration/runtime/pace.hpp>
#include <online_migration/runtime/progress.hpp>
#include <online_migration/runtime/session.hpp>
#include <online_migration/runtime/throttle/brakes.hpp>
#include <online_migration/runtime/throttle/side_vacuum.hpp>

namespace online_migration::detail {

/// The pauses of one runner between its chunks: how long, why, and that the lease outlives them. What it refers to is
/// the runner's own.
template <database_like Database, environment_like Environment>
class breather {
 public:
  breather(const Database& source, session<Database, Environment>& on, const backfill_options& options, pace& speed,
           lease& held, std::string_view migration, std::string table)
      : source_{source},
        session_{on},
        options_{options},
        pace_{speed},
        lease_{held},
        migration_{migration},
        table_{std::move(table)},
        brakes_{options.throttle, table_} {}

  /// A runner begins to work.
  void begin(std::int64_t rows_estimated) {
    held_at_ = Environment::now();
    noted_.clear();
    held_up_ = false;
    rows_estimated_ = static_cast<double>(rows_estimated);
  }

  /// A chunk was committed, and the lease prolonged with it. Meanwhile others, for whom this one vacuums, changed rows.
  void took(const piece_of_work& done, std::int64_t changed_by_others = 0) {
    held_at_ = Environment::now();
    changed_since_vacuum_ += done.changed + changed_by_others;
    // The size of chunks asks more often than the signal, which holds on to what it was told.
    bool is_news = done.blocked.value_or(0) > 0 || brakes_.wants_blocked(held_at_);
    if (done.blocked.has_value() && is_news) brakes_.note_blocked(*done.blocked, held_at_);
    pace_.awaited(done.blocked, held_at_);
  }

  [[nodiscard]] bool wants_blocked() const {
    auto now = Environment::now();
    return brakes_.wants_blocked(now) || pace_.counts_waiting(now);
  }

  /// Whether there is a pause after each chunk, as things are.
  [[nodiscard]] bool rests() const {
    const throttle& asked = options_.throttle;
    return asked.sleep > std::chrono::milliseconds::zero() || asked.duty_cycle < 1.0 || brakes_.share() > 0;
  }

  /// Adds why it is slow.
  void complete(backfill_progress& progress) const {
    progress.brake = brakes_.share();
    progress.braked_by = brakes_.reason();
    progress.notes = brakes_.notes();
    if (!vacuum_note_.empty()) progress.notes.push_back(vacuum_note_);
  }

  /// Before the slice is left: nothing brakes it any more, unless that is why it is left.
  template <connection_like Connection>
  void leave(Connection& on) {
    if (!noted_.empty() && !held_up_) lease_.note_throttle(on, {});
    noted_.clear();  // the next slice has not been told
  }

  /// The pause between two chunks; `report` is called while it lasts. Whether the run goes on: it does not where something held it up for too long, and
  /// the settings say so.
  template <class Report>
  bool rest(Report report, const std::stop_token& stop) {
    if (wants_vacuum()) vacuum(stop);
    while (!stop.stop_requested()) {
      if (brakes_.due(Environment::now())) {
        session_.retrying([this](auto& on) { brakes_.look(on, Environment::now()); }, stop);
      }
      rest_plan plan = brakes_.next(pace_.last_chunk(), Environment::now());
      note_brake(stop);
      if (plan.end) {
        held_up_ = true;
        return false;
      }
      if (doze(plan.pause, plan.reason, stop) || !plan.look_again) return true;
      report();
    }
    return true;
  }

 private:
  /// Sleeps, and goes on holding the lease. Whether a stop was requested.
  bool doze(std::chrono::milliseconds left, std::string_view reason, const std::stop_token& stop) {
    std::chrono::milliseconds longest = std::max(options_.lease / 3, std::chrono::milliseconds{1});
    pace_.rested(left);
    while (left > std::chrono::milliseconds::zero()) {
      std::chrono::milliseconds now = std::min(left, longest);
      auto begin = Environment::now();
      bool stopped = Environment::sleep(now, stop);
      auto slept = std::chrono::duration_cast<std::chrono::microseconds>(Environment::now() - begin);
      options_.observer(throttled_event{migration_, reason, slept});
      if (stopped) return true;
      left -= now;
      if (Environment::now() - held_at_ < longest) continue;
      session_.retrying([this](auto& on) { lease_.renew(on); }, stop);
      held_at_ = Environment::now();
    }
    return false;
  }

  /// Leaves in the state table why this runner is slow, when that is another reason than before or some time ago.
  void note_brake(const std::stop_token& stop) {
    std::string reason = brakes_.reason();
    if (reason == noted_) return;
    auto word = [](const std::string& text) { return std::string_view{text}.substr(0, text.find(':')); };
    constexpr std::chrono::seconds between{2};
    if (word(reason) == word(noted_) && Environment::now() - noted_at_ < between) return;
    noted_ = std::move(reason);
    noted_at_ = Environment::now();
    session_.retrying([this](auto& on) { lease_.note_throttle(on, noted_); }, stop);
  }

  [[nodiscard]] bool wants_vacuum() const {
    return options_.throttle.vacuum_every > 0 && vacuum_note_.empty() &&
           static_cast<double>(changed_since_vacuum_) >=
               std::max(1.0, options_.throttle.vacuum_every * rows_estimated_) &&
           brakes_.piles_up();
  }

  /// Vacuums the table, and waits for that.
  void vacuum(const std::stop_token& stop) {
    changed_since_vacuum_ = 0;
    try {
      side_vacuum work{source_, table_};
      while (!work.is_done()) {
        if (!doze(std::chrono::milliseconds{10}, "vacuum_every", stop)) continue;
        session_.retrying([&](auto& on) { work.cancel(on); });
        return;
      }
      vacuum_note_ = work.note();
    } catch (const lost_lease&) {
      throw;
    } catch (const cancelled&) {
      throw;
    } catch (const error& problem) {
      vacuum_note_ = problem.what();
    }
  }

  const Database& source_;
  session<Database, Environment>& session_;
  const backfill_options& options_;
  pace& pace_;
  lease& lease_;
  std::string_view migration_;
  std::string table_;
  brakes brakes_;
  std::chrono::steady_clock::time_point held_at_{};  ///< when the lease was prolonged
  std::string noted_;                                ///< why it is slow, as the state table has it
  std::chrono::steady_clock::time_point noted_at_{};
  bool held_up_ = false;  ///< something brakes for too long, and the settings say to pause then
  std::int64_t changed_since_vacuum_ = 0;
  double rows_estimated_ = 0;
  std::string vacuum_note_;
};

}  // namespace online_migration::detail
