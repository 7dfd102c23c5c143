// SPDX-License-Identifier: BSL-1.0
#include <string>
#include <string_view>

#include <doctest/doctest.h>

#include <online_migration/cli/plan.hpp>
#include <online_migration/static.hpp>

namespace om = online_migration;

namespace {

struct users
    : om::table<"users", om::column<"id", om::bigint, om::primary_key>, om::column<"name", om::text, om::not_null>> {};
struct lower_name
    : om::migration<"lower-name", users, om::add_column<"name_lower", om::text, om::ascii_lower(om::col<"name">)>> {};

struct orders : om::table<"orders", om::column<"id", om::integer, om::primary_key>> {};
struct wide_key : om::migration<"wide-key", orders, om::replace_key<"id", "id_v2", om::bigint>> {};

struct indexed_name
    : om::migration<"indexed-name", users, om::add_column<"name_lower", om::text, om::ascii_lower(om::col<"name">)>,
                    om::create_index<"users_by_name", om::columns<"name_lower">>,
                    om::add_unique<"users_name_key", "name_lower">> {};

bool has(const std::string& text, std::string_view part) { return text.find(part) != std::string::npos; }

}  // namespace

TEST_CASE("every statement of the catalogue has its note, and every note its statement") {
  for (const auto& entry : om::detail::catalogue) {
    CAPTURE(entry.name);
    CHECK(om::find_lock_note(entry.name) != nullptr);
  }
  for (const om::lock_note& note : om::detail::lock_notes) {
    CAPTURE(note.statement);
    CHECK(om::detail::statement_index(note.statement) < om::detail::statement_count);
    bool known = false;
    for (const auto& stage : om::detail::plan_stages) known = known || stage.name == note.stage;
    CHECK(known);
  }
}

TEST_CASE("every statement of a key has its note, every note its statement, and the plan has them in their stages") {
  std::size_t found = 0;
  using key = om::key_statements<wide_key>;
  for (const om::statement& each :
       {key::cut_over, key::retired_guard, key::find_wide_key, key::return_numbers, key::give_back}) {
    CAPTURE(each.name);
    for (const om::lock_note& note : om::detail::key_lock_notes) found += note.statement == each.name ? 1 : 0;
    CHECK(om::find_lock_note(each.name) != nullptr);
    CHECK(has(om::plan_text<wide_key>(om::plan_extent::everything), "\n-- " + std::string{each.name} + "\n--   lock"));
  }
  CHECK(found == std::size(om::detail::key_lock_notes));
  std::string plan = om::plan_text<wide_key>();
  CHECK(plan.find("-- CONTRACT") < plan.find("-- cut_over_key"));
  CHECK(plan.find("-- cut_over_key") < plan.find("-- create_guard_trigger"));
  CHECK_FALSE(has(plan, "give_key_back"));
}

TEST_CASE("a plan shows the way forward, each statement with its lock") {
  std::string plan = om::plan_text<lower_name>();
  CHECK(has(plan, "-- lower-name on \"public\".\"users\"\n-- fingerprint "));
  CHECK(has(plan,
            "\n-- add_column\n--   lock on the table: ACCESS EXCLUSIVE; for a moment: no scan, no rewrite\n"
            "ALTER TABLE \"public\".\"users\" ADD COLUMN \"name_lower\" text;\n"));
  CHECK(plan.find("-- EXPAND") < plan.find("-- BACKFILL"));
  CHECK(plan.find("-- BACKFILL") < plan.find("-- VALIDATE"));
  for (const char* absent :
       {"-- fence\n", "-- SETTLE", "-- CONTRACT", "-- THE SAFETY NET", "-- ROLLBACK", "drop_target"}) {
    CAPTURE(absent);
    CHECK_FALSE(has(plan, absent));
  }
}

TEST_CASE("a plan of everything shows every statement once") {
  std::string plan = om::plan_text<lower_name>(om::plan_extent::everything);
  for (std::size_t i = 0; i < om::statements<lower_name>::count; ++i) {
    om::statement each = om::statements<lower_name>::at(i);
    if (each.size == 0) continue;
    std::string shown = "\n-- " + std::string{each.name} + "\n--   lock";
    CAPTURE(each.name);
    CHECK(plan.find(shown) != std::string::npos);
    CHECK(plan.find(shown) == plan.rfind(shown));
    CHECK(has(plan, std::string{each.view()} + ";\n"));
  }
}

TEST_CASE("a plan shows what stands behind new columns where it is taken") {
  std::string plan = om::plan_text<indexed_name>();
  CHECK(has(
      plan,
      "\n-- build_index\n--   lock on the table: SHARE UPDATE EXCLUSIVE; one scan, beside readers and writers; outside "
      "of transactions\nCREATE INDEX CONCURRENTLY \"users_by_name\" ON \"public\".\"users\" (\"name_lower\");\n"));
  CHECK(plan.find("-- VALIDATE") < plan.find("-- BEHIND THE NEW COLUMNS"));
  CHECK(plan.find("-- build_index") < plan.find("-- ENFORCED by contract"));
  CHECK(plan.find("-- ENFORCED by contract") < plan.find("-- add_unique"));
  CHECK_FALSE(has(plan, "drop_built_index"));
  std::string everything = om::plan_text<indexed_name>(om::plan_extent::everything);
  CHECK(everything.find("-- add_unique") < everything.find("-- drop_added_unique"));
  CHECK(everything.find("-- drop_built_index") < everything.find("-- drop_target"));
  CHECK_FALSE(has(om::plan_text<lower_name>(om::plan_extent::everything), "BEHIND"));
}
