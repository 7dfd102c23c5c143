// SPDX-License-Identifier: BSL-1.0
// EXPECT: derived_column_written<parts
// EXPECT: {"last_name"}
// EXPECT: M012: this column follows from others
#include <online_migration/runtime/dual_writer.hpp>
#include <online_migration/static.hpp>

namespace om = online_migration;

struct users : om::table<"users",
    om::column<"id",        om::bigint, om::primary_key>,
    om::column<"full_name", om::text,   om::not_null>> {};

struct parts : om::migration<"users-parts", users,
    om::add_column<"first_name", om::text, om::split_part(om::col<"full_name">, om::lit<" ">, om::lit<1>)>,
    om::add_column<"last_name", om::text, om::split_part(om::col<"full_name">, om::lit<" ">, om::lit<2>)>> {};

void write_user(om::connection& connection) {
  om::dual_writer<parts> write{connection};
#ifdef CONTROL
  write.update(om::key(42), om::set<"full_name">("Ada Lovelace"));
#else
  write.update(om::key(42), om::set<"last_name">("Lovelace"));
#endif
}
