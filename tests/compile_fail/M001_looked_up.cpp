// SPDX-License-Identifier: BSL-1.0
// EXPECT: M001: this column is not declared in its table; correct the name or add the column to the table. docs/errors/M001.md
// EXPECT: no_such_column<countries,
// EXPECT: {"nmae"}
// EXPECT: did_you_mean<
#include <online_migration/static.hpp>

namespace om = online_migration;

struct countries : om::table<"countries",
    om::column<"code", om::text, om::primary_key>,
    om::column<"name", om::text, om::not_null>> {};

struct orders : om::table<"orders",
    om::column<"id",           om::bigint, om::primary_key>,
    om::column<"country_code", om::text>> {};

#ifdef CONTROL
using looked_up = decltype(om::lookup<countries, "name">(om::col<"country_code">));
#else
using looked_up = decltype(om::lookup<countries, "nmae">(om::col<"country_code">));
#endif

struct country_name : om::migration<"orders-country-name", orders,
    om::add_column<"country_name", om::text, looked_up{}, om::kept_by_application>> {};
