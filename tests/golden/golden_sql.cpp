// SPDX-License-Identifier: BSL-1.0
// Every statement of the declarations here stands in a file, to be read by people and quoted by the documentation.
// ONLINE_MIGRATION_UPDATE_GOLDEN=1 writes the files anew; read the difference before it is committed.
#include <algorithm>
#include <cstddef>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <string>
#include <string_view>
#include <vector>

#include <doctest/doctest.h>

#include "golden/cases.hpp"

namespace {

std::vector<std::string_view> lines_of(std::string_view text) {
  std::vector<std::string_view> lines;
  while (!text.empty()) {
    std::size_t end = text.find('\n');
    lines.push_back(text.substr(0, end));
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
  }
  return lines;
}

/// The lines in which two texts differ, each with the statement it belongs to; of two equal texts none.
std::string difference(std::string_view expected, std::string_view actual) {
  auto old_lines = lines_of(expected);
  auto new_lines = lines_of(actual);
  std::size_t rows = old_lines.size() + 1;
  std::size_t columns = new_lines.size() + 1;
  std::vector<std::size_t> common(rows * columns);  // longest common subsequence of the ends of both
  for (std::size_t i = old_lines.size(); i-- > 0;) {
    for (std::size_t j = new_lines.size(); j-- > 0;) {
      common[i * columns + j] = old_lines[i] == new_lines[j]
                                    ? common[(i + 1) * columns + j + 1] + 1
                                    : std::max(common[(i + 1) * columns + j], common[i * columns + j + 1]);
    }
  }
  std::string result;
  std::string_view heading;
  std::string_view shown;
  auto report = [&](char sign, std::string_view line) {
    if (heading != shown) result.append(shown = heading).append("\n");
    result.append(1, sign).append(" ").append(line).append("\n");
  };
  std::size_t i = 0;
  std::size_t j = 0;
  while (i < old_lines.size() || j < new_lines.size()) {
    bool both = i < old_lines.size() && j < new_lines.size();
    if (both && old_lines[i] == new_lines[j]) {
      if (old_lines[i].starts_with("-- ")) heading = old_lines[i];
      ++i, ++j;
    } else if (j == new_lines.size() || (both && common[(i + 1) * columns + j] >= common[i * columns + j + 1])) {
      report('-', old_lines[i++]);
    } else {
      report('+', new_lines[j++]);
    }
  }
  if (result.empty() && expected != actual) return "a line feed at the end";
  return result;
}

std::string read(const std::string& path) {
  std::ifstream file{path, std::ios::binary};
  return {std::istreambuf_iterator<char>{file}, std::istreambuf_iterator<char>{}};
}

/// Compares a text with a file of the project.
void compare_with_file(std::string_view file, const std::string& actual) {
  const char* root = std::getenv("ONLINE_MIGRATION_SOURCE_DIR");
  REQUIRE_MESSAGE(root != nullptr, "ONLINE_MIGRATION_SOURCE_DIR has to name the project's directory");
  std::string path = std::string{root} + "/" + std::string{file};
  if (const char* update = std::getenv("ONLINE_MIGRATION_UPDATE_GOLDEN"); update != nullptr && *update == '1') {
    std::ofstream{path, std::ios::binary} << actual;
  }
  std::string expected = read(path);
  CHECK_MESSAGE(expected == actual, path, " (-) is not what the library writes (+):\n", difference(expected, actual));
}

void compare(std::string_view name, const std::string& actual) {
  compare_with_file("tests/golden/" + std::string{name} + ".sql", actual);
}

void add(std::string& text, std::string_view name, std::string_view sql) {
  text.append("\n-- ").append(name).append("\n").append(sql).append(";\n");
}

}  // namespace

TEST_CASE("the statements of each declaration are those in its file") {
  golden::for_each_case(golden::all_cases{}, []<class Case>() {
    std::string text{"-- "};
    text.append(Case::migration::name.view()).append("\n-- fingerprint ");
    text.append(golden::om::fingerprint<typename Case::migration>).append("\n");
    for (const golden::entry& each : Case::entries()) add(text, each.name, each.text);
    if constexpr (golden::om::replaces_key_column<typename Case::migration::change>) {
      using key = golden::om::key_statements<typename Case::migration>;
      for (const golden::om::statement& each :
           {key::cut_over, key::retired_guard, key::find_wide_key, key::return_numbers, key::give_back}) {
        add(text, each.name, each.view());
      }
    }
    compare(Case::file, text);
  });
}

namespace {

/// A plan with what each step does to those who use the table, which may be a part of a migration.
template <class Migration, class Whole = Migration>
void add_plan(std::string& text) {
  text.append("\n-- ").append(Whole::name.view()).append(", fingerprint ");
  text.append(golden::om::fingerprint<Whole>).append("\n");
  for (const golden::om::planned_step& planned : golden::om::plan<Migration>) {
    constexpr std::string_view stages[]{"prepare", "enforce", "retire", "drop", "revive", "undo"};
    std::string heading{planned.run.name};
    heading.append(": ").append(stages[static_cast<int>(planned.step->when)]).append(", ");
    heading.append(to_string(planned.step->lock)).append(planned.step->scans ? ", one scan" : "");
    heading.append(planned.step->alone ? ", outside of transactions" : "");
    add(text, heading, planned.run.view());
    add(text, "whether it is done", planned.state.view());
    if (planned.clean_up.size > 0) add(text, "what an interrupted try has left", planned.clean_up.view());
  }
  for (const golden::om::statement& count : golden::om::violation_counts<Migration>) {
    if (count.size > 0) add(text, "rows in the way", count.view());
  }
}

}  // namespace

TEST_CASE("the plans of structural changes are those in their file") {
  std::string text{"-- structural changes\n"};
  add_plan<golden::orderly>(text);
  add_plan<golden::fewer_orders>(text);
  add_plan<golden::looser_orders>(text);
  add_plan<golden::nullable_total>(text);
  add_plan<golden::renamed_orders>(text);
  add_plan<golden::new_orders>(text);
  add_plan<golden::no_orders>(text);
  add_plan<golden::om::structure_of<golden::searched_orders>, golden::searched_orders>(text);
  add_plan<golden::om::structure_of<golden::wide_total>, golden::wide_total>(text);
  compare("structure", text);
}

TEST_CASE("the statements on the state tables are those in their file") {
  std::string text{"-- the state tables\n"};
  for (const auto* each : golden::state_tables) add(text, each->name, each->view());
  for (const auto* each : golden::state_statements) add(text, each->name, each->view());
  compare("state", text);
}

TEST_CASE("the managed migration is the statements of ensure_state_tables") {
  std::string text{R"(-- SPDX-License-Identifier: BSL-1.0
-- The state tables of online_migration, for tools that run files of SQL in order. Run it by such a tool or by psql, as the
-- role that will run migrations or as one that it is a member of: the tables belong to whoever runs this.
-- It makes exactly what toolkit.ensure_state_tables() makes, and that call then finds nothing left to do.
-- The test "the managed migration is the statements of ensure_state_tables" writes this file; do not edit it by hand.

BEGIN;
SET LOCAL search_path = pg_catalog, pg_temp;
)"};
  add(text, golden::om::state::lock_creation.name, golden::om::state::lock_creation.view());
  for (const auto* each : golden::state_tables) add(text, each->name, each->view());
  add(text, golden::om::state::revoke_defaults.name, golden::om::state::revoke_defaults.view());
  std::string version{golden::om::state::insert_version.view()};
  std::string_view parameter = "$1::integer";
  version.replace(version.find(parameter), parameter.size(), std::to_string(golden::om::state_version));
  add(text, golden::om::state::insert_version.name, version);
  text += "\nCOMMIT;\n";
  compare_with_file("templates/202604150001_online_migration_toolkit.up.sql", text);
}

TEST_CASE("a difference names the statement and shows both texts") {
  CHECK(difference("-- a\nx;\n", "-- a\nx;\n").empty());
  CHECK(difference("-- a\nx;\n\n-- b\ny;\n", "-- a\nx;\n\n-- b\nz;\n") == "-- b\n- y;\n+ z;\n");
  CHECK(difference("-- a\nx;\n", "-- a\nx;\n-- b\ny;\n") == "-- a\n+ -- b\n+ y;\n");
  CHECK(difference("-- a\nx;\n", "-- a\nx;") == "a line feed at the end");
}
