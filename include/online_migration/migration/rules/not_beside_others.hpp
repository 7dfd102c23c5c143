// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <online_migration/base/diagnosis.hpp>
#include <online_migration/base/fixed_string.hpp>
#include <online_migration/migration/rules/lookup_out_of_place.hpp>
#include <online_migration/transform/labels.hpp>
#include <online_migration/transform/node.hpp>

namespace online_migration {

/// M060: of several new columns of one migration, one that cannot go through it together with the others.
template <fixed_string Name, class Why>
struct not_beside_others {
  static constexpr bool raise() {
    static_assert(
        accepts<not_beside_others>,
        "M060: this column needs a migration of its own: of several, every transform has a value for each row "
        "and a meaning on the server, and one says who keeps them all. docs/errors/M060.md");
    return true;
  }
};

/// Why a column cannot be one of several.
struct its_transform_may_fail {};
struct its_values_come_from_the_client {};
struct it_is_kept_by_another {};

namespace detail {

template <class Table, class First, class Change>
constexpr auto judge_beside_others() {
  if constexpr ((lookups_in<typename Change::transform> > 0)) {
    return lookup_out_of_place<Change::name, it_is_beside_other_columns>{};
  } else if constexpr (Change::transform::in == worlds::client_only) {
    return not_beside_others<Change::name, its_values_come_from_the_client>{};
  } else if constexpr (!is_total_over<typename Change::transform, Table>()) {
    return not_beside_others<Change::name, its_transform_may_fail>{};
  } else if constexpr (Change::trigger_keeps != First::trigger_keeps) {
    return not_beside_others<Change::name, it_is_kept_by_another>{};
  } else {
    return accepted{};
  }
}

/// The rule, over one of the changes and the first of them.
template <class Table, class First, class Change>
using check_beside_others = decltype(judge_beside_others<Table, First, Change>());

}  // namespace detail
}  // namespace online_migration
