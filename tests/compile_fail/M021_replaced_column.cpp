// SPDX-License-Identifier: BSL-1.0
// EXPECT: maintenance_conflict<
// EXPECT: {"balance_v2"}
// EXPECT: its_source_is_retired
// EXPECT: M021: after contract nobody can keep this column as it says
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
        om::col<"balance">, om::cast<om::integer>(om::col<"balance_v2">), om::not_null, om::kept_by_trigger>> {};
#endif

static_assert(om::migration_like<wide_balance>);
