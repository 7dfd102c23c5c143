// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <cstddef>
#include <string_view>

#include <online_migration/schema/column_reason.hpp>
#include <online_migration/schema/table.hpp>

/// The columns of the tables that migrations leave, as plain values.
namespace online_migration::detail {

inline constexpr std::size_t no_step = static_cast<std::size_t>(-1);

/// A column, and which steps of a history have to do with it.
struct schema_column {
  column_description what{};
  std::size_t table = 0;
  std::size_t writer = no_step;   ///< the open migration that writes it
  std::size_t reader = no_step;   ///< an open migration that reads it
  std::size_t remover = no_step;  ///< the migration that took it away
  std::size_t origin = no_step;   ///< the step that brought it along, with its type
  std::size_t place = no_step;    ///< where it stands in the table of that step, if not in its change
};

/// The first thing that is wrong in a history.
struct schema_problem {
  enum class kind : unsigned char { none, misfit, collision, named_twice };

  kind what = kind::none;
  std::size_t step = no_step;   ///< where it was found
  std::size_t other = no_step;  ///< the earlier step that is in its way
  std::string_view column{};
  column_difference difference = column_difference::none;
  const type_description* type = nullptr;  ///< of the column as it is
};

/// Columns by their names, so that a fold over hundreds of migrations stays linear. Entries are never taken out: a
/// column that is gone, or has another name now, is passed over.
struct column_index_table {
  std::size_t* slots;  ///< a position and one, or nothing
  std::size_t room;

  /// Of letters where names of one table differ.
  [[nodiscard]] constexpr std::size_t slot_of(std::size_t table, std::string_view name) const {
    std::size_t hash = table * 31 + name.size();
    std::size_t first = name.size() > 4 ? name.size() - 4 : 0;
    for (std::size_t i = first; i < name.size(); ++i) hash = hash * 31 + static_cast<unsigned char>(name[i]);
    if (first > 0) hash = hash * 31 + static_cast<unsigned char>(name[0]);
    return hash % room;
  }

  [[nodiscard]] constexpr std::size_t after(std::size_t slot) const { return slot + 1 == room ? 0 : slot + 1; }

  constexpr void put(std::size_t table, std::string_view name, std::size_t position) {
    std::size_t slot = slot_of(table, name);
    while (slots[slot] != 0) slot = after(slot);
    slots[slot] = position + 1;
  }
};

}  // namespace online_migration::detail
