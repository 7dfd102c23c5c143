// SPDX-License-Identifier: BSL-1.0
// EXPECT: M075: om::lookup stands in the transform of one om::add_column, which is alone in its migration, once, under functions that have a value for every row, and reads another table. docs/errors/M075.md
// EXPECT: lookup_out_of_place<
// EXPECT: {"area"}
// EXPECT: a_function_over_it_may_fail
#include <online_migration/static.hpp>

namespace om = online_migration;

struct countries : om::table<"countries",
    om::column<"code", om::text, om::primary_key>,
    om::column<"area", om::text>> {};

struct orders : om::table<"orders",
    om::column<"id",           om::bigint, om::primary_key>,
    om::column<"country_code", om::text>> {};

struct country_area : om::migration<"orders-country-area", orders,
#ifdef CONTROL
    om::add_column<"area", om::text, om::lookup<countries, "area">(om::col<"country_code">),
#else
    om::add_column<"area", om::integer, om::cast<om::integer>(om::lookup<countries, "area">(om::col<"country_code">)),
#endif
        om::kept_by_application>> {};
