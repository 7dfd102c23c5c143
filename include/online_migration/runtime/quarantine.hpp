// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include <online_migration/migration/migration.hpp>
#include <online_migration/postgres/concepts.hpp>
#include <online_migration/postgres/parameter.hpp>
#include <online_migration/runtime/key_walk.hpp>
#include <online_migration/runtime/run_record.hpp>
#include <online_migration/sql/statements.hpp>

namespace online_migration {

/// A row for which the transform of a migration has no value: its new column is NULL.
struct quarantined_row {
  /// The key column by column, as the server prints it; a hash in the place of a column that is `om::sensitive`.
  std::vector<std::string> key;
  /// Why: what the server says of the transform; `38000` where a function of the program threw; `22000` where a trigger
  /// met the row, which does not ask why.
  std::string sqlstate;
  std::string noted_by;  ///< `trigger`, `backfill` or `parity`
  std::chrono::system_clock::time_point noted_at;
};

namespace detail {

/// The quarantine of a migration, the oldest first, `most` rows of it.
template <migration_like Migration, transactional Connection>
std::vector<quarantined_row> read_quarantine(Connection& on, std::int64_t most) {
  constexpr std::size_t keys = describe_table<typename Migration::table>.key_count();
  std::string limit = std::to_string(most);
  auto rows = ask_state(on, statements<Migration>::quarantined, {text_form_parameter(limit)});
  std::vector<quarantined_row> found;
  for (int row = 0; row < rows.rows(); ++row) {
    constexpr int next = static_cast<int>(keys);
    std::chrono::microseconds since_1970{rows.integer(row, next + 2)};
    found.push_back({read_key(rows, row, 0, keys), std::string{rows.text(row, next)},
                     std::string{rows.text(row, next + 1)},
                     std::chrono::system_clock::time_point{
                         std::chrono::duration_cast<std::chrono::system_clock::duration>(since_1970)}});
  }
  return found;
}

}  // namespace detail
}  // namespace online_migration
