// SPDX-License-Identifier: BSL-1.0
// EXPECT: derived_column_written<
// EXPECT: reversed<wide_balance>
// EXPECT: {"balance"}
// EXPECT: M012: this column follows from others
#include <online_migration/runtime/dual_writer.hpp>
#include <online_migration/static.hpp>

#include <cstdint>

namespace om = online_migration;

struct accounts : om::table<"accounts",
    om::column<"id",      om::bigint,  om::primary_key>,
    om::column<"balance", om::integer, om::not_null>> {};

struct wide_balance : om::migration<"accounts-balance-bigint", accounts,
    om::replace_column<"balance", "balance_v2", om::bigint,
        om::col<"balance">, om::cast<om::integer>(om::col<"balance_v2">), om::not_null>> {};

void pay(om::connection& connection) {
  om::dual_writer<wide_balance> write{connection};
#ifdef CONTROL
  write.update(om::key(42), om::set<"balance_v2">(std::int64_t{100}));
#else
  write.update(om::key(42), om::set<"balance">(100), om::set<"balance_v2">(std::int64_t{100}));
#endif
}
