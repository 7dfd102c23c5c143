// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <online_migration/base/list.hpp>
#include <online_migration/migration/migration.hpp>
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

template <class Name, class... Changes>
constexpr bool is_name_of_one(Name name, list<Changes...>) {
  return (same_text(name, Changes::name) || ...);
}

/// Whether a name is that of a new column.
template <class Migration, fixed_string Name>
constexpr bool is_new_column() {
  if constexpr (moves_column<typename Migration::change>) {
    return false;  // its own table has no new one
  } else if constexpr (requires { typename Migration::column_changes; }) {
    return is_name_of_one(Name, typename Migration::column_changes{});
  } else {
    return same_text(Name, Migration::change::name);
  }
}

template <class Request, class Assignment,
          bool Derived = is_new_column<typename Request::migration, Assignment::name>()>
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
