// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <online_migration/base/diagnosis.hpp>
#include <online_migration/base/fixed_string.hpp>

namespace online_migration {

/// M040: a name that holds what quotes the bodies of the functions that are made from it.
template <fixed_string Name>
struct quoting_name {
  static constexpr bool raise() {
    static_assert(accepts<quoting_name>,
                  "M040: a name must not contain $om$ or $om_f$, which would end the body of a function in which it "
                  "stands; rename it. docs/errors/M040.md");
    return true;
  }
};

}  // namespace online_migration
