// SPDX-License-Identifier: BSL-1.0
// EXPECT: M008: one transform mixes a server-only with a client-only function, so nobody could compute it; use a portable function in place of one of them. docs/errors/M008.md
// EXPECT: mixed_worlds<
// EXPECT: {"lower"}
// EXPECT: {"normalise/1"}
#include <string_view>

#include <online_migration/static.hpp>

namespace om = online_migration;

constexpr std::string_view normalise(std::string_view email) { return email.substr(0, email.find('+')); }

struct users : om::table<"users",
    om::column<"id",    om::bigint, om::primary_key>,
    om::column<"email", om::text,   om::not_null>> {};

#ifdef CONTROL
struct normal : om::migration<"normal", users,
    om::add_column<"email_normal", om::text, om::ascii_lower(om::computed<&normalise, "normalise/1">(om::col<"email">))>> {};
#else
struct normal : om::migration<"normal", users,
    om::add_column<"email_normal", om::text, om::lower(om::computed<&normalise, "normalise/1">(om::col<"email">))>> {};
#endif

static_assert(om::migration_like<normal>);
