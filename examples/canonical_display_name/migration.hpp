// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <online_migration/online_migration.hpp>

namespace om = online_migration;

// clang-format off: laid out as a table

// The table as the application knows it.
struct users : om::table<"users", om::column<"id", om::bigint, om::primary_key>,
                         om::column<"display_name", om::text, om::not_null>> {};

// What changes, and how the new value follows from the old.
struct canonical_display_name
    : om::migration<
          "users-display-name-canonical", users,
          om::add_column<"display_name_canonical", om::text, om::ascii_lower(om::trim(om::col<"display_name">))>> {};

// clang-format on

// From this alone the compiler knows what the transform means in C++, and all of its SQL.
static_assert(om::transform<canonical_display_name>("  Ada ") == "ada");
