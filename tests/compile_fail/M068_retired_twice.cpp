// SPDX-License-Identifier: BSL-1.0
// EXPECT: incomplete_replacement<
// EXPECT: retires_twice<
// EXPECT: {"full_name"}
// EXPECT: M068: om::replace_columns takes each old column once, in om::from
#include <online_migration/static.hpp>

namespace om = online_migration;

struct people : om::table<"people",
    om::column<"id",        om::bigint, om::primary_key>,
    om::column<"full_name", om::text,   om::not_null>> {};

#ifdef CONTROL
struct split_name : om::migration<"people-split-name", people,
    om::replace_columns<om::from<"full_name", om::lossy>,
        om::into<"first_name", om::text, om::split_part(om::col<"full_name">, om::lit<" ">, om::lit<1>)>>> {};
#else
struct split_name : om::migration<"people-split-name", people,
    om::replace_columns<om::from<"full_name", om::lossy>, om::from<"full_name", om::lossy>,
        om::into<"first_name", om::text, om::split_part(om::col<"full_name">, om::lit<" ">, om::lit<1>)>>> {};
#endif

static_assert(om::migration_like<split_name>);
