// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include <online_migration/schema/table.hpp>
#include <online_migration/transform/call.hpp>

namespace online_migration {

namespace detail {

/// What a transform looks up: a column of the row of another table whose key some columns have.
struct lookup_description {
  const table_description* table = &no_table;  ///< the other table; never null
  std::size_t column = 0;                      ///< its position there
  const std::size_t* references = nullptr;     ///< of the migration's own table, one for each column of that key
};

inline constexpr lookup_description no_lookup{};

/// Whether a column would be written without anything before it, so that a subquery's own column could be meant.
template <class Reference>
constexpr bool is_bare(const column_names& names) {
  if (!names.prefix.empty()) return false;
  std::size_t index = names.table->find(Reference::name.view());
  return !names.given->has(index) && !names.missing->has(index) && !names.excluded->has(index);
}

}  // namespace detail

namespace function {

/// The value of a column of the row of another table whose key is the arguments.
template <table_like Table, fixed_string Column>
struct lookup {
  static constexpr auto name = fixed_string{"lookup"};
  static constexpr worlds in = worlds::server_only;
  static constexpr bool total = true;
  using looked_up = Table;
  static constexpr auto column = Column;

  /// NULL where a reference is, and for a moment where the row comes in the same statement as what refers to it.
  static constexpr expression_type result(const detail::argument_types&) {
    constexpr std::size_t index = detail::column_index<Table, Column>;
    if constexpr (index == table_description::none) {
      return expression_type::invalid();
    } else {
      return {*describe_table<Table>.columns[index].type, true};
    }
  }

  static constexpr void describe(detail::sink& out) {
    constexpr const table_description& table = describe_table<Table>;
    out.put(' ');
    write_table(out);
    out.put(' ');
    out.identifier(Column.view());
    for (std::size_t i = 0; i < table.key_count(); ++i) {
      out.put(' ');
      out.identifier(table.columns[table.key_at(i)].name);
    }
    out.put(' ');
    result({nullptr, 0}).type.write(out);
  }

  /// One row at most: it is looked up by the whole key.
  template <class... References>
  static constexpr void write(detail::sink& out, const detail::column_names& names) {
    constexpr const table_description& table = describe_table<Table>;
    if (names.finds_nothing) {
      out.put("(NULL::");
      write_table(out);
      out.put(").");
      out.identifier(Column.view());
      return;
    }
    if (!names.found.empty()) {
      out.put(names.found);
      out.identifier(Column.view());
      return;
    }
    using writer = void (*)(detail::sink&, const detail::column_names&);
    constexpr writer writers[sizeof...(References) + 1]{&References::write..., nullptr};
    const bool hides = (detail::is_bare<References>(names) || ...);
    out.put(hides ? "(SELECT l.om_value FROM (SELECT " : "(SELECT l.");
    out.identifier(Column.view());
    if (hides) {
      out.put(" AS om_value");
      for (std::size_t i = 0; i < table.key_count(); ++i) {
        out.put(", ");
        out.identifier(table.columns[table.key_at(i)].name);
        write_hidden(out, i);
      }
    }
    out.put(" FROM ");
    write_table(out);
    out.put(hides ? ") AS l WHERE " : " AS l WHERE ");
    for (std::size_t i = 0; i < sizeof...(References) && i < table.key_count(); ++i) {
      out.put(i > 0 ? " AND l." : "l.");
      if (hides) {
        out.put("om_key");
        out.number(static_cast<std::int64_t>(i));
      } else {
        out.identifier(table.columns[table.key_at(i)].name);
      }
      out.put(" OPERATOR(pg_catalog.=) ");
      writers[i](out, names);
    }
    out.put(')');
  }

 private:
  static constexpr void write_table(detail::sink& out) {
    out.identifier(Table::schema_name.view());
    out.put('.');
    out.identifier(Table::name.view());
  }

  static constexpr void write_hidden(detail::sink& out, std::size_t number) {
    out.put(" AS om_key");
    out.number(static_cast<std::int64_t>(number));
  }
};

}  // namespace function

/// The value of a column of another table, of the row whose key these columns have; NULL where there is none. A meaning
/// in SQL only.
///
///     om::add_column<"country_name", om::text, om::lookup<countries, "name">(om::col<"country_code">),
///         om::kept_by_application>
///
/// The references are columns of the migration's table, one for each `om::primary_key` column of the other table, in its
/// order. The database has a foreign key over them. Where the row of the other table changes, the rows that refer to it
/// are put right by `om::backfill_runner`.
template <table_like Table, fixed_string Column, class... References>
consteval auto lookup(References...) {
  return detail::make_call<function::lookup<Table, Column>, References...>();
}

namespace detail {

template <class Node>
inline constexpr bool is_lookup = requires { typename Node::function::looked_up; };

/// How many lookups a tree has. (Variables, of which compilers make less than of functions: nearly all trees have
/// none.)
template <class Node>
inline constexpr std::size_t lookups_in = 0;

template <class... Nodes>
inline constexpr std::size_t lookups_in<list<Nodes...>> = (lookups_in<Nodes> + ... + std::size_t{0});

template <class Node>
  requires(Node::in == worlds::server_only)
inline constexpr std::size_t lookups_in<Node> = (is_lookup<Node> ? 1 : 0) + lookups_in<typename Node::arguments>;

struct no_lookup_node {};

/// The first lookup of a tree.
template <class Node>
constexpr auto first_lookup();

constexpr auto first_lookup_among(list<>) { return no_lookup_node{}; }

template <class First, class... Rest>
constexpr auto first_lookup_among(list<First, Rest...>) {
  if constexpr ((lookups_in<First> > 0)) {
    return first_lookup<First>();
  } else {
    return first_lookup_among(list<Rest...>{});
  }
}

template <class Node>
constexpr auto first_lookup() {
  if constexpr (is_lookup<Node>) {
    return Node{};
  } else {
    return first_lookup_among(typename Node::arguments{});
  }
}

template <class Table, class Node, class References = typename Node::arguments>
struct lookup_of_node;

template <class Table, class Node, class... References>
struct lookup_of_node<Table, Node, list<References...>> {
  using other = typename Node::function::looked_up;
  static constexpr std::size_t references[sizeof...(References) + 1]{column_index<Table, References::name>..., 0};
  static constexpr lookup_description value{&describe_table<other>, column_index<other, Node::function::column>,
                                            references};
};

/// The description of what a transform over a table looks up.
template <class Table, class Transform>
inline constexpr const lookup_description* describe_lookup = &no_lookup;

template <class Table, class Transform>
  requires(lookups_in<Transform> > 0)
inline constexpr const lookup_description* describe_lookup<Table, Transform> =
    &lookup_of_node<Table, decltype(first_lookup<Transform>())>::value;

}  // namespace detail
}  // namespace online_migration
