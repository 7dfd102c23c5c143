// SPDX-License-Identifier: BSL-1.0
// EXPECT: M028: a transform is an expression over columns, such as om::trim(om::col<"name">), because it becomes SQL; write a constant as om::lit<1>, and what only C++ can compute as om::computed<&f, "f/1">(om::col<"name">). docs/errors/M028.md
// EXPECT: not_a_transform<
#include <online_migration/static.hpp>

namespace om = online_migration;

struct accounts : om::table<"accounts",
    om::column<"id",      om::bigint,  om::primary_key>,
    om::column<"balance", om::integer, om::not_null>> {};

constexpr int back(long balance) { return static_cast<int>(balance); }

#ifdef CONTROL
struct wide : om::migration<"accounts-wide", accounts,
    om::replace_column<"balance", "balance_v2", om::bigint, om::col<"balance">,
        om::cast<om::integer>(om::col<"balance_v2">), om::not_null>> {};
#else
struct wide : om::migration<"accounts-wide", accounts,
    om::replace_column<"balance", "balance_v2", om::bigint, om::col<"balance">, &back, om::not_null>> {};
#endif

static_assert(om::migration_like<wide>);
