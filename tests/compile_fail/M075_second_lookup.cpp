// SPDX-License-Identifier: BSL-1.0
// EXPECT: M075: om::lookup stands in the transform of one om::add_column, which is alone in its migration, once, under functions that have a value for every row, and reads another table. docs/errors/M075.md
// EXPECT: lookup_out_of_place<
// EXPECT: there_is_another_lookup
#include <online_migration/static.hpp>

namespace om = online_migration;

struct countries : om::table<"countries",
    om::column<"code", om::text, om::primary_key>,
    om::column<"name", om::text>> {};

struct orders : om::table<"orders",
    om::column<"id",           om::text, om::primary_key>,
    om::column<"country_code", om::text>> {};

struct parts : om::table<"parts",
    om::column<"order_id", om::text, om::primary_key>,
    om::column<"name",     om::text>> {};

#ifdef CONTROL
struct changed : om::migration<"orders-changed", orders,
    om::add_column<"name", om::text, om::lookup<countries, "name">(om::col<"country_code">), om::kept_by_application>> {};
#else
struct changed : om::migration<"orders-changed", orders,
    om::add_column<"name", om::text, om::concat(om::lookup<countries, "name">(om::col<"country_code">), om::lookup<countries, "name">(om::col<"country_code">)), om::kept_by_application>> {};
#endif
