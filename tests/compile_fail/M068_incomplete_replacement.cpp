// SPDX-License-Identifier: BSL-1.0
// EXPECT: incomplete_replacement<
// EXPECT: {"people-split-name"}
// EXPECT: retires_nothing
// EXPECT: M068: om::replace_columns takes each old column once, in om::from, and at least one new one, in om::into. docs/errors/M068.md
#include <online_migration/static.hpp>

namespace om = online_migration;

struct people : om::table<"people",
    om::column<"id",        om::bigint, om::primary_key>,
    om::column<"full_name", om::text,   om::not_null>> {};

#ifdef CONTROL
struct split_name : om::migration<"people-split-name", people,
    om::replace_columns<
        om::from<"full_name", om::lossy>,
        om::into<"first_name", om::text, om::split_part(om::col<"full_name">, om::lit<" ">, om::lit<1>)>,
        om::into<"last_name", om::text, om::split_part(om::col<"full_name">, om::lit<" ">, om::lit<2>)>>> {};
#else
struct split_name : om::migration<"people-split-name", people,
    om::replace_columns<
        om::into<"first_name", om::text, om::split_part(om::col<"full_name">, om::lit<" ">, om::lit<1>)>,
        om::into<"last_name", om::text, om::split_part(om::col<"full_name">, om::lit<" ">, om::lit<2>)>>> {};
#endif

static_assert(om::migration_like<split_name>);
