// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <cstdint>
#include <limits>
#include <optional>
#include <string_view>
#include <type_traits>

#include <online_migration/schema/values.hpp>
#include <online_migration/transform/calendar.hpp>
#include <online_migration/transform/call.hpp>
#include <online_migration/transform/value_error.hpp>

/// Portable functions of times. A `timestamptz` is an instant, of which an hour or a day exists only in a zone: make it a
/// `timestamp` by `om::at_utc` first.
namespace online_migration {

/// A part of a time, and a unit to cut it to.
enum class time_part : unsigned char {
  year,         ///< 1 BC is -1: there is no year 0
  quarter,      ///< 1 to 4
  month,        ///< 1 to 12
  week,         ///< 1 to 53, of ISO 8601: the first has the year's first Thursday; to cut to, its Monday
  day,          ///< of the month, 1 to 31
  hour,         ///< 0 to 23
  minute,       ///< 0 to 59
  second,       ///< 0 to 59, whole
  iso_weekday,  ///< 1 = Monday to 7 = Sunday
  year_day      ///< 1 to 366
};

namespace function {

constexpr std::string_view time_part_name(time_part part) {
  constexpr std::string_view names[]{"year", "quarter", "month",  "week",   "day",
                                     "hour", "minute",  "second", "isodow", "doy"};
  return names[static_cast<int>(part)];
}

constexpr expression_type as_timestamp(const expression_type& given, bool nullable, const type_description& type) {
  return detail::base_oid(given) == timestamp::description.oid ? expression_type{type, nullable}
                                                               : expression_type::invalid();
}

/// `date_part` of a `timestamp` as a whole number; NULL for infinity.
template <time_part Part>
struct extract {
  static constexpr auto name = fixed_string{"extract"};
  static constexpr worlds in = worlds::portable;
  static constexpr bool total = true;

  static constexpr expression_type result(const detail::argument_types& given) {
    return as_timestamp(given[0], true, int4::description);
  }

  static constexpr void describe(detail::sink& out) { out.all(" ", time_part_name(Part)); }

  template <class Argument>
  static constexpr void write(detail::sink& out, const detail::column_names& names) {
    // Of infinity all parts but the year are NULL.
    if (Part == time_part::year) out.put("NULLIF(NULLIF(");
    if (Part == time_part::second) out.put("pg_catalog.floor(");
    out.all("pg_catalog.date_part('", time_part_name(Part), "', ");
    Argument::write(out, names);
    out.put(')');
    if (Part == time_part::year) out.put(", 'Infinity'::double precision), '-Infinity'::double precision)");
    if (Part == time_part::second) out.put(')');
    out.put("::integer");
  }

  static constexpr std::optional<std::int32_t> apply(local_timestamp_value value) {
    if (detail::is_infinite(value.microseconds)) return std::nullopt;
    std::int64_t days = detail::floor_divide(value.microseconds, detail::day_length);
    std::int64_t rest = value.microseconds - days * detail::day_length;
    detail::civil_date date = detail::civil_of(days);
    if constexpr (Part == time_part::year) return narrow(date.year > 0 ? date.year : date.year - 1);
    if constexpr (Part == time_part::quarter) return narrow((date.month - 1) / 3 + 1);
    if constexpr (Part == time_part::month) return narrow(date.month);
    if constexpr (Part == time_part::week) return narrow(detail::iso_week(days));
    if constexpr (Part == time_part::day) return narrow(date.day);
    if constexpr (Part == time_part::hour) return narrow(rest / detail::hour_length);
    if constexpr (Part == time_part::minute) return narrow(rest / detail::minute_length % 60);
    if constexpr (Part == time_part::second) return narrow(rest / detail::second_length % 60);
    if constexpr (Part == time_part::iso_weekday) return narrow(days - detail::monday_of(days) + 1);
    if constexpr (Part == time_part::year_day) return narrow(days - detail::days_of({date.year, 1, 1}) + 1);
  }

 private:
  static constexpr std::int32_t narrow(std::int64_t value) { return static_cast<std::int32_t>(value); }
};

/// `date_trunc` of a `timestamp`. Only the very first days of PostgreSQL's calendar have no beginning of their week,
/// month, quarter or year: 22008.
template <time_part Part>
struct date_trunc {
  static constexpr auto name = fixed_string{"date_trunc"};
  static constexpr worlds in = worlds::portable;
  static constexpr bool total =
      Part == time_part::day || Part == time_part::hour || Part == time_part::minute || Part == time_part::second;

  static constexpr expression_type result(const detail::argument_types& given) {
    return as_timestamp(given[0], given.nullable(), timestamp::description);
  }

  static constexpr void describe(detail::sink& out) { out.all(" ", time_part_name(Part)); }

  template <class Argument>
  static constexpr void write(detail::sink& out, const detail::column_names& names) {
    out.all("pg_catalog.date_trunc('", time_part_name(Part), "', ");
    Argument::write(out, names);
    out.put(')');
  }

  static constexpr local_timestamp_value apply(local_timestamp_value value) {
    if (detail::is_infinite(value.microseconds)) return value;
    if constexpr (Part == time_part::hour) return cut(value, detail::hour_length);
    if constexpr (Part == time_part::minute) return cut(value, detail::minute_length);
    if constexpr (Part == time_part::second) return cut(value, detail::second_length);
    std::int64_t days = detail::floor_divide(value.microseconds, detail::day_length);
    detail::civil_date date = detail::civil_of(days);
    if constexpr (Part == time_part::week) days = detail::monday_of(days);
    if constexpr (Part == time_part::month) days = detail::days_of({date.year, date.month, 1});
    if constexpr (Part == time_part::quarter) days = detail::days_of({date.year, (date.month - 1) / 3 * 3 + 1, 1});
    if constexpr (Part == time_part::year) days = detail::days_of({date.year, 1, 1});
    return detail::checked_time(days * detail::day_length);
  }

 private:
  static constexpr local_timestamp_value cut(local_timestamp_value value, std::int64_t length) {
    return {detail::floor_divide(value.microseconds, length) * length};
  }
};

/// A `timestamp` that is so many microseconds later. Infinity stays what it is.
template <std::int64_t Count>
struct plus_microseconds {
  static constexpr auto name = fixed_string{"plus_microseconds"};
  static constexpr worlds in = worlds::portable;
  static constexpr bool total = false;

  static constexpr expression_type result(const detail::argument_types& given) {
    return as_timestamp(given[0], given.nullable(), timestamp::description);
  }

  /// Hours, minutes and seconds, because older versions read no great number of microseconds.
  template <class Argument, class Number>
  static constexpr void write(detail::sink& out, const detail::column_names& names) {
    std::int64_t rest = Count < 0 ? -Count : Count;
    out.put('(');
    Argument::write(out, names);
    out.put(Count < 0 ? " + '-" : " + '");
    out.number(rest / detail::hour_length);
    out.put(':');
    out.number(rest / detail::minute_length % 60);
    out.put(':');
    out.number(rest / detail::second_length % 60);
    out.put('.');
    for (std::int64_t unit = detail::second_length / 10; unit > 0; unit /= 10) {
      out.put(static_cast<char>('0' + rest / unit % 10));
    }
    out.put("'::interval)");
  }

  template <class Number>
  static constexpr local_timestamp_value apply(local_timestamp_value value, Number) {
    if (detail::is_infinite(value.microseconds)) return value;
    std::int64_t sum = 0;
    if (__builtin_add_overflow(value.microseconds, Count, &sum)) sum = std::numeric_limits<std::int64_t>::min();
    return detail::checked_time(sum);
  }
};

/// `AT TIME ZONE 'UTC'` in both directions, which changes the type and not the number.
struct at_utc {
  static constexpr auto name = fixed_string{"at_utc"};
  static constexpr worlds in = worlds::portable;
  static constexpr bool total = true;

  static constexpr expression_type result(const detail::argument_types& given) {
    if (detail::base_oid(given[0]) == timestamptz::description.oid) return {timestamp::description, given.nullable()};
    return as_timestamp(given[0], given.nullable(), timestamptz::description);
  }

  template <class Argument>
  static constexpr void write(detail::sink& out, const detail::column_names& names) {
    out.put("pg_catalog.timezone('UTC'::text, ");
    Argument::write(out, names);
    out.put(')');
  }

  static constexpr local_timestamp_value apply(timestamp_value value) { return {value.microseconds}; }
  static constexpr timestamp_value apply(local_timestamp_value value) { return {value.microseconds}; }
};

}  // namespace function

/// A part of a `timestamp`, an `integer`: `om::extract<om::time_part::year>(om::at_utc(om::col<"created_at">))`. NULL for
/// infinity, so it counts as nullable.
template <time_part Part, class Argument>
consteval auto extract(Argument) {
  return detail::make_call<function::extract<Part>, Argument>();
}

/// A `timestamp` cut to a unit: `om::date_trunc<om::time_part::month>(om::col<"at">)`. To a week, month, quarter or year
/// it is partial: 22008 before the first of them that begins within PostgreSQL's calendar, in 4714 BC.
template <time_part Part, class Argument>
consteval auto date_trunc(Argument) {
  constexpr bool fits = Part != time_part::iso_weekday && Part != time_part::year_day;
  static_assert(fits, "om::date_trunc: to a year, quarter, month, week, day, hour, minute or second");
  if constexpr (fits) {
    return detail::make_call<function::date_trunc<Part>, Argument>();
  } else {
    return mistaken_node{};
  }
}

/// A `timestamp` that is a constant number of microseconds later, earlier if negative: `om::plus_microseconds(om::col<"at">,
/// om::lit<60'000'000>)`. Partial: 22008 beyond PostgreSQL's calendar.
template <class Argument, class Count>
consteval auto plus_microseconds(Argument, Count) {
  constexpr std::int64_t most = 2147483647 * detail::hour_length;
  constexpr bool fits = detail::is_constant_within<Count, -most, most>;
  static_assert(fits,
                "om::plus_microseconds: the number is a constant such as om::lit<1'000'000>, of at most 2^31 hours");
  if constexpr (fits) {
    return detail::make_call<function::plus_microseconds<Count::value.number>, Argument, Count>();
  } else {
    return mistaken_node{};
  }
}

/// A `timestamptz` as the `timestamp` that clocks show in UTC, or such a `timestamp` as the instant that it is.
template <class Argument>
consteval auto at_utc(Argument) {
  return detail::make_call<function::at_utc, Argument>();
}

}  // namespace online_migration
