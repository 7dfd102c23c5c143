// SPDX-License-Identifier: BSL-1.0
// Two translation units with the metrics in both, which share one registry.
#include <online_migration/online_migration.hpp>
#include <online_migration/prometheus.hpp>

void count_in_second_file();

int main() {
  count_in_second_file();
  online_migration::prometheus_observer metrics;
  metrics.on(online_migration::phase_event{"m", online_migration::phase::expand, true});
  return online_migration::metrics_registry()->Collect().size() == 1 ? 0 : 1;
}
