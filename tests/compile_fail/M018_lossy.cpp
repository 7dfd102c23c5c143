// SPDX-License-Identifier: BSL-1.0
// EXPECT: no_way_back<
// EXPECT: {"name"}
// EXPECT: {"name_low"}
// EXPECT: M018: om::replace_column does not say how new values lead back to old ones
#include <online_migration/static.hpp>

namespace om = online_migration;

struct users : om::table<"users",
    om::column<"id",   om::bigint, om::primary_key>,
    om::column<"name", om::text,   om::not_null>> {};

#ifdef CONTROL
struct low_names : om::migration<"users-name-low", users,
    om::replace_column<"name", "name_low", om::text, om::ascii_lower(om::col<"name">), om::lossy>> {};
#else
struct low_names : om::migration<"users-name-low", users,
    om::replace_column<"name", "name_low", om::text, om::ascii_lower(om::col<"name">)>> {};
#endif

static_assert(om::migration_like<low_names>);
