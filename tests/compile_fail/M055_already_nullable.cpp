// SPDX-License-Identifier: BSL-1.0
// EXPECT: already_nullable<users
// EXPECT: {"email"}
// EXPECT: M055: the table does not declare this column om::not_null, so there is nothing to drop; a migration starts from the table as it is before: declare it. docs/errors/M055.md
#include <online_migration/static.hpp>

namespace om = online_migration;

#ifdef CONTROL
struct users : om::table<"users",
    om::column<"id",    om::bigint, om::primary_key>,
    om::column<"email", om::text,   om::not_null>> {};
#else
struct users : om::table<"users",
    om::column<"id",    om::bigint, om::primary_key>,
    om::column<"email", om::text>> {};
#endif

struct optional_email : om::migration<"users-email-optional", users, om::drop_not_null<"email">> {};

static_assert(om::structural_migration<optional_email>);
