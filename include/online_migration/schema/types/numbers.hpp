// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <cstdint>

#include <online_migration/schema/type_description.hpp>
#include <online_migration/schema/values/numeric_value.hpp>

namespace online_migration {

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

/// `real`; C++ `float`.
struct float4 {
  using value_type = float;
  static constexpr type_description description{
      .name = "real", .oid = 700, .array_oid = 1021, .identity = identity_form::image, .walks = false};
};

/// `double precision`; C++ `double`.
struct float8 {
  using value_type = double;
  static constexpr type_description description{
      .name = "double precision", .oid = 701, .array_oid = 1022, .identity = identity_form::image, .walks = false};
};

/// `numeric(Precision, Scale)`, or `numeric` for `om::numeric<>`; C++ `om::numeric_value`, which is exact.
template <std::int32_t Precision = 0, std::int32_t Scale = 0>
  requires((Precision == 0 && Scale == 0) || (Precision > 0 && Precision <= 1000 && Scale >= -1000 && Scale <= 1000))
struct numeric {
  using value_type = numeric_value;
  static constexpr type_description description{"numeric", 1700, 1231, identity_form::image, Precision, Scale};
};

}  // namespace online_migration
