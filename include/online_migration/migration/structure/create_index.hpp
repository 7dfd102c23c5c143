// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <concepts>
#include <string_view>
#include <type_traits>

#include <online_migration/migration/structure/structure.hpp>
#include <online_migration/transform/literal.hpp>

namespace online_migration {

/// Option of an index: no two rows with the same values. Duplicates are counted before it is built.
struct unique {};

/// Of a unique index: a NULL is the same as another one. From PostgreSQL 15 on.
struct nulls_not_distinct {};

/// Option of an index: its access method, as in `om::using_method<"gin">`. Without it, btree.
template <fixed_string Name>
struct using_method {
  static constexpr std::string_view method = Name.view();
};

/// Option of an index: columns that it carries along, so that they are read from it.
template <fixed_string... Columns>
struct include {
  using nodes = detail::list<column_node<Columns>...>;
};

/// Option of an index: only rows for which a condition is true.
template <auto Condition>
  requires expression<std::remove_const_t<decltype(Condition)>>
struct where {
  using condition = std::remove_const_t<decltype(Condition)>;
};

/// Option of an index: a storage parameter of its access method, as in `om::storage<"fillfactor", 70>`. The server says
/// whether there is one of that name.
template <fixed_string Name, literal_value Value>
struct storage {
  static constexpr auto parameter = Name;
  static constexpr void write(detail::sink& out) {
    using literal = literal_node<Value>;
    out.identifier(Name.view());
    out.put(" = ");
    if (literal::is_text) {
      out.literal(literal::view);
    } else if (literal::is_number) {
      out.number(Value.number);
    } else {
      out.put(Value.number != 0 ? "true" : "false");
    }
  }
};

/// Option of an index: the operator class of columns, as in `om::operator_class<"text_pattern_ops", "name">`.
template <fixed_string Name, fixed_string... Columns>
  requires(sizeof...(Columns) > 0)
struct operator_class {
  using nodes_in_place = detail::list<column_node<Columns>...>;
  static constexpr int place = 0;
  static constexpr void write(detail::sink& out) { out.identifier(Name.view()); }
};

/// Option of an index: columns in descending order, and NULL first.
template <fixed_string... Columns>
  requires(sizeof...(Columns) > 0)
struct descending {
  using nodes_in_place = detail::list<column_node<Columns>...>;
  static constexpr int place = 1;
  static constexpr void write(detail::sink& out) { out.put("DESC"); }
};

/// Option of an index: columns of which NULL comes first in ascending order.
template <fixed_string... Columns>
  requires(sizeof...(Columns) > 0)
struct nulls_first {
  using nodes_in_place = detail::list<column_node<Columns>...>;
  static constexpr int place = 2;
  static constexpr void write(detail::sink& out) { out.put("NULLS FIRST"); }
};

/// Option of an index: columns of which NULL comes last in descending order.
template <fixed_string... Columns>
  requires(sizeof...(Columns) > 0)
struct nulls_last {
  using nodes_in_place = detail::list<column_node<Columns>...>;
  static constexpr int place = 2;
  static constexpr void write(detail::sink& out) { out.put("NULLS LAST"); }
};

/// In the place of `om::columns`: what an index is over, as expressions.
template <auto... Expressions>
  requires(sizeof...(Expressions) > 0 && (expression<std::remove_const_t<decltype(Expressions)>> && ...))
struct expressions {
  using nodes = detail::list<>;
  using all = detail::list<std::remove_const_t<decltype(Expressions)>...>;
};

namespace detail {

template <class Option>
concept has_method = requires { Option::method; };
template <class Option>
concept has_condition = requires { typename Option::condition; };
template <class Option>
concept is_include = requires { typename Option::nodes; };

template <class Option>
concept is_placed = requires { typename Option::nodes_in_place; };

template <class... Columns>
constexpr bool names_column(list<Columns...>, std::string_view column) {
  return ((Columns::name.view() == column) || ...);
}

template <class Option>
constexpr void write_if_placed(sink& out, std::string_view column, int place) {
  if constexpr (is_placed<Option>) {
    if (Option::place != place || !names_column(typename Option::nodes_in_place{}, column)) return;
    out.put(' ');
    Option::write(out);
  }
}

/// What stands behind a column of an index: operator class, direction, where NULL is.
template <class... Options>
constexpr void write_placed(sink& out, std::string_view column) {
  for (int place = 0; place < 3; ++place) (write_if_placed<Options>(out, column, place), ...);
}

template <class Option>
concept is_storage = requires { Option::parameter; };

template <class Option>
constexpr void write_if_storage(sink& out, bool& first) {
  if constexpr (is_storage<Option>) {
    if (!first) out.put(", ");
    first = false;
    Option::write(out);
  }
}

template <class... Options>
constexpr void write_storage_of(sink& out) {
  bool first = true;
  (write_if_storage<Options>(out, first), ...);
}

template <class Option>
struct option_reads {
  using type = list<>;
};

template <is_include Option>
struct option_reads<Option> {
  using type = typename Option::nodes;
};

template <is_placed Option>
struct option_reads<Option> {
  using type = typename Option::nodes_in_place;
};

template <has_condition Option>
struct option_reads<Option> {
  using type = typename Option::condition::columns;
};

template <class List>
struct index_expressions {
  using columns = list<>;
  static constexpr maybe_function<sink&, const column_names&, piece, piece> write{};
};

template <class... Nodes>
constexpr void write_index_expressions(sink& out, const column_names& names, piece suffix, piece between) {
  bool first = true;
  auto one = [&](auto write) {
    if (!first) out.put(between);
    first = false;
    out.put('(');
    write(out, names);
    out.all(")", suffix);
  };
  (one(&Nodes::write), ...);
}

template <class... Nodes>
struct index_expressions<list<Nodes...>> {
  using columns = concatenate_t<typename Nodes::columns...>;
  static constexpr maybe_function<sink&, const column_names&, piece, piece> write{&write_index_expressions<Nodes...>};
};

template <class What>
struct expressions_of : index_expressions<void> {};

template <class What>
  requires requires { typename What::all; }
struct expressions_of<What> : index_expressions<typename What::all> {};

}  // namespace detail

/// Properties of an index: `om::unique`, `om::nulls_not_distinct`, `om::using_method`, `om::include`, `om::where`,
/// `om::storage`, `om::operator_class`, `om::descending`, `om::nulls_first`, `om::nulls_last`.
template <class Option>
concept index_option = std::same_as<Option, unique> || std::same_as<Option, nulls_not_distinct> ||
                       detail::has_method<Option> || detail::has_condition<Option> || detail::is_include<Option> ||
                       detail::is_storage<Option> || detail::is_placed<Option>;

/// A change: an index, built beside readers and writers. What an interrupted build leaves behind is found, dropped and
/// built again.
///
///     om::create_index<"users_by_name", om::columns<"name", "id">, om::where<…>>
///     om::create_index<"users_by_lower_name", om::expressions<om::lower(om::col<"name">)>, om::unique>
template <fixed_string Name, class What, index_option... Options>
  requires requires { typename What::nodes; }
struct create_index {
  static_assert((std::same_as<Options, unique> || ...) || !(std::same_as<Options, nulls_not_distinct> || ...),
                "om::nulls_not_distinct is about what is unique: say om::unique as well");
  static constexpr auto name = Name;
  using options = detail::list<Options...>;
  static constexpr structure_description structure = [] {
    structure_description result{.is = online_migration::structure::create_index,
                                 .name = Name.view(),
                                 .columns = detail::names_of<typename What::nodes>::all};
    result.write_expressions = detail::expressions_of<What>::write;
    if constexpr ((detail::is_placed<Options> || ...)) result.write_behind = &detail::write_placed<Options...>;
    if constexpr ((detail::is_storage<Options> || ...)) result.write_storage = &detail::write_storage_of<Options...>;
    [[maybe_unused]] auto read = [&]<class Option>(std::type_identity<Option>) {
      if constexpr (std::same_as<Option, unique>) result.unique = true;
      if constexpr (std::same_as<Option, nulls_not_distinct>) result.nulls_equal = true;
      if constexpr (detail::has_method<Option>) result.option = Option::method;
      if constexpr (detail::has_condition<Option>) result.write = &Option::condition::write;
      if constexpr (detail::is_include<Option>) result.included = detail::names_of<typename Option::nodes>::all;
    };
    (read(std::type_identity<Options>{}), ...);
    return result;
  }();
  using reads = detail::concatenate_t<typename What::nodes, typename detail::expressions_of<What>::columns,
                                      typename detail::option_reads<Options>::type...>;
};

}  // namespace online_migration
