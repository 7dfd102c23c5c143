// SPDX-License-Identifier: BSL-1.0
// EXPECT: M076: after contract no trigger keeps a column that is looked up, because a change in the other table would change any number of rows in one transaction of the application; say om::kept_by_application behind the transform. docs/errors/M076.md
// EXPECT: lookup_unkept<
// EXPECT: {"country_name"}
#include <online_migration/static.hpp>

namespace om = online_migration;

struct countries : om::table<"countries",
    om::column<"code", om::text, om::primary_key>,
    om::column<"name", om::text, om::not_null>> {};

struct orders : om::table<"orders",
    om::column<"id",           om::bigint, om::primary_key>,
    om::column<"country_code", om::text>> {};

struct country_name : om::migration<"orders-country-name", orders,
#ifdef CONTROL
    om::add_column<"country_name", om::text,
        om::lookup<countries, "name">(om::col<"country_code">), om::kept_by_application>> {};
#else
    om::add_column<"country_name", om::text, om::lookup<countries, "name">(om::col<"country_code">)>> {};
#endif
