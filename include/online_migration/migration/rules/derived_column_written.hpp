// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <online_migration/migration/write_request.hpp>

namespace online_migration {

/// M012: a dual write of the new column itself.
template <class Migration, fixed_string Name>
struct derived_column_written {
  static constexpr bool raise() {
    static_assert(accepts<derived_column_written>,
                  "M012: this column follows from others, so a dual write computes it; set the columns that its "
                  "transform reads, and of a replaced column and its new one only one. docs/errors/M012.md");
    return true;
  }
};

namespace detail {

template <class Request, class Assignment, bool Derived = same_text(Assignment::name, Request::migration::change::name)>
struct derived_written {
  using type = accepted;
};

template <class Request, class Assignment>
struct derived_written<Request, Assignment, true> {
  using type = derived_column_written<typename Request::migration, Assignment::name>;
};

/// The rule, over one assignment.
template <class Request, class Assignment>
using check_not_derived = typename derived_written<Request, Assignment>::type;

}  // namespace detail
}  // namespace online_migration
