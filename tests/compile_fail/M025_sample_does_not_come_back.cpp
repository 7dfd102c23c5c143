// SPDX-License-Identifier: BSL-1.0
// EXPECT: M025: a value named by om::samples does not come back by transform and inverse, or cannot be tried; mend the inverse or the sample, or say om::lossy. docs/errors/M025.md
// EXPECT: round_trip_fails<
// EXPECT: does_not_lead_back<
#include <online_migration/static.hpp>

namespace om = online_migration;

struct codes : om::table<"codes",
    om::column<"id",   om::bigint, om::primary_key>,
    om::column<"code", om::text,   om::not_null>> {};

#ifdef CONTROL
struct upper_code : om::migration<"codes-upper", codes,
    om::replace_column<"code", "code_v2", om::text,
        om::ascii_upper(om::col<"code">), om::ascii_lower(om::col<"code_v2">), om::not_null, om::samples<"ab-1">>> {};
#else
struct upper_code : om::migration<"codes-upper", codes,
    om::replace_column<"code", "code_v2", om::text,
        om::ascii_upper(om::col<"code">), om::ascii_lower(om::col<"code_v2">), om::not_null, om::samples<"ab-1", "Ab-1">>> {};
#endif

static_assert(om::migration_like<upper_code>);
