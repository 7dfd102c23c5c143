// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <cstdint>
#include <string>

#include "migration.hpp"

/// What the check at the end found. It is SQL written by hand and uses nothing of the library but its connection.
struct check_result {
  std::string constraints;    ///< of the accounts, that are validated
  std::string indexes;        ///< of the accounts, that are valid
  std::string columns;        ///< of the accounts, with what they may be
  std::int64_t unbooked = 0;  ///< the sum over all accounts, without what the history says
  std::int64_t booked = 0;    ///< rows in the history
  std::string refused;        ///< SQLSTATEs of three writes that the constraints forbid

  [[nodiscard]] bool is_right(std::int64_t transactions) const {
    return constraints == "accounts_branch_fkey, accounts_within_limits, pgbench_accounts_pkey" &&
           indexes == "accounts_by_branch, pgbench_accounts_pkey" &&
           columns == "aid integer not null, bid integer not null, abalance integer" && unbooked == 0 &&
           booked == transactions && refused == "23502, 23503, 23514";
  }
};

/// Takes the branch from some accounts, and gives others one that does not exist.
void soil(om::connection& on);

/// Gives those accounts the branch that pgbench made them with.
void mend(om::connection& on);

/// Removes a constraint, as somebody might who is in a hurry.
void sabotage(om::connection& on);

check_result check(om::connection& on);
