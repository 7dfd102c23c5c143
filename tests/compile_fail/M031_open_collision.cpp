// SPDX-License-Identifier: BSL-1.0
// EXPECT: open_collision<wide_balance, opening_balance
// EXPECT: {"balance"}
// EXPECT: M031: one of two open migrations writes this column and the other uses it
#include <online_migration/static.hpp>

namespace om = online_migration;

struct accounts : om::table<"accounts",
    om::column<"id",      om::bigint,  om::primary_key>,
    om::column<"balance", om::integer, om::not_null>> {};

struct wide_balance : om::migration<"accounts-balance-bigint", accounts,
    om::replace_column<"balance", "balance_v2", om::bigint,
        om::col<"balance">, om::cast<om::integer>(om::col<"balance_v2">), om::not_null>> {};

#ifdef CONTROL
struct accounts_2 : om::schema_after<accounts, om::finished<wide_balance>> {};

struct opening_balance : om::migration<"accounts-opening", accounts_2,
    om::add_column<"opening", om::bigint, om::col<"balance_v2">>> {};

struct changes : om::history<om::finished<wide_balance>, opening_balance> {};
#else
struct opening_balance : om::migration<"accounts-opening", accounts,
    om::add_column<"opening", om::integer, om::col<"balance">>> {};

struct changes : om::history<wide_balance, opening_balance> {};
#endif
