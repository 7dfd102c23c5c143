// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <optional>
#include <string>

#include <online_migration/postgres/concepts.hpp>
#include <online_migration/postgres/error.hpp>
#include <online_migration/runtime/ask.hpp>
#include <online_migration/sql/careful.hpp>

namespace online_migration::detail {

/// Of a piece of work that goes down to the row.
inline constexpr int most_careful_rows = 64;

/// Does a part of a transaction's work behind a savepoint. Nothing where it was done; where a value in the data is in
/// its way, the SQLSTATE, and the transaction is where it was before. Throws: what `work` throws for any other reason.
template <transactional Connection, class Work>
std::optional<std::string> try_part(Connection& on, Work work) {
  ask(on, state::try_part);
  try {
    work();
    ask(on, state::keep_part);
    return std::nullopt;
  } catch (const statement_error& problem) {
    if (problem.retry() != retry_class::data) throw;
    std::string reason{problem.sqlstate()};
    ask(on, state::undo_part);
    ask(on, state::keep_part);
    return reason;
  }
}

}  // namespace online_migration::detail
