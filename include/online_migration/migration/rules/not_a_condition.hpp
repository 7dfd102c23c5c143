// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <online_migration/base/diagnosis.hpp>
#include <online_migration/base/fixed_string.hpp>

namespace online_migration {

/// M051: the condition of a CHECK or of an index is not a boolean that the server computes.
template <class Table, fixed_string Change>
struct not_a_condition {
  static constexpr bool raise() {
    static_assert(accepts<not_a_condition>,
                  "M051: a condition has to be a boolean that the server can compute; use a comparison or "
                  "om::sql<\"...\", om::boolean>(...). docs/errors/M051.md");
    return true;
  }
};

}  // namespace online_migration
