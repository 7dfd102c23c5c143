// SPDX-License-Identifier: BSL-1.0
// EXPECT: M040: a name must not contain $om$ or $om_f$, which would end the body of a function in which it stands; rename it. docs/errors/M040.md
// EXPECT: quoting_name<
// EXPECT: {"display_$om$_name"}
#include <online_migration/static.hpp>

namespace om = online_migration;

struct users : om::table<"users",
    om::column<"id",           om::bigint, om::primary_key>,
    om::column<"display_name", om::text,   om::not_null>> {};

#ifdef CONTROL
struct canonical : om::migration<"canonical", users,
    om::add_column<"display_$om_name", om::text, om::replace(om::col<"display_name">, om::lit<"$om$">, om::lit<"">)>> {};
#else
struct canonical : om::migration<"canonical", users,
    om::add_column<"display_$om$_name", om::text, om::replace(om::col<"display_name">, om::lit<"$om$">, om::lit<"">)>> {};
#endif

static_assert(om::migration_like<canonical>);
