// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include <fmt/format.h>

#include <online_migration/migration/describe.hpp>
#include <online_migration/migration/migration.hpp>
#include <online_migration/postgres/transaction.hpp>
#include <online_migration/runtime/alone.hpp>
#include <online_migration/runtime/ask.hpp>
#include <online_migration/runtime/settle.hpp>
#include <online_migration/runtime/structure/preflight.hpp>
#include <online_migration/sql/structure/plan.hpp>

namespace online_migration {

/// Rows in the way of one structural change.
struct violation {
  std::size_t change = 0;  ///< its position in the declaration
  std::string about;       ///< what it is, for a person
  std::int64_t rows = 0;
  std::string query;  ///< the statement that counts them
};

/// What `om::verify` found: the changes with rows in their way.
struct violation_report {
  std::vector<violation> found;

  [[nodiscard]] bool clean() const { return found.empty(); }

  /// The report for a person, one change a line.
  [[nodiscard]] std::string text() const {
    std::string lines;
    for (const violation& each : found) {
      lines += fmt::format("  {} rows are in the way of {}: {}\n", each.rows, each.about, each.query);
    }
    return lines;
  }
};

namespace detail {

/// Counts the rows in the way of each change, one scan for each, beside readers and writers.
template <structural_migration Migration, connection_like Connection>
violation_report count_violations(Connection& on, transaction_settings bounds) {
  violation_report report;
  bounds.statement_timeout = long_scan;
  longer_deadline patience{on, long_scan};
  for (std::size_t i = 0; i < describe_structure<Migration>.count; ++i) {
    const statement& count = violation_counts<Migration>[i];
    if (count.size == 0) continue;
    transaction scope{on, bounds};
    std::int64_t rows = ask(on, count).integer(0, 0);
    scope.commit();
    if (rows == 0) continue;
    report.found.push_back({i, name_of(describe_structure<Migration>.changes[i]), rows, std::string{count.view()}});
  }
  return report;
}

}  // namespace detail

}  // namespace online_migration
