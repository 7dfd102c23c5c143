// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <concepts>
#include <type_traits>

#include <online_migration/migration/structure/set_default.hpp>
#include <online_migration/migration/structure/structure.hpp>
#include <online_migration/schema/column.hpp>
#include <online_migration/schema/column_type.hpp>

namespace online_migration {

/// A change: a new column that has the same value in every row, and that value for a default. PostgreSQL keeps it once,
/// so that no row is written. Programs that do not know the column go on inserting without it.
///
///     om::add_constant_column<"state", om::text, om::lit<"new">, om::not_null>
template <fixed_string Column, column_type Type, auto Value, class... Options>
  requires detail::is_literal<std::remove_const_t<decltype(Value)>> && (std::same_as<Options, not_null> && ...)
struct add_constant_column {
  static constexpr auto column = Column;
  using type = Type;
  using value = std::remove_const_t<decltype(Value)>;
  static constexpr structure_description structure{.is = online_migration::structure::add_column,
                                                   .columns = detail::names<Column>,
                                                   .type = &Type::description,
                                                   .required = sizeof...(Options) > 0,
                                                   .write = &value::write};
  using reads = detail::list<>;
};

}  // namespace online_migration
