// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <type_traits>

#include <online_migration/migration/history.hpp>
#include <online_migration/migration/reversed.hpp>
#include <online_migration/migration/stage.hpp>
#include <online_migration/transform/literal.hpp>

/// A change that replaces columns, as a binary knows it that has left the old ones behind: a table with the new ones in
/// their place, and nothing that follows from anything. So whatever works on a migration writes such a table as well.
namespace online_migration::detail {

template <class Migration>
struct settled_table : schema_after<typename Migration::table, finished<Migration>> {};

/// A change without a column: its name is empty.
template <class Change>
struct settled_change {
  static constexpr auto name = fixed_string{""};
  using type = typename Change::type;
  using transform = std::remove_const_t<decltype(lit<0>)>;
  static constexpr bool is_required = false;
  static constexpr bool is_sensitive = Change::is_sensitive;
  static constexpr bool trigger_keeps = false;
};

template <class Migration>
struct settled {
  static constexpr auto name = Migration::name;
  using table = settled_table<Migration>;
  using change = settled_change<typename Migration::change>;
};

template <class Migration, stage Stage, class... Assignments>
struct direction_at {
  using type = direction_of<Migration, Assignments...>;
};

template <class Migration, class... Assignments>
  requires replaces_column<typename Migration::change>
struct direction_at<Migration, stage::new_only, Assignments...> {
  using type = settled<Migration>;
};

/// The migration in the direction of a write, at a stage.
template <class Migration, stage Stage, class... Assignments>
using direction_at_t = typename direction_at<Migration, Stage, Assignments...>::type;

}  // namespace online_migration::detail
