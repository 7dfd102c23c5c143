// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <online_migration/schema/type_description.hpp>
#include <online_migration/schema/values/time_values.hpp>

namespace online_migration {

/// `date`; C++ `om::date_value`.
struct date {
  using value_type = date_value;
  static constexpr type_description description{"date", 1082, 1182};
};

/// `time` without time zone; C++ `om::time_value`.
struct time {
  using value_type = time_value;
  static constexpr type_description description{"time without time zone", 1083, 1183};
};

/// `timestamptz`; C++ `om::timestamp_value`.
struct timestamptz {
  using value_type = timestamp_value;
  static constexpr type_description description{"timestamp with time zone", 1184, 1185};
};

/// `timestamp` without time zone; C++ `om::local_timestamp_value`. It becomes a `timestamptz` only by a transform that
/// names the zone: `om::sql<"{} AT TIME ZONE 'UTC'", om::timestamptz>(…)`.
struct timestamp {
  using value_type = local_timestamp_value;
  static constexpr type_description description{"timestamp without time zone", 1114, 1115};
};

/// `interval`; C++ `om::interval_value`.
struct interval {
  using value_type = interval_value;
  static constexpr type_description description{
      .name = "interval", .oid = 1186, .array_oid = 1187, .identity = identity_form::image, .walks = false};
};

}  // namespace online_migration
