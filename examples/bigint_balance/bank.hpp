// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <cstdint>
#include <string>

#include "migration.hpp"

/// What the check at the end found. It is SQL written by hand and uses nothing of the library but its connection.
struct check_result {
  std::string accounts;     ///< the sum over all accounts, by the new column
  std::string tellers;      ///< the same, as the tellers have it
  std::string branches;     ///< and the branches
  std::string history;      ///< the sum of all that was ever booked
  std::int64_t booked = 0;  ///< rows in the history
  std::string columns;      ///< of the accounts, with their types
  std::int64_t left = 0;    ///< triggers, functions and sequences of the library that are still there

  [[nodiscard]] bool is_right(std::int64_t transactions) const {
    return accounts == tellers && accounts == branches && accounts == history && booked == transactions &&
           columns == "aid integer, bid integer, filler character(84), abalance_v2 bigint" && left == 0;
  }
};

/// Adds to one balance what nobody has booked.
void sabotage(om::connection& on);

check_result check(om::connection& on);
