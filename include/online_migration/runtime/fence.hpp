// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include <fmt/format.h>

#include <online_migration/migration/phase.hpp>
#include <online_migration/postgres/concepts.hpp>
#include <online_migration/postgres/error.hpp>
#include <online_migration/postgres/parameter.hpp>
#include <online_migration/runtime/ask.hpp>
#include <online_migration/runtime/key_walk.hpp>
#include <online_migration/runtime/lease.hpp>
#include <online_migration/sql/statement.hpp>

namespace online_migration::detail {

/// Where a slice stands, for the runner that has it.
struct position {
  phase in{};
  bool paused = false;
  bool finished = false;
  key_text cursor;           ///< empty before the first chunk
  key_text end;              ///< of the walk
  bool quarantined = false;  ///< whether any row is in quarantine; known where `client_position` was asked
};

/// What `write_position` tells. Throws: `lost_lease` where another runner has taken the slice.
template <result_like Result>
position read_position(const Result& row, const lease& held, std::size_t keys) {
  if (row.rows() != 1) {
    // Slice 0 is there for as long as the run is.
    if (held.slice != "0") throw lost_lease{"The walk of this backfill was begun anew. This runner stops."};
    throw refused{"The state of this backfill is gone from online_migration_backfill_state."};
  }
  if (row.text(0, 1) != held.epoch) {
    throw lost_lease{
        fmt::format("Another runner has taken over this backfill: {}. This one stops; nothing it did is lost.",
                    row.is_null(0, 2) ? "(it has left already)" : row.text(0, 2))};
  }
  position found;
  if (!from_string(row.text(0, 0), found.in)) {
    throw lost_lease{"The run is in a phase that this version of the library does not know. This runner stops."};
  }
  found.paused = row.boolean(0, 3);
  found.finished = row.boolean(0, 4);
  int first = 6;
  if (row.boolean(0, 5)) found.cursor = read_key(row, 0, first, keys);
  first += static_cast<int>(keys);
  found.end = read_key(row, 0, first, keys);
  return found;
}

/// Asks `fence`, which locks the slice until the end of the transaction, or `client_position`, which does not.
/// Throws: `lost_lease` where another runner has taken the slice.
template <transactional Connection>
position find_position(Connection& on, const statement& how, const lease& held, std::size_t keys) {
  auto row = ask(on, how, {text_form_parameter(held.run), text_form_parameter(held.slice)});
  position found = read_position(row, held, keys);
  int next = static_cast<int>(6 + 2 * keys);
  if (next < row.columns()) found.quarantined = row.boolean(0, next);
  return found;
}

/// Throws: `lost_lease`.
[[noreturn]] inline void refuse_phase(phase in) {
  throw lost_lease{fmt::format("The run has left the phase backfill for {}. This runner stops; nothing it did is lost.",
                               to_string(in))};
}

}  // namespace online_migration::detail
