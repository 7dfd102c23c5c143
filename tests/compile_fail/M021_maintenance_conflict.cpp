// SPDX-License-Identifier: BSL-1.0
// EXPECT: maintenance_conflict<
// EXPECT: {"display_name_canonical"}
// EXPECT: both_are_said
// EXPECT: M021: after contract nobody can keep this column as it says; om::add_column takes one of om::kept_by_trigger and om::kept_by_application, the latter where only the client computes it, and om::replace_column takes neither. docs/errors/M021.md
#include <online_migration/static.hpp>

namespace om = online_migration;

struct users : om::table<"users",
    om::column<"id",           om::bigint, om::primary_key>,
    om::column<"display_name", om::text,   om::not_null>> {};

#ifdef CONTROL
struct canonical_display_name : om::migration<"users-display-name-canonical", users,
    om::add_column<"display_name_canonical", om::text,
        om::ascii_lower(om::trim(om::col<"display_name">)), om::kept_by_application>> {};
#else
struct canonical_display_name : om::migration<"users-display-name-canonical", users,
    om::add_column<"display_name_canonical", om::text,
        om::ascii_lower(om::trim(om::col<"display_name">)), om::kept_by_trigger, om::kept_by_application>> {};
#endif

static_assert(om::migration_like<canonical_display_name>);
