// SPDX-License-Identifier: BSL-1.0
// EXPECT: M013: a plain value stands where a part of a transform is wanted; write a constant as om::lit<1> or om::lit<"text">, and a column as om::col<"name">. docs/errors/M013.md
#include <online_migration/static.hpp>

namespace om = online_migration;

struct users : om::table<"users",
    om::column<"id",  om::bigint,  om::primary_key>,
    om::column<"age", om::integer, om::not_null>> {};

#ifdef CONTROL
struct adults : om::migration<"adults", users, om::add_check<"adult", (om::col<"age"> >= om::lit<18>)>> {};
#else
struct adults : om::migration<"adults", users, om::add_check<"adult", (om::col<"age"> >= 18)>> {};
#endif

static_assert(om::structural_migration<adults>);
static_assert(sizeof(adults) > 0);
