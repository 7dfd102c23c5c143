// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <cstddef>
#include <string_view>

#include <online_migration/schema/column_reason.hpp>
#include <online_migration/schema/table.hpp>

/// The tables that migrations leave, one after the other, as plain values.
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

/// One table, in the hands of one step of a history. A kind of change says with it what it does to the columns: what it
/// reads, what it writes, and what is different once it is finished. The first thing that does not fit is kept, and
/// what comes after it does nothing.
class schema_editor {
 public:
  constexpr schema_editor(schema_column* columns, std::size_t& count, column_index_table names, std::size_t table,
                          std::size_t step, bool finished, schema_problem& problem)
      : columns_{columns},
        count_{&count},
        names_{names},
        table_{table},
        step_{step},
        finished_{finished},
        problem_{&problem} {}

  /// Whether the change is over: contracted, and what it replaced is dropped.
  [[nodiscard]] constexpr bool finished() const { return finished_; }

  /// The value of the change follows from this column.
  constexpr void reads(std::string_view column) {
    if (schema_column* found = known(column)) read(*found);
  }

  /// The change gives this column values, or takes it away.
  constexpr void writes(std::string_view column) {
    if (schema_column* found = known(column)) write(*found);
  }

  /// A column that is new.
  constexpr void add(const column_description& column) {
    if (!is_free(column.name)) return;
    schema_column& added = append(column);
    write(added);
  }

  /// A column is gone.
  constexpr void drop(std::string_view column) {
    schema_column* found = known(column);
    if (found == nullptr) return;
    write(*found);
    found->remover = step_;
  }

  /// A column is gone, and a new one stands in its place.
  constexpr void replace(std::string_view old, const column_description& column) {
    schema_column* found = known(old);
    if (found == nullptr || !is_free(column.name)) return;
    write(*found);
    append(found->what).remover = step_;
    *found = {column, table_};
    found->origin = step_;
    names_.put(table_, column.name, static_cast<std::size_t>(found - columns_));
    write(*found);
  }

  /// A column has another name.
  constexpr void rename(std::string_view from, std::string_view to) {
    schema_column* found = known(from);
    if (found == nullptr || !is_free(to)) return;
    write(*found);
    append(found->what).remover = step_;
    found->what.name = to;
    names_.put(table_, to, static_cast<std::size_t>(found - columns_));
  }

  /// A column is NOT NULL, or no longer.
  constexpr void require(std::string_view column, bool required) {
    if (schema_column* found = known(column)) {
      write(*found);
      found->what.is_required = required;
    }
  }

  /// A column has a default, or no longer.
  constexpr void give_default(std::string_view column, bool has_default) {
    if (schema_column* found = known(column)) {
      write(*found);
      found->what.has_server_default = has_default;
    }
  }

  /// Whether the table as a migration declares it is the one that there is. Columns may be left out, and one that
  /// cannot be NULL may be declared as if it could.
  constexpr void expect(const table_description& declared) {
    for (std::size_t i = 0; i < declared.count; ++i) {
      const column_description& column = declared.columns[i];
      std::size_t at = find(column.name);
      if (at == no_step) return miss(column.name);
      const column_description& is = columns_[at].what;
      if (!same_type(*column.type, *is.type)) return differ(is, column_difference::type);
      if (column.is_required && !is.is_required) return differ(is, column_difference::may_be_null);
      if (column.has_server_default && !is.has_server_default) return differ(is, column_difference::no_default);
      if (is.is_sensitive && !column.is_sensitive) return differ(is, column_difference::sensitive);
    }
  }

  /// A column that the table had before the first step. Not a change.
  constexpr void begin_with(const column_description& column, std::size_t place) { append(column).place = place; }

 private:
  /// The position of a column that is there.
  [[nodiscard]] constexpr std::size_t find(std::string_view name) const {
    for (std::size_t slot = names_.slot_of(table_, name); names_.slots[slot] != 0; slot = names_.after(slot)) {
      std::size_t at = names_.slots[slot] - 1;
      const schema_column& column = columns_[at];
      if (column.remover == no_step && column.table == table_ && column.what.name == name) return at;
    }
    return no_step;
  }

  constexpr schema_column* known(std::string_view name) {
    if (problem_->what != schema_problem::kind::none) return nullptr;
    std::size_t at = find(name);
    if (at != no_step) return columns_ + at;
    miss(name);
    return nullptr;
  }

  constexpr bool is_free(std::string_view name) {
    if (problem_->what != schema_problem::kind::none) return false;
    std::size_t at = find(name);
    if (at == no_step) return true;
    differ(columns_[at].what, column_difference::there);
    return false;
  }

  constexpr schema_column& append(const column_description& column) {
    names_.put(table_, column.name, *count_);
    schema_column& added = columns_[(*count_)++];
    added = {column, table_};
    added.origin = step_;
    return added;
  }

  constexpr void miss(std::string_view name) {
    std::size_t remover = no_step;
    for (std::size_t i = 0; i < *count_; ++i) {
      if (columns_[i].table == table_ && columns_[i].what.name == name) remover = columns_[i].remover;
    }
    *problem_ = {schema_problem::kind::misfit, step_, remover, name, column_difference::missing};
  }

  constexpr void differ(const column_description& is, column_difference difference) {
    *problem_ = {schema_problem::kind::misfit, step_, no_step, is.name, difference, is.type};
  }

  constexpr void read(schema_column& column) {
    collide(column, column.writer);
    if (!finished_ && column.reader == no_step) column.reader = step_;
  }

  constexpr void write(schema_column& column) {
    collide(column, column.writer);
    collide(column, column.reader);
    if (!finished_) column.writer = step_;
  }

  constexpr void collide(const schema_column& column, std::size_t other) {
    if (other == no_step || other == step_ || problem_->what != schema_problem::kind::none) return;
    *problem_ = {schema_problem::kind::collision, step_, other, column.what.name};
  }

  schema_column* columns_;
  std::size_t* count_;
  column_index_table names_;
  std::size_t table_;
  std::size_t step_;
  bool finished_;
  schema_problem* problem_;
};

}  // namespace online_migration::detail
