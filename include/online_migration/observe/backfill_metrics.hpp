// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <mutex>
#include <string>
#include <string_view>

#include <online_migration/observe/families.hpp>
#include <online_migration/runtime/events.hpp>

namespace online_migration::detail {

struct backfill_families {
  explicit backfill_families(prometheus::Registry& to)
      : rows{counter_family(to, "online_migration_backfill_rows_total", "Rows that the backfill walked over.")},
        rows_changed{counter_family(to, "online_migration_backfill_rows_changed_total",
                                    "Rows of the backfill that were not right already.")},
        chunks{counter_family(to, "online_migration_backfill_chunks_total", "Chunks that were committed.")},
        errors{counter_family(to, "online_migration_backfill_errors_total", "Runs that ended with an error.")},
        retries{counter_family(to, "online_migration_backfill_retries_total",
                               "Chunks that failed and were tried again, by the class of their error.")},
        throttled{counter_family(to, "online_migration_backfill_throttled_seconds_total",
                                 "Time slept on purpose, by its reason.")},
        chunk_seconds{histogram_family(to, "online_migration_backfill_chunk_seconds",
                                       "Time of the transaction of a chunk that was committed.")},
        progress_ratio{gauge_family(to, "online_migration_backfill_progress_ratio",
                                    "How far the backfill is over all of its sessions; 1 only when it is finished.")},
        running{gauge_family(to, "online_migration_backfill_running", "Runners at work in this process.")},
        rows_per_second{gauge_family(to, "online_migration_backfill_rows_per_second",
                                     "Rate of the running session with its pauses, 0 where none is running.")},
        hot_ratio{gauge_family(to, "online_migration_backfill_hot_ratio",
                               "Of the last updates, those that stayed on their page and touched no index.")},
        awaited{gauge_family(to, "online_migration_backfill_awaited",
                             "1 while chunks are short because sessions wait for their rows.")},
        strategy{gauge_family(to, "online_migration_backfill_strategy",
                              "1 for the way in which rows are walked now, and why; 0 for those before it.")},
        dirty_keys{gauge_family(to, "online_migration_backfill_dirty_keys",
                                "Keys that wait in the queue of a client-only transform.")},
        quarantined_rows{gauge_family(to, "online_migration_backfill_quarantined_rows",
                                      "Rows for which the transform has no value.")} {}

  counters& rows;
  counters& rows_changed;
  counters& chunks;
  counters& errors;
  counters& retries;
  counters& throttled;
  histograms& chunk_seconds;
  gauges& progress_ratio;
  gauges& running;
  gauges& rows_per_second;
  gauges& hot_ratio;
  gauges& awaited;
  gauges& strategy;
  gauges& dirty_keys;
  gauges& quarantined_rows;
};

/// The series of the backfill of one migration.
class backfill_metrics {
 public:
  backfill_metrics(const backfill_families& families, std::string_view migration)
      : rows_{families.rows.Add(labels_of(migration))},
        rows_changed_{families.rows_changed.Add(labels_of(migration))},
        chunks_{families.chunks.Add(labels_of(migration))},
        errors_{families.errors.Add(labels_of(migration))},
        retries_{families.retries},
        throttled_{families.throttled},
        chunk_seconds_{families.chunk_seconds.Add(labels_of(migration), boundaries)},
        progress_ratio_{families.progress_ratio.Add(labels_of(migration))},
        running_{families.running.Add(labels_of(migration))},
        rows_per_second_{families.rows_per_second.Add(labels_of(migration))},
        awaited_{families.awaited.Add(labels_of(migration))},
        hot_ratio_{families.hot_ratio},
        strategy_{families.strategy},
        dirty_keys_{families.dirty_keys.Add(labels_of(migration))},
        quarantined_rows_{families.quarantined_rows.Add(labels_of(migration))} {
    // A counter that is there from the beginning shows its first increment.
    for (retry_class each : {retry_class::retry, retry_class::reconnect}) {
      retries_.Add(labels_of(migration, "class", to_string(each)));
    }
    for (std::string_view each : {"sleep", "duty_cycle"}) throttled_.Add(labels_of(migration, "reason", each));
  }

  void add(const chunk_event& chunk) {
    rows_.Increment(static_cast<double>(chunk.rows));
    rows_changed_.Increment(static_cast<double>(chunk.rows_changed));
    chunks_.Increment();
    chunk_seconds_.Observe(seconds(chunk.time));
  }
  void add(const retry_event& retry) {
    retries_.Add(labels_of(retry.migration, "class", to_string(retry.why))).Increment();
  }
  void add(const failure_event&) { errors_.Increment(); }
  void add(const throttled_event& pause) {
    throttled_.Add(labels_of(pause.migration, "reason", pause.reason)).Increment(seconds(pause.time));
  }
  void add(const running_event& runner) {
    running_.Increment(runner.running ? 1 : -1);
    if (runner.running) return;
    rows_per_second_.Set(0);
    awaited_.Set(0);
  }
  void add(const progress_event& now) {
    progress_ratio_.Set(now.progress.ratio());
    dirty_keys_.Set(static_cast<double>(now.progress.dirty_keys));
    quarantined_rows_.Set(static_cast<double>(now.progress.quarantined));
    if (now.progress.hot_share.has_value()) {
      hot_ratio_.Add(labels_of(now.migration)).Set(*now.progress.hot_share);
    }
    note_strategy(now);
    if (running_.Value() == 0) return;
    rows_per_second_.Set(now.progress.rows_per_second.value_or(0));
    awaited_.Set(now.progress.awaited ? 1 : 0);
  }

 private:
  static double seconds(std::chrono::duration<double> time) { return time.count(); }

  /// `striped blocks, 8 stripes by bits: it was faster …` is a strategy and a reason.
  void note_strategy(const progress_event& now) {
    const std::string& words = now.progress.strategy;
    if (words.empty()) return;
    std::size_t colon = std::min(words.find(": "), words.size());
    prometheus::Labels labels =
        labels_of(now.migration, "strategy", words.substr(0, std::min(words.find(", "), colon)));
    labels.emplace("reason", words.substr(std::min(colon + 2, words.size())));
    prometheus::Gauge& next = strategy_.Add(labels);
    std::scoped_lock alone{strategy_changes_};
    if (in_force_ != nullptr && in_force_ != &next) in_force_->Set(0);
    in_force_ = &next;
    next.Set(1);
  }

  static inline const prometheus::Histogram::BucketBoundaries boundaries{0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5,
                                                                         0.75,  1,    2.5,   5,    10,  30};

  prometheus::Counter& rows_;
  prometheus::Counter& rows_changed_;
  prometheus::Counter& chunks_;
  prometheus::Counter& errors_;
  counters& retries_;
  counters& throttled_;
  prometheus::Histogram& chunk_seconds_;
  prometheus::Gauge& progress_ratio_;
  prometheus::Gauge& running_;
  prometheus::Gauge& rows_per_second_;
  prometheus::Gauge& awaited_;
  gauges& hot_ratio_;
  gauges& strategy_;
  prometheus::Gauge& dirty_keys_;
  prometheus::Gauge& quarantined_rows_;
  std::mutex strategy_changes_;
  prometheus::Gauge* in_force_ = nullptr;
};

}  // namespace online_migration::detail
