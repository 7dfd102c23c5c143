// SPDX-License-Identifier: BSL-1.0
// EXPECT: legacy_at_new_only<wide_balance
// EXPECT: {"balance"}
// EXPECT: M033: at om::stage::new_only a binary no longer knows what this migration replaces
#include <online_migration/runtime/dual_writer.hpp>
#include <online_migration/static.hpp>

namespace om = online_migration;

struct accounts : om::table<"accounts",
    om::column<"id",      om::bigint,  om::primary_key>,
    om::column<"balance", om::integer, om::not_null>> {};

struct wide_balance : om::migration<"accounts-balance-bigint", accounts,
    om::replace_column<"balance", "balance_v2", om::bigint,
        om::col<"balance">, om::cast<om::integer>(om::col<"balance_v2">), om::not_null>>, om::staged {};

template <> inline constexpr om::stage om::stage_of<wide_balance> = om::stage::new_only;

void write_account(om::connection& connection) {
  om::dual_writer<wide_balance> write{connection};
#ifdef CONTROL
  write.update(om::key(42), om::set<"balance_v2">(100));
#else
  write.update(om::key(42), om::set<"balance">(100));
#endif
}
