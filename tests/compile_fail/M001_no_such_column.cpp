// SPDX-License-Identifier: BSL-1.0
// EXPECT: M001: this column is not declared in its table; correct the name or add the column to the table. docs/errors/M001.md
// EXPECT: no_such_column<users,
// EXPECT: {"display_nmae"}
// EXPECT: did_you_mean<
// EXPECT: {"display_name"}
#include <online_migration/static.hpp>

namespace om = online_migration;

struct users : om::table<"users",
    om::column<"id",           om::bigint, om::primary_key>,
    om::column<"display_name", om::text,   om::not_null>> {};

#ifdef CONTROL
struct canonical : om::migration<"canonical", users,
    om::add_column<"display_name_canonical", om::text, om::trim(om::col<"display_name">)>> {};
#else
struct canonical : om::migration<"canonical", users,
    om::add_column<"display_name_canonical", om::text, om::trim(om::col<"display_nmae">)>> {};
#endif

static_assert(om::migration_like<canonical>);
