// SPDX-License-Identifier: BSL-1.0
// EXPECT: uneven_way_back<
// EXPECT: {"last_name"}
// EXPECT: M066: of the columns that om::replace_columns retires, this one does not say how new values lead back, or others do and it is om::lossy; give an inverse in each om::from, or om::lossy in each. docs/errors/M066.md
#include <online_migration/static.hpp>

namespace om = online_migration;

struct people : om::table<"people",
    om::column<"id",         om::bigint, om::primary_key>,
    om::column<"first_name", om::text,   om::not_null>,
    om::column<"last_name",  om::text,   om::not_null>> {};

#ifdef CONTROL
struct merge_name : om::migration<"people-merge-name", people,
    om::replace_columns<
        om::from<"first_name", om::split_part(om::col<"full_name">, om::lit<" ">, om::lit<1>)>,
        om::from<"last_name", om::split_part(om::col<"full_name">, om::lit<" ">, om::lit<2>)>,
        om::into<"full_name", om::text, om::concat(om::col<"first_name">, om::lit<" ">, om::col<"last_name">), om::not_null>>> {};
#else
struct merge_name : om::migration<"people-merge-name", people,
    om::replace_columns<
        om::from<"first_name", om::split_part(om::col<"full_name">, om::lit<" ">, om::lit<1>)>,
        om::from<"last_name", om::lossy>,
        om::into<"full_name", om::text, om::concat(om::col<"first_name">, om::lit<" ">, om::col<"last_name">), om::not_null>>> {};
#endif

static_assert(om::migration_like<merge_name>);
