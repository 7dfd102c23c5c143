// SPDX-License-Identifier: BSL-1.0
// EXPECT: M072: the position of a row is a value of the last column of the other table's key, and no two rows have the same; of an om::row_each it is an om::integer or om::bigint. docs/errors/M072.md
// EXPECT: unfit_position<phones
#include <online_migration/static.hpp>

namespace om = online_migration;

struct users : om::table<"users",
    om::column<"id",         om::bigint, om::primary_key>,
    om::column<"home_phone", om::text>,
    om::column<"work_phone", om::text>> {};

struct phones : om::table<"phones",
    om::column<"user_id", om::bigint,   om::primary_key>,
    om::column<"place",   om::smallint, om::primary_key>,
    om::column<"number",  om::text,     om::not_null>> {};

struct extract_phones : om::migration<"users-extract-phones", users,
    om::extract_rows<phones,
        om::row_at<1, om::moved<"number", om::col<"home_phone">>>,
#ifdef CONTROL
        om::row_at<2, om::moved<"number", om::col<"work_phone">>>>> {};
#else
        om::row_at<1, om::moved<"number", om::col<"work_phone">>>>> {};
#endif
