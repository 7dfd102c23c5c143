// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <stop_token>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include <online_migration/migration/describe.hpp>
#include <online_migration/migration/fingerprint.hpp>
#include <online_migration/migration/migration.hpp>
#include <online_migration/runtime/backfill_options.hpp>
#include <online_migration/runtime/backfill_worker.hpp>
#include <online_migration/runtime/company.hpp>
#include <online_migration/runtime/crew.hpp>
#include <online_migration/runtime/lease.hpp>
#include <online_migration/runtime/progress.hpp>
#include <online_migration/runtime/running_mark.hpp>
#include <online_migration/runtime/session.hpp>
#include <online_migration/runtime/toolkit.hpp>

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
        own_{source, session_, options_} {
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
  using worker_type = detail::backfill_worker<Migration, Database, Environment>;

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
    bool idle = now.phase != phase::backfill && !worker_type::drains(now);
    if (!idle) result = work_together(now, stop);
    auto progress = session_.retrying([&](auto& on) { return detail::read_progress(on, now.id); }, stop);
    result.progress = progress.value_or(backfill_progress{});
    if (idle) result.how = backfill_result::ending::finished;
    own_.tell(result.progress);
    if (result.finished()) tools.template mark_phase_from<Migration>(phase::backfill, phase::validate);
    return result;
  }

  /// With as many threads as were asked for. What the calling thread does is what one thread alone would do; it is the
  /// one that reports.
  backfill_result work_together(const run_record& now, const std::stop_token& stop) {
    std::string holder = options_.holder.empty()
                             ? detail::make_holder(Environment::random(std::numeric_limits<std::uint32_t>::max()))
                             : options_.holder;
    detail::lease mine{std::to_string(now.id), "0", {}, holder, options_.lease};
    if (options_.alone && !detail::wait_to_be_alone<Environment>(session_, mine, options_.takeover_wait, stop))
      return {};
    detail::running_mark running{options_.observer, Migration::name.view()};
    auto others = static_cast<std::size_t>(options_.workers - 1);
    if (others == 0) return own_.work(now, std::move(mine), stop);

    detail::serial_observer serial{options_.observer};
    observer_ref caller = options_.observer;
    if (caller) options_.observer = serial;
    detail::crew all{others, stop};
    std::vector<backfill_result> results(others + 1);
    {
      std::vector<std::jthread> threads;
      auto help = [&](std::size_t number) {
        backfill_options some = detail::helper_options(options_, fmt::format("{}/{}", holder, number + 1));
        detail::session<Database, Environment> session{source_, some.retry};
        worker_type one{source_, session, some, &all.share(number - 1)};
        results[number] = one.work(now, {mine.run, "0", {}, some.holder, some.lease}, all.token());
      };
      all.guard([&] {
        for (std::size_t i = 1; i <= others; ++i) threads.emplace_back([&, i] { all.guard([&] { help(i); }); });
        own_.lead(&all);
        results[0] = own_.work(now, mine, all.token());
      });
    }
    own_.lead(nullptr);
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

  const Database& source_;
  backfill_options options_;
  detail::session<Database, Environment> session_;
  worker_type own_;
};

}  // namespace online_migration
