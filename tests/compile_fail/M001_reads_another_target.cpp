// SPDX-License-Identifier: BSL-1.0
// EXPECT: M001:
// EXPECT: no_such_column<users,
// EXPECT: {"email_trim"}
#include <online_migration/static.hpp>

namespace om = online_migration;

struct users : om::table<"users",
    om::column<"id",    om::bigint, om::primary_key>,
    om::column<"email", om::text,   om::not_null>> {};

struct low_email : om::migration<"users-email", users,
    om::add_column<"email_trim", om::text, om::trim(om::col<"email">)>,
#ifdef CONTROL
    om::add_column<"email_low", om::text, om::ascii_lower(om::trim(om::col<"email">))>> {};
#else
    om::add_column<"email_low", om::text, om::ascii_lower(om::col<"email_trim">)>> {};
#endif
