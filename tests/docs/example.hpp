// SPDX-License-Identifier: BSL-1.0
#pragma once

// What the code blocks of the documentation find around them.

#include <chrono>
#include <cstdint>
#include <cstdio>
#include <exception>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <thread>

#include <online_migration/cli/plan.hpp>
#include <online_migration/cli/program_options.hpp>

#include "example_migration.hpp"

// A block shows something; that it does not use what it shows is no mistake.
#pragma GCC diagnostic ignored "-Wunused-variable"
#pragma GCC diagnostic ignored "-Wunused-but-set-variable"
#pragma GCC diagnostic ignored "-Wunused-local-typedefs"
#pragma GCC diagnostic ignored "-Wunused-function"
#pragma GCC diagnostic ignored "-Wshadow"

/// Whether two texts of SQL are the same, white space and a semicolon at the end aside.
constexpr bool same_sql(std::string_view a, std::string_view b) {
  auto is_space = [](char letter) { return letter == ' ' || letter == '\n' || letter == ';'; };
  std::size_t i = 0;
  std::size_t j = 0;
  for (;;) {
    while (i < a.size() && is_space(a[i])) ++i;
    while (j < b.size() && is_space(b[j])) ++j;
    if (i == a.size() || j == b.size()) return i == a.size() && j == b.size();
    if (a[i++] != b[j++]) return false;
  }
}

template <class Node>
constexpr auto write_transform_sql() {
  om::detail::text_constant<om::detail::size_of([](om::detail::sink& out) { Node::write(out, {}); })> result;
  om::detail::sink out{result.text};
  Node::write(out, {});
  return result;
}
template <class Node>
inline constexpr auto stored_transform_sql = write_transform_sql<Node>();

/// The SQL of a transform.
template <class Node>
constexpr std::string_view transform_sql(Node) {
  return stored_transform_sql<Node>.view();
}

/// The statement of a dual write of these columns.
template <class Migration, om::detail::write_kind Kind, om::fixed_string... Columns>
inline constexpr std::string_view dual_write_sql =
    om::detail::dual_write<Migration, Kind,
                           om::detail::set_of<typename Migration::table>(
                               om::detail::list<om::detail::assigned_column<Columns>...>{})>.view();
using write_kind = om::detail::write_kind;
