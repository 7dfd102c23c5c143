// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <optional>
#include <stop_token>
#include <type_traits>
#include <utility>
#include <vector>

#include <online_migration/migration/describe.hpp>
#include <online_migration/migration/fingerprint.hpp>
#include <online_migration/migration/migration.hpp>
#include <online_migration/postgres/backoff.hpp>
#include <online_migration/postgres/error.hpp>
#include <online_migration/postgres/whole_transaction.hpp>
#include <online_migration/runtime/backfill_options.hpp>
#include <online_migration/runtime/breather.hpp>
#include <online_migration/runtime/careful_chunk.hpp>
#include <online_migration/runtime/chunk.hpp>
#include <online_migration/runtime/client_chunk.hpp>
#include <online_migration/runtime/client_walk.hpp>
#include <online_migration/runtime/company.hpp>
#include <online_migration/runtime/crew.hpp>
#include <online_migration/runtime/drain.hpp>
#include <online_migration/runtime/lease.hpp>
#include <online_migration/runtime/lookup_drain.hpp>
#include <online_migration/runtime/pace.hpp>
#include <online_migration/runtime/server_walk.hpp>
#include <online_migration/runtime/session.hpp>
#include <online_migration/runtime/slices.hpp>
#include <online_migration/runtime/toolkit.hpp>
#include <online_migration/runtime/trigger_path.hpp>
#include <online_migration/runtime/try_part.hpp>

namespace online_migration::detail {

/// One thread of a backfill: takes slices, walks over each chunk by chunk, drains the queue where it has that, pauses
/// where it should, and leaves a slice as the next worker needs it. What it refers to is its runner's, or its thread's.
///
/// Throws: as `backfill_runner`. Thread safety: one thread at a time.
template <migration_like Migration, database_like Database, environment_like Environment>
class backfill_worker {
 public:
  using session_type = session<Database, Environment>;

  /// `share` is where one of the other threads of a run tells the first one what it does.
  backfill_worker(const Database& source, session_type& on, const backfill_options& options,
                  crew_share* share = nullptr)
      : options_{options},
        session_{on},
        pace_{options.chunk, is_client_only<Migration>},
        walk_{options},
        breather_{source,
                  on,
                  options,
                  pace_,
                  lease_,
                  Migration::name.view(),
                  table_name(describe_table<typename Migration::table>)},
        share_{share} {}
  backfill_worker(const backfill_worker&) = delete;
  backfill_worker& operator=(const backfill_worker&) = delete;

  /// Whether a run has a queue that is to be drained.
  static bool drains(const run_record& run) { return has_queue(describe_migration<Migration>, run); }

  /// From now on there are other threads, for whom this one reports; none any more with `nullptr`.
  void lead(crew* others) { crew_ = others; }

  /// Slice after slice, until none is left, under the name that `mine` has.
  backfill_result work(const run_record& now, lease mine, const std::stop_token& stop) {
    lease_ = std::move(mine);
    backfill_result result;
    try {
      bool begun = false;
      queue_is_last_ = false;
      for (;;) {
        slice_search found = next_slice(now, stop);
        if (found == slice_search::finished) result.how = backfill_result::ending::finished;
        if (found != slice_search::found) return result;
        if (!std::exchange(begun, true)) begin(now, stop);
        walk_.forget();
        bool done = false;
        try {
          done = walk_and_drain(now, result, stop);
        } catch (const lost_lease&) {  // as after the loss of a connection: the slice is in good hands
          bool may_go_on = walk_.was_begun_anew() || !options_.alone;
          if (!may_go_on || !is_still(now, stop)) throw;
          continue;
        }
        leave();
        if (!done) return result;
        if (queue_is_last_) {
          result.how = backfill_result::ending::finished;
          return result;
        }
      }
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

  /// Adds what only this worker knows, and tells it.
  void tell(backfill_progress& progress) const {
    pace_.complete(progress, crew_ == nullptr ? 0.0 : crew_->rate_of_others());
    breather_.complete(progress);
    options_.observer(progress_event{Migration::name.view(), progress});
    if (options_.on_progress) options_.on_progress(progress);
  }

 private:
  using sql = statements<Migration>;
  using answer = typename whole_transaction<typename session_type::connection_type>::answer;

  [[nodiscard]] bool is_between_spans() const {
    if constexpr (is_client_only<Migration>) return walk_.is_between_spans();
    return true;
  }

  /// Whether the run is where it was.
  bool is_still(const run_record& then, const std::stop_token& stop) {
    run_record now = session_.retrying(
        [](auto& on) {
          return require_run(on, describe_migration<Migration>, fingerprint<Migration>, state::newest_run);
        },
        stop);
    return now.id == then.id && now.phase == then.phase;
  }

  void begin(const run_record& now, const std::stop_token& stop) {
    std::optional<backfill_progress> known;
    if (options_.throttle.vacuum_every > 0) {
      known = session_.retrying([&](auto& on) { return read_progress(on, now.id); }, stop);
    }
    breather_.begin(known.has_value() ? known->rows_estimated.value_or(0) : 0);
    constexpr const table_description& table = describe_table<typename Migration::table>;
    pace_.look_in(session_.retrying([](auto& on) { return trigger_path(on, table); }, stop));
    session_.retrying([&](auto& on) { walk_.begin(on, now); }, stop);
  }

  /// Chunk after chunk, and between two of them some keys of the queue, so that it does not grow; then the rest of the
  /// queue. Whoever has slice 0 has the queue. Whether it came to the end of both.
  bool walk_and_drain(const run_record& now, backfill_result& result, const std::stop_token& stop) {
    piece_outcome walk =
        now.phase == phase::backfill && !queue_is_last_ ? piece_outcome::done : piece_outcome::finished;
    piece_outcome queue = piece_outcome::finished;
    while (!stop.stop_requested()) {
      if (walk == piece_outcome::done) walk = chunk_with_retries(result, stop);
      if (drains(now) && lease_.slice == "0" && walk != piece_outcome::paused && is_between_spans()) {
        queue = drain_with_retries(result, stop);
      }
      if (walk == piece_outcome::paused || queue == piece_outcome::paused) return false;
      if (walk == piece_outcome::finished && queue == piece_outcome::finished) return true;
      report(now.id, stop);
      if (!breather_.rest([&] { report(now.id, stop); }, stop)) return false;
      make_way<Environment>(session_, looked_, stop);
    }
    return false;
  }

  enum class slice_search { found, finished, paused, waiting };

  /// Takes a slice that is free, or a part of one that is at work; waits where neither is to be had, for the end of the
  /// others or for one that is left behind.
  slice_search next_slice(const run_record& now, const std::stop_token& stop) {
    constexpr std::chrono::milliseconds longest{200};
    std::chrono::milliseconds wait{5};
    auto begin = Environment::now();
    for (;;) {
      slice_search how = session_.retrying([&](auto& on) { return look_for_slice(on, now); }, stop);
      if (how != slice_search::waiting) return how;
      if (options_.alone && Environment::now() - begin > options_.takeover_wait) {
        session_.retrying([this](auto& on) { lease_.refuse_company(on); }, stop);
      }
      if (share_ != nullptr) share_->rate.store(0, std::memory_order_relaxed);
      report(now.id, stop);
      if (Environment::sleep(wait, stop)) return slice_search::paused;
      wait = std::min(wait * 2, longest);
    }
  }

  template <connection_like Connection>
  slice_search look_for_slice(Connection& on, const run_record& now) {
    bool walks = now.phase == phase::backfill;
    if (walks && resume(lease_.claim(on))) return slice_search::found;
    auto left = ask_alone(on, state::slices_left, {text_form_parameter(lease_.run)});
    if (left.is_null(0, 0)) throw refused{"The backfill has not begun: take the step to the phase backfill first."};
    if (!walks || left.integer(0, 0) == 0) {
      if (!drains(now)) return slice_search::finished;
      if (!resume(lease_.claim(on, true))) return slice_search::waiting;
      queue_is_last_ = true;
      return slice_search::found;
    }
    if (left.boolean(0, 1)) return slice_search::paused;
    if (options_.alone && options_.workers == 1) return slice_search::waiting;
    bool split = resume(slice_splitter<Migration, Connection>{on, lease_, pace_}.split());
    return split ? slice_search::found : slice_search::waiting;
  }

  /// Goes on with the size of the chunks of the one before.
  bool resume(std::optional<int> rows) {
    if (rows.value_or(0) > 0) pace_.resume(*rows);
    return rows.has_value();
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
    std::vector<piece_of_work> done;
    try {
      if (careful_left_ > 0) return careful(on, result);
      done = walk_.chunks(on, context());
    } catch (const error& problem) {
      walk_.forget();
      // Only the usual chunk can begin the walk of another file.
      if (problem.statement_name() == sql::same_file.name) careful_left_ = 0;
      if (problem.retry() == retry_class::retry) walk_.failed();
      if (!is_refused_row<Migration>(problem)) throw;
      careful_left_ = std::int64_t{64} * pace_.rows();
      return piece_outcome::done;
    } catch (...) {
      walk_.forget();
      throw;
    }
    const auto time = (Environment::now() - begin) / static_cast<std::int64_t>(done.size());
    for (const piece_of_work& each : done) tell(each, time);
    for (const piece_of_work& each : done) note_failed(each, result);
    return done.back().how;
  }

  void tell(const piece_of_work& done, std::chrono::steady_clock::duration time) {
    if (!done.committed) return;
    options_.observer(chunk_event{Migration::name.view(), done.rows, done.changed, took(time, done)});
  }

  /// A small chunk that goes down to the row. The next one is as usual when it has found what the table refuses.
  template <connection_like Connection>
  piece_outcome careful(Connection& on, backfill_result& result) {
    auto begin = Environment::now();
    work_context runner = context();
    piece_of_work done;
    if constexpr (is_client_only<Migration>) {
      done = run_client_chunk<Migration, Environment>(on, runner, true);
    } else {
      done = careful_chunk<Migration, Connection>{on, runner}.run();
    }
    walk_.forget();
    careful_left_ = done.failed.count > 0 ? 0 : careful_left_ - std::max<std::int64_t>(done.rows, 1);
    tell(done, Environment::now() - begin);
    note_failed(done, result);
    return done.how;
  }

  template <connection_like Connection>
  piece_outcome drain(Connection& on, backfill_result& result) {
    auto begin = Environment::now();
    piece_of_work done;
    const bool careful = careful_keys_left_ > 0;
    try {
      if constexpr (is_client_only<Migration>) {
        done = drain_some<Migration, Environment>(on, context(), careful);
      } else if constexpr (describe_migration<Migration>.looks_up) {
        done = queue_.some(on, context(), careful);
      } else {
        return piece_outcome::finished;
      }
    } catch (const error& problem) {
      if (!is_refused_row<Migration>(problem)) throw;
      careful_keys_left_ = pace_.rows();
      return piece_outcome::done;
    }
    careful_keys_left_ = done.failed.count > 0 ? 0 : std::max<std::int64_t>(careful_keys_left_ - most_careful_rows, 0);
    done.last = true;  // it says nothing about the time of a chunk
    if (done.committed) took(Environment::now() - begin, done);
    note_failed(done, result);
    return done.how;
  }

  [[nodiscard]] work_context context() const {
    return {lease_, pace_, options_, breather_.wants_blocked(), breather_.rests()};
  }

  std::chrono::microseconds took(std::chrono::steady_clock::duration spent, const piece_of_work& done) {
    using std::chrono::duration_cast, std::chrono::microseconds;
    auto time = duration_cast<microseconds>(spent);
    pace_.took(time, duration_cast<microseconds>(done.work), done.rows, done.last, done.stripe_rows, done.later);
    if (share_ != nullptr) {
      share_->rate.store(pace_.rows_per_second().value_or(0), std::memory_order_relaxed);
      share_->changed.fetch_add(done.changed, std::memory_order_relaxed);
    }
    breather_.took(done, crew_ == nullptr ? 0 : crew_->changed_by_others());
    return time;
  }

  /// Rows without a value are committed with their chunk, and in the quarantine, whatever the policy is.
  void note_failed(const piece_of_work& done, backfill_result& result) const {
    result.rows_failed += done.failed.count;
    if (done.failed.count == 0 || options_.on_data_error == data_error_policy::go_on) return;
    if (done.refused) throw_refused_rows(Migration::name.view(), done.failed);
    throw_rows_without_value(Migration::name.view(), done.failed);
  }

  void report(std::int64_t run, const std::stop_token& stop) {
    if (share_ != nullptr) return;  // the thread that called `run` tells of all
    bool wanted = options_.on_progress || options_.observer.template hears<progress_event>();
    if (!wanted || !pace_.due(Environment::now(), options_.progress_interval)) return;
    auto progress = session_.retrying([&](auto& on) { return read_progress(on, run); }, stop);
    if (!progress.has_value()) return;
    tell(*progress);
  }

  /// Leaves the error where others see it, and the slice to others.
  void give_up(const error& problem) noexcept {
    if (lease_.epoch.empty()) return;
    try {
      lease_.record_error(session_.open(), problem.what());
    } catch (...) {  // it was thrown to the caller in any case
    }
    leave();
  }

  void leave() noexcept {
    if (lease_.epoch.empty()) return;
    try {
      breather_.leave(session_.open());
      lease_.release(session_.open());
    } catch (...) {  // the lease ends by itself
    }
  }

  const backfill_options& options_;
  session_type& session_;
  pace pace_;
  std::conditional_t<is_client_only<Migration>, client_walk<Migration, Environment, answer>,
                     server_walk<Migration, Environment>>
      walk_;
  lease lease_{};
  breather<Database, Environment> breather_;
  std::chrono::steady_clock::time_point looked_ = Environment::now();  ///< whether somebody waits for the run
  std::int64_t careful_left_ = 0;                                      ///< rows among which the table refuses one
  std::int64_t careful_keys_left_ = 0;                                 ///< and keys of the queue
  lookup_drain<Migration, Environment> queue_;
  bool queue_is_last_ = false;  ///< the walk is at its end, and this worker has what is left of the queue
  crew_share* share_ = nullptr;
  crew* crew_ = nullptr;  ///< the other threads of its run
};

}  // namespace online_migration::detail
