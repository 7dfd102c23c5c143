// SPDX-License-Identifier: BSL-1.0
// EXPECT: M071: rows are extracted to another table whose om::primary_key columns are those of the first one, of the same types, in the same order, and behind them one for the position of a row: a text, a whole number or a boolean. docs/errors/M071.md
// EXPECT: child_key_misfit<users, phones>
#include <online_migration/static.hpp>

namespace om = online_migration;

struct users : om::table<"users",
    om::column<"id",         om::bigint, om::primary_key>,
    om::column<"home_phone", om::text>,
    om::column<"work_phone", om::text>> {};

struct phones : om::table<"phones",
#ifdef CONTROL
    om::column<"user_id", om::bigint, om::primary_key>,
    om::column<"kind",    om::text,   om::primary_key>,
#else
    om::column<"user_id", om::bigint, om::primary_key>,
    om::column<"kind",    om::text,   om::not_null>,
#endif
    om::column<"number",  om::text,   om::not_null>> {};

struct extract_phones : om::migration<"users-extract-phones", users,
    om::extract_rows<phones,
        om::row_at<"home", om::moved<"number", om::col<"home_phone">>>,
        om::row_at<"work", om::moved<"number", om::col<"work_phone">>>>> {};
