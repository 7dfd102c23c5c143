// SPDX-License-Identifier: BSL-1.0
// EXPECT: mixed_changes<
// EXPECT: {"users-email"}
// EXPECT: M050: a migration has either one om::replace_column or om::replace_columns, or om::add_column any number of times and behind it om::create_index, om::add_check, om::add_unique, om::add_foreign_key or comments, or structural changes only; make them two migrations, one after the other. docs/errors/M050.md
#include <online_migration/static.hpp>

namespace om = online_migration;

struct users : om::table<"users",
    om::column<"id",    om::bigint, om::primary_key>,
    om::column<"email", om::text,   om::not_null>> {};

#ifdef CONTROL
struct low_email : om::migration<"users-email", users,
    om::add_column<"email_low", om::text, om::ascii_lower(om::col<"email">)>> {};

struct default_email : om::migration<"users-email-default", users,
    om::set_default<"email", om::lit<"">>> {};

static_assert(om::any_migration<low_email> && om::any_migration<default_email>);
#else
struct low_email : om::migration<"users-email", users,
    om::add_column<"email_low", om::text, om::ascii_lower(om::col<"email">)>,
    om::set_default<"email", om::lit<"">>> {};
#endif
