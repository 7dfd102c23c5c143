// SPDX-License-Identifier: BSL-1.0
// EXPECT: replaced_column_not_read<
// EXPECT: {"nickname"}
// EXPECT: {"handle"}
// EXPECT: M019: the new column does not follow from the column that it replaces; read that column in the transform, or add the new one with om::add_column. docs/errors/M019.md
#include <online_migration/static.hpp>

namespace om = online_migration;

struct users : om::table<"users",
    om::column<"id",       om::bigint, om::primary_key>,
    om::column<"name",     om::text,   om::not_null>,
    om::column<"nickname", om::text>> {};

#ifdef CONTROL
struct handle : om::migration<"users-handle", users,
    om::replace_column<"nickname", "handle", om::text, om::coalesce(om::col<"nickname">, om::col<"name">), om::lossy>> {};
#else
struct handle : om::migration<"users-handle", users,
    om::replace_column<"nickname", "handle", om::text, om::ascii_lower(om::col<"name">), om::lossy>> {};
#endif

static_assert(om::migration_like<handle>);
