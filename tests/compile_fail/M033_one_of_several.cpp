// SPDX-License-Identifier: BSL-1.0
// EXPECT: legacy_at_new_only<
// EXPECT: merge_name
// EXPECT: {"last_name"}
// EXPECT: M033: at om::stage::new_only a binary no longer knows what this migration replaces; use the new column. docs/errors/M033.md
#include <online_migration/runtime/dual_writer.hpp>
#include <online_migration/static.hpp>

namespace om = online_migration;

struct people : om::table<"people",
    om::column<"id",         om::bigint, om::primary_key>,
    om::column<"first_name", om::text,   om::not_null>,
    om::column<"last_name",  om::text,   om::not_null>> {};

struct merge_name : om::migration<"people-merge-name", people,
    om::replace_columns<
        om::from<"first_name", om::split_part(om::col<"full_name">, om::lit<" ">, om::lit<1>)>,
        om::from<"last_name", om::split_part(om::col<"full_name">, om::lit<" ">, om::lit<2>)>,
        om::into<"full_name", om::text, om::concat(om::col<"first_name">, om::lit<" ">, om::col<"last_name">), om::not_null>>>, om::staged {};

template <> inline constexpr om::stage om::stage_of<merge_name> = om::stage::new_only;

void write_name(om::connection& connection) {
  om::dual_writer<merge_name> write{connection};
#ifdef CONTROL
  write.update(om::key(42), om::set<"full_name">("Ada Lovelace"));
#else
  write.update(om::key(42), om::set<"last_name">("Lovelace"));
#endif
}
