// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <memory>
#include <utility>

#include <online_migration/observe/backfill_metrics.hpp>
#include <online_migration/observe/by_migration.hpp>
#include <online_migration/observe/dual_write_metrics.hpp>
#include <online_migration/observe/metrics_registry.hpp>
#include <online_migration/observe/parity_metrics.hpp>
#include <online_migration/observe/phase_metrics.hpp>
#include <online_migration/runtime/events.hpp>

namespace online_migration {

/// The observer that counts for Prometheus. Give it to whatever takes an `om::observer_ref`; the series are listed in
/// docs/reference/metrics.md. A series of a migration appears when something of its kind first happens in this process.
///
///     om::prometheus_observer metrics;
///     om::dual_writer<canonical_display_name> write{connection, metrics};
///
/// Labels are the name of the migration and a few fixed words, never a key or a value.
///
/// Throws: the constructor throws what prometheus-cpp throws where the registry has a metric of such a name and of
/// another kind already (`std::invalid_argument`).
/// Thread safety: any number of threads at once. Observers over one registry add to the same series.
class prometheus_observer {
 public:
  explicit prometheus_observer(std::shared_ptr<prometheus::Registry> registry = metrics_registry())
      : registry_{std::move(registry)} {}

  void on(const chunk_event& event) { add(backfill_, event); }
  void on(const retry_event& event) { add(backfill_, event); }
  void on(const failure_event& event) { add(backfill_, event); }
  void on(const throttled_event& event) { add(backfill_, event); }
  void on(const running_event& event) { add(backfill_, event); }
  void on(const progress_event& event) { add(backfill_, event); }
  void on(const parity_range_event& event) { add(parity_, event); }
  void on(const parity_pass_event& event) { add(parity_, event); }
  void on(const dual_write_event& event) { add(dual_writes_, event); }
  void on(const shadow_read_event& event) { add(shadow_reads_, event); }
  void on(const phase_event& event) { add(phases_, event); }

  [[nodiscard]] const std::shared_ptr<prometheus::Registry>& registry() const { return registry_; }

 private:
  template <class Group, class Event>
  static void add(Group& group, const Event& event) {
    group.of(event.migration).add(event);
  }

  std::shared_ptr<prometheus::Registry> registry_;
  detail::by_migration<detail::backfill_families, detail::backfill_metrics> backfill_{
      detail::backfill_families{*registry_}};
  detail::by_migration<detail::dual_write_families, detail::dual_write_metrics> dual_writes_{
      detail::dual_write_families{*registry_}};
  detail::by_migration<detail::parity_families, detail::parity_metrics> parity_{detail::parity_families{*registry_}};
  detail::by_migration<detail::parity_families, detail::shadow_metrics> shadow_reads_{
      detail::parity_families{*registry_}};
  detail::by_migration<detail::phase_families, detail::phase_metrics> phases_{detail::phase_families{*registry_}};
};

}  // namespace online_migration
