// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <cstddef>

#include <online_migration/base/fixed_string.hpp>
#include <online_migration/base/list.hpp>
#include <online_migration/migration/migration.hpp>

namespace online_migration {

namespace detail {

/// The change of a list that fills the column with a name.
template <fixed_string Name, class List>
struct change_named;

template <fixed_string Name, class First, class... Rest>
struct change_named<Name, list<First, Rest...>> : change_named<Name, list<Rest...>> {};

template <fixed_string Name, class First, class... Rest>
  requires(same_text(Name, First::name))
struct change_named<Name, list<First, Rest...>> {
  using type = First;
};

template <class Migration, fixed_string Name>
concept fills_column =
    several_columns<Migration> && requires { typename change_named<Name, typename Migration::column_changes>::type; };

}  // namespace detail

/// One of several new columns of a migration: what `om::transform`, `om::reader` and `om::read_expression` take, which are
/// about one. Stages and the read flag are those of the whole migration.
///
///     om::reader<om::one_column<split_name, "first_name">> first_name{connection, flags};
template <several_columns Migration, fixed_string Column>
  requires detail::fills_column<Migration, Column>
struct one_column {
  static_assert(
      !requires { typename Migration::row_changes; },
      "om::one_column: a row of the table becomes several of the other one, so none of them is its field: read "
      "the other table by a statement of your own, where the read flag says so");
  static constexpr auto name = Migration::name;
  using table = typename Migration::table;
  using change = typename detail::change_named<Column, typename Migration::column_changes>::type;
  using whole = Migration;
};

}  // namespace online_migration
