// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include <online_migration/base/fixed_string.hpp>
#include <online_migration/base/list.hpp>
#include <online_migration/base/sink.hpp>
#include <online_migration/schema/column_set.hpp>
#include <online_migration/schema/table.hpp>

namespace online_migration {

/// Where a transform has a meaning. A tree has what all of its nodes have.
enum class worlds : unsigned char {
  none = 0,
  server_only = 1,  ///< in SQL
  client_only = 2,  ///< in C++
  portable = 3      ///< in both, with exactly the same results
};

constexpr worlds operator&(worlds a, worlds b) {
  return static_cast<worlds>(static_cast<unsigned char>(a) & static_cast<unsigned char>(b));
}

/// The type that an expression has over a given table. `length` of a text is an upper bound in characters, 0 = none known.
struct expression_type {
  type_description type;
  bool nullable = false;
  bool valid = true;  ///< false where a function was given arguments it is not defined for

  static constexpr expression_type invalid() { return {{}, true, false}; }
};

namespace detail {

inline constexpr table_description no_table{};
inline constexpr column_set no_columns{};

/// How columns are spelled where an expression is written: with a prefix (`NEW.`), as parameters of the statement, as
/// NULL where an insert leaves them out, or as what an upsert could not insert.
struct column_names {
  std::string_view prefix{};
  // None of these pointers is ever null: with -fsanitize=undefined g++ 12 does not compare the address of a constant
  // with nullptr while compiling.
  const table_description* table = &no_table;  ///< of the sets below
  const column_set* given = &no_columns;       ///< parameters, numbered from `first` in the table's order
  std::size_t first = 1;
  const column_set* missing = &no_columns;     ///< NULL
  const column_set* excluded = &no_columns;    ///< taken from `EXCLUDED`
  bool collated = false;                       ///< whether the expression depends on the collations of its columns
  const table_description* types = &no_table;  ///< what the columns of the expression are; none where nobody asks
  bool finds_nothing = false;                  ///< a lookup is written as one that finds no row
  std::string_view found{};                    ///< or as a column of this row, which was found before

  constexpr void write(sink& out, std::string_view column) const {
    std::size_t index = table->find(column);
    if (given->has(index)) {
      write_given(out, table->columns[index], first + given->rank(index));
    } else if (missing->has(index)) {
      write_null(out, table->columns[index]);
    } else {
      out.put(excluded->has(index) ? std::string_view{"EXCLUDED."} : prefix);
      out.identifier(column);
    }
  }

  static constexpr void write_parameter(sink& out, std::size_t number, std::string_view type) {
    out.put('$');
    out.number(static_cast<std::int64_t>(number));
    out.put("::");
    out.put(type);
  }

  static constexpr void write_parameter(sink& out, std::size_t number, const type_description& type) {
    write_parameter(out, number, std::string_view{});
    type.write_cast(out);
  }

 private:
  /// Whether an expression has to be told the collation of a column, because it does not name the column itself.
  [[nodiscard]] constexpr bool carries_collation(const column_description& column) const {
    return collated && column.type->is_collated();
  }

  /// A parameter as the value that its column will store: cut to the length of a varchar, which drops blanks silently
  /// (other letters make the statement fail), and under the column's collation instead of the database's.
  constexpr void write_given(sink& out, const column_description& column, std::size_t number) const {
    bool carries = carries_collation(column);
    if (carries) out.put("CASE WHEN true THEN ");
    write_parameter(out, number, std::string_view{});
    column.type->write(out);
    if (!carries) return;
    out.put(" ELSE ");
    write_null(out, column);
    out.put(" END");
  }

  constexpr void write_null(sink& out, const column_description& column) const {
    if (!carries_collation(column)) {
      out.put("NULL::");
      column.type->write_cast(out);
      return;
    }
    out.put("(NULL::");
    out.identifier(table->schema);
    out.put('.');
    out.identifier(table->name);
    out.put(").");
    out.identifier(column.name);
  }
};

}  // namespace detail

/// A node of a transform. Nodes are empty types: everything about them is known to the compiler.
///
/// - `in`       the worlds it has a meaning in, children included
/// - `total`    whether it has a value for every input; a partial tree may fail on some
/// - `columns`  the column nodes below it, as a list
/// - `type_over(table)`  its type
/// - `write(sink, names)`  its SQL
/// - `describe(sink)`  its canonical text, for the fingerprint
/// - `evaluate(row)`  its value in C++, for those with a meaning there
template <class Node>
concept expression = requires(detail::sink& out, const detail::column_names& names, const table_description& table) {
  { Node::in } -> std::convertible_to<worlds>;
  { Node::total } -> std::convertible_to<bool>;
  typename Node::columns;
  typename Node::arguments;
  { Node::type_over(table) } -> std::same_as<expression_type>;
  Node::write(out, names);
  Node::describe(out);
};

/// A column of the table being migrated, by name.
template <fixed_string Name>
struct column_node {
  static constexpr auto name = Name;
  static constexpr worlds in = worlds::portable;
  static constexpr bool total = true;
  using columns = detail::list<column_node>;
  using arguments = detail::list<>;

  static constexpr expression_type type_over(const table_description& table) {
    std::size_t index = table.find(Name.view());
    if (index == table_description::none) return expression_type::invalid();
    return {*table.columns[index].type, !table.columns[index].is_required};
  }

  static constexpr void write(detail::sink& out, const detail::column_names& names) { names.write(out, Name.view()); }

  static constexpr void describe(detail::sink& out) { out.identifier(Name.view()); }

  template <class Row>
  static constexpr auto evaluate(const Row& row) {
    return row.template get<Name>();
  }
};

/// The old value of a column: `om::col<"display_name">`.
template <fixed_string Name>
inline constexpr column_node<Name> col{};

}  // namespace online_migration
