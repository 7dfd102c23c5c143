// SPDX-License-Identifier: BSL-1.0
// EXPECT: M074: om::lookup takes the key of the other table: for each of its om::primary_key columns one om::col of this table, of the same type and in the same order. docs/errors/M074.md
// EXPECT: lookup_misfit<countries,
// EXPECT: {"name"}
#include <online_migration/static.hpp>

namespace om = online_migration;

struct countries : om::table<"countries",
    om::column<"code", om::text, om::primary_key>,
    om::column<"name", om::text, om::not_null>> {};

struct orders : om::table<"orders",
    om::column<"id",           om::bigint, om::primary_key>,
#ifdef CONTROL
    om::column<"country_code", om::text>> {};
#else
    om::column<"country_code", om::integer>> {};
#endif

struct country_name : om::migration<"orders-country-name", orders,
    om::add_column<"country_name", om::text,
        om::lookup<countries, "name">(om::col<"country_code">), om::kept_by_application>> {};
