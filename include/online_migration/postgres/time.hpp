// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <chrono>
#include <cstdint>
#include <limits>

#include <online_migration/postgres/error.hpp>
#include <online_migration/schema/values.hpp>

namespace online_migration {

namespace detail {

/// From C++'s epoch (1970) to PostgreSQL's (2000).
inline constexpr std::int64_t postgres_epoch = 946'684'800'000'000;

}  // namespace detail

/// A time point as the value of a `timestamptz` column.
/// Throws: `refused` for a time before about 292,247 BC, which would not fit (PostgreSQL itself begins at 4713 BC).
constexpr timestamp_value to_timestamp(std::chrono::sys_time<std::chrono::microseconds> time) {
  std::int64_t count = time.time_since_epoch().count();
  if (count < std::numeric_limits<std::int64_t>::min() + detail::postgres_epoch) {
    throw refused{"A time point is too early for a timestamptz, which begins at 4713 BC."};
  }
  return {count - detail::postgres_epoch};
}

/// The time point of a `timestamptz` value. Throws: `refused` for `infinity` and `-infinity`, which are no time points.
constexpr std::chrono::sys_time<std::chrono::microseconds> to_time_point(timestamp_value value) {
  using limits = std::numeric_limits<std::int64_t>;
  if (value.microseconds == limits::min()) throw refused{"The timestamptz -infinity is no time point."};
  if (value.microseconds > limits::max() - detail::postgres_epoch) {
    throw refused{"The timestamptz infinity is no time point."};
  }
  return std::chrono::sys_time<std::chrono::microseconds>{
      std::chrono::microseconds{value.microseconds + detail::postgres_epoch}};
}

}  // namespace online_migration
