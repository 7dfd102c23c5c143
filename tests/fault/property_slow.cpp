// SPDX-License-Identifier: BSL-1.0
// Many trials.

#include <doctest/doctest.h>

#include "property.hpp"

using namespace property;

namespace {
constexpr int count = 40;
}

TEST_CASE("property: portable transform of two columns, NOT NULL") { trials<merged>(count); }
TEST_CASE("property: server-only transform") { trials<lowered>(count); }
TEST_CASE("property: composite key") { trials<measured>(count); }
TEST_CASE("property: client-only transform of two columns") { trials<computed>(count); }
