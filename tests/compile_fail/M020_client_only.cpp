// SPDX-License-Identifier: BSL-1.0
// EXPECT: unusable_inverse<
// EXPECT: {"email"}
// EXPECT: {"email_v2"}
// EXPECT: only_the_client_computes
// EXPECT: M020: this inverse cannot cover writers of the new column
#include <online_migration/static.hpp>

#include <string_view>

namespace om = online_migration;

struct accounts : om::table<"accounts",
    om::column<"id",    om::bigint, om::primary_key>,
    om::column<"email", om::text,   om::not_null>> {};

std::string_view plain(std::string_view email) { return email.substr(0, email.find('+')); }

#ifdef CONTROL
struct plain_email : om::migration<"accounts-email-plain", accounts,
    om::replace_column<"email", "email_v2", om::text,
        om::computed<&plain, "plain/1">(om::col<"email">), om::lossy>> {};
#else
struct plain_email : om::migration<"accounts-email-plain", accounts,
    om::replace_column<"email", "email_v2", om::text,
        om::computed<&plain, "plain/1">(om::col<"email">), om::col<"email_v2">, om::not_null>> {};
#endif

static_assert(om::migration_like<plain_email>);
