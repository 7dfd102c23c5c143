// SPDX-License-Identifier: BSL-1.0
// EXPECT: M074: om::lookup takes the key of the other table: for each of its om::primary_key columns one om::col of this table, of the same type and in the same order. docs/errors/M074.md
// EXPECT: lookup_misfit<countries,
#include <online_migration/static.hpp>

namespace om = online_migration;

struct countries : om::table<"countries",
    om::column<"code", om::text, om::primary_key>,
    om::column<"name", om::text, om::not_null>> {};

struct orders : om::table<"orders",
    om::column<"id",           om::bigint, om::primary_key>,
    om::column<"country_code", om::text>> {};

struct country_name : om::migration<"orders-country-name", orders,
    om::add_column<"country_name", om::text,
#ifdef CONTROL
        om::lookup<countries, "name">(om::col<"country_code">),
#else
        om::lookup<countries, "name">(om::trim(om::col<"country_code">)),
#endif
        om::kept_by_application>> {};
