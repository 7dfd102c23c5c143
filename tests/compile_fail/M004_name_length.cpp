// SPDX-License-Identifier: BSL-1.0
// EXPECT: M004: a name must have 1 to 63 bytes, PostgreSQL would cut a longer one silently; shorten it. docs/errors/M004.md
// EXPECT: name_length<
// EXPECT: {"display_name_in_the_canonical_form
// EXPECT: , 64>
#include <online_migration/static.hpp>

namespace om = online_migration;

struct users : om::table<"users",
    om::column<"id",           om::bigint, om::primary_key>,
    om::column<"display_name", om::text,   om::not_null>> {};

#ifdef CONTROL
struct canonical : om::migration<"canonical", users,
    om::add_column<"display_name_in_the_canonical_form_that_the_search_index_needs", om::text,
                   om::trim(om::col<"display_name">)>> {};
#else
struct canonical : om::migration<"canonical", users,
    om::add_column<"display_name_in_the_canonical_form_that_the_search_index_expects", om::text,
                   om::trim(om::col<"display_name">)>> {};
#endif

static_assert(om::migration_like<canonical>);
