// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <online_migration/migration/structure/structure.hpp>

namespace online_migration {

/// A change: the migration's table comes, as it is declared. (`om::create_table<users>` is its statement.)
struct make_table {
  static constexpr structure_description structure{.is = online_migration::structure::create_table};
  using reads = detail::list<>;
};

}  // namespace online_migration
