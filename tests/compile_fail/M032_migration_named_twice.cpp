// SPDX-License-Identifier: BSL-1.0
// EXPECT: migration_named_twice<canonical_name, length_of_name>
// EXPECT: M032: these migrations have the same name
#include <online_migration/static.hpp>

namespace om = online_migration;

struct users : om::table<"users",
    om::column<"id",   om::bigint, om::primary_key>,
    om::column<"name", om::text,   om::not_null>> {};

struct canonical_name : om::migration<"users-name", users,
    om::add_column<"canonical", om::text, om::ascii_lower(om::col<"name">)>> {};

#ifdef CONTROL
struct length_of_name : om::migration<"users-name-length", users,
    om::add_column<"name_length", om::integer, om::length(om::col<"name">)>> {};
#else
struct length_of_name : om::migration<"users-name", users,
    om::add_column<"name_length", om::integer, om::length(om::col<"name">)>> {};
#endif

struct changes : om::history<canonical_name, length_of_name> {};
