// SPDX-License-Identifier: BSL-1.0
// EXPECT: key_column_replaced<accounts
// EXPECT: {"id"}
// EXPECT: M022: a column of the key cannot be replaced like any other, because rows are found by it; widen a whole number with om::replace_key, or declare another unique key as om::primary_key. docs/errors/M022.md
#include <online_migration/static.hpp>

namespace om = online_migration;

#ifdef CONTROL
struct accounts : om::table<"accounts",
    om::column<"id",     om::integer, om::not_null, om::has_default>,
    om::column<"number", om::uuid,    om::primary_key>> {};
#else
struct accounts : om::table<"accounts",
    om::column<"id",     om::integer, om::primary_key, om::has_default>,
    om::column<"number", om::uuid,    om::not_null>> {};
#endif

struct wide_id : om::migration<"accounts-id-bigint", accounts,
    om::replace_column<"id", "id_v2", om::bigint,
        om::col<"id">, om::cast<om::integer>(om::col<"id_v2">), om::not_null>> {};

static_assert(om::migration_like<wide_id>);
