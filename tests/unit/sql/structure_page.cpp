// SPDX-License-Identifier: BSL-1.0
// docs/reference/structure.md says of every kind of structural change which steps it takes, and under which locks.
#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <initializer_list>
#include <iterator>
#include <string>
#include <utility>
#include <vector>

#include <doctest/doctest.h>

#include <online_migration/sql/structure/plan.hpp>

using namespace online_migration;

namespace {

std::string steps(const structure_description& change, std::initializer_list<step_stage> stages) {
  std::string text;
  for (const plan_step& step : detail::steps_of(change)) {
    if (std::find(stages.begin(), stages.end(), step.when) == stages.end()) continue;
    text += text.empty() ? "" : "; ";
    text += "`" + std::string{step.name} + "` ";
    text += step.lock == lock_level::none ? "–" : to_string(step.lock);
    if (step.scans) text += ", one scan";
    if (step.alone) text += ", outside of transactions";
  }
  return text.empty() ? " " : " " + text + " ";
}

std::string line(const char* names, const structure_description& change) {
  return std::string{"| "} + names + " |" + steps(change, {step_stage::prepare}) + "|" +
         steps(change, {step_stage::enforce}) + "|" + steps(change, {step_stage::retire, step_stage::drop}) + "|" +
         steps(change, {step_stage::undo, step_stage::revive}) + "|";
}

}  // namespace

TEST_CASE("the page of structural changes has the steps and locks of all of them") {
  const char* root = std::getenv("ONLINE_MIGRATION_SOURCE_DIR");
  REQUIRE(root != nullptr);
  std::ifstream file{std::string{root} + "/docs/reference/structure.md"};
  std::string page{std::istreambuf_iterator<char>{file}, {}};
  REQUIRE_FALSE(page.empty());
  using kind = online_migration::structure;
  const std::vector<std::pair<const char*, structure_description>> all{
      {"`make_table`", {.is = kind::create_table}},
      {"`rename_table`", {.is = kind::rename_table}},
      {"`add_constant_column`", {.is = kind::add_column}},
      {"`set_default`", {.is = kind::set_default}},
      {"`comment_column`, `comment_table`", {.is = kind::set_comment}},
      {"`create_index`", {.is = kind::create_index}},
      {"`create_index` with `unique`", {.is = kind::create_index, .unique = true}},
      {"`set_not_null`", {.is = kind::set_not_null}},
      {"`add_check`", {.is = kind::add_check}},
      {"`add_unique`, `add_unique_nulls_not_distinct`", {.is = kind::add_unique}},
      {"`add_foreign_key`", {.is = kind::add_foreign_key}},
      {"`drop_not_null`", {.is = kind::drop_not_null}},
      {"`drop_default`", {.is = kind::drop_default}},
      {"`rename_constraint`", {.is = kind::rename_constraint}},
      {"`drop_constraint`", {.is = kind::drop_constraint}},
      {"`drop_index`", {.is = kind::drop_index}},
      {"`drop_column`", {.is = kind::drop_column}},
      {"`set_replica_identity`", {.is = kind::set_replica_identity}},
      {"`drop_table`", {.is = kind::drop_table}}};
  for (const auto& [names, change] : all) {
    std::string expected = line(names, change);
    CAPTURE(expected);
    CHECK(page.find(expected) != std::string::npos);
  }
}
