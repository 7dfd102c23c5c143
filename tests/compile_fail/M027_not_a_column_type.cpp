// SPDX-License-Identifier: BSL-1.0
// EXPECT: M027: the type of a column is one of PostgreSQL's, such as om::text or om::bigint, not one of C++; write the type that the column has in the database. docs/errors/M027.md
// EXPECT: not_a_column_type<long
// EXPECT: write_instead<online_migration::int8>
#include <online_migration/static.hpp>

#include <cstdint>

namespace om = online_migration;

#ifdef CONTROL
struct users : om::table<"users",
    om::column<"id",   om::bigint, om::primary_key>,
    om::column<"name", om::text,   om::not_null>> {};
#else
struct users : om::table<"users",
    om::column<"id",   std::int64_t, om::primary_key>,
    om::column<"name", om::text,     om::not_null>> {};
#endif

struct trimmed : om::migration<"trimmed", users, om::add_column<"name_trimmed", om::text, om::trim(om::col<"name">)>> {};

static_assert(om::migration_like<trimmed>);
