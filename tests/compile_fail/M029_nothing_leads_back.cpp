// SPDX-License-Identifier: BSL-1.0
// EXPECT: M029: nothing leads back from another table, so a column that leaves for it says om::lossy: om::from<"old", om::lossy>. docs/errors/M029.md
// EXPECT: nothing_leads_back<
// EXPECT: {"avatar"}
#include <online_migration/static.hpp>

namespace om = online_migration;

struct users : om::table<"users",
    om::column<"id",     om::bigint, om::primary_key>,
    om::column<"avatar", om::text>> {};

struct profiles : om::table<"profiles",
    om::column<"user_id", om::bigint, om::primary_key>,
    om::column<"picture", om::text,   om::not_null>> {};

struct move_profile : om::migration<"users-move-profile", users,
    om::move_columns<profiles,
        om::moved<"picture", om::coalesce(om::col<"avatar">, om::lit<"none">)>,
#ifdef CONTROL
        om::from<"avatar", om::lossy>>> {};
#else
        om::from<"avatar", om::nullif(om::col<"picture">, om::lit<"none">)>>> {};
#endif
