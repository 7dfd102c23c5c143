// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <concepts>

#include <online_migration/base/diagnosis.hpp>
#include <online_migration/migration/way_back.hpp>

namespace online_migration {

/// M029: a column that leaves for another table, and an inverse for it or nothing.
template <fixed_string Old>
struct nothing_leads_back {
  static constexpr bool raise() {
    static_assert(accepts<nothing_leads_back>,
                  "M029: nothing leads back from another table, so a column that leaves for it says om::lossy: "
                  "om::from<\"old\", om::lossy>. docs/errors/M029.md");
    return true;
  }
};

namespace detail {

/// The rule, over a column that is named beside those that move.
template <class Named>
using check_lossy = fine_or<std::same_as<typename Named::inverse, lossy_t>, nothing_leads_back<Named::name>>;

}  // namespace detail
}  // namespace online_migration
