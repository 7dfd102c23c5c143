// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <cstddef>
#include <type_traits>

#include <online_migration/base/list.hpp>
#include <online_migration/migration/moved.hpp>
#include <online_migration/schema/set_of.hpp>
#include <online_migration/transform/literal.hpp>

namespace online_migration {

/// One of the rows that a row becomes in the other table of `om::extract_rows`: its position, which is the value of the
/// last column of that table's key, and from what each other column follows.
///
///     om::row_at<"home", om::moved<"number", om::col<"home_phone">>>
template <literal_value Position, moved_column First, moved_column... Rest>
struct row_at {
  static constexpr auto position = Position;
  using moved = detail::list<First, Rest...>;
};

/// The rows that a row becomes where each follows from an element of an array, or of several side by side. Its position
/// is the number of the element, from 1.
///
///     om::row_each<om::moved<"tag", om::col<"tags">>>
template <moved_column First, moved_column... Rest>
struct row_each {
  using moved = detail::list<First, Rest...>;
};

namespace detail {

template <class Part>
inline constexpr bool is_row_at = false;

template <literal_value Position, class... Moved>
inline constexpr bool is_row_at<row_at<Position, Moved...>> = true;

template <class Part>
inline constexpr bool is_row_each = false;

template <class... Moved>
inline constexpr bool is_row_each<row_each<Moved...>> = true;

}  // namespace detail

/// An `om::row_at` or an `om::row_each`.
template <class Part>
concept row_part = detail::is_row_at<Part> || detail::is_row_each<Part>;

/// A part of an `om::extract_rows` beside the first: an `om::row_at`, or an `om::from` with `om::lossy`.
template <class Part>
concept extract_part = detail::is_row_at<Part> || is_leaving<Part>;

namespace detail {

/// What the parts of an extraction say: the rows, and the columns of the first table that are named.
template <class Part>
struct extract_lists {
  using rows = list<Part>;
  using named = list<>;
};

template <class Part>
  requires is_leaving<Part>
struct extract_lists<Part> {
  using rows = list<>;
  using named = list<Part>;
};

/// A value of the other table as a change. `Shared` says that several rows have it, as one that is the same for them all.
template <class Target, class Moved, bool Keeps, bool Shared>
struct extracted_into : moved_into<Target, Moved, Keeps> {
  static constexpr bool in_several_rows = Shared;
};

template <class Moved, class... Others>
constexpr bool is_one_of(list<Others...>) {
  return (std::is_same_v<Moved, Others> || ...);
}

template <class Moved, class... Rows>
constexpr bool is_in_several(list<Rows...>) {
  return (is_one_of<Moved>(typename Rows::moved{}) + ... + 0) > 1;
}

/// The columns of the other table, as changes.
template <class Target, class Moved, bool Keeps>
struct columns_extracted;

template <class Target, class... Moved, bool Keeps>
struct columns_extracted<Target, list<Moved...>, Keeps> {
  using type = list<moved_into<Target, Moved, Keeps>...>;
};

/// An array as the value of a column that gets one of its elements.
template <class Transform>
struct element_node : Transform {
  static constexpr expression_type type_over(const table_description& table) {
    expression_type whole = Transform::type_over(table);
    if (whole.type.shape == type_shape::array) whole.type = *whole.type.inner;
    whole.nullable = true;
    return whole;
  }
};

template <class Moved>
struct moved_element {
  static constexpr auto name = Moved::name;
  using transform = element_node<typename Moved::transform>;
};

/// The values of a part as they are judged and described.
template <class Part>
struct values_of {
  using type = typename Part::moved;
};

template <class... Moved>
struct values_of<row_each<Moved...>> {
  using type = list<moved_element<Moved>...>;
};

/// One of the rows.
template <class Target, bool Keeps, class Rows, class Row, class Moved = typename Row::moved>
struct extracted;

template <class Target, bool Keeps, class Rows, class Row, class... Moved>
struct extracted<Target, Keeps, Rows, Row, list<Moved...>> {
  using column_changes = list<extracted_into<Target, Moved, Keeps, is_in_several<Moved>(Rows{})>...>;
  static constexpr bool each_element = false;

  static constexpr void write_position(sink& out) { literal_node<Row::position>::write(out, {}); }
};

template <class Target, bool Keeps, class Rows, class... Moved>
struct extracted<Target, Keeps, Rows, row_each<Moved...>, list<Moved...>> {
  using column_changes = list<extracted_into<Target, moved_element<Moved>, Keeps, false>...>;
  static constexpr bool each_element = true;

  static constexpr void write_position(sink&) {}
};

/// What a row reads.
template <class Table, class Moved>
inline constexpr column_set sources_of_moved{};

template <class Table, class... Moved>
inline constexpr column_set sources_of_moved<Table, list<Moved...>> =
    set_of<Table>(concatenate_t<typename Moved::transform::columns...>{});

/// What this row reads and no other one does.
template <class Table, class Row, class... Rows>
inline constexpr column_set own_sources = [] {
  column_set others;
  auto add = [&]<class Other>(Other) {
    if constexpr (!std::is_same_v<Row, Other>) others.add(sources_of_moved<Table, typename Other::moved>);
  };
  (add(Rows{}), ...);
  return sources_of_moved<Table, typename Row::moved>.without(others);
}();

template <class Transform>
struct bare {
  static constexpr bool is_column = false;
};

template <fixed_string Name>
struct bare<column_node<Name>> {
  static constexpr bool is_column = true;
  static constexpr auto name = Name;
};

/// What leaves the first table, with one value more: a column that goes as it is into this row and no other one reads,
/// unless it is of the key, which stays.
template <class Table, class Leaving, class Own, class Moved>
constexpr auto leaving_with() {
  using read = bare<typename Moved::transform>;
  if constexpr (!read::is_column) {
    return Leaving{};
  } else {
    constexpr std::size_t index = column_index<Table, read::name>;
    if constexpr (index == table_description::none) {
      return Leaving{};  // a rule tells
    } else if constexpr (!Own::set.has(index) || describe_table<Table>.columns[index].is_key ||
                         is_named_in<read::name>(Leaving{})) {
      return Leaving{};
    } else {
      return concatenate_t<Leaving, list<from<read::name, lossy>>>{};
    }
  }
}

/// What one row reads alone, as a type.
template <class Table, class Row, class Rows>
struct read_alone;

template <class Table, class Row, class... Rows>
struct read_alone<Table, Row, list<Rows...>> {
  static constexpr const column_set& set = own_sources<Table, Row, Rows...>;
  template <class Moved>
  static constexpr bool shares = is_in_several<Moved>(list<Rows...>{});
};

template <class Table, class Leaving, class Own, class... Moved>
struct leaving_with_all {
  using type = Leaving;
};

template <class Table, class Leaving, class Own, class First, class... Rest>
struct leaving_with_all<Table, Leaving, Own, First, Rest...>
    : leaving_with_all<Table, decltype(leaving_with<Table, Leaving, Own, First>()), Own, Rest...> {};

template <class Table, class Leaving, class Own, class Moved>
struct leaving_with_row;

template <class Table, class Leaving, class Own, class... Moved>
struct leaving_with_row<Table, Leaving, Own, list<Moved...>> : leaving_with_all<Table, Leaving, Own, Moved...> {};

template <class Table, class Leaving, class All, class... Rows>
struct leaving_with_rows {
  using type = Leaving;
};

template <class Table, class Leaving, class All, class First, class... Rest>
struct leaving_with_rows<Table, Leaving, All, First, Rest...>
    : leaving_with_rows<
          Table, typename leaving_with_row<Table, Leaving, read_alone<Table, First, All>, typename First::moved>::type,
          All, Rest...> {};

/// The values of all rows, of each column the first.
template <class Columns, class... Moved>
struct first_of_each {
  using type = Columns;
};

template <class... Columns, class First, class... Rest>
struct first_of_each<list<Columns...>, First, Rest...>
    : first_of_each<
          std::conditional_t<(same_text(First::name, Columns::name) || ...), list<Columns...>, list<Columns..., First>>,
          Rest...> {};

template <class Moved>
struct columns_among;

template <class... Moved>
struct columns_among<list<Moved...>> : first_of_each<list<>, Moved...> {};

template <class Target, class Retired, class Moved>
struct extracted_together;

/// All that is extracted, as one change of the first table.
template <class Target, class Retired, class... Moved>
struct extracted_together<Target, Retired, list<Moved...>> : moved_together<Target, Retired, Moved...> {};

/// The changes of an extraction: of the first table, and of the other one row by row.
template <class Target, class Retired, class... Rows>
struct extract_changes;

template <class Target, class Retired, class First, class... Rest>
struct extract_changes<Target, Retired, First, Rest...> {
  static constexpr bool keeps = std::is_same_v<Retired, list<>>;
  using all_moved = concatenate_t<typename values_of<First>::type, typename values_of<Rest>::type...>;
  using change = extracted_together<Target, Retired, all_moved>;
  using rows = list<First, Rest...>;
  using row_changes = list<extracted<Target, keeps, rows, First>, extracted<Target, keeps, rows, Rest>...>;
  using column_changes = typename columns_extracted<Target, typename columns_among<all_moved>::type, keeps>::type;
};

template <class Table, class Target, class Rows, class Named>
struct extract_lists_of;

template <class Table, class Target, class... Rows, class Named>
struct extract_lists_of<Table, Target, list<Rows...>, Named> {
  using changes =
      extract_changes<Target, typename leaving_with_rows<Table, Named, list<Rows...>, Rows...>::type, Rows...>;
};

/// An extraction as its parts say it.
template <class Table, class Target, class... Parts>
struct extract_of {
  using rows = concatenate_t<typename extract_lists<Parts>::rows...>;
  using named = concatenate_t<typename extract_lists<Parts>::named...>;
  using changes = typename extract_lists_of<Table, Target, rows, named>::changes;
};

}  // namespace detail
}  // namespace online_migration
