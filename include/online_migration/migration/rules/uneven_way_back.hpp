// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <type_traits>

#include <online_migration/base/diagnosis.hpp>
#include <online_migration/migration/way_back.hpp>

namespace online_migration {

/// M066: one of several retired columns of which it is not said how new values lead back, or not as it is of the
/// others.
template <fixed_string Old>
struct uneven_way_back {
  static constexpr bool raise() {
    static_assert(accepts<uneven_way_back>,
                  "M066: of the columns that om::replace_columns retires, this one does not say how new values lead "
                  "back, or others do and it is om::lossy; give an inverse in each om::from, or om::lossy in each. "
                  "docs/errors/M066.md");
    return true;
  }
};

namespace detail {

/// The rule, over one of the retired columns, and whether any of them has an inverse.
template <class Retired, bool AnyInverse>
using check_even = fine_or<AnyInverse ? expression<typename Retired::inverse>
                                      : !std::is_same_v<typename Retired::inverse, no_way_back_given>,
                           uneven_way_back<Retired::name>>;

}  // namespace detail
}  // namespace online_migration
