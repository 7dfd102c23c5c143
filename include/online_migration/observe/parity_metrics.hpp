// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <chrono>
#include <string>
#include <string_view>

#include <online_migration/observe/families.hpp>
#include <online_migration/runtime/events.hpp>

namespace online_migration::detail {

struct parity_families {
  explicit parity_families(prometheus::Registry& to)
      : rows_checked{counter_family(to, "online_migration_parity_rows_checked_total",
                                    "Rows that parity compared, by the kind of the pass.")},
        mismatches{counter_family(to, "online_migration_parity_mismatches_total",
                                  "Rows that parity found to differ, by the kind of the pass.")},
        in_flight{counter_family(to, "online_migration_parity_in_flight_total",
                                 "Rows that differed when a watch looked first, and later did not.")},
        last_pass_mismatches{gauge_family(to, "online_migration_parity_last_pass_mismatches",
                                          "What the newest pass of this kind that went to its end found.")},
        last_clean_pass{gauge_family(to, "online_migration_parity_last_clean_pass_timestamp_seconds",
                                     "When the newest full pass without a mismatch ended.")},
        shadow_reads{counter_family(to, "online_migration_parity_shadow_reads_total",
                                    "Reads that were compared with the new representation, by outcome.")},
        shadow_differences{counter_family(to, "online_migration_parity_shadow_differences_total",
                                          "Reads that the new representation would have answered differently.")} {}

  counters& rows_checked;
  counters& mismatches;
  counters& in_flight;
  gauges& last_pass_mismatches;
  gauges& last_clean_pass;
  counters& shadow_reads;
  counters& shadow_differences;
};

/// The series of the parity passes of one migration.
class parity_metrics {
 public:
  parity_metrics(const parity_families& families, std::string_view migration) : families_{families} {
    add(parity_range_event{migration, "full"});
  }

  void add(const parity_range_event& range) {
    prometheus::Labels labels = labels_of(range.migration, "kind", range.kind);
    families_.rows_checked.Add(labels).Increment(static_cast<double>(range.rows));
    families_.mismatches.Add(labels).Increment(static_cast<double>(range.mismatches));
    if (range.kind == "watch") {
      families_.in_flight.Add(labels_of(range.migration)).Increment(static_cast<double>(range.in_flight));
    }
  }

  void add(const parity_pass_event& pass) {
    if (!pass.complete) return;
    families_.last_pass_mismatches.Add(labels_of(pass.migration, "kind", pass.kind))
        .Set(static_cast<double>(pass.mismatches));
    if (pass.kind != "full" || pass.mismatches > 0) return;
    std::chrono::duration<double> now = std::chrono::system_clock::now().time_since_epoch();
    families_.last_clean_pass.Add(labels_of(pass.migration)).Set(now.count());
  }

 private:
  parity_families families_;
};

/// The series of the shadow reads of one migration.
class shadow_metrics {
 public:
  shadow_metrics(const parity_families& families, std::string_view migration)
      : outcomes_{&outcome(families, migration, shadow_outcome::same),
                  &outcome(families, migration, shadow_outcome::different),
                  &outcome(families, migration, shadow_outcome::failed)},
        differences_{families.shadow_differences.Add(labels_of(migration))} {}

  void add(const shadow_read_event& read) {
    outcomes_[static_cast<std::size_t>(read.outcome)]->Increment();
    if (read.outcome == shadow_outcome::different) differences_.Increment();
  }

 private:
  static prometheus::Counter& outcome(const parity_families& families, std::string_view migration,
                                      shadow_outcome which) {
    return families.shadow_reads.Add(labels_of(migration, "outcome", to_string(which)));
  }

  prometheus::Counter* outcomes_[shadow_outcome_count];
  prometheus::Counter& differences_;
};

}  // namespace online_migration::detail
