// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <online_migration/online_migration.hpp>

namespace om = online_migration;

// Laid out as tables.
// clang-format off

// As pgbench makes them, but for what does not matter here.
struct branches : om::table<"pgbench_branches", om::in_schema<"strict_bank">,
                            om::column<"bid", om::integer, om::primary_key>> {};

struct accounts : om::table<"pgbench_accounts", om::in_schema<"strict_bank">,
                            om::column<"aid",      om::integer, om::primary_key>,
                            om::column<"bid",      om::integer>,
                            om::column<"abalance", om::integer>,
                            om::column<"filler",   om::character<84>>> {};

// What a careful bank would have asked of its accounts from the first day: one unit, in force together.
struct strict_accounts
    : om::migration<
          "strict-accounts", accounts,
          om::set_not_null<"bid">,
          om::add_foreign_key<"accounts_branch_fkey", om::columns<"bid">, om::references<branches, "bid">>,
          om::add_check<"accounts_within_limits",
              om::sql<"{} BETWEEN -1000000000 AND 1000000000", om::boolean>(om::col<"abalance">)>,
          om::create_index<"accounts_by_branch", om::columns<"bid", "aid">>,
          om::drop_column<"filler">> {};

// clang-format on
