// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <thread>
#include <type_traits>
#include <utility>
#include <vector>

#include <fmt/format.h>

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
#include <online_migration/runtime/running_mark.hpp>
#include <online_migration/runtime/server_walk.hpp>
#include <online_migration/runtime/slices.hpp>
#include <online_migration/runtime/toolkit.hpp>
#include <online_migration/runtime/trigger_path.hpp>

namespace online_migration {

/// Fills the new column of the rows that were there before expand, chunk by chunk, and of those that others have
/// written since where only the client can compute it. Fence, chunk, cursor and counters are one transaction, so
/// whatever is killed, nothing is lost and nothing is counted twice: `run` again goes on at the cursor.
///
/// Any number of runners, in threads (`backfill_options::workers`), processes and on hosts, share one walk: a runner that
/// joins takes a part of it from another one, and one that is gone loses its part. A runner that finds nothing to do
/// waits for the end of the others, so that it can take over what one of them leaves behind.
///
/// Throws: `refused` where the run is not in a phase for it, or another runner is at work and `alone` is set (its name is
/// told); `lost_lease` when the run left its phase, or another one took over and `alone` is set; `statement_error`,
/// `connection_error` when retries did not help. The state tables then hold the error, and `run` may be called again.
/// `data_error` for rows on which the transform fails, what a function of a client-only transform throws: see
/// `om::data_error_policy`.
/// Thread safety: one thread at a time, but any number of objects. The database has to outlive it.
/// Round trips: one for each chunk; nine for each piece of the queue of a client-only transform, eight of a lookup.
template <migration_like Migration, database_like Database = database,
          environment_like Environment = system_environment>
class backfill_runner {
 public:
  explicit backfill_runner(const Database& source, backfill_options options = {})
      : source_{source},
        options_{std::move(options)},
        session_{source, options_.retry},
        pace_{options_.chunk, is_client_only<Migration>},
        walk_{options_},
        breather_{source,
                  session_,
                  options_,
                  pace_,
                  lease_,
                  Migration::name.view(),
                  detail::table_name(describe_table<typename Migration::table>)} {
    detail::check_options(options_);
  }
  explicit backfill_runner(const Database&&, backfill_options = {}) = delete;
  backfill_runner(const backfill_runner&) = delete;
  backfill_runner& operator=(const backfill_runner&) = delete;

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
  using answer = typename whole_transaction<typename detail::session<Database, Environment>::connection_type>::answer;

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
    if (!idle) result = work_together(now, stop);
    auto progress = session_.retrying([&](auto& on) { return detail::read_progress(on, now.id); }, stop);
    if (progress.has_value()) complete(*progress);
    result.progress = progress.value_or(backfill_progress{});
    if (idle) result.how = backfill_result::ending::finished;
    tell(result.progress);
    if (result.finished()) tools.template mark_phase_from<Migration>(phase::backfill, phase::validate);
    return result;
  }

  [[nodiscard]] bool is_between_spans() const {
    if constexpr (is_client_only<Migration>) return walk_.is_between_spans();
    return true;
  }

  static bool drains(const run_record& run) { return detail::has_queue(describe_migration<Migration>, run); }

  /// One of the threads of another runner, which has its own connection.
  backfill_runner(const Database& source, const backfill_options& options, std::string holder,
                  detail::crew_share& share)
      : backfill_runner{source, detail::helper_options(options, std::move(holder))} {
    share_ = &share;
  }

  /// With as many threads as were asked for. What the calling thread does is what one thread alone would do; it is the
  /// one that reports.
  backfill_result work_together(const run_record& now, const std::stop_token& stop) {
    std::string holder = options_.holder.empty()
                             ? detail::make_holder(Environment::random(std::numeric_limits<std::uint32_t>::max()))
                             : options_.holder;
    lease_ = detail::lease{std::to_string(now.id), "0", {}, holder, options_.lease};
    if (options_.alone && !detail::wait_to_be_alone<Environment>(session_, lease_, options_.takeover_wait, stop))
      return {};
    detail::running_mark running{options_.observer, Migration::name.view()};
    auto others = static_cast<std::size_t>(options_.workers - 1);
    if (others == 0) return work(now, stop);

    detail::serial_observer serial{options_.observer};
    observer_ref caller = options_.observer;
    if (caller) options_.observer = serial;
    detail::crew all{others, stop};
    std::vector<backfill_result> results(others + 1);
    {
      const backfill_options& options = options_;
      std::vector<std::jthread> threads;
      auto help = [&, run = lease_.run](std::size_t number) {
        backfill_runner one{source_, options, fmt::format("{}/{}", holder, number + 1), all.share(number - 1)};
        one.lease_ = detail::lease{run, "0", {}, one.options_.holder, options.lease};
        results[number] = one.work(now, all.token());
      };
      all.guard([&] {
        for (std::size_t i = 1; i <= others; ++i) threads.emplace_back([&, i] { all.guard([&] { help(i); }); });
        crew_ = &all;
        results[0] = work(now, all.token());
      });
    }
    crew_ = nullptr;
    options_.observer = caller;
    all.rethrow();
    backfill_result result;
    for (const backfill_result& each : results) {
      if (each.finished()) result.how = each.how;
      result.retries += each.retries;
      result.rows_failed += each.rows_failed;
    }
    return result;
  }

  /// Slice after slice, until none is left.
  backfill_result work(const run_record& now, const std::stop_token& stop) {
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

  /// Whether the run is where it was.
  bool is_still(const run_record& then, const std::stop_token& stop) {
    run_record now = session_.retrying(
        [](auto& on) {
          return detail::require_run(on, describe_migration<Migration>, fingerprint<Migration>, state::newest_run);
        },
        stop);
    return now.id == then.id && now.phase == then.phase;
  }

  void begin(const run_record& now, const std::stop_token& stop) {
    std::optional<backfill_progress> known;
    if (options_.throttle.vacuum_every > 0) {
      known = session_.retrying([&](auto& on) { return detail::read_progress(on, now.id); }, stop);
    }
    breather_.begin(known.has_value() ? known->rows_estimated.value_or(0) : 0);
    constexpr const table_description& table = describe_table<typename Migration::table>;
    pace_.look_in(session_.retrying([](auto& on) { return detail::trigger_path(on, table); }, stop));
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
      detail::make_way<Environment>(session_, looked_, stop);
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
    auto left = detail::ask_alone(on, state::slices_left, {text_form_parameter(lease_.run)});
    if (left.is_null(0, 0)) throw refused{"The backfill has not begun: take the step to the phase backfill first."};
    if (!walks || left.integer(0, 0) == 0) {
      if (!drains(now)) return slice_search::finished;
      if (!resume(lease_.claim(on, true))) return slice_search::waiting;
      queue_is_last_ = true;
      return slice_search::found;
    }
    if (left.boolean(0, 1)) return slice_search::paused;
    if (options_.alone && options_.workers == 1) return slice_search::waiting;
    bool split = resume(detail::slice_splitter<Migration, Connection>{on, lease_, pace_}.split());
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
    std::vector<detail::piece_of_work> done;
    try {
      if (careful_left_ > 0) return careful(on, result);
      done = walk_.chunks(on, context());
    } catch (const error& problem) {
      walk_.forget();
      // Only the usual chunk can begin the walk of another file.
      if (problem.statement_name() == sql::same_file.name) careful_left_ = 0;
      if (problem.retry() == retry_class::retry) walk_.failed();
      if (!detail::is_refused_row<Migration>(problem)) throw;
      careful_left_ = std::int64_t{64} * pace_.rows();
      return piece_outcome::done;
    } catch (...) {
      walk_.forget();
      throw;
    }
    const auto time = (Environment::now() - begin) / static_cast<std::int64_t>(done.size());
    for (const detail::piece_of_work& each : done) tell(each, time);
    for (const detail::piece_of_work& each : done) note_failed(each, result);
    return done.back().how;
  }

  void tell(const detail::piece_of_work& done, std::chrono::steady_clock::duration time) {
    if (!done.committed) return;
    options_.observer(chunk_event{Migration::name.view(), done.rows, done.changed, took(time, done)});
  }

  /// A small chunk that goes down to the row. The next one is as usual when it has found what the table refuses.
  template <connection_like Connection>
  piece_outcome careful(Connection& on, backfill_result& result) {
    auto begin = Environment::now();
    detail::work_context runner = context();
    detail::piece_of_work done;
    if constexpr (is_client_only<Migration>) {
      done = detail::run_client_chunk<Migration, Environment>(on, runner, true);
    } else {
      done = detail::careful_chunk<Migration, Connection>{on, runner}.run();
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
    detail::piece_of_work done;
    if constexpr (is_client_only<Migration>) {
      done = detail::drain_some<Migration, Environment>(on, context());
    } else if constexpr (describe_migration<Migration>.looks_up) {
      done = queue_.some(on, context());
    } else {
      return piece_outcome::finished;
    }
    done.last = true;  // it says nothing about the time of a chunk
    if (done.committed) took(Environment::now() - begin, done);
    note_failed(done, result);
    return done.how;
  }

  [[nodiscard]] detail::work_context context() const {
    return {lease_, pace_, options_, breather_.wants_blocked(), breather_.rests()};
  }

  std::chrono::microseconds took(std::chrono::steady_clock::duration spent, const detail::piece_of_work& done) {
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
  void note_failed(const detail::piece_of_work& done, backfill_result& result) const {
    result.rows_failed += done.failed.count;
    if (done.failed.count == 0 || options_.on_data_error == data_error_policy::go_on) return;
    if (done.refused) detail::throw_refused_rows(Migration::name.view(), done.failed);
    detail::throw_rows_without_value(Migration::name.view(), done.failed);
  }

  void report(std::int64_t run, const std::stop_token& stop) {
    if (share_ != nullptr) return;  // the thread that called `run` tells of all
    bool wanted = options_.on_progress || options_.observer.template hears<progress_event>();
    if (!wanted || !pace_.due(Environment::now(), options_.progress_interval)) return;
    auto progress = session_.retrying([&](auto& on) { return detail::read_progress(on, run); }, stop);
    if (!progress.has_value()) return;
    complete(*progress);
    tell(*progress);
  }

  /// Adds what only this runner knows.
  void complete(backfill_progress& progress) const {
    pace_.complete(progress, crew_ == nullptr ? 0.0 : crew_->rate_of_others());
    breather_.complete(progress);
  }

  void tell(const backfill_progress& progress) const {
    options_.observer(progress_event{Migration::name.view(), progress});
    if (options_.on_progress) options_.on_progress(progress);
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

  const Database& source_;
  backfill_options options_;
  detail::session<Database, Environment> session_;
  detail::pace pace_;
  std::conditional_t<is_client_only<Migration>, detail::client_walk<Migration, Environment, answer>,
                     detail::server_walk<Migration, Environment>>
      walk_;
  detail::lease lease_{};
  detail::breather<Database, Environment> breather_;
  std::chrono::steady_clock::time_point looked_ = Environment::now();  ///< whether somebody waits for the run
  std::int64_t careful_left_ = 0;                                      ///< rows among which the table refuses one
  detail::lookup_drain<Migration, Environment> queue_;
  bool queue_is_last_ = false;           ///< the walk is at its end, and this runner has what is left of the queue
  detail::crew_share* share_ = nullptr;  ///< of a thread of another runner: where it tells what it does
  detail::crew* crew_ = nullptr;         ///< the other threads of this run
};

}  // namespace online_migration
