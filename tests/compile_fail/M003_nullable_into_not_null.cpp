// SPDX-License-Identifier: BSL-1.0
// EXPECT: M003: the new column is om::not_null but the transform can give NULL; wrap it in om::coalesce or leave om::not_null out. docs/errors/M003.md
// EXPECT: nullable_into_not_null<users,
// EXPECT: nullable_columns<
// EXPECT: {"nickname_trimmed"}
#include <online_migration/static.hpp>

namespace om = online_migration;

struct users : om::table<"users",
    om::column<"id",       om::bigint, om::primary_key>,
    om::column<"nickname", om::text>> {};

#ifdef CONTROL
struct trimmed : om::migration<"trimmed", users,
    om::add_column<"nickname_trimmed", om::text, om::coalesce(om::trim(om::col<"nickname">), om::lit<"">), om::not_null>> {};
#else
struct trimmed : om::migration<"trimmed", users,
    om::add_column<"nickname_trimmed", om::text, om::trim(om::col<"nickname">), om::not_null>> {};
#endif

static_assert(om::migration_like<trimmed>);
