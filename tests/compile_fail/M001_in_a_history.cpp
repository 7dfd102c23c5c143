// SPDX-License-Identifier: BSL-1.0
// EXPECT: no_such_column<users
// EXPECT: {"display_nmae"}
// EXPECT: M001: this column is not declared in its table
#include <online_migration/static.hpp>

namespace om = online_migration;

struct users : om::table<"users",
    om::column<"id",           om::bigint, om::primary_key>,
    om::column<"display_name", om::text,   om::not_null>> {};

#ifdef CONTROL
struct canonical_display_name : om::migration<"users-display-name-canonical", users,
    om::add_column<"display_name_canonical", om::text, om::trim(om::col<"display_name">)>> {};
#else
struct canonical_display_name : om::migration<"users-display-name-canonical", users,
    om::add_column<"display_name_canonical", om::text, om::trim(om::col<"display_nmae">)>> {};
#endif

struct users_2 : om::schema_after<users, canonical_display_name> {};

struct name_length : om::migration<"users-name-length", users_2,
    om::add_column<"name_length", om::integer, om::length(om::col<"display_name">)>> {};

struct changes : om::history<canonical_display_name, name_length> {};
