// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <functional>
#include <string>

#include <fmt/format.h>

#include <online_migration/runtime/chunk_size.hpp>
#include <online_migration/runtime/data_error_policy.hpp>
#include <online_migration/runtime/mismatch_bound.hpp>
#include <online_migration/runtime/observer.hpp>
#include <online_migration/runtime/session.hpp>
#include <online_migration/runtime/throttle.hpp>
#include <online_migration/runtime/walk_by.hpp>

namespace online_migration {

/// What a parity pass found.
struct parity_report {
  std::int64_t pass = 0;  ///< in `online_migration_parity_passes`
  std::int64_t rows_checked = 0;
  std::int64_t mismatches = 0;   ///< of a repair: rows that it put right
  std::int64_t rows_failed = 0;  ///< for which the transform has no value; a full pass puts them into the quarantine
  bool complete = false;         ///< false where it was stopped: then it proves nothing
};

/// What a sample of rows found, and what follows for all of them. It never opens a gate.
struct sample_report : parity_report {
  bool all_rows = false;  ///< every row was checked, because that was less work
  /// At most this share of all rows differs, with a confidence of 95 %; exact where all rows were checked.
  double greatest_share = 1.0;

  /// Says what follows from what was found, once that is known.
  void conclude() {
    if (!complete) return;
    greatest_share = !all_rows           ? greatest_mismatch_share(rows_checked, mismatches)
                     : rows_checked == 0 ? 0.0
                                         : static_cast<double>(mismatches) / static_cast<double>(rows_checked);
  }

  /// What it proves, in words.
  [[nodiscard]] std::string text() const {
    if (!complete) return fmt::format("The sample was stopped after {} rows, which proves nothing.", rows_checked);
    if (all_rows) return fmt::format("All {} rows were checked, and {} differ.", rows_checked, mismatches);
    return fmt::format(
        "{} of {} rows drawn at random differ: with a confidence of 95 % at most {} % of all rows do. Only a full pass "
        "shows that none does.",
        mismatches, rows_checked, detail::percent_at_most(greatest_share));
  }
};

/// How parity is checked. Nothing here has to be set.
struct parity_options {
  /// The most rows of one statement by keys; fewer where they take longer than `range_time`, or many bytes of the client.
  /// Ranges that a sample of the keys has cut have two thirds of it as a rule, so that hardly one has more.
  int range_rows = 100'000;
  /// How long one statement should take: no snapshot is older than about that.
  std::chrono::milliseconds range_time{50};
  /// How a full pass comes to all rows: by blocks, at the speed of a sequential scan, where the sync trigger makes that
  /// a proof and the table is not small; by keys otherwise.
  walk_by walk = walk_by::measured;
  int workers = 1;  ///< threads of a full pass, each with a connection of its own; one where the client computes
  int most_witnesses = 100;  ///< mismatching rows that are recorded for each pass
  /// The most witnesses that a migration keeps; the oldest go first, but never those of its newest full pass.
  int most_kept_witnesses = 10'000;
  /// How long witnesses are kept; those of the newest full pass are kept longer.
  std::chrono::seconds keep_witnesses = std::chrono::hours{24 * 30};
  /// The pause after each range.
  online_migration::throttle throttle{};
  /// The chunks of a repair.
  chunk_settings chunk{};
  /// What to do where a function of a client-only transform throws.
  data_error_policy on_data_error = data_error_policy::stop;
  retry_settings retry{};
  /// Called after each range with what was found so far.
  std::function<void(const parity_report&)> on_progress{};
  /// Hears of ranges and passes.
  observer_ref observer{};
};

namespace detail {

/// The rows of one statement where no time is measured.
inline int few_rows(const parity_options& options) { return std::min(options.range_rows, 10'000); }

}  // namespace detail
}  // namespace online_migration
