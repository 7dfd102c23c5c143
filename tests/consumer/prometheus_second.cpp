// SPDX-License-Identifier: BSL-1.0
#include <online_migration/online_migration.hpp>
#include <online_migration/prometheus.hpp>

void count_in_second_file() {
  online_migration::prometheus_observer metrics;
  metrics.on(online_migration::phase_event{"m", online_migration::phase::backfill, true});
}
