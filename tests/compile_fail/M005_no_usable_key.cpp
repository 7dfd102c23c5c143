// SPDX-License-Identifier: BSL-1.0
// EXPECT: M005: the table declares no key to walk by; mark the columns of a unique, not floating-point key with om::primary_key. docs/errors/M005.md
// EXPECT: no_usable_key<users>
#include <online_migration/static.hpp>

namespace om = online_migration;

#ifdef CONTROL
struct users : om::table<"users",
    om::column<"id",   om::bigint, om::primary_key>,
    om::column<"name", om::text,   om::not_null>> {};
#else
struct users : om::table<"users",
    om::column<"id",   om::bigint, om::not_null>,
    om::column<"name", om::text,   om::not_null>> {};
#endif

struct trimmed : om::migration<"trimmed", users, om::add_column<"name_trimmed", om::text, om::trim(om::col<"name">)>> {};

static_assert(om::migration_like<trimmed>);
