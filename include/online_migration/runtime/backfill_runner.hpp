// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <limits>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include <online_migration/runtime/backfill_options.hpp>
#include <online_migration/runtime/chunk.hpp>
#include <online_migration/runtime/client_chunk.hpp>
#include <online_migration/runtime/drain.hpp>
#include <online_migration/runtime/lease.hpp>
#include <online_migration/runtime/pace.hpp>
#include <online_migration/runtime/throttle/brakes.hpp>
#include <online_migration/runtime/throttle/side_vacuum.hpp>
#include <online_migration/runtime/toolkit.hpp>
#include <online_migration/runtime/trigger_path.hpp>

namespace online_migration {

/// Fills the new column of the rows that were there before expand, chunk by chunk, and of those that others have
/// written since where only the client can compute it. Fence, chunk, cursor and counters are one transaction, so
/// whatever is killed, nothing is lost and nothing is counted twice: `run` again goes on at the cursor.
///
/// Throws: `refused` where the run is not in a phase for it, or another runner is at work (its name is told); `lost_lease`
/// when another one took over; `statement_error`, `connection_error` when retries did not help. The state tables then hold
/// the error, and `run` may be called again. `data_error` for rows on which the transform fails, what a function of a
/// client-only transform throws: see `om::data_error_policy`.
/// Thread safety: one thread at a time, but any number of objects. The database has to outlive it.
/// Round trips: six for each chunk; eleven where the client computes, and twelve for each piece of its queue.
template <migration_like Migration, database_like Database = database,
          environment_like Environment = system_environment>
class backfill_runner {
 public:
  explicit backfill_runner(const Database& source, backfill_options options = {})
      : source_{source},
        options_{std::move(options)},
        session_{source, options_.retry},
        pace_{options_.chunk, is_client_only<Migration>},
        brakes_{options_.throttle, detail::table_name(describe_table<typename Migration::table>)} {
    if (options_.chunk.initial < 1 || options_.chunk.smallest < 1 || options_.chunk.largest < options_.chunk.smallest) {
      throw refused{"A chunk has at least one row, and chunk.largest is not below chunk.smallest."};
    }
  }
  explicit backfill_runner(const Database&&, backfill_options = {}) = delete;

  /// Works until every row is done and no key waits, a stop is requested, or a pause is. Enters the phase `backfill` if
  /// the run is in `expand`, and `validate` at the end. From `validate` on it drains the queue of a client-only
  /// migration, and otherwise does nothing.
  backfill_result run(const std::stop_token& stop = {}) {
    return detail::in_migration(Migration::name.view(), [&] {
      try {
        return run_to_the_end(stop);
      } catch (const cancelled&) {
        throw;
      } catch (const error& problem) {
        options_.observer(failure_event{Migration::name.view(), problem.retry()});
        throw;
      } catch (...) {
        options_.observer(failure_event{Migration::name.view(), retry_class::stop});
        throw;
      }
    });
  }

 private:
  using sql = statements<Migration>;
  using piece_outcome = detail::piece_outcome;

  /// Tells that this runner is at work, until the end of the scope.
  class running_mark {
   public:
    explicit running_mark(const observer_ref& observer) : observer_{observer} { tell(true); }
    ~running_mark() { tell(false); }
    running_mark(const running_mark&) = delete;
    running_mark& operator=(const running_mark&) = delete;

   private:
    void tell(bool running) const { observer_(running_event{Migration::name.view(), running}); }

    const observer_ref& observer_;
  };

  backfill_result run_to_the_end(const std::stop_token& stop) {
    basic_toolkit<Database, Environment> tools{source_, {.observer = options_.observer}};
    auto run = tools.template run<Migration>();
    if (run.has_value() && run->phase == phase::expand) {
      tools.template mark_phase_from<Migration>(phase::expand, phase::backfill, options_.all_writers, stop);
    }
    run_record now = session_.retrying(
        [](auto& on) {
          return detail::require_run(on, describe_migration<Migration>, fingerprint<Migration>, state::newest_run);
        },
        stop);
    if (now.phase == phase::contracted || now.phase == phase::rolled_back) {
      throw refused{fmt::format("The run of \"{}\" is {}: there is nothing to fill. Nothing was changed.",
                                describe_migration<Migration>.name, to_string(now.phase))};
    }
    backfill_result result;
    bool idle = now.phase != phase::backfill && !drains(now);
    if (!idle) result = work(now, stop);
    auto progress = session_.retrying([&](auto& on) { return detail::read_progress(on, now.id); }, stop);
    if (progress.has_value()) complete(*progress);
    result.progress = progress.value_or(backfill_progress{});
    if (idle) result.how = backfill_result::ending::finished;
    tell(result.progress);
    if (result.finished()) tools.template mark_phase_from<Migration>(phase::backfill, phase::validate);
    return result;
  }

  static bool drains(const run_record& run) { return is_client_only<Migration> && detail::has_queue(run); }

  backfill_result work(const run_record& now, const std::stop_token& stop) {
    backfill_result result;
    std::string run = std::to_string(now.id);
    std::string holder = options_.holder.empty()
                             ? detail::make_holder(Environment::random(std::numeric_limits<std::uint32_t>::max()))
                             : options_.holder;
    lease_ = detail::lease{run, "0", {}, std::move(holder), options_.lease};
    if (!take_lease(stop)) return result;
    running_mark running{options_.observer};
    held_at_ = Environment::now();
    noted_.clear();
    held_up_ = false;
    if (options_.throttle.vacuum_every > 0) {
      auto known = session_.retrying([&](auto& on) { return detail::read_progress(on, now.id); }, stop);
      if (known.has_value()) rows_estimated_ = static_cast<double>(known->rows_estimated.value_or(0));
    }
    constexpr const table_description& table = describe_table<typename Migration::table>;
    pace_.look_in(session_.retrying([](auto& on) { return detail::trigger_path(on, table); }, stop));
    try {
      if (walk_and_drain(now, result, stop)) result.how = backfill_result::ending::finished;
    } catch (const cancelled&) {  // a stop while a report or a renewal was tried again: a pause like any other
    } catch (const error& problem) {
      give_up(problem);
      throw;
    } catch (...) {  // of the caller's own code; without a connection the lease ends with the session
      if (session_.is_open()) leave();
      throw;
    }
    leave();
    return result;
  }

  /// Chunk after chunk, and between two of them some keys of the queue, so that it does not grow; then the rest of the
  /// queue. Whether it came to the end of both.
  bool walk_and_drain(const run_record& now, backfill_result& result, const std::stop_token& stop) {
    piece_outcome walk = now.phase == phase::backfill ? piece_outcome::done : piece_outcome::finished;
    piece_outcome queue = piece_outcome::finished;
    while (!stop.stop_requested()) {
      if (walk == piece_outcome::done) walk = chunk_with_retries(result, stop);
      if (drains(now) && walk != piece_outcome::paused) queue = drain_with_retries(result, stop);
      if (walk == piece_outcome::paused || queue == piece_outcome::paused) return false;
      if (walk == piece_outcome::finished && queue == piece_outcome::finished) return true;
      report(now.id, stop);
      if (!rest(now.id, stop)) return false;
    }
    return false;
  }

  /// Takes the slice; false where a stop was requested first. A runner that was killed a moment ago still has a session
  /// on the server for as long as its last statement takes.
  bool take_lease(const std::stop_token& stop) {
    auto begin = Environment::now();
    for (;;) {
      std::optional<int> rows = session_.retrying([this](auto& on) { return lease_.acquire(on); }, stop);
      if (rows.has_value()) {
        if (*rows > 0) pace_.resume(*rows);
        return true;
      }
      if (Environment::now() - begin > options_.takeover_wait) {
        session_.retrying([this](auto& on) { lease_.refuse(on); }, stop);
      }
      if (Environment::sleep(std::chrono::milliseconds{50}, stop)) return false;
    }
  }

  piece_outcome chunk_with_retries(backfill_result& result, const std::stop_token& stop) {
    return with_retries(result, stop, [this, &result](auto& on) { return this->chunk(on, result); });
  }

  piece_outcome drain_with_retries(backfill_result& result, const std::stop_token& stop) {
    return with_retries(result, stop, [this, &result](auto& on) { return this->drain(on, result); });
  }

  /// A piece of work, again and smaller while it runs into locks, on a new connection after a loss. The outcome of a
  /// COMMIT whose answer was lost needs no guess: the next piece begins by reading the cursor, or the queue.
  template <class Work>
  piece_outcome with_retries(backfill_result& result, const std::stop_token& stop, Work work) {
    auto begin = Environment::now();
    backoff waits{options_.retry.waits};
    bool reconnect = false;
    for (;;) {
      try {
        auto& on = session_.open();
        if (reconnect) lease_.renew(on);
        reconnect = false;
        pace_.learn(on.facts().deadlock_timeout);
        return work(on);
      } catch (const error& problem) {
        bool again = problem.retry() == retry_class::retry || problem.retry() == retry_class::reconnect;
        if (!again || Environment::now() - begin > options_.retry.give_up_after) throw;
        if (problem.retry() == retry_class::reconnect) {
          session_.drop();
          // Once is bad luck; again it may be the chunk itself that costs the connection, as one that computes for too
          // long.
          if (std::exchange(reconnect, true)) pace_.failed();
        } else {
          pace_.failed();
        }
        ++result.retries;
        options_.observer(retry_event{Migration::name.view(), problem.retry()});
      }
      if (Environment::sleep(waits.next([](std::int64_t limit) { return Environment::random(limit); }), stop))
        return piece_outcome::paused;
    }
  }

  template <connection_like Connection>
  piece_outcome chunk(Connection& on, backfill_result& result) {
    auto begin = Environment::now();
    detail::piece_of_work done;
    if constexpr (is_client_only<Migration>) {
      done = detail::run_client_chunk<Migration, Environment>(on, context());
    } else {
      done = detail::run_chunk<Migration, Environment>(on, context());
    }
    if (done.committed) {
      auto time = took(begin, done);
      options_.observer(chunk_event{Migration::name.view(), done.rows, done.changed, time});
    }
    if (done.blocked.has_value()) brakes_.note_blocked(*done.blocked, Environment::now());
    changed_since_vacuum_ += done.changed;
    note_failed(done, result);
    return done.how;
  }

  template <connection_like Connection>
  piece_outcome drain(Connection& on, backfill_result& result) {
    if constexpr (is_client_only<Migration>) {
      auto begin = Environment::now();
      detail::piece_of_work done = detail::drain_some<Migration, Environment>(on, context());
      // It says nothing about the time of a chunk.
      done.last = true;
      if (done.committed) took(begin, done);
      note_failed(done, result);
      return done.how;
    } else {
      return piece_outcome::finished;
    }
  }

  [[nodiscard]] detail::work_context context() const {
    return {lease_, pace_, options_, brakes_.wants_blocked(Environment::now())};
  }

  std::chrono::microseconds took(std::chrono::steady_clock::time_point begin, const detail::piece_of_work& done) {
    using std::chrono::duration_cast, std::chrono::microseconds;
    auto time = duration_cast<microseconds>(Environment::now() - begin);
    pace_.took(time, duration_cast<microseconds>(done.work), done.rows, done.last);
    held_at_ = Environment::now();
    return time;
  }

  /// Rows without a value are committed with their chunk, and in the quarantine, whatever the policy is.
  void note_failed(const detail::piece_of_work& done, backfill_result& result) const {
    result.rows_failed += done.failed.count;
    if (done.failed.count == 0 || options_.on_data_error == data_error_policy::go_on) return;
    throw data_error{
        fmt::format(
            "The transform of \"{}\" has no value for {} rows (SQLSTATE {}); their keys are in "
            "online_migration_quarantine. What was done before is committed: {}",
            Migration::name.view(), done.failed.count, done.failed.sqlstate,
            done.failed.sqlstate.starts_with("42")
                ? "no value of a row is at fault. Something that the transform calls is not there, or the owner of its "
                  "functions (the role that ran om::expand) lacks a right: mend that and run it again."
                : "mend the rows and run it again, or run it with om::data_error_policy::go_on."),
        done.failed.sqlstate, done.failed.count};
  }

  void report(std::int64_t run, const std::stop_token& stop) {
    bool wanted = options_.on_progress || options_.observer.template hears<progress_event>();
    if (!wanted || !pace_.due(Environment::now(), options_.progress_interval)) return;
    auto progress = session_.retrying([&](auto& on) { return detail::read_progress(on, run); }, stop);
    if (!progress.has_value()) return;
    complete(*progress);
    tell(*progress);
  }

  /// Adds what only this runner knows.
  void complete(backfill_progress& progress) const {
    pace_.complete(progress);
    progress.brake = brakes_.share();
    progress.braked_by = brakes_.reason();
    progress.notes = brakes_.notes();
    if (!vacuum_note_.empty()) progress.notes.push_back(vacuum_note_);
  }

  void tell(const backfill_progress& progress) const {
    options_.observer(progress_event{Migration::name.view(), progress});
    if (options_.on_progress) options_.on_progress(progress);
  }

  /// The pause between two chunks. Whether the run goes on: it does not where something held it up for too long, and
  /// the settings say so.
  bool rest(std::int64_t run, const std::stop_token& stop) {
    if (wants_vacuum()) vacuum(stop);
    while (!stop.stop_requested()) {
      if (brakes_.due(Environment::now())) {
        session_.retrying([this](auto& on) { brakes_.look(on, Environment::now()); }, stop);
      }
      detail::rest_plan plan = brakes_.next(pace_.last_chunk(), Environment::now());
      note_brake(stop);
      if (plan.end) {
        held_up_ = true;
        return false;
      }
      if (doze(plan.pause, plan.reason, stop) || !plan.look_again) return true;
      report(run, stop);
    }
    return true;
  }

  /// Sleeps, and goes on holding the lease. Whether a stop was requested.
  bool doze(std::chrono::milliseconds left, std::string_view reason, const std::stop_token& stop) {
    std::chrono::milliseconds longest = std::max(options_.lease / 3, std::chrono::milliseconds{1});
    pace_.rested(left);
    while (left > std::chrono::milliseconds::zero()) {
      std::chrono::milliseconds now = std::min(left, longest);
      auto begin = Environment::now();
      bool stopped = Environment::sleep(now, stop);
      auto slept = std::chrono::duration_cast<std::chrono::microseconds>(Environment::now() - begin);
      options_.observer(throttled_event{Migration::name.view(), reason, slept});
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
      detail::side_vacuum work{source_, detail::table_name(describe_table<typename Migration::table>)};
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

  /// Leaves the error where others see it, and the slice to others.
  void give_up(const error& problem) noexcept {
    try {
      lease_.record_error(session_.open(), problem.what());
    } catch (...) {  // it was thrown to the caller in any case
    }
    leave();
  }

  void leave() noexcept {
    try {
      if (!noted_.empty() && !held_up_) lease_.note_throttle(session_.open(), {});
      lease_.release(session_.open());
    } catch (...) {  // the lease ends by itself
    }
  }

  const Database& source_;
  backfill_options options_;
  detail::session<Database, Environment> session_;
  detail::pace pace_;
  detail::brakes brakes_;
  detail::lease lease_{};
  std::chrono::steady_clock::time_point held_at_{};  ///< when the lease was prolonged
  std::string noted_;                                ///< why it is slow, as the state table has it
  std::chrono::steady_clock::time_point noted_at_{};
  bool held_up_ = false;  ///< something brakes for too long, and the settings say to pause then
  std::int64_t changed_since_vacuum_ = 0;
  double rows_estimated_ = 0;
  std::string vacuum_note_;
};

}  // namespace online_migration
