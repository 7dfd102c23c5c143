// SPDX-License-Identifier: BSL-1.0
// EXPECT: key_column_changed<users
// EXPECT: {"id"}
// EXPECT: M007: this column belongs to the key
#include <string_view>

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

#ifdef CONTROL
inline constexpr std::string_view fragment = assign::fragment<"display_name">;
#else
inline constexpr std::string_view fragment = assign::fragment<"id", "display_name">;
#endif
