// SPDX-License-Identifier: BSL-1.0
// EXPECT: unusable_inverse<
// EXPECT: {"street"}
// EXPECT: {"address"}
// EXPECT: reads_a_third_column
// EXPECT: M020: this inverse cannot cover writers of the new column
#include <online_migration/static.hpp>

namespace om = online_migration;

struct places : om::table<"places",
    om::column<"id",     om::bigint, om::primary_key>,
    om::column<"street", om::text,   om::not_null>,
    om::column<"town",   om::text,   om::not_null>> {};

#ifdef CONTROL
struct address : om::migration<"places-address", places,
    om::replace_column<"street", "address", om::text,
        om::concat(om::col<"street">, om::lit<", ">, om::col<"town">), om::lossy>> {};
#else
struct address : om::migration<"places-address", places,
    om::replace_column<"street", "address", om::text,
        om::concat(om::col<"street">, om::lit<", ">, om::col<"town">), om::lower(om::col<"address">), om::not_null>> {};
#endif

static_assert(om::migration_like<address>);
