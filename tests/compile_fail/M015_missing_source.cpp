// SPDX-License-Identifier: BSL-1.0
// EXPECT: missing_source<canonical_display_name
// EXPECT: {"display_name"}
// EXPECT: M015: the new column follows from this one, whose default only the server knows
#include <online_migration/runtime/dual_writer.hpp>
#include <online_migration/static.hpp>

namespace om = online_migration;

struct users : om::table<"users",
    om::column<"id",           om::bigint, om::primary_key>,
    om::column<"display_name", om::text,   om::not_null, om::has_default>> {};

struct canonical_display_name : om::migration<"users-display-name-canonical", users,
    om::add_column<"display_name_canonical", om::text,
        om::ascii_lower(om::trim(om::col<"display_name">))>> {};

void write_user(om::connection& connection) {
  om::dual_writer<canonical_display_name> write{connection};
#ifdef CONTROL
  write.insert(om::key(42), om::set<"display_name">("Ada"));
#else
  write.insert(om::key(42));
#endif
}
