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
  key_text cursor;  ///< empty before the first chunk
  key_text end;     ///< of the walk

  // Known where `client_position` was asked.
  bool quarantined = false;  ///< whether any row is in quarantine
  int stripe = 0;
  key_text span_end;  ///< empty where no span is open
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

/// What `client_position` tells. Throws: `lost_lease` where another runner has taken the slice.
template <result_like Result>
position read_client_position(const Result& row, const lease& held, std::size_t keys) {
  position found = read_position(row, held, keys);
  int next = static_cast<int>(6 + 2 * keys);
  found.quarantined = row.boolean(0, next);
  found.stripe = static_cast<int>(row.integer(0, next + 1));
  if (!row.is_null(0, next + 2)) found.span_end = read_key(row, 0, next + 2, keys);
  return found;
}

/// Asks `client_position`.
template <transactional Connection>
position find_client_position(Connection& on, const statement& how, const lease& held, std::size_t keys) {
  return read_client_position(ask(on, how, {text_form_parameter(held.run), text_form_parameter(held.slice)}), held,
                              keys);
}

/// Asks `fence`, which locks the slice until the end of the transaction.
template <transactional Connection>
position find_position(Connection& on, const statement& how, const lease& held, std::size_t keys) {
  return read_position(ask(on, how, {text_form_parameter(held.run), text_form_parameter(held.slice)}), held, keys);
}

/// Throws: `lost_lease`.
[[noreturn]] inline void refuse_phase(phase in) {
  throw lost_lease{fmt::format("The run has left the phase backfill for {}. This runner stops; nothing it did is lost.",
                               to_string(in))};
}

}  // namespace online_migration::detail
