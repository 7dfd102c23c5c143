// SPDX-License-Identifier: BSL-1.0
// EXPECT: M013: this function is not defined for the types of its arguments; see its page in the reference for what it takes. docs/errors/M013.md
// EXPECT: wrong_argument<users,
// EXPECT: {"bigint"}
// EXPECT: {"trim"}
#include <online_migration/static.hpp>

namespace om = online_migration;

struct users : om::table<"users",
    om::column<"id",   om::bigint, om::primary_key>,
    om::column<"name", om::text,   om::not_null>> {};

#ifdef CONTROL
struct copy : om::migration<"copy", users, om::add_column<"copy", om::text, om::trim(om::col<"name">)>> {};
#else
struct copy : om::migration<"copy", users, om::add_column<"copy", om::text, om::trim(om::col<"id">)>> {};
#endif

static_assert(om::migration_like<copy>);
