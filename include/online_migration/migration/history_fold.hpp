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

/// A name that a table has, or had.
struct named_table {
  std::string_view schema{};
  std::string_view name{};
  std::size_t table = 0;
  std::size_t remover = no_step;  ///< the step that gave the table another one, or took it away
};

/// The tables that steps name, each by the first that does. A step gives a table one name more at most.
struct table_registry {
  named_table* names;
  std::size_t* firsts;
  std::size_t name_count = 0;
  std::size_t count = 0;

  /// The youngest name that is like the one of this table.
  [[nodiscard]] constexpr std::size_t find(const table_description& table) const {
    for (std::size_t i = name_count; i > 0; --i) {
      if (names[i - 1].name == table.name && names[i - 1].schema == table.schema) return i - 1;
    }
    return no_step;
  }

  constexpr std::size_t add(const table_description& table, std::size_t step) {
    names[name_count++] = {table.schema, table.name, count};
    firsts[count] = step;
    return count++;
  }

  /// After a change of the table as a whole.
  constexpr void change(const history_step& step, std::size_t at, std::size_t number) {
    if (step.on_table.what == table_effect::kind::goes && step.finished) names[at].remover = number;
    if (step.on_table.what != table_effect::kind::gets_name) return;
    names[at].remover = number;
    names[name_count++] = {names[at].schema, step.on_table.name, names[at].table};
  }
};

/// The room that a fold needs, and perhaps a little more.
template <std::size_t Count>
constexpr std::size_t columns_needed(const history_step* steps) {
  named_table names[2 * Count + 1]{};
  std::size_t firsts[Count + 1]{};
  table_registry tables{names, firsts};
  std::size_t columns = 0;
  for (std::size_t i = 0; i < Count; ++i) {
    bool known = tables.find(*steps[i].table) != no_step;
    if (!known) tables.add(*steps[i].table, i);
    if (!known || steps[i].on_table.what == table_effect::kind::comes) columns += steps[i].table->count;
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
  std::size_t tables[Steps + 1]{};     ///< the first step of each
  named_table names[2 * Steps + 1]{};  ///< in the order in which tables got them
  std::size_t name_count = 0;
  std::size_t table_count = 0;
  schema_problem problem{};
};

template <class Steps>
consteval auto fold_history() {
  using all = step_array<Steps>;
  folded_schema<columns_needed<all::count>(all::values), all::count> result;
  table_registry tables{result.names, result.tables};
  constexpr std::size_t room = 4 * sizeof(result.columns) / sizeof(schema_column);
  std::size_t slots[room]{};
  std::size_t starts[all::count + 1]{};
  for (std::size_t i = 0; i < all::count && result.problem.what == schema_problem::kind::none; ++i) {
    const history_step& step = all::values[i];
    bool comes = step.on_table.what == table_effect::kind::comes;
    std::size_t name = tables.find(*step.table);
    bool known = name != no_step;
    bool gone = known && result.names[name].remover != no_step;
    bool begins = !known || (gone && comes);
    std::size_t table = begins ? tables.add(*step.table, i) : result.names[name].table;
    if (begins) name = tables.name_count - 1;
    schema_editor editor{result.columns, result.count, {slots, room}, table, i, step.finished, result.problem};
    if (begins) {
      starts[table] = result.count;
      for (std::size_t at = 0; at < step.table->count; ++at) editor.begin_with(step.table->columns[at], at);
    } else if (gone) {
      result.problem = {schema_problem::kind::misfit, i, result.names[name].remover, step.table->name,
                        column_difference::table_gone};
    } else if (comes) {
      result.problem = {schema_problem::kind::misfit, i, no_step, step.table->name, column_difference::table_there};
    } else {
      editor.expect(*step.table, starts[table]);
    }
    if (!step.is_table) step.edit(editor);
    tables.change(step, name, i);
  }
  result.table_count = tables.count;
  result.name_count = tables.name_count;
  if (result.problem.what == schema_problem::kind::none) result.problem = named_twice<all::count>(all::values);
  return result;
}

template <class Steps>
inline constexpr auto folded_history = fold_history<Steps>();

}  // namespace online_migration::detail
