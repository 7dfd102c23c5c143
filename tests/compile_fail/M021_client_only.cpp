// SPDX-License-Identifier: BSL-1.0
// EXPECT: maintenance_conflict<
// EXPECT: {"email_plain"}
// EXPECT: only_the_client_computes
// EXPECT: M021: after contract nobody can keep this column as it says
#include <online_migration/static.hpp>

#include <string_view>

namespace om = online_migration;

struct accounts : om::table<"accounts",
    om::column<"id",    om::bigint, om::primary_key>,
    om::column<"email", om::text,   om::not_null>> {};

std::string_view plain(std::string_view email) { return email.substr(0, email.find('+')); }

#ifdef CONTROL
struct plain_email : om::migration<"accounts-email-plain", accounts,
    om::add_column<"email_plain", om::text, om::computed<&plain, "plain/1">(om::col<"email">)>> {};
#else
struct plain_email : om::migration<"accounts-email-plain", accounts,
    om::add_column<"email_plain", om::text, om::computed<&plain, "plain/1">(om::col<"email">), om::kept_by_trigger>> {};
#endif

static_assert(om::migration_like<plain_email>);
