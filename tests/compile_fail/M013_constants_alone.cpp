// SPDX-License-Identifier: BSL-1.0
// EXPECT: M013: a function that can fail, or give NULL, is applied to constants alone; write its result as a constant, such as om::lit<1>. docs/errors/M013.md
#include <online_migration/static.hpp>

namespace om = online_migration;

struct users : om::table<"users",
    om::column<"id",   om::bigint,  om::primary_key>,
    om::column<"size", om::integer, om::not_null>> {};

#ifdef CONTROL
struct half : om::migration<"half", users, om::add_column<"half", om::integer, om::col<"size"> / om::lit<2>>> {};
#else
struct half : om::migration<"half", users, om::add_column<"half", om::integer, om::lit<1> / om::lit<0>>> {};
#endif

static_assert(om::migration_like<half>);
