// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <type_traits>

#include <online_migration/migration/structure/structure.hpp>
#include <online_migration/transform/literal.hpp>

namespace online_migration {

namespace detail {

template <class Node>
inline constexpr bool is_literal = false;

template <literal_value Value>
inline constexpr bool is_literal<literal_node<Value>> = true;

}  // namespace detail

/// A change: the default of a column, a constant. Rows that are there keep what they have. Expand sets it, rollback
/// puts the one back that was there before.
///
///     om::set_default<"status", om::lit<"new">>
template <fixed_string Column, auto Value>
  requires detail::is_literal<std::remove_const_t<decltype(Value)>>
struct set_default {
  static constexpr auto column = Column;
  using value = std::remove_const_t<decltype(Value)>;
  static constexpr structure_description structure{
      .is = online_migration::structure::set_default, .columns = detail::names<Column>, .write = &value::write};
  using reads = detail::list<column_node<Column>>;
};

}  // namespace online_migration
