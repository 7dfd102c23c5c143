// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <atomic>
#include <chrono>
#include <cstddef>
#include <string>
#include <string_view>

#include <online_migration/observe/families.hpp>
#include <online_migration/runtime/events.hpp>

namespace online_migration::detail {

struct dual_write_families {
  explicit dual_write_families(prometheus::Registry& to)
      : duration_seconds{histogram_family(to, "online_migration_dual_write_duration_seconds",
                                          "Time of a dual write with its round trip, by operation and outcome.")} {}

  histograms& duration_seconds;
};

/// The series of the dual writes of one migration. Those of an operation are made when it is first used, both outcomes
/// at once, and from then on a write is one histogram's business.
class dual_write_metrics {
 public:
  dual_write_metrics(const dual_write_families& families, std::string_view migration)
      : duration_seconds_{families.duration_seconds}, migration_{migration} {}

  void add(const dual_write_event& write) {
    histogram_of(write.operation, write.outcome).Observe(std::chrono::duration<double>{write.time}.count());
  }

 private:
  prometheus::Histogram& histogram_of(write_operation operation, write_outcome outcome) {
    std::atomic<prometheus::Histogram*>* both = known_[static_cast<std::size_t>(operation)];
    auto& known = both[static_cast<std::size_t>(outcome)];
    if (prometheus::Histogram* found = known.load(std::memory_order_acquire)) return *found;
    // Adding a series again gives the one that is there, so two threads may do it at once.
    for (write_outcome each : {write_outcome::ok, write_outcome::error}) {
      prometheus::Labels labels = labels_of(migration_, "operation", to_string(operation));
      labels.emplace("outcome", to_string(each));
      both[static_cast<std::size_t>(each)].store(&duration_seconds_.Add(labels, boundaries), std::memory_order_release);
    }
    return *known.load(std::memory_order_acquire);
  }

  static inline const prometheus::Histogram::BucketBoundaries boundaries{
      0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10};

  histograms& duration_seconds_;
  std::string migration_;
  std::atomic<prometheus::Histogram*> known_[write_operation_count][write_outcome_count]{};
};

}  // namespace online_migration::detail
