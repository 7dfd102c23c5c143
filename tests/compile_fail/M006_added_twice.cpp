// SPDX-License-Identifier: BSL-1.0
// EXPECT: M006: this column exists twice; a table declares a column once, and without the column that its migration adds. docs/errors/M006.md
// EXPECT: duplicate_column<users,
// EXPECT: {"email_low"}
#include <online_migration/static.hpp>

namespace om = online_migration;

struct users : om::table<"users",
    om::column<"id",    om::bigint, om::primary_key>,
    om::column<"email", om::text,   om::not_null>> {};

struct low_email : om::migration<"users-email", users,
    om::add_column<"email_low", om::text, om::ascii_lower(om::col<"email">)>,
#ifdef CONTROL
    om::add_column<"email_length", om::integer, om::length(om::col<"email">)>> {};
#else
    om::add_column<"email_low", om::text, om::trim(om::col<"email">)>> {};
#endif
