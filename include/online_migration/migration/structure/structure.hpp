// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <concepts>
#include <cstddef>
#include <string_view>

#include <online_migration/base/fixed_string.hpp>
#include <online_migration/base/list.hpp>
#include <online_migration/base/maybe_function.hpp>
#include <online_migration/base/sink.hpp>
#include <online_migration/schema/table.hpp>
#include <online_migration/transform/node.hpp>

namespace online_migration {

/// What a structural change does: one that computes no value, so that nothing is backfilled.
enum class structure : unsigned char {
  create_table,
  rename_table,
  add_column,
  set_default,
  create_index,
  set_not_null,
  add_check,
  add_unique,
  add_foreign_key,
  rename_constraint,
  drop_constraint,
  drop_index,
  drop_not_null,
  drop_default,
  drop_column,
  drop_table,
  set_comment,
  set_replica_identity
};

/// Several names as a plain value.
struct name_list {
  const std::string_view* names = nullptr;
  std::size_t count = 0;
};

/// A structural change as a plain value.
struct structure_description {
  structure is{};
  std::string_view name{};  ///< of the constraint or index that comes or goes; empty where the column says all
  name_list columns{};      ///< of the migration's table
  std::string_view
      option{};         ///< the access method of an index, what a foreign key does on delete, an old name, a comment
  bool unique = false;  ///< of an index
  bool nulls_equal = false;                ///< of something unique: one NULL is the same as another
  name_list included{};                    ///< by an index
  const type_description* type = nullptr;  ///< of a column that comes
  bool required = false;                   ///< whether that one is NOT NULL
  table_description other{};               ///< what a foreign key refers to
  name_list referenced{};                  ///< its columns there
  detail::maybe_function<detail::sink&, const detail::column_names&> write{};  ///< a condition, a default
  /// Of an index, in the place of columns: each in parentheses and with a suffix, with what stands between them.
  detail::maybe_function<detail::sink&, const detail::column_names&, detail::piece, detail::piece> write_expressions{};
  /// Of an index: what stands behind a column.
  detail::maybe_function<detail::sink&, std::string_view> write_behind{};
  detail::maybe_function<detail::sink&> write_storage{};  ///< of an index: its storage parameters
};

/// A change of constraints, indexes, columns or tables that computes no value:
///
/// - `structure`  the change as a plain value
/// - `reads`      the columns that it names, as a list of column nodes
template <class Change>
concept structural_change = requires {
  { Change::structure } -> std::same_as<const structure_description&>;
  typename Change::reads;
};

/// A migration whose structural changes come behind its new columns.
template <class Migration>
concept has_structure_behind = requires { typename Migration::structure; };

/// Columns by name: what an index or a constraint is over.
template <fixed_string... Names>
  requires(sizeof...(Names) > 0)
struct columns {
  using nodes = detail::list<column_node<Names>...>;
};

namespace detail {

template <class Nodes>
struct names_of;

template <class... Nodes>
struct names_of<list<Nodes...>> {
  static constexpr std::string_view values[sizeof...(Nodes) + 1]{Nodes::name.view()...};
  static constexpr name_list all{values, sizeof...(Nodes)};
};

template <fixed_string... Names>
inline constexpr name_list names{names_of<list<column_node<Names>...>>::all};

}  // namespace detail
}  // namespace online_migration
