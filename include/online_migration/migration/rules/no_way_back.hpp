// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <type_traits>

#include <online_migration/base/diagnosis.hpp>
#include <online_migration/migration/way_back.hpp>

namespace online_migration {

/// M018: a replaced column of which it is not said how new values lead back to old ones.
template <fixed_string Old, fixed_string New>
struct no_way_back {
  static constexpr bool raise() {
    static_assert(accepts<no_way_back>,
                  "M018: om::replace_column does not say how new values lead back to old ones; give the inverse after "
                  "the transform, or om::lossy where there is none. docs/errors/M018.md");
    return true;
  }
};

namespace detail {

/// The rule, over a change that replaces a column.
template <class Change>
using check_way_back =
    fine_or<!std::is_same_v<typename Change::inverse, no_way_back_given>, no_way_back<Change::replaced, Change::name>>;

}  // namespace detail
}  // namespace online_migration
