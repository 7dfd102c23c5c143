// SPDX-License-Identifier: BSL-1.0
// EXPECT: M026: the text of om::sql uses something whose value depends on the time, on chance, on a sequence or on settings, so the same row would get different values; use what follows from its arguments alone. docs/errors/M026.md
// EXPECT: volatile_sql<
// EXPECT: {"now"}
#include <online_migration/static.hpp>

namespace om = online_migration;

struct users : om::table<"users",
    om::column<"id",      om::bigint,    om::primary_key>,
    om::column<"born_at", om::timestamp, om::not_null>> {};

#ifdef CONTROL
struct age : om::migration<"users-age", users,
    om::add_column<"years", om::integer, om::sql<"date_part('year', timestamp '2026-01-01' - {})::integer", om::integer>(om::col<"born_at">)>> {};
#else
struct age : om::migration<"users-age", users,
    om::add_column<"years", om::integer, om::sql<"date_part('year', now() - {})::integer", om::integer>(om::col<"born_at">)>> {};
#endif

static_assert(om::migration_like<age>);
