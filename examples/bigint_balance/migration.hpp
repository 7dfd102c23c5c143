// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <online_migration/online_migration.hpp>

namespace om = online_migration;

// Laid out as a table.
// clang-format off

// The table as pgbench makes it, but for what does not matter here.
struct accounts : om::table<"pgbench_accounts", om::in_schema<"bigint_balance">,
                            om::column<"aid", om::integer, om::primary_key>,
                            om::column<"bid", om::integer>,
                            om::column<"abalance", om::integer>> {};

// What is replaced by what, how the new value follows from the old, and how the old one follows from the new.
struct bigint_balance
    : om::migration<
          "bigint-balance", accounts,
          om::replace_column<"abalance", "abalance_v2", om::bigint,
              om::col<"abalance">, om::cast<om::integer>(om::col<"abalance_v2">)>> {};

// clang-format on
