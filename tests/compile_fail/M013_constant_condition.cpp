// SPDX-License-Identifier: BSL-1.0
// EXPECT: M013: one side of && or || is a constant, which decides it or says nothing; leave it out. docs/errors/M013.md
#include <online_migration/static.hpp>

namespace om = online_migration;

struct users : om::table<"users",
    om::column<"id",   om::bigint,  om::primary_key>,
    om::column<"size", om::integer, om::not_null>> {};

#ifdef CONTROL
struct big : om::migration<"big", users, om::add_column<"big", om::boolean, om::col<"size"> == om::lit<1>>> {};
#else
struct big : om::migration<"big", users, om::add_column<"big", om::boolean, om::col<"size"> == om::lit<1> && om::lit<true>>> {};
#endif

static_assert(om::migration_like<big>);
