// SPDX-License-Identifier: BSL-1.0
// EXPECT: wrong_key<users
// EXPECT: values_given<2>
// EXPECT: columns_in_key<1>
// EXPECT: M014: om::key takes one value for each om::primary_key column
#include <online_migration/runtime/dual_writer.hpp>
#include <online_migration/static.hpp>

namespace om = online_migration;

struct users : om::table<"users",
    om::column<"id",           om::bigint, om::primary_key>,
    om::column<"display_name", om::text,   om::not_null>> {};

struct canonical_display_name : om::migration<"users-display-name-canonical", users,
    om::add_column<"display_name_canonical", om::text,
        om::ascii_lower(om::trim(om::col<"display_name">))>> {};

void write_user(om::connection& connection) {
  om::dual_writer<canonical_display_name> write{connection};
#ifdef CONTROL
  write.erase(om::key(42));
#else
  write.erase(om::key(7, 42));
#endif
}
