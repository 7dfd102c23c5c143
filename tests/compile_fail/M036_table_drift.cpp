// SPDX-License-Identifier: BSL-1.0
// EXPECT: table_drift<users
// EXPECT: {"balance"}
// EXPECT: column_has_type<online_migration::fixed_string<7>{"bigint"}>
// EXPECT: M036: this table is not as it is declared
#include <online_migration/static.hpp>

namespace om = online_migration;

namespace snapshot {

struct users : om::table<"users",
    om::column<"id",      om::stored_as<"bigint">, om::primary_key>,
    om::column<"balance", om::stored_as<"bigint">, om::not_null>> {
  using unique_keys = om::unique_keys<om::key_columns<"id">>;
};

}  // namespace snapshot

#ifdef CONTROL
struct users : om::table<"users",
    om::column<"id",      om::bigint, om::primary_key>,
    om::column<"balance", om::bigint, om::not_null>> {};
#else
struct users : om::table<"users",
    om::column<"id",      om::bigint,  om::primary_key>,
    om::column<"balance", om::integer, om::not_null>> {};
#endif

static_assert(om::matches<users, snapshot::users>);
