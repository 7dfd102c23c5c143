// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <compare>
#include <cstdint>

namespace online_migration {

/// The C++ value of a `timestamptz` column: microseconds since 2000-01-01 00:00 UTC, PostgreSQL's own count.
/// `infinity` and `-infinity` are the greatest and the least number. `<chrono>` time points convert to and from it where
/// the run time is included, which keeps `<chrono>` out of the compile-time headers.
struct timestamp_value {
  std::int64_t microseconds = 0;

  friend constexpr auto operator<=>(const timestamp_value&, const timestamp_value&) = default;
};

/// The C++ value of a `timestamp` column, which has no time zone: microseconds since 2000-01-01 00:00 by whatever clock
/// the application means. It does not convert to a `timestamp_value`, because that takes a zone.
struct local_timestamp_value {
  std::int64_t microseconds = 0;

  friend constexpr auto operator<=>(const local_timestamp_value&, const local_timestamp_value&) = default;
};

/// The C++ value of a `date` column: days since 2000-01-01. `infinity` and `-infinity` are the greatest and the least
/// number.
struct date_value {
  std::int32_t days = 0;

  friend constexpr auto operator<=>(const date_value&, const date_value&) = default;
};

/// The C++ value of a `time` column, which has no time zone: microseconds since midnight, from 0 to 24:00 inclusive.
struct time_value {
  std::int64_t microseconds = 0;

  friend constexpr auto operator<=>(const time_value&, const time_value&) = default;
};

/// The C++ value of an `interval` column: PostgreSQL keeps months, days and microseconds apart, because no month has a
/// fixed number of days, and no day one of hours. Equal here means identical: `1 mon` is not `30 days`.
struct interval_value {
  std::int32_t months = 0;
  std::int32_t days = 0;
  std::int64_t microseconds = 0;

  friend constexpr bool operator==(const interval_value&, const interval_value&) = default;
};

}  // namespace online_migration
