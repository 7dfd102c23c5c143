// SPDX-License-Identifier: BSL-1.0
// A few trials, others in each run.

#include "property.hpp"

#include <doctest/doctest.h>

using namespace property;

namespace {
constexpr int count = 3;
}

TEST_CASE("property: portable transform of two columns, NOT NULL") { trials<merged>(count); }
TEST_CASE("property: server-only transform") { trials<lowered>(count); }
TEST_CASE("property: composite key") { trials<measured>(count); }
TEST_CASE("property: client-only transform of two columns") { trials<computed>(count); }
