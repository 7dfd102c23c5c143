// SPDX-License-Identifier: BSL-1.0
// EXPECT: mixed_changes<
// EXPECT: {"users-email"}
// EXPECT: M050: a migration has either om::add_column any number of times and behind it changes of indexes, constraints, defaults, NOT NULL or comments, or one om::replace_column or om::replace_columns and behind it new indexes, constraints or comments, or structural changes only; make them two migrations, one after the other. docs/errors/M050.md
#include <online_migration/static.hpp>

namespace om = online_migration;

struct users : om::table<"users",
    om::column<"id",    om::bigint, om::primary_key>,
    om::column<"email", om::text,   om::not_null>,
    om::column<"phone", om::text>> {};

#ifdef CONTROL
struct low_email : om::migration<"users-email", users,
    om::add_column<"email_low", om::text, om::ascii_lower(om::col<"email">)>> {};

struct no_phone : om::migration<"users-no-phone", users,
    om::drop_column<"phone">> {};

static_assert(om::any_migration<low_email> && om::any_migration<no_phone>);
#else
struct low_email : om::migration<"users-email", users,
    om::add_column<"email_low", om::text, om::ascii_lower(om::col<"email">)>,
    om::drop_column<"phone">> {};
#endif
