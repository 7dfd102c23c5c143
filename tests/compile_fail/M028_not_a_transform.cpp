// SPDX-License-Identifier: BSL-1.0
// EXPECT: M028: a transform is an expression over columns, such as om::trim(om::col<"name">), because it becomes SQL; write a constant as om::lit<1>, and what only C++ can compute as om::computed<&f, "f/1">(om::col<"name">). docs/errors/M028.md
// EXPECT: not_a_transform<
#include <online_migration/static.hpp>

#include <string_view>

namespace om = online_migration;

struct users : om::table<"users",
    om::column<"id",   om::bigint, om::primary_key>,
    om::column<"name", om::text,   om::not_null>> {};

#ifdef CONTROL
constexpr std::string_view shortened(std::string_view name) { return name.substr(0, 3); }

struct short_name : om::migration<"users-short-name", users,
    om::add_column<"short_name", om::text, om::computed<&shortened, "shortened/1">(om::col<"name">)>> {};
#else
struct short_name : om::migration<"users-short-name", users,
    om::add_column<"short_name", om::text, [](std::string_view name) { return name.substr(0, 3); }>> {};
#endif

static_assert(om::migration_like<short_name>);
