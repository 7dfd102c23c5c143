// SPDX-License-Identifier: BSL-1.0
#include <memory>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include <doctest/doctest.h>
#include <prometheus/text_serializer.h>

#include <online_migration/prometheus.hpp>
#include <online_migration/runtime/observer.hpp>

namespace om = online_migration;
using namespace std::chrono_literals;

namespace {

struct watched {
  std::shared_ptr<prometheus::Registry> registry = std::make_shared<prometheus::Registry>();
  om::prometheus_observer metrics{registry};
  om::observer_ref observer = metrics;

  std::string text() { return prometheus::TextSerializer{}.Serialize(registry->Collect()); }

  /// Whether a line is among those that a scrape returns, without the prefix that all have.
  bool has(const std::string& line) {
    return ("\n" + text()).find("\nonline_migration_" + line + "\n") != std::string::npos;
  }
  bool mentions(const std::string& part) { return text().find(part) != std::string::npos; }
};

}  // namespace

TEST_CASE("the default registry is one for the process") {
  CHECK(om::metrics_registry() != nullptr);
  CHECK(om::metrics_registry() == om::metrics_registry());
  om::prometheus_observer metrics;
  CHECK(metrics.registry() == om::metrics_registry());
}

TEST_CASE_FIXTURE(watched, "a group of series appears when something of its kind happens") {
  CHECK(text().empty());
  observer(om::dual_write_event{"m", om::write_operation::update, om::write_outcome::ok, 3ms});
  CHECK(mentions("online_migration_dual_write_duration_seconds"));
  CHECK_FALSE(mentions("online_migration_backfill_"));
  CHECK_FALSE(mentions("online_migration_parity_"));
  CHECK_FALSE(mentions("online_migration_phase"));
}

TEST_CASE_FIXTURE(watched, "chunks, retries, failures and pauses") {
  observer(om::chunk_event{"m", 100, 40, 20ms});
  observer(om::chunk_event{"m", 50, 0, 300ms});
  observer(om::chunk_event{"other", 1, 1, 1ms});
  observer(om::retry_event{"m", om::retry_class::retry});
  observer(om::retry_event{"m", om::retry_class::retry});
  observer(om::failure_event{"m", om::retry_class::data});
  observer(om::throttled_event{"m", "duty_cycle", 1500ms});
  observer(om::throttled_event{"m", "lag", 250ms});  // a reason of a later version
  CHECK(has("backfill_rows_total{migration=\"m\"} 150"));
  CHECK(has("backfill_rows_changed_total{migration=\"m\"} 40"));
  CHECK(has("backfill_chunks_total{migration=\"m\"} 2"));
  CHECK(has("backfill_rows_total{migration=\"other\"} 1"));
  CHECK(has("backfill_chunk_seconds_count{migration=\"m\"} 2"));
  CHECK(has("backfill_chunk_seconds_sum{migration=\"m\"} 0.32"));
  CHECK(has("backfill_chunk_seconds_bucket{migration=\"m\",le=\"0.01\"} 0"));
  CHECK(has("backfill_chunk_seconds_bucket{migration=\"m\",le=\"0.025\"} 1"));
  CHECK(has("backfill_chunk_seconds_bucket{migration=\"m\",le=\"0.5\"} 2"));
  CHECK(has("backfill_retries_total{class=\"retry\",migration=\"m\"} 2"));
  CHECK(has("backfill_retries_total{class=\"reconnect\",migration=\"m\"} 0"));
  CHECK(has("backfill_errors_total{migration=\"m\"} 1"));
  CHECK(has("backfill_throttled_seconds_total{migration=\"m\",reason=\"sleep\"} 0"));
  CHECK(has("backfill_throttled_seconds_total{migration=\"m\",reason=\"duty_cycle\"} 1.5"));
  CHECK(has("backfill_throttled_seconds_total{migration=\"m\",reason=\"lag\"} 0.25"));
}

TEST_CASE_FIXTURE(watched, "progress and rate, which ends with the runner") {
  om::backfill_progress progress;
  progress.rows_done = 500;
  progress.rows_estimated = 2000;
  progress.rows_per_second = 1234;
  progress.dirty_keys = 3;
  progress.quarantined = 4;
  observer(om::running_event{"m", true});
  observer(om::progress_event{"m", progress});
  CHECK_FALSE(mentions("hot_ratio{"));
  CHECK_FALSE(mentions("backfill_strategy{"));
  progress.hot_share = 0.75;
  progress.strategy = "striped blocks, 8 stripes by bits: it was faster when both were measured";
  observer(om::progress_event{"m", progress});
  CHECK(has("backfill_hot_ratio{migration=\"m\"} 0.75"));
  const std::string faster =
      "backfill_strategy{migration=\"m\",reason=\"it was faster when both were measured\",strategy=\"striped blocks\"}";
  CHECK(has(faster + " 1"));
  progress.hot_share = 0.1;
  progress.strategy = "plain keys: updates stay on their page anyway";
  observer(om::progress_event{"m", progress});
  CHECK(has(faster + " 0"));
  CHECK(
      has("backfill_strategy{migration=\"m\",reason=\"updates stay on their page anyway\",strategy=\"plain keys\"} 1"));
  CHECK(has("backfill_hot_ratio{migration=\"m\"} 0.1"));
  CHECK(has("backfill_awaited{migration=\"m\"} 0"));
  progress.awaited = true;
  observer(om::progress_event{"m", progress});
  CHECK(has("backfill_running{migration=\"m\"} 1"));
  CHECK(has("backfill_progress_ratio{migration=\"m\"} 0.25"));
  CHECK(has("backfill_rows_per_second{migration=\"m\"} 1234"));
  CHECK(has("backfill_awaited{migration=\"m\"} 1"));
  CHECK(has("backfill_dirty_keys{migration=\"m\"} 3"));
  CHECK(has("backfill_quarantined_rows{migration=\"m\"} 4"));
  progress.finished = true;
  observer(om::running_event{"m", false});
  observer(om::progress_event{"m", progress});
  CHECK(has("backfill_running{migration=\"m\"} 0"));
  CHECK(has("backfill_progress_ratio{migration=\"m\"} 1"));
  CHECK(has("backfill_rows_per_second{migration=\"m\"} 0"));
  CHECK(has("backfill_awaited{migration=\"m\"} 0"));
}

TEST_CASE_FIXTURE(watched, "dual writes by operation and outcome") {
  observer(om::dual_write_event{"m", om::write_operation::insert, om::write_outcome::ok, 3ms});
  observer(om::dual_write_event{"m", om::write_operation::insert, om::write_outcome::ok, 30ms});
  observer(om::dual_write_event{"m", om::write_operation::erase, om::write_outcome::error, 2s});
  auto line = [](std::string series, std::string operation, std::string outcome, std::string rest) {
    return "dual_write_duration_seconds_" + series + "{migration=\"m\",operation=\"" + operation + "\",outcome=\"" +
           outcome + "\"" + rest;
  };
  CHECK(has(line("count", "insert", "ok", "} 2")));
  CHECK(has(line("sum", "insert", "ok", "} 0.033")));
  CHECK(has(line("bucket", "insert", "ok", ",le=\"0.0025\"} 0")));
  CHECK(has(line("bucket", "insert", "ok", ",le=\"0.005\"} 1")));
  CHECK(has(line("count", "insert", "error", "} 0")));
  CHECK(has(line("count", "erase", "error", "} 1")));
  CHECK(has(line("count", "erase", "ok", "} 0")));
  CHECK_FALSE(mentions("upsert"));
}

TEST_CASE_FIXTURE(watched, "only a full pass that went to its end can be clean") {
  const std::string clean = "parity_last_clean_pass_timestamp_seconds";
  observer(om::parity_range_event{"m", "full", 100, 2});
  observer(om::parity_range_event{"m", "full", 50, 1});
  observer(om::parity_range_event{"m", "sample", 10, 0});
  observer(om::parity_pass_event{"m", "full", 150, 3, true});
  CHECK(has("parity_rows_checked_total{kind=\"full\",migration=\"m\"} 150"));
  CHECK(has("parity_rows_checked_total{kind=\"sample\",migration=\"m\"} 10"));
  CHECK(has("parity_mismatches_total{kind=\"full\",migration=\"m\"} 3"));
  CHECK(has("parity_last_pass_mismatches{kind=\"full\",migration=\"m\"} 3"));
  CHECK_FALSE(mentions(clean));
  observer(om::parity_pass_event{"m", "full", 20, 0, false});  // stopped
  observer(om::parity_pass_event{"m", "sample", 10, 0, true});
  observer(om::parity_pass_event{"m", "repair", 10, 0, true});
  CHECK(has("parity_last_pass_mismatches{kind=\"full\",migration=\"m\"} 3"));
  CHECK_FALSE(mentions(clean));
  observer(om::parity_pass_event{"m", "full", 150, 0, true});
  CHECK(has("parity_last_pass_mismatches{kind=\"full\",migration=\"m\"} 0"));
  CHECK(mentions(clean));
}

TEST_CASE_FIXTURE(watched, "a watch tells of rows that were being written") {
  observer(om::parity_range_event{"m", "full", 10, 0});
  CHECK_FALSE(mentions("in_flight_total{"));
  observer(om::parity_range_event{"m", "watch", 10, 1, 3});
  observer(om::parity_range_event{"m", "watch", 10, 0, 1});
  CHECK(has("parity_in_flight_total{migration=\"m\"} 4"));
  CHECK(has("parity_mismatches_total{kind=\"watch\",migration=\"m\"} 1"));
}

TEST_CASE_FIXTURE(watched, "shadow reads") {
  observer(om::shadow_read_event{"m", om::shadow_outcome::same});
  observer(om::shadow_read_event{"m", om::shadow_outcome::same});
  observer(om::shadow_read_event{"m", om::shadow_outcome::different});
  CHECK(has("parity_shadow_reads_total{migration=\"m\",outcome=\"same\"} 2"));
  CHECK(has("parity_shadow_reads_total{migration=\"m\",outcome=\"different\"} 1"));
  CHECK(has("parity_shadow_reads_total{migration=\"m\",outcome=\"failed\"} 0"));
  CHECK(has("parity_shadow_differences_total{migration=\"m\"} 1"));
}

TEST_CASE_FIXTURE(watched, "of the phases one is 1") {
  observer(om::phase_event{"m", om::phase::validate, true});
  observer(om::phase_event{"m", om::phase::contract_ready, true});
  for (std::string each : {"expand", "backfill", "validate", "contracted", "rolled-back"}) {
    CHECK(has("phase{migration=\"m\",phase=\"" + each + "\"} 0"));
  }
  CHECK(has("phase{migration=\"m\",phase=\"contract-ready\"} 1"));
}

TEST_CASE_FIXTURE(watched, "observers over one registry add to the same series") {
  om::prometheus_observer second{registry};
  observer(om::chunk_event{"m", 100, 40, 20ms});
  second.on(om::chunk_event{"m", 1, 0, 20ms});
  CHECK(has("backfill_rows_total{migration=\"m\"} 101"));
}

TEST_CASE("a registry that uses a name for something else is refused at once") {
  auto registry = std::make_shared<prometheus::Registry>();
  prometheus::BuildGauge().Name("online_migration_backfill_rows_total").Help("Not ours.").Register(*registry);
  CHECK_THROWS_AS(om::prometheus_observer{registry}, std::invalid_argument);
}

TEST_CASE_FIXTURE(watched, "many threads at once") {
  constexpr int threads = 4;
  constexpr int rounds = 500;
  const std::string names[]{"a", "b", "c"};
  std::vector<std::jthread> all;
  for (int thread = 0; thread < threads; ++thread) {
    all.emplace_back([&] {
      for (int round = 0; round < rounds; ++round) {
        for (const std::string& name : names) {
          observer(om::chunk_event{name, 1, 1, 1ms});
          observer(om::dual_write_event{name, om::write_operation::upsert, om::write_outcome::ok, 1ms});
          observer(om::shadow_read_event{name, om::shadow_outcome::same});
          observer(om::parity_range_event{name, "full", 1, 0});
          observer(om::phase_event{name, om::phase::backfill});
        }
        if (round % 100 == 0) text();
      }
    });
  }
  all.clear();
  for (const std::string& name : names) {
    CHECK(has("backfill_rows_total{migration=\"" + name + "\"} 2000"));
    CHECK(has("parity_rows_checked_total{kind=\"full\",migration=\"" + name + "\"} 2000"));
    CHECK(has("parity_shadow_reads_total{migration=\"" + name + "\",outcome=\"same\"} 2000"));
    CHECK(
        has("dual_write_duration_seconds_count{migration=\"" + name + "\",operation=\"upsert\",outcome=\"ok\"} 2000"));
  }
}
