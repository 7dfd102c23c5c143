// SPDX-License-Identifier: BSL-1.0
// EXPECT: no_way_back<
// EXPECT: {"balance"}
// EXPECT: {"balance_v2"}
// EXPECT: M018: om::replace_column does not say how new values lead back to old ones; give the inverse after the transform, or om::lossy where there is none. docs/errors/M018.md
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
    om::replace_column<"balance", "balance_v2", om::bigint, om::col<"balance">>> {};
#endif

static_assert(om::migration_like<wide_balance>);
