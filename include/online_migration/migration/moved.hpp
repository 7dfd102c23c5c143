// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <type_traits>

#include <online_migration/base/fixed_string.hpp>
#include <online_migration/migration/schema_effect.hpp>
#include <online_migration/schema/table.hpp>
#include <online_migration/transform/node.hpp>

namespace online_migration {

/// A column of the other table of `om::move_columns`, and from what of the first table it follows: the column of the
/// same name, if nothing else is said.
///
///     om::moved<"bio">, om::moved<"picture", om::coalesce(om::col<"avatar">, om::lit<"">)>
template <fixed_string Name, auto Transform = col<Name>>
  requires expression<std::remove_const_t<decltype(Transform)>>
struct moved {
  static constexpr auto name = Name;
  using transform = std::remove_const_t<decltype(Transform)>;
};

/// An `om::moved`.
template <class Column>
concept moved_column = requires {
  Column::name.view();
  requires expression<typename Column::transform>;
};

namespace detail {

template <class Target, fixed_string Name, std::size_t Index = column_index<Target, Name>>
struct column_named {
  using type = column_at<Target, Index>;
};

/// A column that is not there: a rule says so.
template <class Target, fixed_string Name>
struct column_named<Target, Name, table_description::none> {
  using type = column<Name, text>;
};

/// A moved column as a change that adds a column, in another table than that of its migration.
template <class Target, class Moved>
struct moved_into {
  using home = Target;
  using there = typename column_named<Target, Moved::name>::type;
  static constexpr auto name = Moved::name;
  using type = typename there::type;
  using transform = typename Moved::transform;
  static constexpr bool is_required = describe_column<there>.is_required;
  static constexpr bool is_sensitive = describe_column<there>.is_sensitive;
  static constexpr bool trigger_keeps = true;

  /// Its own table is as it was.
  using schema_types = list<>;
  static constexpr void edit_schema(schema_editor& table) { read_all(table, typename transform::columns{}); }
};

}  // namespace detail
}  // namespace online_migration
