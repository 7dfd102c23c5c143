// SPDX-License-Identifier: BSL-1.0
// EXPECT: not_a_condition<accounts
// EXPECT: {"balance_is_positive"}
// EXPECT: M051: a condition has to be a boolean that the server can compute; use a comparison or om::sql<"...", om::boolean>(...). docs/errors/M051.md
#include <online_migration/static.hpp>

namespace om = online_migration;

struct accounts : om::table<"accounts",
    om::column<"id",      om::bigint, om::primary_key>,
    om::column<"balance", om::bigint, om::not_null>> {};

#ifdef CONTROL
struct positive : om::migration<"accounts-positive", accounts,
    om::add_check<"balance_is_positive", om::sql<"{} >= 0", om::boolean>(om::col<"balance">)>> {};
#else
struct positive : om::migration<"accounts-positive", accounts,
    om::add_check<"balance_is_positive", om::sql<"abs({})", om::bigint>(om::col<"balance">)>> {};
#endif

static_assert(om::structural_migration<positive>);
