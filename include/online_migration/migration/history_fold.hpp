// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include <online_migration/migration/history_steps.hpp>
#include <online_migration/schema/schema_editor.hpp>

/// A history folded by one loop over plain values. Types of tables are made from the outcome, where they are asked
/// for.
namespace online_migration::detail {

/// The tables that steps name, each by the first that does.
struct table_registry {
  const history_step* steps;
  std::size_t* firsts;
  std::size_t count = 0;

  [[nodiscard]] constexpr std::size_t find(const table_description& table) const {
    for (std::size_t i = 0; i < count; ++i) {
      const table_description& known = *steps[firsts[i]].table;
      if (known.name == table.name && known.schema == table.schema) return i;
    }
    return no_step;
  }

  constexpr std::size_t find_or_add(std::size_t step) {
    std::size_t found = find(*steps[step].table);
    if (found != no_step) return found;
    firsts[count] = step;
    return count++;
  }
};

/// The room that a fold needs.
template <std::size_t Count>
constexpr std::size_t columns_needed(const history_step* steps) {
  std::size_t firsts[Count + 1]{};
  table_registry tables{steps, firsts};
  std::size_t columns = 0;
  for (std::size_t i = 0; i < Count; ++i) {
    std::size_t before = tables.count;
    tables.find_or_add(i);
    if (tables.count != before) columns += steps[i].table->count;
    schema_problem none;
    schema_editor counter{columns, steps[i].finished, none};
    if (!steps[i].is_table) steps[i].edit(counter);
  }
  return columns;
}

/// The position of the first migration whose name an earlier one has, and that earlier one.
template <std::size_t Count>
constexpr schema_problem named_twice(const history_step* steps) {
  constexpr std::size_t room = 2 * Count + 1;
  std::size_t slots[room]{};  // a position and one, by the hash of its name
  for (std::size_t i = 0; i < Count; ++i) {
    std::string_view name = steps[i].name;
    if (name.empty()) continue;
    std::uint64_t hash = name.size();
    for (char letter : name) hash = hash * 31 + static_cast<unsigned char>(letter);
    std::size_t slot = hash % room;
    for (; slots[slot] != 0; slot = slot + 1 == room ? 0 : slot + 1) {
      if (steps[slots[slot] - 1].name == name) return {schema_problem::kind::named_twice, i, slots[slot] - 1};
    }
    slots[slot] = i + 1;
  }
  return {};
}

/// What a history leaves.
template <std::size_t Columns, std::size_t Steps>
struct folded_schema {
  schema_column columns[Columns + 1]{};
  std::size_t count = 0;
  std::size_t tables[Steps + 1]{};  ///< the first step of each
  std::size_t table_count = 0;
  schema_problem problem{};
};

template <class Steps>
consteval auto fold_history() {
  using all = step_array<Steps>;
  folded_schema<columns_needed<all::count>(all::values), all::count> result;
  table_registry tables{all::values, result.tables};
  constexpr std::size_t room = 4 * sizeof(result.columns) / sizeof(schema_column);
  std::size_t slots[room]{};
  std::size_t starts[all::count + 1]{};
  for (std::size_t i = 0; i < all::count && result.problem.what == schema_problem::kind::none; ++i) {
    const history_step& step = all::values[i];
    std::size_t known = tables.count;
    std::size_t table = tables.find_or_add(i);
    schema_editor editor{result.columns, result.count, {slots, room}, table, i, step.finished, result.problem};
    if (tables.count != known) {
      starts[table] = result.count;
      for (std::size_t at = 0; at < step.table->count; ++at) editor.begin_with(step.table->columns[at], at);
    } else {
      editor.expect(*step.table, starts[table]);
    }
    if (!step.is_table) step.edit(editor);
  }
  result.table_count = tables.count;
  if (result.problem.what == schema_problem::kind::none) result.problem = named_twice<all::count>(all::values);
  return result;
}

template <class Steps>
inline constexpr auto folded_history = fold_history<Steps>();

}  // namespace online_migration::detail
