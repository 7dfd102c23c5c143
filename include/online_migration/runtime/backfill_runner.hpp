// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <limits>
#include <optional>
#include <stop_token>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include <online_migration/runtime/backfill_options.hpp>
#include <online_migration/runtime/client_rows.hpp>
#include <online_migration/runtime/key_walk.hpp>
#include <online_migration/runtime/lease.hpp>
#include <online_migration/runtime/pace.hpp>
#include <online_migration/runtime/toolkit.hpp>

namespace online_migration {

/// Fills the new column of the rows that were there before expand, chunk by chunk. Fence, chunk, cursor and counters
/// are
/// one transaction, so whatever is killed, nothing is lost and nothing is counted twice: `run` again goes on at the cursor.
///
/// Throws: `refused` where the run is not in a phase for it, or another runner is at work (its name is told); `lost_lease`
/// when another one took over; `statement_error`, `connection_error` when retries did not help. The state tables then hold
/// the error, and `run` may be called again.
/// Thread safety: one thread at a time, but any number of objects. The database has to outlive it.
/// Round trips: six for each chunk.
template <migration_like Migration, database_like Database = database,
          environment_like Environment = system_environment>
class backfill_runner {
 public:
  explicit backfill_runner(const Database& source, backfill_options options = {})
      : source_{source},
        options_{std::move(options)},
        session_{source, options_.retry},
        pace_{options_.chunk, is_client_only<Migration>} {
    if (!(options_.throttle.duty_cycle > 0.0 && options_.throttle.duty_cycle <= 1.0)) {
      throw refused{"throttle.duty_cycle is the share of the time to work: it must be above 0 and at most 1."};
    }
    if (options_.chunk.initial < 1 || options_.chunk.smallest < 1 || options_.chunk.largest < options_.chunk.smallest) {
      throw refused{"A chunk has at least one row, and chunk.largest is not below chunk.smallest."};
    }
  }
  explicit backfill_runner(const Database&&, backfill_options = {}) = delete;

  /// Works until every row is done, a stop is requested, or a pause is. Enters the phase `backfill` if the run is in
  /// `expand`, and `validate` at the end.
  backfill_result run(const std::stop_token& stop = {}) {
    return detail::in_migration(Migration::name.view(), [&] { return run_to_the_end(stop); });
  }

 private:
  using sql = statements<Migration>;
  static constexpr std::size_t keys = describe_table<typename Migration::table>.key_count();
  enum class outcome { done, finished, paused };

  backfill_result run_to_the_end(const std::stop_token& stop) {
    basic_toolkit<Database, Environment> tools{source_};
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
    if (now.phase == phase::backfill) result = work(std::to_string(now.id), stop);
    auto progress = session_.retrying([&](auto& on) { return detail::read_progress(on, now.id); }, stop);
    if (progress.has_value()) pace_.complete(*progress);
    result.progress = progress.value_or(backfill_progress{});
    result.how = result.progress.finished ? backfill_result::ending::finished : backfill_result::ending::paused;
    if (options_.on_progress) options_.on_progress(result.progress);
    if (result.finished()) tools.template mark_phase_from<Migration>(phase::backfill, phase::validate);
    return result;
  }

  backfill_result work(const std::string& run, const std::stop_token& stop) {
    backfill_result result;
    std::string holder = options_.holder.empty()
                             ? detail::make_holder(Environment::random(std::numeric_limits<std::uint32_t>::max()))
                             : options_.holder;
    lease_ = detail::lease{run, "0", {}, std::move(holder), options_.lease};
    if (!take_lease(stop)) return result;
    session_.retrying([this](auto& on) { this->find_path(on); }, stop);
    try {
      while (!stop.stop_requested()) {
        outcome ended = chunk_with_retries(result, stop);
        if (ended != outcome::done) break;
        report(run, stop);
        rest(stop);
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

  /// The functions of the table's own triggers find what they use by the path of the session, so those triggers fire
  /// under it, with pg_catalog first. Where there are none nothing is looked up outside pg_catalog.
  template <connection_like Connection>
  void find_path(Connection& on) {
    constexpr const table_description& table = describe_table<typename Migration::table>;
    auto firing =
        detail::ask_alone(on, catalog::update_triggers, {detail::text_of(table.schema), detail::text_of(table.name)});
    if (firing.integer(0, 0) == 0) return;
    auto path = detail::ask(on, catalog::session_path);
    pace_.look_in(path.text(0, 0).empty() ? std::string{"pg_catalog"} : fmt::format("pg_catalog, {}", path.text(0, 0)));
  }

  /// One chunk, again and smaller while it runs into locks, on a new connection after a loss. The outcome of a COMMIT
  /// whose answer was lost needs no guess: the next chunk begins by reading the cursor.
  outcome chunk_with_retries(backfill_result& result, const std::stop_token& stop) {
    auto begin = Environment::now();
    backoff waits{options_.retry.waits};
    bool reconnect = false;
    for (;;) {
      try {
        auto& on = session_.open();
        if (reconnect) lease_.renew(on);
        reconnect = false;
        pace_.learn(on.facts().deadlock_timeout);
        return chunk(on);
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
      }
      if (Environment::sleep(waits.next([](std::int64_t limit) { return Environment::random(limit); }), stop))
        return outcome::paused;
    }
  }

  template <connection_like Connection>
  outcome chunk(Connection& on) {
    auto begin = Environment::now();
    transaction scope{on, pace_.bounds()};
    // Deferred constraint triggers would run at COMMIT, after the time-out of the statement that locked the rows.
    detail::ask(on, state::constraints_now);
    auto fence = detail::ask(on, sql::fence, {text_form_parameter(lease_.run), text_form_parameter(lease_.slice)});
    if (fence.rows() != 1) throw refused{"The state of this backfill is gone from online_migration_backfill_state."};
    if (fence.text(0, 1) != lease_.epoch) {
      throw lost_lease{
          fmt::format("Another runner has taken over this backfill: {}. This one stops; nothing it did is lost.",
                      fence.is_null(0, 2) ? "(it has left already)" : fence.text(0, 2))};
    }
    // The one before may have finished, and gone on to the next phase, while this one waited for the lease.
    if (fence.boolean(0, 4)) return outcome::finished;
    if (fence.text(0, 0) != to_string(phase::backfill)) {
      throw lost_lease{fmt::format(
          "The run has left the phase backfill for {}. This runner stops; nothing it did is lost.", fence.text(0, 0))};
    }
    if (fence.boolean(0, 3)) return outcome::paused;
    detail::key_text cursor = fence.boolean(0, 5) ? detail::read_key(fence, 0, 6, keys) : detail::key_text{};
    detail::key_text end = detail::read_key(fence, 0, 6 + static_cast<int>(keys), keys);

    auto begin_work = Environment::now();
    detail::walk_step step = detail::next_step<sql>(on, cursor, end, pace_.rows());
    std::int64_t changed = 0;
    if constexpr (is_client_only<Migration>) {
      changed = detail::run_client_chunk<Migration, Environment>(on, step.range, pace_.longest_statement());
    } else {
      changed =
          detail::ask(on, step.range.choose(sql::backfill_chunk_first, sql::backfill_chunk), step.range.parameters())
              .affected();
    }
    auto end_work = Environment::now();
    advance(on, step, changed);
    scope.commit();

    using std::chrono::duration_cast, std::chrono::microseconds;
    pace_.took(duration_cast<microseconds>(Environment::now() - begin),
               duration_cast<microseconds>(end_work - begin_work), step.rows, step.last);
    return step.last ? outcome::finished : outcome::done;
  }

  template <connection_like Connection>
  void advance(Connection& on, const detail::walk_step& step, std::int64_t changed) {
    std::string texts[]{std::to_string(step.rows),
                        std::to_string(changed),
                        step.last ? "true" : "false",
                        std::to_string(pace_.rows()),
                        std::to_string(options_.throttle.sleep.count()),
                        fmt::format("{}", options_.throttle.duty_cycle),
                        std::to_string(options_.lease.count())};
    std::vector<parameter> all{text_form_parameter(lease_.run), text_form_parameter(lease_.slice),
                               text_form_parameter(lease_.epoch)};
    for (const std::string& each : texts) all.push_back(text_form_parameter(each));
    for (const std::string& part : step.range.upper) all.push_back(detail::text_of(part));
    for (std::size_t i = 0; i < keys; ++i) {
      all.push_back(step.range.lower.empty() ? null_parameter(text::description.oid)
                                             : detail::text_of(step.range.lower[i]));
    }
    if (detail::ask(on, sql::advance, all).affected() != 1) {
      throw lost_lease{
          "The cursor of this backfill was moved by another runner. This one stops; nothing it did is lost."};
    }
  }

  void report(const std::string& run, const std::stop_token& stop) {
    if (!options_.on_progress || !pace_.due(Environment::now(), options_.progress_interval)) return;
    auto progress = session_.retrying([&](auto& on) { return detail::read_progress(on, std::stoll(run)); }, stop);
    if (!progress.has_value()) return;
    pace_.complete(*progress);
    options_.on_progress(*progress);
  }

  /// The pause between two chunks; a long one goes on holding the lease.
  void rest(const std::stop_token& stop) {
    std::chrono::milliseconds left = options_.throttle.after(pace_.last_chunk());
    pace_.rested(left);
    std::chrono::milliseconds longest = std::max(options_.lease / 3, std::chrono::milliseconds{1});
    while (left > std::chrono::milliseconds::zero()) {
      std::chrono::milliseconds now = std::min(left, longest);
      if (Environment::sleep(now, stop)) return;
      left -= now;
      if (left > std::chrono::milliseconds::zero()) session_.retrying([this](auto& on) { lease_.renew(on); }, stop);
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
      lease_.release(session_.open());
    } catch (...) {  // the lease ends by itself
    }
  }

  const Database& source_;
  backfill_options options_;
  detail::session<Database, Environment> session_;
  detail::pace pace_;
  detail::lease lease_{};
};

}  // namespace online_migration
