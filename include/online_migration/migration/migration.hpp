// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <online_migration/base/diagnosis.hpp>
#include <online_migration/migration/add_column.hpp>
#include <online_migration/migration/behind.hpp>
#include <online_migration/migration/derived_inverse.hpp>
#include <online_migration/migration/derived_rules.hpp>
#include <online_migration/migration/replace_columns.hpp>
#include <online_migration/migration/reversed.hpp>
#include <online_migration/migration/rules.hpp>
#include <online_migration/migration/rules/mixed_changes.hpp>
#include <online_migration/migration/structure/structure.hpp>
#include <online_migration/migration/structure_rules.hpp>
#include <online_migration/schema/column_set.hpp>
#include <online_migration/schema/table.hpp>
#include <online_migration/transform/labels.hpp>
#include <online_migration/transform/lookup.hpp>

namespace online_migration {

/// An online schema change: its name in the state tables, the table, and what changes. Derive a named struct from it:
///
///     struct canonical_display_name : om::migration<"users-display-name-canonical", users,
///         om::add_column<"display_name_canonical", om::text,
///             om::ascii_lower(om::trim(om::col<"display_name">))>> {};
///
/// A mistake in it does not compile: see docs/errors.
template <fixed_string Name, table_like Table, class... Changes>
struct migration {
  using rules = detail::checked<mixed_changes<Name, sizeof...(Changes)>::raise()>;
};

/// A migration that gives values: it adds a derived column, or replaces one.
template <fixed_string Name, table_like Table, class Change>
  requires(!structural_change<Change>)
struct migration<Name, Table, Change> {
  static constexpr auto name = Name;
  using table = Table;
  using change = detail::completed<Table, Change>;
  using verdict = detail::check_migration<Name, Table, change>;
  using rules = detail::checked<verdict::raise()>;
};

/// A migration that replaces any number of columns by any number of others.
template <fixed_string Name, table_like Table, class... Parts>
struct migration<Name, Table, replace_columns<Parts...>>
    : detail::columns_filled<typename replace_columns<Parts...>::added>::type {
  static constexpr auto name = Name;
  using table = Table;
  using change = replace_columns<Parts...>;
  using verdict = detail::check_replacing_several<Name, Table, change>;
  using rules = detail::checked<verdict::raise()>;
};

/// A migration that adds several derived columns: one expand, one walk over the table, one checked unit.
template <fixed_string Name, table_like Table, derived_change First, derived_change Second, derived_change... More>
struct migration<Name, Table, First, Second, More...> {
  static constexpr auto name = Name;
  using table = Table;
  using change = First;
  using column_changes = detail::list<First, Second, More...>;
  using verdict = detail::check_derived<Name, Table, First, Second, More...>;
  using rules = detail::checked<verdict::raise()>;
};

namespace detail {

/// A migration of changes that a list has.
template <fixed_string Name, class Table, class Changes>
struct migration_with;

template <fixed_string Name, class Table, class... Changes>
struct migration_with<Name, Table, list<Changes...>> {
  using type = migration<Name, Table, Changes...>;
};

}  // namespace detail

/// A migration that adds or replaces columns, and behind them has structural changes, which may be over the new
/// columns: a checked unit. What they are over is filled before any of them is taken.
template <fixed_string Name, table_like Table, class First, class Second, class... More>
  requires(!structural_change<First> && (structural_change<Second> || ... || structural_change<More>) &&
           (detail::stand_behind_columns<First, Second, More...>() ||
            detail::stand_behind_replacement<First, Second, More...>()))
struct migration<Name, Table, First, Second, More...>
    : detail::migration_with<Name, Table, detail::derived_among<First, Second, More...>>::type {
  using values = typename detail::migration_with<Name, Table, detail::derived_among<First, Second, More...>>::type;
  using before = decltype(detail::columns_before_of(detail::derived_among<First, Second, More...>{}));
  using structure =
      detail::structure_behind<Name, Table, typename before::added, detail::structural_among<First, Second, More...>,
                               typename before::retired>;
  using structure_verdict = typename detail::check_behind<typename values::verdict, structure, typename before::added,
                                                          typename structure::changes>::type;
  using verdict = typename detail::first_failure<typename values::verdict, structure_verdict>::type;
  using structure_rules = detail::checked<structure_verdict::raise()>;
};

/// A migration of structural changes, in their order: a checked unit that goes through the phases together.
template <fixed_string Name, table_like Table, structural_change... Changes>
  requires(sizeof...(Changes) > 0)
struct migration<Name, Table, Changes...> {
  static constexpr auto name = Name;
  using table = Table;
  using changes = detail::list<Changes...>;
  using verdict = detail::check_structure_of<Name, Table, Changes...>;
  using rules = detail::checked<verdict::raise()>;
};

/// A struct derived from `om::migration` that gives values.
template <class Migration>
concept migration_like = requires {
  Migration::name.view();
  requires table_like<typename Migration::table>;
  typename Migration::change::transform;
};

/// A struct derived from `om::migration` that fills several new columns.
template <class Migration>
concept several_columns = migration_like<Migration> && requires { typename Migration::column_changes; };

/// A change whose new column is in another table.
template <class Change>
concept moves_column = requires { typename Change::home; };

/// A struct derived from `om::migration` that has structural changes.
template <class Migration>
concept structural_migration = requires {
  Migration::name.view();
  requires table_like<typename Migration::table>;
  typename Migration::changes;
};

/// The structural changes behind the new columns of a migration, as a structural migration: `om::plan` of it shows
/// their steps.
template <has_structure_behind Migration>
using structure_of = typename Migration::structure;

/// A struct derived from `om::migration`.
template <class Migration>
concept any_migration = migration_like<Migration> || structural_migration<Migration>;

/// The inverse of a migration's transform, declared or derived, as an expression over the new column.
template <migration_like Migration>
  requires(detail::has_inverse<typename Migration::change> && requires { typename Migration::change::inverse; })
inline constexpr typename Migration::change::inverse inverse_of{};

/// Whether the transform of a migration has to be computed by the client.
template <migration_like Migration>
inline constexpr bool is_client_only = Migration::change::transform::in == worlds::client_only;

/// A migration of structural changes as a plain value.
struct structural_description {
  std::string_view name;
  table_description table;
  const structure_description* changes = nullptr;
  std::size_t count = 0;
};

struct extracted_row;

/// A migration that gives values as a plain value.
struct migration_description {
  std::string_view name;
  table_description table;
  std::string_view target;  ///< the new column
  const type_description* target_type = nullptr;
  bool target_required = false;
  detail::column_set sources{};  ///< what the transform reads
  worlds in = worlds::none;
  bool total = false;
  bool may_fail = false;          ///< a partial transform that has no function to catch it: the way back
  bool is_sensitive = false;      ///< a source or the new column is: no value of them is stored elsewhere
  bool trigger_keeps = false;     ///< the sync trigger stays after contract
  detail::column_set replaced{};  ///< the columns that contract retires
  const migration_description* reverse = nullptr;  ///< the way back, itself where there is none
  type_description transform_type{};               ///< of the transform itself, which the target may widen
  bool may_be_null = false;                        ///< the transform can give NULL
  bool in_several_rows = false;                    ///< of what a row becomes, several have this value
  void (*write_transform)(detail::sink&, const detail::column_names&) = nullptr;
  void (*describe_transform)(detail::sink&) = nullptr;
  bool elsewhere = false;                                         ///< the new columns are in another table
  const table_description* home = &detail::no_table;              ///< that table; never null
  bool looks_up = false;                                          ///< the transform reads a row of another table
  const detail::lookup_description* lookup = &detail::no_lookup;  ///< which; never null
  /// Of several new columns a description for each, while this one has the first and what holds of all together; none
  /// where there is one.
  const migration_description* parts = nullptr;
  std::size_t part_count = 0;
  /// Of rows that each row of the table becomes in the other one a description for each; `parts` are its columns.
  const extracted_row* rows = nullptr;
  std::size_t row_count = 0;
};

/// One of the rows that a row of the table becomes in another one.
struct extracted_row {
  void (*write_position)(detail::sink&) = nullptr;  ///< the value by which it is told from the others
  const migration_description* parts = nullptr;     ///< what its columns follow from; one without is NULL
  std::size_t part_count = 0;
  bool each_element = false;  ///< as many rows as the arrays have elements, at their numbers
  detail::column_set sources{};
};

namespace detail {

template <class Table, class... Columns>
constexpr column_set set_of(list<Columns...>) {
  column_set result;
  (result.add(column_index<Table, Columns::name>), ...);
  return result;
}

template <class Change>
constexpr bool change_may_fail() {
  if constexpr (requires { Change::may_fail; }) {
    return Change::may_fail;
  } else {
    return false;
  }
}

/// Whether the new column or one that it follows from is sensitive, in whatever table.
template <class Table, class Change>
constexpr bool reads_or_writes_sensitive() {
  column_set sources = set_of<Table>(typename Change::transform::columns{});
  const table_description& table = describe_table<Table>;
  for (std::size_t i = 0; i < table.count; ++i) {
    if (sources.has(i) && table.columns[i].is_sensitive) return true;
  }
  if constexpr (lookups_in<typename Change::transform> > 0) {
    constexpr const lookup_description& looked_up = *describe_lookup<Table, typename Change::transform>;
    if (looked_up.table->columns[looked_up.column].is_sensitive) return true;
  }
  if constexpr (requires { Change::is_sensitive; }) {
    return Change::is_sensitive;
  } else {
    return false;
  }
}

template <class Table, class Change>
constexpr column_set replaced_set() {
  if constexpr (replaces_column<Change>) {
    return set_of<Table>(typename Change::retired{});
  } else {
    return {};
  }
}

template <class Change>
inline constexpr bool in_several_rows = false;

template <class Change>
  requires(Change::in_several_rows)
inline constexpr bool in_several_rows<Change> = true;

/// The SQL of an expression, which may depend on the types of its columns.
template <class Table, class Expression>
constexpr void write_over(sink& out, const column_names& names) {
  column_names typed = names;
  typed.types = &describe_table<Table>;
  Expression::write(out, typed);
}

/// The other table that a change has its column in; none where it is in the migration's own.
template <class Change>
constexpr const table_description* home_table() {
  if constexpr (requires { typename Change::home; }) {
    return &describe_table<typename Change::home>;
  } else {
    return &no_table;
  }
}

template <class Migration>
constexpr const migration_description* description_of_reverse();

}  // namespace detail

namespace detail {

template <class List>
struct structure_array;

template <class... Changes>
struct structure_array<list<Changes...>> {
  static constexpr structure_description values[sizeof...(Changes)]{Changes::structure...};
};

}  // namespace detail

/// The description of declared structural changes.
template <structural_migration Migration>
inline constexpr structural_description describe_structure{
    Migration::name.view(), describe_table<typename Migration::table>,
    detail::structure_array<typename Migration::changes>::values, Migration::changes::size};

/// The description of a declared migration.
template <migration_like Migration>
inline constexpr migration_description describe_migration{
    Migration::name.view(),
    describe_table<typename Migration::table>,
    Migration::change::name.view(),
    &Migration::change::type::description,
    Migration::change::is_required,
    detail::set_of<typename Migration::table>(typename Migration::change::transform::columns{}),
    Migration::change::transform::in,
    detail::is_total_over<typename Migration::change::transform, typename Migration::table>(),
    detail::change_may_fail<typename Migration::change>(),
    detail::reads_or_writes_sensitive<typename Migration::table, typename Migration::change>(),
    Migration::change::trigger_keeps,
    detail::replaced_set<typename Migration::table, typename Migration::change>(),
    detail::description_of_reverse<Migration>(),
    Migration::change::transform::type_over(describe_table<typename Migration::table>).type,
    Migration::change::transform::type_over(describe_table<typename Migration::table>).nullable,
    detail::in_several_rows<typename Migration::change>,
    &detail::write_over<typename Migration::table, typename Migration::change::transform>,
    &Migration::change::transform::describe,
    moves_column<typename Migration::change>,
    detail::home_table<typename Migration::change>(),
    (detail::lookups_in<typename Migration::change::transform> > 0),
    detail::describe_lookup<typename Migration::table, typename Migration::change::transform>};

namespace detail {

/// One of several new columns, as a migration of its own.
template <class Migration, class Change>
struct part_of {
  static constexpr auto name = Migration::name;
  using table = typename Migration::table;
  using change = Change;
};

template <class Migration, class List>
struct part_array;

template <class Migration, class... Changes>
struct part_array<Migration, list<Changes...>> {
  static constexpr migration_description values[sizeof...(Changes)]{describe_migration<part_of<Migration, Changes>>...};
};

template <class Migration, class Rows>
struct row_array;

/// The rows that one row becomes, each with its columns.
template <class Migration, class... Rows>
struct row_array<Migration, list<Rows...>> {
  template <class Row>
  static constexpr extracted_row describe() {
    using parts = part_array<Migration, typename Row::column_changes>;
    extracted_row result{&Row::write_position, parts::values, Row::column_changes::size, Row::each_element};
    for (const migration_description& part : parts::values) result.sources.add(part.sources);
    return result;
  }

  static constexpr extracted_row values[sizeof...(Rows)]{describe<Rows>()...};
};

/// What holds of several new columns together.
template <class Migration>
constexpr migration_description describe_together() {
  using parts = part_array<Migration, typename Migration::column_changes>;
  migration_description result = parts::values[0];
  auto add = [&](const migration_description& part) {
    result.sources.add(part.sources);
    result.in = result.in & part.in;
    result.total = result.total && part.total;
    result.is_sensitive = result.is_sensitive || part.is_sensitive;
    result.target_required = result.target_required || part.target_required;
  };
  for (const migration_description& part : parts::values) add(part);
  if constexpr (requires { typename Migration::row_changes; }) {
    using rows = row_array<Migration, typename Migration::row_changes>;
    for (const extracted_row& row : rows::values) {
      for (std::size_t i = 0; i < row.part_count; ++i) add(row.parts[i]);
    }
    result.rows = rows::values;
    result.row_count = Migration::row_changes::size;
  }
  result.replaced = replaced_set<typename Migration::table, typename Migration::change>();
  result.reverse = description_of_reverse<Migration>();
  result.parts = parts::values;
  result.part_count = Migration::column_changes::size;
  return result;
}

}  // namespace detail

template <several_columns Migration>
inline constexpr migration_description describe_migration<Migration> = detail::describe_together<Migration>();

namespace detail {

template <class Migration>
constexpr const migration_description* description_of_reverse() {
  if constexpr (has_inverse<typename Migration::change>) {
    return &describe_migration<reversed<Migration>>;
  } else {
    return &describe_migration<Migration>;
  }
}

/// Whether a migration is the way back of another.
constexpr bool is_way_back(const migration_description& migration) { return migration.may_fail; }

/// Whether a migration has a way back. (Not by comparison with a null pointer: with -fsanitize=undefined g++ 12 does
/// not compare the address of a constant with one while compiling.)
constexpr bool has_way_back(const migration_description& migration) { return is_way_back(*migration.reverse); }

/// Whether a migration fills more than one column.
constexpr bool has_parts(const migration_description& migration) { return migration.part_count > 0; }

/// Calls `use(description, number)` for each new column.
template <class Use>
constexpr void each_target(const migration_description& migration, Use use) {
  if (!has_parts(migration)) use(migration, std::size_t{0});
  for (std::size_t i = 0; i < migration.part_count; ++i) use(migration.parts[i], i);
}

/// Whether one row of the table becomes several of another one.
constexpr bool has_rows(const migration_description& migration) { return migration.row_count > 0; }

/// Calls `use(row, number)` for each row that one row becomes.
template <class Use>
constexpr void each_row(const migration_description& migration, Use use) {
  for (std::size_t i = 0; i < migration.row_count; ++i) use(migration.rows[i], i);
}

/// Calls `use(description, number)` for each value that follows from a row: of each new column, and of each in every row
/// that one row becomes.
template <class Use>
constexpr void each_value(const migration_description& migration, Use use) {
  if (!has_rows(migration)) return each_target(migration, use);
  std::size_t number = 0;
  each_row(migration, [&](const extracted_row& row, std::size_t) {
    for (std::size_t i = 0; i < row.part_count; ++i) use(row.parts[i], number++);
  });
}

/// The table that has the new columns.
constexpr const table_description& home_of(const migration_description& migration) {
  return migration.elsewhere ? *migration.home : migration.table;
}

/// Whether contract retires columns.
constexpr bool replaces(const migration_description& migration) { return !migration.replaced.empty(); }

/// Calls `use(column, number)` for each column that contract retires.
template <class Use>
constexpr void each_replaced(const migration_description& migration, Use use) {
  std::size_t number = 0;
  for (std::size_t i = 0; i < migration.table.count; ++i) {
    if (migration.replaced.has(i)) use(migration.table.columns[i], number++);
  }
}

/// The position of a retired column. (Compared by letters: g++ 12 finds no constant in the bytes of a name that belongs
/// to a type of one source file.)
constexpr std::size_t position_of(const table_description& table, std::string_view name) {
  for (std::size_t i = 0; i < table.count; ++i) {
    std::string_view other = table.columns[i].name;
    std::size_t same = 0;
    while (same < name.size() && same < other.size() && name[same] == other[same]) ++same;
    if (same == name.size() && same == other.size()) return i;
  }
  return table_description::none;
}

/// Calls `use(column, back, number)` for each column that contract retires, and how it follows from the new ones. The
/// migration has a way back.
template <class Use>
constexpr void each_way_back(const migration_description& migration, Use use) {
  each_target(*migration.reverse, [&](const migration_description& back, std::size_t number) {
    use(migration.table.columns[position_of(migration.table, back.target)], back, number);
  });
}

/// The first column that contract retires.
constexpr const column_description& first_replaced(const migration_description& migration) {
  std::size_t first = 0;
  while (!migration.replaced.has(first)) ++first;
  return migration.table.columns[first];
}

/// Whether one column takes the place of one other: what this one owes is known then.
constexpr bool is_one_to_one(const migration_description& migration) {
  return migration.replaced.size() == 1 && !has_parts(migration) && !migration.elsewhere;
}

/// Whether that one is the key of its table.
constexpr bool replaces_its_key(const migration_description& migration) {
  return replaces(migration) && first_replaced(migration).is_key;
}

}  // namespace detail
}  // namespace online_migration
