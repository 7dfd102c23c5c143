// SPDX-License-Identifier: BSL-1.0
// EXPECT: partial_client_update<full_name
// EXPECT: {"last_name"}
// EXPECT: M011: the client computes the new column from several columns
#include <string>
#include <string_view>

#include <online_migration/runtime/dual_writer.hpp>
#include <online_migration/static.hpp>

namespace om = online_migration;

struct users : om::table<"users",
    om::column<"id",         om::bigint, om::primary_key>,
    om::column<"first_name", om::text,   om::not_null>,
    om::column<"last_name",  om::text,   om::not_null>> {};

inline std::string joined(std::string_view first, std::string_view last) {
  return std::string{first} + ' ' + std::string{last};
}

struct full_name : om::migration<"users-full-name", users,
    om::add_column<"full_name", om::text,
        om::computed<&joined, "joined/1">(om::col<"first_name">, om::col<"last_name">)>> {};

void write_user(om::connection& connection) {
  om::dual_writer<full_name> write{connection};
#ifdef CONTROL
  write.update(om::key(42), om::set<"first_name">("Ada"), om::set<"last_name">("Lovelace"));
#else
  write.update(om::key(42), om::set<"first_name">("Ada"));
#endif
}
