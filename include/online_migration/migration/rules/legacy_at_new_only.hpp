// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <online_migration/base/diagnosis.hpp>
#include <online_migration/base/fixed_string.hpp>
#include <online_migration/migration/settled.hpp>

namespace online_migration {

/// M033: the legacy representation is used by a binary that no longer has it.
template <class Migration, fixed_string Column>
struct legacy_at_new_only {
  static constexpr bool raise() {
    static_assert(accepts<legacy_at_new_only>,
                  "M033: at om::stage::new_only a binary no longer knows what this migration replaces; use the new "
                  "column. docs/errors/M033.md");
    return true;
  }
};

namespace detail {

template <class Migration, fixed_string Name>
struct legacy_use {
  using type = accepted;
};

template <class Migration, fixed_string Name>
  requires(is_named_in<Name>(typename Migration::change::retired{}))
struct legacy_use<settled<Migration>, Name> {
  using type = legacy_at_new_only<Migration, Name>;
};

/// The first column that a change retires, to be named in a diagnosis.
template <replaces_column Change>
inline constexpr auto first_retired = at_t<0, typename Change::retired>::name;

/// Whether what is given to a write is a column that the migration replaces.
template <class Migration, class Given>
consteval bool is_replaced() {
  if constexpr (requires { Given::name.view(); }) {
    return is_named_in<Given::name>(typename Migration::change::retired{});
  } else {
    return false;
  }
}

/// The first of what is given to a write that is such a column.
template <class Migration, class First, class... Rest>
consteval auto named_retired() {
  if constexpr (is_replaced<Migration, First>()) {
    return First::name;
  } else {
    return named_retired<Migration, Rest...>();
  }
}

/// Whether a write at a stage names such a column.
template <class Migration, stage Stage, class... Given>
consteval bool names_legacy() {
  if constexpr (Stage == stage::new_only && replaces_column<typename Migration::change>) {
    return (is_replaced<Migration, Given>() || ...);
  } else {
    return false;
  }
}

/// The rule, over one assignment.
template <class Request, class Assignment>
using check_not_legacy = typename legacy_use<typename Request::migration, Assignment::name>::type;

}  // namespace detail
}  // namespace online_migration
