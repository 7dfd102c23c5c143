// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <online_migration/base/diagnosis.hpp>
#include <online_migration/transform/lookup.hpp>

namespace online_migration {

/// M076: a lookup whose column nobody is said to keep after contract.
template <fixed_string Column>
struct lookup_unkept {
  static constexpr bool raise() {
    static_assert(
        accepts<lookup_unkept>,
        "M076: after contract no trigger keeps a column that is looked up, because a change in the other table "
        "would change any number of rows in one transaction of the application; say om::kept_by_application "
        "behind the transform. docs/errors/M076.md");
    return true;
  }
};

namespace detail {

/// The rule, over a new column whose lookup is in its place.
template <class Change>
using check_keeping = fine_or<!Change::trigger_keeps, lookup_unkept<Change::name>>;

}  // namespace detail
}  // namespace online_migration
