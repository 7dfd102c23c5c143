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

inline constexpr std::int64_t day = 86'400'000'000;

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

/// A local time as the value of a `timestamp` column. Throws: `refused` as above.
constexpr local_timestamp_value to_local_timestamp(std::chrono::local_time<std::chrono::microseconds> time) {
  return {to_timestamp(std::chrono::sys_time<std::chrono::microseconds>{time.time_since_epoch()}).microseconds};
}

/// The local time of a `timestamp` value. Throws: `refused` for `infinity` and `-infinity`.
constexpr std::chrono::local_time<std::chrono::microseconds> to_local_time(local_timestamp_value value) {
  return std::chrono::local_time<std::chrono::microseconds>{
      to_time_point(timestamp_value{value.microseconds}).time_since_epoch()};
}

/// A day as the value of a `date` column; a `year_month_day` converts to one. Throws: `refused` for a day that a date
/// cannot hold (PostgreSQL itself begins at 4713 BC).
constexpr date_value to_date(std::chrono::sys_days day) {
  using limits = std::numeric_limits<std::int32_t>;
  std::int64_t days = day.time_since_epoch().count() - detail::postgres_epoch / detail::day;
  if (days <= limits::min() || days >= limits::max()) throw refused{"A day is outside of what a date can hold."};
  return {static_cast<std::int32_t>(days)};
}

/// The day of a `date` value. Throws: `refused` for `infinity` and `-infinity`, which are no days.
constexpr std::chrono::sys_days to_sys_days(date_value value) {
  using limits = std::numeric_limits<std::int32_t>;
  if (value.days == limits::min() || value.days == limits::max()) throw refused{"The date infinity is no day."};
  constexpr auto epoch = static_cast<std::int32_t>(detail::postgres_epoch / detail::day);
  // The days of C++ have 32 bits too.
  if (value.days > limits::max() - epoch) throw refused{"A date is outside of what C++ can count."};
  return std::chrono::sys_days{std::chrono::days{value.days + epoch}};
}

/// The time since midnight as the value of a `time` column. Throws: `refused` below 0 and above 24 hours.
constexpr time_value to_time(std::chrono::microseconds since_midnight) {
  if (since_midnight.count() < 0 || since_midnight.count() > detail::day) {
    throw refused{"A time of day is not between 0 and 24 hours."};
  }
  return {since_midnight.count()};
}

/// The time since midnight of a `time` value.
constexpr std::chrono::microseconds to_duration(time_value value) {
  return std::chrono::microseconds{value.microseconds};
}

/// Months, days and a time, which an `interval` keeps apart. Throws: `refused` for more than it can hold.
constexpr interval_value to_interval(std::chrono::months months, std::chrono::days days = {},
                                     std::chrono::microseconds time = {}) {
  using limits = std::numeric_limits<std::int32_t>;
  std::int64_t both[]{months.count(), days.count()};
  for (std::int64_t each : both) {
    if (each < limits::min() || each > limits::max()) throw refused{"A duration is longer than an interval can be."};
  }
  return {static_cast<std::int32_t>(both[0]), static_cast<std::int32_t>(both[1]), time.count()};
}

/// A duration as an `interval` of that time, without months and days.
constexpr interval_value to_interval(std::chrono::microseconds time) { return {0, 0, time.count()}; }

}  // namespace online_migration
