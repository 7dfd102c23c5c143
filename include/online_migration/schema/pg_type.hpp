// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <concepts>
#include <cstdint>
#include <string_view>

#include <online_migration/base/sink.hpp>
#include <online_migration/schema/values.hpp>

namespace online_migration {

/// How two values of a type are compared for *identity*. Equality is not enough: 0.0 = -0.0, and a nondeterministic
/// collation calls different texts equal.
enum class identity_form : unsigned char {
  plain,     ///< equality is identity: `a IS DISTINCT FROM b`
  collated,  ///< texts, compared byte by byte: `a COLLATE "C" IS DISTINCT FROM b COLLATE "C"`
  image      ///< compared by their stored form: `NOT (ROW(a) *= ROW(b))`
};

/// What the library knows about a PostgreSQL type, as a plain value.
struct type_description {
  std::string_view name;  ///< as `format_type()` prints it, without the length
  std::uint32_t oid = 0;
  std::uint32_t array_oid = 0;
  identity_form identity = identity_form::plain;
  std::int32_t length = 0;  ///< n of `varchar(n)` in characters, 0 where there is none

  constexpr void write(detail::sink& out) const {
    out.put(name);
    if (length != 0) {
      out.put('(');
      out.number(length);
      out.put(')');
    }
  }

  friend constexpr bool operator==(const type_description& a, const type_description& b) {
    return a.oid == b.oid && a.length == b.length;
  }
};

/// `boolean`; C++ `bool`. (`bool` itself is a keyword of C++.)
struct boolean {
  using value_type = bool;
  static constexpr type_description description{"boolean", 16, 1000};
};

/// `smallint`; C++ `std::int16_t`.
struct int2 {
  using value_type = std::int16_t;
  static constexpr type_description description{"smallint", 21, 1005};
};

/// `integer`; C++ `std::int32_t`.
struct int4 {
  using value_type = std::int32_t;
  static constexpr type_description description{"integer", 23, 1007};
};

/// `bigint`; C++ `std::int64_t`.
struct int8 {
  using value_type = std::int64_t;
  static constexpr type_description description{"bigint", 20, 1016};
};

using smallint = int2;
using integer = int4;
using bigint = int8;

/// `double precision`; C++ `double`.
struct float8 {
  using value_type = double;
  static constexpr type_description description{"double precision", 701, 1022, identity_form::image};
};

/// `text`; C++ `std::string_view` going in.
struct text {
  using value_type = std::string_view;
  static constexpr type_description description{"text", 25, 1009, identity_form::collated};
};

/// `varchar(Length)`, Length in characters; C++ `std::string_view` going in.
template <std::int32_t Length>
  requires(Length > 0 && Length <= 10485760)
struct varchar {
  using value_type = std::string_view;
  static constexpr type_description description{"character varying", 1043, 1015, identity_form::collated, Length};
};

/// `uuid`; C++ `om::uuid_value`.
struct uuid {
  using value_type = uuid_value;
  static constexpr type_description description{"uuid", 2950, 2951};
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

/// A PostgreSQL type that columns can have.
template <class Type>
concept pg_type = requires {
  typename Type::value_type;
  { Type::description } -> std::same_as<const type_description&>;
};

}  // namespace online_migration
