// SPDX-License-Identifier: BSL-1.0
// EXPECT: unusable_inverse<
// EXPECT: {"balance"}
// EXPECT: {"balance_v2"}
// EXPECT: gives_null_into_not_null
// EXPECT: M020: this inverse cannot cover writers of the new column; transform and inverse have to work in SQL between the two columns alone, and without NULL for an old column that is om::not_null. Mend it, or say om::lossy. docs/errors/M020.md
#include <online_migration/static.hpp>

namespace om = online_migration;

struct accounts : om::table<"accounts",
    om::column<"id",      om::bigint,  om::primary_key>,
    om::column<"balance", om::integer, om::not_null>> {};

#ifdef CONTROL
struct wide_balance : om::migration<"accounts-balance-bigint", accounts,
    om::replace_column<"balance", "balance_v2", om::bigint,
        om::col<"balance">, om::cast<om::integer>(om::col<"balance_v2">), om::not_null>> {};
#else
struct wide_balance : om::migration<"accounts-balance-bigint", accounts,
    om::replace_column<"balance", "balance_v2", om::bigint,
        om::col<"balance">, om::cast<om::integer>(om::col<"balance_v2">)>> {};
#endif

static_assert(om::migration_like<wide_balance>);
