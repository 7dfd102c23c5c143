// SPDX-License-Identifier: BSL-1.0
// EXPECT: derived_column_written<canonical_display_name
// EXPECT: {"display_name_canonical"}
// EXPECT: M012: this column follows from others
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
  write.update(om::key(42), om::set<"display_name">("Ada"));
#else
  write.update(om::key(42), om::set<"display_name_canonical">("ada"));
#endif
}
