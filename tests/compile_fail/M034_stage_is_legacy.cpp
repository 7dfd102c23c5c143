// SPDX-License-Identifier: BSL-1.0
// EXPECT: stage_is_legacy<wide_balance>
// EXPECT: M034: at om::stage::legacy a binary knows only the old columns
#include <online_migration/runtime/dual_writer.hpp>
#include <online_migration/static.hpp>

namespace om = online_migration;

struct accounts : om::table<"accounts",
    om::column<"id",      om::bigint,  om::primary_key>,
    om::column<"balance", om::integer, om::not_null>> {};

struct wide_balance : om::migration<"accounts-balance-bigint", accounts,
    om::replace_column<"balance", "balance_v2", om::bigint,
        om::col<"balance">, om::cast<om::integer>(om::col<"balance_v2">), om::not_null>>, om::staged {};

#ifdef CONTROL
template <> inline constexpr om::stage om::stage_of<wide_balance> = om::stage::dual_write;
#else
template <> inline constexpr om::stage om::stage_of<wide_balance> = om::stage::legacy;
#endif

void write_account(om::connection& connection) {
  om::dual_writer<wide_balance> write{connection};
  write.update(om::key(42), om::set<"balance">(100));
}
