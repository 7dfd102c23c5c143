// SPDX-License-Identifier: BSL-1.0
// EXPECT: replaced_column_missing<
// EXPECT: {"last_name"}
// EXPECT: M023: the new column would be computed from the replaced one as the row has it
#include <online_migration/runtime/dual_writer.hpp>
#include <online_migration/static.hpp>

namespace om = online_migration;

struct people : om::table<"people",
    om::column<"id",        om::bigint, om::primary_key>,
    om::column<"full_name", om::text,   om::not_null>> {};

struct split_name : om::migration<"people-split-name", people,
    om::replace_columns<
        om::from<"full_name", om::concat(om::col<"first_name">, om::lit<" ">, om::col<"last_name">)>,
        om::into<"first_name", om::text, om::split_part(om::col<"full_name">, om::lit<" ">, om::lit<1>), om::not_null>,
        om::into<"last_name", om::text, om::split_part(om::col<"full_name">, om::lit<" ">, om::lit<2>), om::not_null>>> {};

void write_name(om::connection& connection) {
  om::dual_writer<split_name> write{connection};
#ifdef CONTROL
  write.update(om::key(42), om::set<"first_name">("Ada"), om::set<"last_name">("Lovelace"));
#else
  write.update(om::key(42), om::set<"first_name">("Ada"));
#endif
}
