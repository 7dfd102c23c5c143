// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <cstddef>
#include <string_view>

#include <online_migration/schema/schema_columns.hpp>
#include <online_migration/schema/table.hpp>

namespace online_migration::detail {

/// One table, in the hands of one step of a history. A kind of change says with it what it does to the columns: what
/// it reads, what it writes, and what is different once it is finished. The first thing that does not fit is kept,
/// and what comes after it does nothing.
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

  /// Counts the columns that a change needs room for, and edits nothing.
  constexpr schema_editor(std::size_t& count, bool finished, schema_problem& problem)
      : columns_{},
        count_{&count},
        names_{},
        table_{},
        step_{},
        finished_{finished},
        problem_{&problem},
        counts_{true} {}

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
    if (takes_room()) return;
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
    if (takes_room()) return;
    schema_column* found = known(old);
    if (found == nullptr || !is_free(column.name)) return;
    write(*found);
    append(found->what).remover = step_;
    // A key hands its default on.
    bool has_default = column.is_key && found->what.has_server_default;
    *found = {column, table_};
    found->what.has_server_default = has_default;
    found->origin = step_;
    names_.put(table_, column.name, static_cast<std::size_t>(found - columns_));
    write(*found);
  }

  /// The change is about the table as a whole, so about every column.
  constexpr void writes_all() {
    for (std::size_t i = 0; !counts_ && i < *count_; ++i) {
      if (columns_[i].table == table_ && columns_[i].remover == no_step) write(columns_[i]);
    }
  }

  /// The table is gone.
  constexpr void drop_all() {
    writes_all();
    for (std::size_t i = 0; !counts_ && i < *count_; ++i) {
      if (columns_[i].table == table_ && columns_[i].remover == no_step) columns_[i].remover = step_;
    }
  }

  /// A column has another name.
  constexpr void rename(std::string_view from, std::string_view to) {
    if (takes_room()) return;
    schema_column* found = known(from);
    if (found == nullptr || !is_free(to)) return;
    write(*found);
    append(found->what).remover = step_;
    found->what.name = to;
    names_.put(table_, to, static_cast<std::size_t>(found - columns_));
  }

  /// A column has another type, in place.
  constexpr void retype(std::string_view column, const type_description& type) {
    if (schema_column* found = known(column)) {
      write(*found);
      found->what.type = &type;
      found->origin = step_;
      found->place = no_step;
    }
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
  ///
  /// `first` is where the columns begin that the table had at first: mostly they are still there, in their order.
  constexpr void expect(const table_description& declared, std::size_t first) {
    for (std::size_t i = 0; i < declared.count; ++i) {
      const column_description& column = declared.columns[i];
      std::size_t at = is_at(first + i, column.name) ? first + i : find(column.name);
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
  [[nodiscard]] constexpr bool is_at(std::size_t at, std::string_view name) const {
    if (at >= *count_) return false;
    const schema_column& column = columns_[at];
    return column.what.name == name && column.table == table_ && column.remover == no_step;
  }

  /// The position of a column that is there.
  [[nodiscard]] constexpr std::size_t find(std::string_view name) const {
    for (std::size_t slot = names_.slot_of(table_, name); names_.slots[slot] != 0; slot = names_.after(slot)) {
      if (is_at(names_.slots[slot] - 1, name)) return names_.slots[slot] - 1;
    }
    return no_step;
  }

  constexpr bool takes_room() {
    if (counts_) ++*count_;
    return counts_;
  }

  constexpr schema_column* known(std::string_view name) {
    if (counts_ || problem_->what != schema_problem::kind::none) return nullptr;
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
  bool counts_ = false;
};

}  // namespace online_migration::detail
