#pragma once

#include <online_migration/static.hpp>

namespace om = online_migration;

// 1 of 4. The table, as the application knows it: its key, and the columns that the new one follows from.
struct users_table : om::table<"users", om::in_schema<"public">,
    om::column<"id", om::bigint, om::primary_key>,
    om::column<"display_name", om::text, om::not_null>> {};

// 2 of 4. The migration: its name for ever, the new column, and how its value follows from the old ones.
struct users_display_name_canonical_migration : om::migration<"users-display-name-canonical", users_table,
    om::add_column<"display_name_canonical", om::text,
        om::ascii_lower(om::trim(om::col<"display_name">))>> {};
