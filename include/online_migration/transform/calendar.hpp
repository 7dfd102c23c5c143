// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <cstdint>
#include <limits>

#include <online_migration/schema/values.hpp>
#include <online_migration/transform/value_error.hpp>

/// PostgreSQL's calendar: the Gregorian one for all times, years counted with a year 0, days from 2000-01-01.
namespace online_migration::detail {

inline constexpr std::int64_t second_length = 1'000'000;
inline constexpr std::int64_t minute_length = 60 * second_length;
inline constexpr std::int64_t hour_length = 60 * minute_length;
inline constexpr std::int64_t day_length = 24 * hour_length;

/// The first time of the calendar, 4714-11-24 BC, and the first after its end, 294277-01-01.
inline constexpr std::int64_t first_time = -211'813'488'000'000'000;
inline constexpr std::int64_t end_of_time = 9'223'371'331'200'000'000;

constexpr bool is_infinite(std::int64_t microseconds) {
  return microseconds == std::numeric_limits<std::int64_t>::min() ||
         microseconds == std::numeric_limits<std::int64_t>::max();
}

/// A time within the calendar.
constexpr local_timestamp_value checked_time(std::int64_t microseconds) {
  if (microseconds < first_time || microseconds >= end_of_time) {
    throw value_error{"22008", "the time that a transform gives is out of range"};
  }
  return {microseconds};
}

/// The quotient, rounded down, by a positive number.
constexpr std::int64_t floor_divide(std::int64_t number, std::int64_t by) {
  return number / by - (number % by < 0 ? 1 : 0);
}

struct civil_date {
  std::int64_t year = 0;
  std::int64_t month = 1;
  std::int64_t day = 1;
};

inline constexpr std::int64_t days_from_0_march_to_2000 = 730'425;  ///< from 0000-03-01 to 2000-01-01

/// The day of a date. After Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms": years that begin in March,
/// in eras of 400.
constexpr std::int64_t days_of(civil_date date) {
  std::int64_t from_march = date.month <= 2 ? date.year - 1 : date.year;
  std::int64_t era = floor_divide(from_march, 400);
  std::int64_t of_era = from_march - era * 400;
  std::int64_t of_year = (153 * (date.month + (date.month > 2 ? -3 : 9)) + 2) / 5 + date.day - 1;
  return era * 146'097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - days_from_0_march_to_2000;
}

/// The date of a day.
constexpr civil_date civil_of(std::int64_t days) {
  days += days_from_0_march_to_2000;
  std::int64_t era = floor_divide(days, 146'097);
  std::int64_t of_era = days - era * 146'097;
  std::int64_t from_march = (of_era - of_era / 1460 + of_era / 36'524 - of_era / 146'096) / 365;
  std::int64_t of_year = of_era - (365 * from_march + from_march / 4 - from_march / 100);
  std::int64_t shifted = (5 * of_year + 2) / 153;  // March is 0
  std::int64_t of_month = of_year - (153 * shifted + 2) / 5;
  std::int64_t number = shifted + (shifted < 10 ? 3 : -9);
  return {from_march + era * 400 + (number <= 2 ? 1 : 0), number, of_month + 1};
}

/// The Monday of a day's week. (2000-01-01 was a Saturday.)
constexpr std::int64_t monday_of(std::int64_t days) { return floor_divide(days + 5, 7) * 7 - 5; }

/// The number of a day's week, of ISO 8601: the one of its Thursday within that one's year.
constexpr std::int64_t iso_week(std::int64_t days) {
  std::int64_t thursday = monday_of(days) + 3;
  return (thursday - days_of({civil_of(thursday).year, 1, 1})) / 7 + 1;
}

}  // namespace online_migration::detail
