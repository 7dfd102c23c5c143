// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <optional>

namespace online_migration::detail {

template <class Value>
struct optional_traits {
  static constexpr bool value = false;
  using plain = Value;
};

template <class Value>
struct optional_traits<std::optional<Value>> {
  static constexpr bool value = true;
  using plain = Value;
};

/// Whether a type is a `std::optional`, this library's NULL.
template <class Value>
inline constexpr bool is_optional = optional_traits<Value>::value;

/// The type within a `std::optional`, or the type itself.
template <class Value>
using plain_t = typename optional_traits<Value>::plain;

}  // namespace online_migration::detail
