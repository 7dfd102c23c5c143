// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <cstddef>
#include <string_view>

#include <online_migration/migration/rules/table_drift.hpp>
#include <online_migration/schema/column_reason.hpp>
#include <online_migration/schema/stored_as.hpp>
#include <online_migration/schema/table.hpp>

namespace online_migration {

namespace detail {

/// The first difference between a table as it is declared and as it is.
struct table_difference {
  column_difference what = column_difference::none;
  std::string_view column{};
  const type_description* type = nullptr;
};

constexpr column_difference compare_columns(const column_description& declared, const column_description& is) {
  if (!same_type(*declared.type, *is.type)) return column_difference::type;
  if (declared.is_required && !is.is_required) return column_difference::may_be_null;
  if (!declared.is_required && is.is_required) return column_difference::not_null;
  if (declared.has_server_default && !is.has_server_default) return column_difference::no_default;
  if (!declared.is_sensitive && is.is_sensitive) return column_difference::sensitive;
  return column_difference::none;
}

/// The key of a table that has no list of keys.
constexpr bool same_key(const table_description& a, const table_description& b) {
  if (a.key_count() != b.key_count()) return false;
  for (std::size_t i = 0; i < a.key_count(); ++i) {
    if (a.columns[a.key_at(i)].name != b.columns[b.key_at(i)].name) return false;
  }
  return true;
}

template <class Declared, class Actual>
constexpr table_difference compare_tables() {
  const table_description& declared = describe_table<Declared>;
  const table_description& is = describe_table<Actual>;
  if (declared.name != is.name || declared.schema != is.schema) return {column_difference::table};
  for (std::size_t i = 0; i < declared.count; ++i) {
    const column_description& column = declared.columns[i];
    std::size_t at = is.find(column.name);
    if (at == table_description::none) return {column_difference::missing, column.name};
    column_difference found = compare_columns(column, is.columns[at]);
    if (found != column_difference::none) return {found, column.name, is.columns[at].type};
  }
  bool key = false;
  if constexpr (requires { typename Actual::unique_keys; }) {
    key = is_one_of(declared, typename Actual::unique_keys{});
  } else {
    key = same_key(declared, is);
  }
  std::string_view first = declared.key_count() == 0 ? std::string_view{} : declared.columns[declared.key_at(0)].name;
  if (!key && declared.key_count() > 0) return {column_difference::key, first};
  return {};
}

template <class Declared, class Actual>
constexpr auto judge_table() {
  constexpr table_difference found = compare_tables<Declared, Actual>();
  if constexpr (found.what == column_difference::none) {
    return accepted{};
  } else if constexpr (found.what == column_difference::table) {
    return table_drift<Declared, "", table_is<Actual::schema_name, Actual::name>>{};
  } else {
    return table_drift<Declared, fixed_of<found.column.size()>(found.column),
                       decltype(reason_of<found.what, found.type>())>{};
  }
}

}  // namespace detail

/// In what a table is not as it is declared: `om::accepted`, or the diagnosis that `om::matches` raises.
template <table_like Declared, table_like Actual>
using drift_of = decltype(detail::judge_table<Declared, Actual>());

/// That each declared column is there, with its type, its default if it is said to have one, and NULL or not; and
/// that the declared key is a key. `Actual` comes from a snapshot of a database (`om::schema_header`), or is a table
/// that migrations leave. Where it is not so, it does not compile, and the message names the column. Columns may be
/// left out of a declaration.
///
///     static_assert(om::matches<users, snapshot::users>);
template <table_like Declared, table_like Actual>
inline constexpr bool matches = drift_of<Declared, Actual>::raise();

/// That two tables have the same columns, whatever their order, and the same key.
template <table_like TableA, table_like TableB>
inline constexpr bool same_columns = matches<TableA, TableB> && matches<TableB, TableA>;

}  // namespace online_migration
