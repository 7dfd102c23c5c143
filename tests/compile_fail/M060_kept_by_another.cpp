// SPDX-License-Identifier: BSL-1.0
// EXPECT: M060: this column needs a migration of its own: of several, every transform has a value for each row and a meaning on the server, and one says who keeps them all. docs/errors/M060.md
// EXPECT: not_beside_others<
// EXPECT: {"born_length"}
// EXPECT: it_is_kept_by_another
#include <online_migration/static.hpp>

namespace om = online_migration;

struct users : om::table<"users",
    om::column<"id",    om::bigint, om::primary_key>,
    om::column<"email", om::text,   om::not_null>,
    om::column<"born",  om::text>> {};

struct low_email : om::migration<"users-email", users,
    om::add_column<"email_low", om::text, om::ascii_lower(om::col<"email">)>,
#ifdef CONTROL
    om::add_column<"born_length", om::integer, om::length(om::col<"born">)>> {};
#else
    om::add_column<"born_length", om::integer, om::length(om::col<"born">), om::kept_by_application>> {};
#endif
