// SPDX-License-Identifier: BSL-1.0
// What stands behind new columns is over the table that has them.
// EXPECT: no_such_column<
// EXPECT: grown<users,
// EXPECT: did_you_mean<
// EXPECT: M001: this column is not declared in its table; correct the name or add the column to the table. docs/errors/M001.md
#include <online_migration/static.hpp>

namespace om = online_migration;

struct users : om::table<"users",
    om::column<"id",    om::bigint, om::primary_key>,
    om::column<"email", om::text,   om::not_null>> {};

#ifdef CONTROL
struct low_email : om::migration<"users-email", users,
    om::add_column<"email_low", om::text, om::ascii_lower(om::col<"email">)>,
    om::create_index<"users_by_email", om::columns<"email_low">>> {};

static_assert(om::any_migration<low_email>);
#else
struct low_email : om::migration<"users-email", users,
    om::add_column<"email_low", om::text, om::ascii_lower(om::col<"email">)>,
    om::create_index<"users_by_email", om::columns<"email_lwo">>> {};
#endif
