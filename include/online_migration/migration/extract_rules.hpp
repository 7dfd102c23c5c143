// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <cstddef>
#include <string_view>

#include <online_migration/migration/extracted.hpp>
#include <online_migration/migration/move_rules.hpp>
#include <online_migration/migration/rules/child_key_misfit.hpp>
#include <online_migration/migration/rules/no_such_elements.hpp>
#include <online_migration/migration/rules/unfit_position.hpp>

namespace online_migration::detail {

/// Whether a value of a row says whether there is such a row: no other row has the same, and it may be NULL, or would
/// be NULL
/// if it were not for something like `om::coalesce`.
template <class Table, class Own, class Moved>
constexpr bool decides() {
  const table_description& table = describe_table<Table>;
  const column_set read = set_of<Table>(typename Moved::transform::columns{});
  bool may_be_null = Moved::transform::type_over(table).nullable;
  for (std::size_t i = 0; i < table.count; ++i) {
    may_be_null = may_be_null || (read.has(i) && Own::set.has(i) && !table.columns[i].is_required);
  }
  return may_be_null && !Own::template shares<Moved>;
}

/// A value as the rules look at it. The only one that decides whether there is such a row is not NULL where there is
/// one.
template <class Change, bool Alone>
struct judged_value : Change {
  static constexpr bool is_required = Change::is_required && !Alone;
};

/// The rules over one row.
template <fixed_string Name, class Table, class Target, class Own, class Moved>
struct check_row;

template <fixed_string Name, class Table, class Target, class Own, class First, class... Rest>
struct check_row<Name, Table, Target, Own, list<First, Rest...>> {
  static constexpr int deciding = (decides<Table, Own, First>() + ... + decides<Table, Own, Rest>());
  template <class Moved>
  using judged = judged_value<moved_into<Target, Moved>, deciding == 1 && decides<Table, Own, Moved>()>;
  using type =
      typename first_failure<check_moved<Name, Table, judged<First>>, check_moved<Name, Table, judged<Rest>>...,
                             typename added_twice<Target, First::name, is_named_twice<First, First, Rest...>()>::type,
                             typename added_twice<Target, Rest::name, is_named_twice<Rest, First, Rest...>()>::type...,
                             check_beside_others<Table, moved_into<Target, First>, moved_into<Target, First>>,
                             check_beside_others<Table, moved_into<Target, First>, moved_into<Target, Rest>>...>::type;
};

/// What rules look at before the columns exist for certain.
template <class Moved>
struct columns_exist_in;

template <class... Moved>
struct columns_exist_in<list<Moved...>> {
  template <class Table>
  using in = typename first_failure<check_columns_exist<Table, typename Moved::transform>...>::type;
};

/// How many rows give a column a value.
template <class... Moved>
constexpr std::size_t rows_with(std::string_view column, list<Moved...>) {
  return (std::size_t{column == Moved::name.view()} + ... + 0);
}

/// The position of the first column of the other table that no row fills, or not every row where it has to.
template <class Target, class... Rows>
constexpr std::size_t badly_extracted() {
  const table_description& target = describe_table<Target>;
  for (std::size_t i = 0; i < target.count; ++i) {
    const column_description& column = target.columns[i];
    const std::size_t count = rows_with(column.name, concatenate_t<typename Rows::moved...>{});
    if (column.is_key ? count > 0 : count < (column.is_required ? sizeof...(Rows) : 1)) return i;
  }
  return table_description::none;
}

/// The rules over where a row goes.
template <class Table, class Target, class Row, class Rows>
struct check_row_place;

template <class Table, class Target, class Row, class... Rows>
  requires(is_row_at<Row>)
struct check_row_place<Table, Target, Row, list<Rows...>> {
  using type = check_position<Target, literal_node<Row::position>, list<literal_node<Rows::position>...>>;
};

template <class Table, class Target, class... Moved>
struct check_row_place<Table, Target, row_each<Moved...>, list<row_each<Moved...>>>
    : first_failure<check_numbered<Target>, check_elements<Table, Target, Moved>...> {};

template <class Verdict, fixed_string Name, class Table, class Target, class Named, class... Rows>
struct check_rows {
  using type = Verdict;
};

template <fixed_string Name, class Table, class Target, class... Named, class... Rows>
struct check_rows<accepted, Name, Table, Target, list<Named...>, Rows...>
    : first_failure<typename check_row<Name, Table, Target, read_alone<Table, Rows, list<Rows...>>,
                                       typename values_of<Rows>::type>::type...,
                    typename about_column<unmoved_column, Target, Target, badly_extracted<Target, Rows...>()>::type,
                    typename check_row_place<Table, Target, Rows, list<Rows...>>::type...,
                    check_leaving<Table, concatenate_t<typename Rows::moved...>, Named...>> {};

template <fixed_string Name, class Table, class Target, class Rows, class Named>
struct checked_extract;

template <fixed_string Name, class Table, class Target, class First, class... Rest, class Named>
struct checked_extract<Name, Table, Target, list<First, Rest...>, Named>
    : check_rows<typename first_failure<check_key<Table>, check_child_key<Table, Target>,
                                        typename columns_exist_in<typename First::moved>::template in<Table>,
                                        typename columns_exist_in<typename Rest::moved>::template in<Table>...>::type,
                 Name, Table, Target, Named, First, Rest...> {};

/// Every rule over an extraction and its parts: of the tables, of each row by itself, then of all together.
template <fixed_string Name, class Table, class Target, class... Parts>
using check_extract_of =
    typename checked_extract<Name, Table, Target, typename extract_of<Table, Target, Parts...>::rows,
                             typename extract_of<Table, Target, Parts...>::named>::type;

}  // namespace online_migration::detail
