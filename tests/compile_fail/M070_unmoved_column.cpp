// SPDX-License-Identifier: BSL-1.0
// EXPECT: M070: each column of the table that columns move to is either of its key or an om::moved, once; give it others by a migration of its own. docs/errors/M070.md
// EXPECT: unmoved_column<profiles
// EXPECT: {"seen"}
#include <online_migration/static.hpp>

namespace om = online_migration;

struct users : om::table<"users",
    om::column<"id",  om::bigint, om::primary_key>,
    om::column<"bio", om::text>> {};

struct profiles : om::table<"profiles",
    om::column<"user_id", om::bigint, om::primary_key>,
#ifndef CONTROL
    om::column<"seen",    om::date>,
#endif
    om::column<"bio",     om::text>> {};

struct move_profile : om::migration<"users-move-profile", users,
    om::move_columns<profiles, om::moved<"bio">>> {};
