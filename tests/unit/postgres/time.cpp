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

static_assert(to_date(sys_days{year{2000} / 1 / 1}) == date_value{0} && to_date(sys_days{}).days == -(30 * 365 + 7));
static_assert(to_sys_days(date_value{59}) == sys_days{year{2000} / 2 / 29});
static_assert(to_local_timestamp(local_days{year{2000} / 1 / 1} + 1us) == local_timestamp_value{1});
static_assert(to_local_time(local_timestamp_value{-1}) == local_days{year{2000} / 1 / 1} - 1us);
static_assert(to_time(24h).microseconds == 86'400'000'000 && to_duration(time_value{5}) == 5us);
static_assert(to_interval(months{14}, days{-3}, 4us) == interval_value{14, -3, 4});
static_assert(to_interval(36h) == interval_value{0, 0, 129'600'000'000});

TEST_CASE("what does not fit is refused and does not wrap around") {
  using limits = std::numeric_limits<std::int64_t>;
  CHECK_THROWS_AS(to_timestamp(moment::min()), refused);
  CHECK(to_timestamp(moment::max()).microseconds == limits::max() - 946'684'800'000'000);
  CHECK_THROWS_AS(to_time_point(timestamp_value{limits::max()}), refused);  // infinity
  CHECK_THROWS_AS(to_time_point(timestamp_value{limits::min()}), refused);
  using days_limits = std::numeric_limits<std::int32_t>;
  CHECK_THROWS_AS(to_sys_days(date_value{days_limits::max()}), refused);  // infinity
  CHECK_THROWS_AS(to_sys_days(date_value{days_limits::min()}), refused);
  CHECK_THROWS_AS(to_sys_days(date_value{days_limits::max() - 1}), refused);
  CHECK(to_sys_days(date_value{days_limits::min() + 1}).time_since_epoch().count() == days_limits::min() + 10'958);
  CHECK_THROWS_AS(to_date(sys_days{days{days_limits::min()}}), refused);
  CHECK_THROWS_AS(to_time(-1us), refused);
  CHECK_THROWS_AS(to_time(24h + 1us), refused);
}
