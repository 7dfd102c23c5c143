// SPDX-License-Identifier: BSL-1.0
// EXPECT: M013: a plain value stands where a part of a transform is wanted; write a constant as om::lit<1> or om::lit<"text">, and a column as om::col<"name">. docs/errors/M013.md
#include <online_migration/static.hpp>

namespace om = online_migration;

struct users : om::table<"users",
    om::column<"id",   om::bigint,  om::primary_key>,
    om::column<"size", om::integer, om::not_null>> {};

#ifdef CONTROL
struct next : om::migration<"next", users, om::add_column<"next", om::integer, om::col<"size"> + om::lit<1>>> {};
#else
struct next : om::migration<"next", users, om::add_column<"next", om::integer, om::col<"size"> + 1>> {};
#endif

static_assert(om::migration_like<next>);
