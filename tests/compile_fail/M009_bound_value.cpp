// SPDX-License-Identifier: BSL-1.0
// EXPECT: wrong_value_type<users
// EXPECT: {"display_name"}
// EXPECT: M009: a value of this C++ type does not fit its column
#include <online_migration/runtime/assignments.hpp>
#include <online_migration/static.hpp>

namespace om = online_migration;

struct users : om::table<"users",
    om::column<"id",           om::bigint, om::primary_key>,
    om::column<"display_name", om::text,   om::not_null>> {};

struct canonical_display_name : om::migration<"users-display-name-canonical", users,
    om::add_column<"display_name_canonical", om::text,
        om::ascii_lower(om::trim(om::col<"display_name">))>> {};

using assign = om::assignments<canonical_display_name>;

void write_user() {
#ifdef CONTROL
  auto values = assign::bind(om::set<"display_name">("Ada"));
#else
  auto values = assign::bind(om::set<"display_name">(7));
#endif
  static_cast<void>(values);
}
