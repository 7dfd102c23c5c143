// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <online_migration/schema/type_description.hpp>
#include <online_migration/schema/values/bytes_view.hpp>
#include <online_migration/schema/values/inet_value.hpp>
#include <online_migration/schema/values/uuid_value.hpp>

namespace online_migration {

/// `bytea`; C++ `om::bytes_view` going in: any contiguous range of `std::byte` or `unsigned char`.
struct bytea {
  using value_type = bytes_view;
  static constexpr type_description description{"bytea", 17, 1001};
};

/// `uuid`; C++ `om::uuid_value`.
struct uuid {
  using value_type = uuid_value;
  static constexpr type_description description{"uuid", 2950, 2951};
};

/// `inet`; C++ `om::inet_value`.
struct inet {
  using value_type = inet_value;
  static constexpr type_description description{"inet", 869, 1041};
};

}  // namespace online_migration
