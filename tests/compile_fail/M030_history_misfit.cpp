// SPDX-License-Identifier: BSL-1.0
// EXPECT: history_misfit<length_of_name
// EXPECT: {"canonical"}
// EXPECT: column_is_missing
// EXPECT: M030: this does not fit the schema that the migrations before it leave
#include <online_migration/static.hpp>

namespace om = online_migration;

struct users : om::table<"users",
    om::column<"id",   om::bigint, om::primary_key>,
    om::column<"name", om::text,   om::not_null>> {};

struct canonical_name : om::migration<"users-canonical", users,
    om::add_column<"canonical", om::text, om::ascii_lower(om::col<"name">), om::not_null>> {};

struct users_2 : om::schema_after<users, om::finished<canonical_name>> {};

struct length_of_name : om::migration<"users-length", users_2,
    om::add_column<"name_length", om::integer, om::length(om::col<"canonical">)>> {};

#ifdef CONTROL
struct changes : om::history<users, om::finished<canonical_name>, length_of_name> {};
#else
struct changes : om::history<users, length_of_name, om::finished<canonical_name>> {};
#endif
