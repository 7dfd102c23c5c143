// SPDX-License-Identifier: BSL-1.0
// EXPECT: M069: columns move to another table that has the key of the first one: as many om::primary_key columns, of the same types, in the same order; their names may differ. docs/errors/M069.md
// EXPECT: unmatched_keys<users, profiles>
#include <online_migration/static.hpp>

namespace om = online_migration;

struct users : om::table<"users",
    om::column<"id",  om::bigint, om::primary_key>,
    om::column<"bio", om::text>> {};

struct profiles : om::table<"profiles",
#ifdef CONTROL
    om::column<"user_id", om::bigint,  om::primary_key>,
#else
    om::column<"user_id", om::integer, om::primary_key>,
#endif
    om::column<"bio",     om::text>> {};

struct move_profile : om::migration<"users-move-profile", users,
    om::move_columns<profiles, om::moved<"bio">>> {};
