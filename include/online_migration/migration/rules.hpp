// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <online_migration/base/diagnosis.hpp>
#include <online_migration/migration/rules/duplicate_column.hpp>
#include <online_migration/migration/rules/key_column_replaced.hpp>
#include <online_migration/migration/rules/maintenance_conflict.hpp>
#include <online_migration/migration/rules/mixed_worlds.hpp>
#include <online_migration/migration/rules/name_length.hpp>
#include <online_migration/migration/rules/no_such_column.hpp>
#include <online_migration/migration/rules/no_usable_key.hpp>
#include <online_migration/migration/rules/no_way_back.hpp>
#include <online_migration/migration/rules/not_for_the_client.hpp>
#include <online_migration/migration/rules/nullable_into_not_null.hpp>
#include <online_migration/migration/rules/replaced_column_not_read.hpp>
#include <online_migration/migration/rules/round_trip.hpp>
#include <online_migration/migration/rules/type_mismatch.hpp>
#include <online_migration/migration/rules/unusable_inverse.hpp>
#include <online_migration/migration/rules/volatile_sql.hpp>
#include <online_migration/migration/rules/wrong_argument.hpp>

namespace online_migration::detail {

/// The rules about names and structure, on which the rules about types build.
template <fixed_string Name, class Table, class Change>
using check_structure =
    typename first_failure<check_names<Name, Table, Change>, check_duplicates<Table, Change>, check_key<Table>,
                           check_columns_exist<Table, typename Change::transform>,
                           check_worlds<typename Change::transform>, check_arguments<Table, typename Change::transform>,
                           check_sql_words<typename Change::transform>>::type;

template <class Structure, class Table, class Change>
struct check_types {
  using type = Structure;
};

template <class Table, class Change>
struct check_types<accepted, Table, Change>
    : first_failure<check_type<Table, Change>, check_nullability<Table, Change>, check_client_types<Table, Change>> {};

/// What has to be true of a change that retires a column, each rule relying on those before it.
template <class Table, class Change, class Before>
constexpr auto judge_replacement() {
  if constexpr (!accepts<Before>) {
    return Before{};
  } else if constexpr (!accepts<check_maintenance<Change>>) {
    return check_maintenance<Change>{};
  } else if constexpr (!replaces_column<Change>) {
    return accepted{};
  } else {
    using named = typename first_failure<typename column_exists<Table, Change::replaced>::type,
                                         check_replaced_read<Change>, check_way_back<Change>>::type;
    if constexpr (!accepts<named>) {
      return named{};
    } else if constexpr (!accepts<check_replaced_key<Table, Change>>) {
      return check_replaced_key<Table, Change>{};
    } else if constexpr (!has_inverse<Change>) {
      return accepted{};
    } else {
      using table = reversed_table<Table, Change>;
      using columns = check_columns_exist<table, typename Change::inverse>;
      if constexpr (!accepts<columns>) {
        return columns{};
      } else {
        using built = typename first_failure<check_worlds<typename Change::inverse>,
                                             check_arguments<table, typename Change::inverse>,
                                             check_sql_words<typename Change::inverse>>::type;
        if constexpr (!accepts<built>) {
          return built{};
        } else {
          return typename first_failure<check_inverse<Table, Change>,
                                        check_type<table, reversed_change<Table, Change>>>::type{};
        }
      }
    }
  }
}

/// Whether a call in a change was refused where it was written.
template <class Change>
constexpr bool is_refused() {
  if constexpr (requires { typename Change::inverse; }) {
    return is_mistaken<typename Change::transform> || is_mistaken<typename Change::inverse>;
  } else {
    return is_mistaken<typename Change::transform>;
  }
}

template <fixed_string Name, class Table, class Change>
constexpr auto judge_migration() {
  if constexpr (is_refused<Change>()) {
    return accepted{};  // nothing more is to be said
  } else {
    using verdict =
        decltype(judge_replacement<Table, Change,
                                   typename check_types<check_structure<Name, Table, Change>, Table, Change>::type>());
    if constexpr (!accepts<verdict>) {
      return verdict{};
    } else {
      return check_samples<Table, Change>{};
    }
  }
}

/// Every rule over a migration, in their order: `accepted` or the first diagnosis.
template <fixed_string Name, class Table, class Change>
using check_migration = decltype(judge_migration<Name, Table, Change>());

}  // namespace online_migration::detail
