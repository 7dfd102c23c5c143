// SPDX-License-Identifier: BSL-1.0
// What structural changes do to the table of a history: what comes is there at once, what is tightened or goes only
// when the migration is finished.
#include <online_migration/static.hpp>

namespace om = online_migration;

namespace {

struct users : om::table<"users", om::column<"id", om::bigint, om::primary_key>, om::column<"mail", om::text>,
                         om::column<"old", om::text>> {};
struct required : om::migration<"required", users, om::set_not_null<"mail">> {};
struct without_old : om::migration<"without-old", users, om::drop_column<"old">> {};
struct with_count
    : om::migration<"with-count", users, om::add_constant_column<"n", om::integer, om::lit<0>, om::not_null>> {};
struct all : om::history<required, without_old, with_count> {};

static_assert(om::same_columns<om::schema_after<users, om::finished<with_count, required, without_old>>,
                               om::table<"users", om::column<"id", om::bigint, om::primary_key>,
                                         om::column<"mail", om::text, om::not_null>,
                                         om::column<"n", om::integer, om::not_null, om::has_default>>>);
static_assert(om::same_columns<
              om::schema_after<users, all>,
              om::table<"users", om::column<"id", om::bigint, om::primary_key>, om::column<"mail", om::text>,
                        om::column<"old", om::text>, om::column<"n", om::integer, om::not_null, om::has_default>>>);

}  // namespace
