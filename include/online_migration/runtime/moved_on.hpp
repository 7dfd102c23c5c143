// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <online_migration/postgres/error.hpp>

namespace online_migration::detail {

/// The run is no longer on the way back that this process began.
class moved_on : public refused {
 public:
  using refused::refused;
};

}  // namespace online_migration::detail
