// SPDX-License-Identifier: BSL-1.0
// EXPECT: round_trip_fails<
// EXPECT: {"full_name"}
// EXPECT: does_not_lead_back<
// EXPECT: M025: a value named by om::samples does not come back by transform and inverse
#include <online_migration/static.hpp>

namespace om = online_migration;

struct people : om::table<"people",
    om::column<"id",        om::bigint, om::primary_key>,
    om::column<"full_name", om::text,   om::not_null>> {};

#ifdef CONTROL
struct split_name : om::migration<"people-split-name", people,
    om::replace_columns<
        om::from<"full_name", om::concat(om::col<"first_name">, om::lit<" ">, om::col<"last_name">)>,
        om::into<"first_name", om::text, om::split_part(om::col<"full_name">, om::lit<" ">, om::lit<1>), om::not_null>,
        om::into<"last_name", om::text, om::split_part(om::col<"full_name">, om::lit<" ">, om::lit<2>), om::not_null>,
        om::samples<"Ada Lovelace", " ">>> {};
#else
struct split_name : om::migration<"people-split-name", people,
    om::replace_columns<
        om::from<"full_name", om::concat(om::col<"first_name">, om::lit<" ">, om::col<"last_name">)>,
        om::into<"first_name", om::text, om::split_part(om::col<"full_name">, om::lit<" ">, om::lit<1>), om::not_null>,
        om::into<"last_name", om::text, om::split_part(om::col<"full_name">, om::lit<" ">, om::lit<2>), om::not_null>,
        om::samples<"Ada Lovelace", "Ada King Lovelace">>> {};
#endif

static_assert(om::migration_like<split_name>);
