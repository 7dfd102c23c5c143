// SPDX-License-Identifier: BSL-1.0
// EXPECT: M006: this column exists twice; a table declares a column once, and without the column that its migration adds. docs/errors/M006.md
// EXPECT: duplicate_column<users,
// EXPECT: {"name_trimmed"}
#include <online_migration/static.hpp>

namespace om = online_migration;

#ifdef CONTROL
struct users : om::table<"users",
    om::column<"id",   om::bigint, om::primary_key>,
    om::column<"name", om::text,   om::not_null>> {};
#else
struct users : om::table<"users",
    om::column<"id",           om::bigint, om::primary_key>,
    om::column<"name",         om::text,   om::not_null>,
    om::column<"name_trimmed", om::text>> {};
#endif

struct trimmed : om::migration<"trimmed", users, om::add_column<"name_trimmed", om::text, om::trim(om::col<"name">)>> {};

static_assert(om::migration_like<trimmed>);
