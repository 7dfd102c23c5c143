// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <array>
#include <cstddef>
#include <string_view>

#include <online_migration/observe/families.hpp>
#include <online_migration/runtime/events.hpp>

namespace online_migration::detail {

struct phase_families {
  explicit phase_families(prometheus::Registry& to)
      : phase{gauge_family(to, "online_migration_phase",
                           "1 for the phase that the newest run of the migration is in, 0 for the others.")} {}

  gauges& phase;
};

/// The phases of one migration as a set of states, of which one is 1.
class phase_metrics {
 public:
  phase_metrics(const phase_families& families, std::string_view migration) {
    for (std::size_t each = 0; each < states_.size(); ++each) {
      states_[each] = &families.phase.Add(labels_of(migration, "phase", phase_names[each]));
    }
  }

  void add(const phase_event& now) {
    for (std::size_t each = 0; each < states_.size(); ++each) {
      states_[each]->Set(each == static_cast<std::size_t>(now.phase) ? 1 : 0);
    }
  }

 private:
  std::array<prometheus::Gauge*, std::size(phase_names)> states_{};
};

}  // namespace online_migration::detail
