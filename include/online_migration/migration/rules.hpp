// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <online_migration/base/diagnosis.hpp>
#include <online_migration/migration/rules/duplicate_column.hpp>
#include <online_migration/migration/rules/mixed_worlds.hpp>
#include <online_migration/migration/rules/name_length.hpp>
#include <online_migration/migration/rules/no_such_column.hpp>
#include <online_migration/migration/rules/no_usable_key.hpp>
#include <online_migration/migration/rules/nullable_into_not_null.hpp>
#include <online_migration/migration/rules/type_mismatch.hpp>
#include <online_migration/migration/rules/wrong_argument.hpp>

namespace online_migration::detail {

/// The rules about names and structure, on which the rules about types build.
template <fixed_string Name, class Table, class Change>
using check_structure = typename first_failure<check_names<Name, Table, Change>, check_duplicates<Table, Change>,
                                               check_key<Table>, check_columns_exist<Table, typename Change::transform>,
                                               check_worlds<typename Change::transform>,
                                               check_arguments<Table, typename Change::transform>>::type;

template <class Structure, class Table, class Change>
struct check_types {
  using type = Structure;
};

template <class Table, class Change>
struct check_types<accepted, Table, Change>
    : first_failure<check_type<Table, Change>, check_nullability<Table, Change>> {};

/// Every rule over a migration, in their order: `accepted` or the first diagnosis.
template <fixed_string Name, class Table, class Change>
using check_migration = typename check_types<check_structure<Name, Table, Change>, Table, Change>::type;

}  // namespace online_migration::detail
