// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <type_traits>

#include <online_migration/migration/write_request.hpp>

namespace online_migration {

/// M016: an update that sets no column.
template <class Migration>
struct nothing_to_write {
  static constexpr bool raise() {
    static_assert(accepts<nothing_to_write>,
                  "M016: this write sets no column; give it at least one om::set<\"column\">(value). "
                  "docs/errors/M016.md");
    return true;
  }
};

namespace detail {

/// The rule, over a write: a new row may consist of its key, a change may not be empty.
template <class Request>
using check_not_empty = fine_or<!(Request::sets::size == 0 &&
                                  (Request::kind == write_kind::update || Request::kind == write_kind::assignments)),
                                nothing_to_write<typename Request::migration>>;

}  // namespace detail
}  // namespace online_migration
