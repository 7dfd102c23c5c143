// SPDX-License-Identifier: BSL-1.0
// EXPECT: retired_column_not_read<
// EXPECT: {"middle_name"}
// EXPECT: M067: no new column of this migration follows from this retired one; read it in a transform, or take it away with om::drop_column in a migration of its own. docs/errors/M067.md
#include <online_migration/static.hpp>

namespace om = online_migration;

struct people : om::table<"people",
    om::column<"id",          om::bigint, om::primary_key>,
    om::column<"first_name",  om::text,   om::not_null>,
    om::column<"middle_name", om::text>,
    om::column<"last_name",   om::text,   om::not_null>> {};

#ifdef CONTROL
struct merge_name : om::migration<"people-merge-name", people,
    om::replace_columns<
        om::from<"first_name", om::lossy>, om::from<"middle_name", om::lossy>, om::from<"last_name", om::lossy>,
        om::into<"full_name", om::text,
            om::concat(om::col<"first_name">, om::lit<" ">, om::col<"middle_name">, om::lit<" ">, om::col<"last_name">)>>> {};
#else
struct merge_name : om::migration<"people-merge-name", people,
    om::replace_columns<
        om::from<"first_name", om::lossy>, om::from<"middle_name", om::lossy>, om::from<"last_name", om::lossy>,
        om::into<"full_name", om::text, om::concat(om::col<"first_name">, om::lit<" ">, om::col<"last_name">)>>> {};
#endif

static_assert(om::migration_like<merge_name>);
