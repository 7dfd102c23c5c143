// SPDX-License-Identifier: BSL-1.0
// EXPECT: already_not_null<users
// EXPECT: {"email"}
// EXPECT: M053: the table declares this column om::not_null (or in its key) already; a migration starts from the table as it is before: take om::not_null out of the table. docs/errors/M053.md
#include <online_migration/static.hpp>

namespace om = online_migration;

#ifdef CONTROL
struct users : om::table<"users",
    om::column<"id",    om::bigint, om::primary_key>,
    om::column<"email", om::text>> {};
#else
struct users : om::table<"users",
    om::column<"id",    om::bigint, om::primary_key>,
    om::column<"email", om::text,   om::not_null>> {};
#endif

struct required_email : om::migration<"users-email-required", users, om::set_not_null<"email">> {};

static_assert(om::structural_migration<required_email>);
