// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <cstddef>
#include <string_view>
#include <type_traits>
#include <utility>

#include <online_migration/base/diagnosis.hpp>
#include <online_migration/base/type_list.hpp>
#include <online_migration/migration/history_rules.hpp>
#include <online_migration/schema/built_table.hpp>

namespace online_migration {

/// The migrations of an application, in the order of their beginning. Those that are over stand in `om::finished`;
/// the others are open. Derive a named struct from it: the compiler then checks each migration against the schema
/// that the ones before it leave.
///
///     struct changes : om::history<om::finished<canonical_display_name>, wide_balance> {};
///
/// The first that names a table says what it was like before; a table among the migrations says it as well, and a
/// table behind them has to be what they leave.
///
/// A mistake in it does not compile: see docs/errors, M030 to M032.
template <class... Entries>
struct history {
  using steps = detail::concatenate_t<typename detail::steps_of_entry<Entries>::type...>;
  using verdict = detail::check_history<steps>;
  using rules = detail::checked<verdict::raise()>;
};

namespace detail {

template <std::size_t Count>
struct positions {
  std::size_t values[Count + 1]{};
  std::size_t count = 0;
};

/// Where the columns of the first table of a fold are.
template <class Steps>
consteval auto first_table() {
  constexpr const auto& schema = folded_history<Steps>;
  positions<sizeof(schema.columns) / sizeof(schema.columns[0])> found;
  for (std::size_t i = 0; i < schema.count; ++i) {
    if (schema.columns[i].table == 0 && schema.columns[i].remover == no_step) found.values[found.count++] = i;
  }
  return found;
}

/// The name that the first table of a fold has at the end.
template <class Steps>
consteval std::string_view name_of_first_table() {
  constexpr const auto& schema = folded_history<Steps>;
  std::string_view found;
  for (std::size_t i = 0; i < schema.name_count; ++i) {
    if (schema.names[i].table == 0) found = schema.names[i].name;
  }
  return found;
}

/// A column of a fold by itself: a part of another constant cannot be a template argument.
template <class Steps, std::size_t Index>
inline constexpr column_description folded_column = folded_history<Steps>.columns[Index].what;

/// The type of a column of a fold: as the table of its origin has it, or as the change does that brought it along.
template <class Steps, std::size_t Index>
constexpr auto folded_type() {
  constexpr std::size_t place = folded_history<Steps>.columns[Index].place;
  using origin = subject_at<folded_history<Steps>.columns[Index].origin, Steps>;
  if constexpr (place == no_step) {
    using types = typename changes_in<origin>::types;
    return std::type_identity<at_t<type_position(types{}, *folded_column<Steps, Index>.type), types>>{};
  } else if constexpr (migration_step<origin>) {
    return std::type_identity<typename column_at<typename origin::table, place>::type>{};
  } else {
    return std::type_identity<typename column_at<origin, place>::type>{};
  }
}

template <class Steps, std::size_t Index>
using column_of_fold = column_of<folded_column<Steps, Index>, typename decltype(folded_type<Steps, Index>())::type>;

template <class Table, class Steps>
struct table_after {
  static constexpr auto where = first_table<Steps>();

  template <std::size_t... Indices>
  static auto columns(std::index_sequence<Indices...>) -> list<column_of_fold<Steps, where.values[Indices]>...>;

  static constexpr std::string_view name = name_of_first_table<Steps>();

  using type = typename table_with<Table::schema_name, fixed_of<name.size()>(name),
                                   decltype(columns(std::make_index_sequence<where.count>{}))>::type;
};

template <class Table, class Steps, class Verdict = check_history<Steps>>
struct checked_table_after {
  using rules = checked<Verdict::raise()>;
  using type = Table;
};

template <class Table, class Steps>
struct checked_table_after<Table, Steps, accepted> : table_after<Table, Steps> {};

}  // namespace detail

/// The table as migrations leave it: an `om::table`, over which the next migration is declared. While a migration is
/// open its new column may be NULL, and a column that it replaces is there. Once it stands in `om::finished`, the new
/// column is as declared and the replaced one is gone. Steps that have to do with other tables are none of its
/// business.
///
///     struct users_2 : om::schema_after<users, om::finished<canonical_display_name>> {};
template <table_like Table, class... Entries>
using schema_after = typename detail::checked_table_after<
    Table, detail::concatenate_t<detail::list<detail::step_of<Table, true>>,
                                 typename detail::steps_of_entry<Entries>::type...>>::type;

namespace detail {

template <class Steps>
struct migrations_of_steps;

template <class... Steps>
struct migrations_of_steps<list<Steps...>> {
  template <class Step>
  struct migration {
    using type = list<>;
  };
  template <migration_step Migration, bool Finished>
  struct migration<step_of<Migration, Finished>> {
    using type = list<Migration>;
  };
  using type = concatenate_t<typename migration<Steps>::type...>;
};

}  // namespace detail

/// The migrations of a history as a `hana::tuple` of `hana::type`, the finished ones included.
template <class History>
inline constexpr auto migrations_of =
    detail::as_hana(typename detail::migrations_of_steps<typename History::steps>::type{});

}  // namespace online_migration
