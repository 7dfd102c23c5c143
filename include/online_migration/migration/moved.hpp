// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <type_traits>

#include <online_migration/base/fixed_string.hpp>
#include <online_migration/base/list.hpp>
#include <online_migration/migration/rules/not_a_transform.hpp>
#include <online_migration/migration/schema_effect.hpp>
#include <online_migration/migration/way_back.hpp>
#include <online_migration/schema/table.hpp>
#include <online_migration/transform/node.hpp>

namespace online_migration {

/// A column of the other table of `om::move_columns`, and from what of the first table it follows: the column of the
/// same name, if nothing else is said.
///
///     om::moved<"bio">, om::moved<"picture", om::coalesce(om::col<"avatar">, om::lit<"">)>
template <fixed_string Name, auto Transform = col<Name>>
  requires transform_expression<decltype(Transform)>
struct moved {
  static constexpr auto name = Name;
  using transform = transform_type<decltype(Transform)>;
};

/// An `om::moved`.
template <class Column>
concept moved_column = requires {
  Column::name.view();
  requires expression<typename Column::transform>;
};

/// A column of the first table that `om::move_columns` takes away from it, beside those that move as they are. (That it
/// says `om::lossy` is for a rule to see.)
template <class Part>
inline constexpr bool is_leaving = false;

template <fixed_string Old, auto WayBack>
inline constexpr bool is_leaving<from<Old, WayBack>> = true;

/// A part of an `om::move_columns`: an `om::moved`, or an `om::from` with `om::lossy`.
template <class Part>
concept move_part = moved_column<Part> || is_leaving<Part>;

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

/// A moved column as a change that adds a column, in another table than that of its migration. `Keeps` says whether
/// the trigger stays after contract, because no column leaves the first table.
template <class Target, class Moved, bool Keeps = true>
struct moved_into {
  using home = Target;
  using there = typename column_named<Target, Moved::name>::type;
  static constexpr auto name = Moved::name;
  using type = typename there::type;
  using transform = typename Moved::transform;
  static constexpr bool is_required = describe_column<there>.is_required;
  static constexpr bool is_sensitive = describe_column<there>.is_sensitive;
  static constexpr bool trigger_keeps = Keeps;

  /// Its own table is as it was.
  using schema_types = list<>;
  static constexpr void edit_schema(schema_editor& table) { read_all(table, typename transform::columns{}); }
};

/// What the parts of a move say: the columns of the other table, and those of the first one that are named.
template <class Part>
struct move_lists {
  using moved = list<Part>;
  using named = list<>;
};

template <class Part>
  requires is_leaving<Part>
struct move_lists<Part> {
  using moved = list<>;
  using named = list<Part>;
};

/// Whether a column goes as it is: it is not of the key, which stays, and was not named beside.
template <class Table, class Moved, class Named, std::size_t Index = column_index<Table, Moved::name>>
constexpr bool goes_as_it_is() {
  if constexpr (Index == table_description::none) {
    return false;
  } else {
    return std::is_same_v<typename Moved::transform, std::remove_const_t<decltype(col<Moved::name>)>> &&
           !describe_table<Table>.columns[Index].is_key && !is_named_in<Moved::name>(Named{});
  }
}

template <class Table, class Moved, class Named>
struct leaves_with {
  using type = std::conditional_t<goes_as_it_is<Table, Moved, Named>(), list<from<Moved::name, lossy>>, list<>>;
};

template <class Table, class Moved, class Named>
struct all_leaving;

template <class Table, class... Moved, class Named>
struct all_leaving<Table, list<Moved...>, Named> {
  using type = concatenate_t<Named, typename leaves_with<Table, Moved, Named>::type...>;
};

/// All that moves, as one change of the first table: `Retired` is what leaves it. Nothing leads back to that.
template <class Target, class Retired, class First, class... Rest>
struct moved_together : moved_into<Target, First, false> {
  using retired = Retired;

  static constexpr void edit_schema(schema_editor& table) {
    read_all(table, typename First::transform::columns{});
    (read_all(table, typename Rest::transform::columns{}), ...);
    edit_leaving(table, Retired{});
  }

 private:
  template <class... Leaving>
  static constexpr void edit_leaving(schema_editor& table, list<Leaving...>) {
    ((table.finished() ? table.drop(Leaving::name.view()) : table.writes(Leaving::name.view())), ...);
  }
};

template <class Target, class First, class... Rest>
struct moved_together<Target, list<>, First, Rest...> : moved_into<Target, First> {};

/// The changes of a move: of the first table, and of the other one column by column.
template <class Table, class Target, class Moved, class Retired>
struct move_changes;

template <class Table, class Target, class First, class... Rest, class Retired>
struct move_changes<Table, Target, list<First, Rest...>, Retired> {
  static constexpr bool keeps = std::is_same_v<Retired, list<>>;
  using change = moved_together<Target, Retired, First, Rest...>;
  using column_changes = list<moved_into<Target, First, keeps>, moved_into<Target, Rest, keeps>...>;
};

/// A move as its parts say it.
template <class Table, class Target, class... Parts>
struct move_of {
  using moved = concatenate_t<typename move_lists<Parts>::moved...>;
  using named = concatenate_t<typename move_lists<Parts>::named...>;
  using changes = move_changes<Table, Target, moved, typename all_leaving<Table, moved, named>::type>;
};

}  // namespace detail
}  // namespace online_migration
