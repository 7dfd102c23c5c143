// SPDX-License-Identifier: BSL-1.0
#include <chrono>
#include <cstdint>
#include <limits>

#include <doctest/doctest.h>

#include <online_migration/postgres/time.hpp>

using namespace online_migration;
using namespace std::chrono;

using moment = sys_time<microseconds>;

// Paper: PostgreSQL counts from 2000-01-01, C++ from 1970-01-01; between them lie 30 years and 7 leap days.
static_assert(to_timestamp(moment{sys_days{year{2000} / 1 / 1}}).microseconds == 0);
static_assert(to_timestamp(moment{}).microseconds == -(30 * 365LL + 7) * 86'400 * 1'000'000);
static_assert(to_time_point(timestamp_value{1}) == moment{sys_days{year{2000} / 1 / 1}} + 1us);
static_assert(to_time_point(to_timestamp(moment{-1us})) == moment{-1us});

TEST_CASE("what does not fit is refused and does not wrap around") {
  using limits = std::numeric_limits<std::int64_t>;
  CHECK_THROWS_AS(to_timestamp(moment::min()), refused);
  CHECK(to_timestamp(moment::max()).microseconds == limits::max() - 946'684'800'000'000);
  CHECK_THROWS_AS(to_time_point(timestamp_value{limits::max()}), refused);  // infinity
  CHECK_THROWS_AS(to_time_point(timestamp_value{limits::min()}), refused);
}
