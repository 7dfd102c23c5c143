// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <cstddef>
#include <string_view>

#include <online_migration/base/list.hpp>
#include <online_migration/base/sink.hpp>
#include <online_migration/schema/pg_type.hpp>
#include <online_migration/schema/table.hpp>
#include <online_migration/transform/call.hpp>
#include <online_migration/transform/value_error.hpp>

/// Labels of enums as constants, and what stands in the place of PostgreSQL's own casts between them and texts: those
/// are not immutable, because labels can be renamed.
namespace online_migration::detail {

constexpr bool is_enumeration(const type_description& type) {
  return type.underlying().shape == type_shape::enumeration;
}

/// A text as the value that C++ has of a label, which refers to the declaration. Throws where it is none of those
/// declared.
constexpr std::string_view declared_label(std::string_view text, const type_description& type) {
  for (std::size_t i = 0; i < type.label_count; ++i) {
    if (type.labels[i] == text) return type.labels[i];
  }
  throw value_error{"22P02", "om::cast: the text is no label of the enum as it is declared"};
}

/// A label as a constant of its type.
constexpr void write_label(sink& out, std::string_view label, const type_description& type) {
  out.literal(label);
  out.put("::");
  type.write(out);
}

/// The end of a choice among labels, for all other values: NULL for NULL, and the failure 22P02. It reads the value,
/// of which `write` gives a text, because what reads no column is computed while PostgreSQL plans; and it says nothing
/// of the value.
template <class Write>
constexpr void write_otherwise(sink& out, const type_description& labels, const type_description& result, Write write) {
  out.put(" ELSE CASE WHEN ('no label of ' || ");
  out.literal(labels.name);
  out.put(" || pg_catalog.left(");
  write();
  out.put(", 0))::boolean THEN NULL::");
  result.write_cast(out);
  out.put(" END END)");
}

/// Whether no column with a label that the declaration lacks can make a node fail: the database may have such labels.
template <class Node>
constexpr bool reads_no_labels(const table_description& table);

template <class... Arguments>
constexpr bool read_no_labels(const table_description& table, list<Arguments...>) {
  return (reads_no_labels<Arguments>(table) && ...);
}

template <class Node>
constexpr bool reads_no_labels(const table_description& table) {
  if constexpr (requires { Node::function::reads_labels; }) {
    expression_type read = at_t<0, typename Node::arguments>::type_over(table);
    // (What is no column, nor made of one, is one of the labels declared.)
    if (Node::columns::size != 0 && read.valid && is_enumeration(read.type)) return false;
  }
  return read_no_labels(table, typename Node::arguments{});
}

constexpr bool has_labels(const table_description& table) {
  for (std::size_t i = 0; i < table.count; ++i) {
    if (is_enumeration(*table.columns[i].type)) return true;
  }
  return false;
}

/// Whether a transform has a value for everything that its columns can hold. (What is server-only may look up labels
/// of another table.)
template <class Transform, class Table>
constexpr bool is_total_over() {
  if constexpr (Transform::total && (Transform::in == worlds::server_only || has_labels(describe_table<Table>))) {
    return reads_no_labels<Transform>(describe_table<Table>);
  } else {
    return Transform::total;
  }
}

}  // namespace online_migration::detail
