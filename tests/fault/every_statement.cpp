// SPDX-License-Identifier: BSL-1.0
// A sample of the statements, another one in each run.

#include "every_statement.hpp"

#include <doctest/doctest.h>

using namespace every_statement;

namespace {
constexpr choice each{13};
}

TEST_CASE("every statement: the connection is lost before it") {
  harm_each<lower_name>(each, fault::lost_before, "", wrong_lower);
}
TEST_CASE("every statement: its answer is lost") { harm_each<lower_name>(each, fault::lost_after, "", wrong_lower); }
TEST_CASE("every statement: serialization failure") {
  harm_each<lower_name>(each, fault::refused, "40001", wrong_lower);
}
TEST_CASE("every statement: deadlock") { harm_each<lower_name>(each, fault::refused, "40P01", wrong_lower); }
TEST_CASE("every statement: its answer is lost, client-only transform") {
  harm_each<greeted_name>(each, fault::lost_after, "", wrong_greeting);
}
TEST_CASE("every statement: the process is killed before it") {
  kill_each<lower_name>(each, fault::killed_before, wrong_lower);
}
TEST_CASE("every statement: the process is killed after it") {
  kill_each<lower_name>(each, fault::killed_after, wrong_lower);
}
TEST_CASE("every statement: the process is killed after it, client-only transform") {
  kill_each<greeted_name>(each, fault::killed_after, wrong_greeting);
}
