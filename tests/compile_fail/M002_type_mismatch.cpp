// SPDX-License-Identifier: BSL-1.0
// EXPECT: M002: the transform does not give the type that the new column is declared with; change the column's type or the transform. docs/errors/M002.md
// EXPECT: type_mismatch<
// EXPECT: {"name_length"}
// EXPECT: given<
// EXPECT: {"integer"}
// EXPECT: declared<
// EXPECT: {"smallint"}
#include <online_migration/static.hpp>

namespace om = online_migration;

struct users : om::table<"users",
    om::column<"id",   om::bigint, om::primary_key>,
    om::column<"name", om::text,   om::not_null>> {};

#ifdef CONTROL
struct lengths : om::migration<"lengths", users,
    om::add_column<"name_length", om::integer, om::length(om::col<"name">)>> {};
#else
struct lengths : om::migration<"lengths", users,
    om::add_column<"name_length", om::smallint, om::length(om::col<"name">)>> {};
#endif

static_assert(om::migration_like<lengths>);
