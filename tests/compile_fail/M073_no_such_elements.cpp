// SPDX-License-Identifier: BSL-1.0
// EXPECT: M073: each column of an om::row_each gets the elements of an array, whose type is the column's. docs/errors/M073.md
// EXPECT: no_such_elements<
// EXPECT: {"tag"}
#include <online_migration/static.hpp>

namespace om = online_migration;

struct posts : om::table<"posts",
    om::column<"id",   om::bigint, om::primary_key>,
#ifdef CONTROL
    om::column<"tags", om::array<om::text>>,
#else
    om::column<"tags", om::text>,
#endif
    om::column<"note", om::text>> {};

struct tags : om::table<"tags",
    om::column<"post_id", om::bigint,  om::primary_key>,
    om::column<"place",   om::integer, om::primary_key>,
    om::column<"tag",     om::text,    om::not_null>> {};

struct extract_tags : om::migration<"posts-extract-tags", posts,
    om::extract_rows<tags, om::row_each<om::moved<"tag", om::col<"tags">>>>> {};
