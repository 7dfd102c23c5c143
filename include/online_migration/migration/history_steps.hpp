// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <cstddef>
#include <string_view>
#include <type_traits>

#include <online_migration/base/list.hpp>
#include <online_migration/migration/schema_effect.hpp>
#include <online_migration/schema/table.hpp>

namespace online_migration {

/// In a history: migrations that are over. Each is contracted, and where it replaces a column, that one is dropped.
template <class... Migrations>
struct finished {
  using finished_migrations = detail::list<Migrations...>;
};

namespace detail {

/// Whether the columns that a migration fills are changes of their own.
template <class Migration>
concept fills_columns_alone =
    requires { typename Migration::column_changes; } && !replaces_column<typename Migration::change>;

/// The changes of a migration: its only one, or the list that it has.
template <class Migration>
struct changes_of;

template <class Migration>
  requires(fills_columns_alone<Migration> && !has_structure_behind<Migration>)
struct changes_of<Migration> {
  using type = typename Migration::column_changes;
};

template <class Migration>
  requires(requires { typename Migration::change; } && !fills_columns_alone<Migration> &&
           !has_structure_behind<Migration>)
struct changes_of<Migration> {
  using type = list<typename Migration::change>;
};

/// New columns, and what stands behind them.
template <class Migration>
  requires has_structure_behind<Migration>
struct changes_of<Migration> {
  using type =
      concatenate_t<typename changes_of<typename Migration::values>::type, typename Migration::structure::changes>;
};

template <class Migration>
  requires requires { typename Migration::changes; }
struct changes_of<Migration> {
  using type = typename Migration::changes;
};

/// What may stand in a history as a migration: a name, a table, and changes that know their effect.
template <class Migration>
concept migration_step = requires {
  Migration::name.view();
  requires table_like<typename Migration::table>;
  typename changes_of<Migration>::type;
};

template <class Changes>
struct all_changes;

template <class... Changes>
struct all_changes<list<Changes...>> {
  using types = concatenate_t<typename types_of_change<Changes>::type...>;
  static constexpr void edit(schema_editor& table) { (edit_schema<Changes>(table), ...); }
};

template <class Migration>
using changes_in = all_changes<typename changes_of<Migration>::type>;

/// One step of a history as its type. Finished or not is a part of it.
template <class Migration, bool Finished>
struct step_of {
  using subject = Migration;
};

template <class Entry>
struct steps_of_entry;

template <migration_step Migration>
struct steps_of_entry<Migration> {
  using type = list<step_of<Migration, false>>;
};

template <class... Migrations>
struct steps_of_entry<finished<Migrations...>> {
  using type = list<step_of<Migrations, true>...>;
};

template <class Entry>
  requires(table_like<Entry> && !migration_step<Entry>)
struct steps_of_entry<Entry> {
  using type = list<step_of<Entry, true>>;
};

/// A history within a history.
template <class Entry>
  requires requires { typename Entry::steps; }
struct steps_of_entry<Entry> {
  using type = typename Entry::steps;
};

/// What a step does to its table as a whole.
struct table_effect {
  enum class kind : unsigned char { none, comes, gets_name, goes };

  kind what = kind::none;
  std::string_view name{};  ///< the new one
};

template <class... Changes>
constexpr table_effect effect_on_table(list<Changes...>) {
  table_effect result;
  auto look = [&]<class Change>(std::type_identity<Change>) {
    if constexpr (structural_change<Change>) {
      if (Change::structure.is == structure::create_table) result = {table_effect::kind::comes};
      if (Change::structure.is == structure::rename_table)
        result = {table_effect::kind::gets_name, Change::structure.name};
      if (Change::structure.is == structure::drop_table) result = {table_effect::kind::goes};
    }
  };
  (look(std::type_identity<Changes>{}), ...);
  return result;
}

/// A step as a plain value. A table among the migrations has no name and no effect.
struct history_step {
  std::string_view name{};
  const table_description* table = nullptr;
  void (*edit)(schema_editor&) = nullptr;
  bool finished = false;
  table_effect on_table{};
  bool is_table = false;  ///< said, because with its sanitizers on g++ does not compare `edit` with a null pointer
};

template <class Step>
inline constexpr history_step describe_step{};

template <migration_step Migration, bool Finished>
inline constexpr history_step describe_step<step_of<Migration, Finished>>{
    Migration::name.view(), &describe_table<typename Migration::table>, &changes_in<Migration>::edit, Finished,
    effect_on_table(typename changes_of<Migration>::type{})};

template <class Table, bool Finished>
  requires(table_like<Table> && !migration_step<Table>)
inline constexpr history_step describe_step<step_of<Table, Finished>>{
    {}, &describe_table<Table>, nullptr, Finished, {}, true};

template <class Steps>
struct step_array;

template <class... Steps>
struct step_array<list<Steps...>> {
  static constexpr std::size_t count = sizeof...(Steps);
  static constexpr history_step values[sizeof...(Steps) + 1]{describe_step<Steps>...};
};

}  // namespace detail
}  // namespace online_migration
