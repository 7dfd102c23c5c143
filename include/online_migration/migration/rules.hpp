// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <online_migration/base/diagnosis.hpp>
#include <online_migration/migration/replace_columns.hpp>
#include <online_migration/migration/rules/duplicate_column.hpp>
#include <online_migration/migration/rules/incomplete_replacement.hpp>
#include <online_migration/migration/rules/key_column_replaced.hpp>
#include <online_migration/migration/rules/lookup_misfit.hpp>
#include <online_migration/migration/rules/lookup_out_of_place.hpp>
#include <online_migration/migration/rules/lookup_unkept.hpp>
#include <online_migration/migration/rules/maintenance_conflict.hpp>
#include <online_migration/migration/rules/mixed_worlds.hpp>
#include <online_migration/migration/rules/name_length.hpp>
#include <online_migration/migration/rules/no_such_column.hpp>
#include <online_migration/migration/rules/no_usable_key.hpp>
#include <online_migration/migration/rules/no_way_back.hpp>
#include <online_migration/migration/rules/not_beside_others.hpp>
#include <online_migration/migration/rules/not_for_the_client.hpp>
#include <online_migration/migration/rules/nullable_into_not_null.hpp>
#include <online_migration/migration/rules/replaced_column_not_read.hpp>
#include <online_migration/migration/rules/retired_column_not_read.hpp>
#include <online_migration/migration/rules/round_trip.hpp>
#include <online_migration/migration/rules/type_mismatch.hpp>
#include <online_migration/migration/rules/uneven_way_back.hpp>
#include <online_migration/migration/rules/unusable_inverse.hpp>
#include <online_migration/migration/rules/volatile_sql.hpp>
#include <online_migration/migration/rules/wrong_argument.hpp>

namespace online_migration::detail {

/// The rules about a lookup behind another verdict: that one, where there is none.
template <bool LooksUp>
struct lookup_rules {
  template <class Before, class Table, class Change>
  using behind = Before;
};

template <>
struct lookup_rules<true> {
  template <class Before, class Table, class Change>
  using behind = typename first_failure<Before, check_lookup<Table, typename Change::transform>,
                                        check_place<Table, Change>, check_keeping<Change>>::type;
};

template <class Table, class Change>
using check_worlds_and_lookups =
    typename lookup_rules<(lookups_in<typename Change::transform> >
                           0)>::template behind<check_worlds<typename Change::transform>, Table, Change>;

/// The rules about names and structure, on which the rules about types build.
template <fixed_string Name, class Table, class Change>
using check_structure =
    typename first_failure<check_names<Name, Table, Change>, check_duplicates<Table, Change>, check_key<Table>,
                           check_columns_exist<Table, typename Change::transform>,
                           check_worlds_and_lookups<Table, Change>, check_arguments<Table, typename Change::transform>,
                           check_sql_words<typename Change::transform>>::type;

template <class Structure, class Table, class Change>
struct check_types {
  using type = Structure;
};

template <class Table, class Change>
struct check_types<accepted, Table, Change>
    : first_failure<check_type<Table, Change>, check_nullability<Table, Change>, check_client_types<Table, Change>> {};

/// Every rule over one new column by itself.
template <fixed_string Name, class Table, class Change>
using check_column = typename check_types<check_structure<Name, Table, Change>, Table, Change>::type;

/// Whether two of several new columns have the same name.
template <class Change, class... Changes>
constexpr bool is_named_twice() {
  return ((same_text(Change::name, Changes::name) ? 1 : 0) + ... + 0) > 1;
}

/// The rules over several new columns of one table beside one another. None can read another, because the table has
/// none of them yet.
template <class Table, class First, class... Rest>
using check_together =
    typename first_failure<typename added_twice<Table, First::name, is_named_twice<First, First, Rest...>()>::type,
                           typename added_twice<Table, Rest::name, is_named_twice<Rest, First, Rest...>()>::type...,
                           check_beside_others<Table, First, First>, check_beside_others<Table, First, Rest>...>::type;

/// The rules over the columns that a change fills.
template <fixed_string Name, class Table, class Change>
struct check_filled {
  using type = check_column<Name, Table, Change>;
};

template <fixed_string Name, class Table, class List>
struct check_filled_by;

template <fixed_string Name, class Table, class Added>
struct check_filled_by<Name, Table, list<Added>> {
  using type = check_column<Name, Table, Added>;
};

template <fixed_string Name, class Table, class First, class Second, class... Rest>
struct check_filled_by<Name, Table, list<First, Second, Rest...>>
    : first_failure<check_column<Name, Table, First>, check_column<Name, Table, Second>,
                    check_column<Name, Table, Rest>..., check_together<Table, First, Second, Rest...>> {};

template <fixed_string Name, class Table, class... Parts>
struct check_filled<Name, Table, replace_columns<Parts...>>
    : check_filled_by<Name, Table, typename replace_columns<Parts...>::added> {};

template <class... Added>
constexpr auto judge_replacing_places(list<Added...>) {
  return
      typename first_failure<check_no_lookup<Added::name, typename Added::transform, a_column_is_replaced>...>::type{};
}

/// The names of what is retired, and what is said of it.
template <class Table, class Change, class... Retired, class... Added>
constexpr auto judge_retired(list<Retired...>, list<Added...>) {
  if constexpr (requires { typename Change::inverse; }) {
    return typename first_failure<typename column_exists<Table, Change::replaced>::type, check_replaced_read<Change>,
                                  check_way_back<Change>>::type{};
  } else {
    constexpr bool any = (expression<typename Retired::inverse> || ...);
    return typename first_failure<typename column_exists<Table, Retired::name>::type...,
                                  check_is_read<Retired, list<Added...>>..., check_even<Retired, any>...>::type{};
  }
}

/// One of the inverses of a change.
template <class Table, class Change, class Retired>
constexpr auto judge_way_back() {
  using table = reversed_table<Table, Change>;
  using columns = check_columns_exist<table, typename Retired::inverse>;
  if constexpr (!accepts<columns>) {
    return columns{};
  } else {
    using built = typename first_failure<check_worlds<typename Retired::inverse>,
                                         check_no_lookup<Retired::name, typename Retired::inverse, it_is_in_an_inverse>,
                                         check_arguments<table, typename Retired::inverse>,
                                         check_sql_words<typename Retired::inverse>>::type;
    if constexpr (!accepts<built>) {
      return built{};
    } else {
      return typename first_failure<check_inverse<Table, Change, Retired>,
                                    check_type<table, reversed_change<Table, Retired>>>::type{};
    }
  }
}

template <class Table, class Change, class... Retired>
constexpr auto judge_ways_back(list<Retired...>) {
  using keys = typename first_failure<check_replaced_key<Table, Change, Retired>...>::type;
  if constexpr (!accepts<keys>) {
    return keys{};
  } else if constexpr (!has_inverse<Change>) {
    return accepted{};
  } else {
    return typename first_failure<decltype(judge_way_back<Table, Change, Retired>())...>::type{};
  }
}

/// What has to be true of a change that retires columns, each rule relying on those before it.
template <class Table, class Change, class Before>
constexpr auto judge_replacement() {
  if constexpr (!accepts<Before>) {
    return Before{};
  } else if constexpr (!accepts<check_maintenance<Change>>) {
    return check_maintenance<Change>{};
  } else if constexpr (!replaces_column<Change>) {
    return accepted{};
  } else {
    using places = decltype(judge_replacing_places(typename Change::added{}));
    using named = decltype(judge_retired<Table, Change>(typename Change::retired{}, typename Change::added{}));
    if constexpr (!accepts<places>) {
      return places{};
    } else if constexpr (!accepts<named>) {
      return named{};
    } else {
      return judge_ways_back<Table, Change>(typename Change::retired{});
    }
  }
}

template <class... Changes>
constexpr bool any_refused(list<Changes...>) {
  return (is_mistaken<typename Changes::transform> || ...);
}

template <class... Retired>
constexpr bool any_inverse_refused(list<Retired...>) {
  return (is_mistaken<typename Retired::inverse> || ...);
}

/// Whether a call in a change was refused where it was written.
template <class Change>
constexpr bool is_refused() {
  if constexpr (replaces_column<Change>) {
    return any_refused(typename Change::added{}) || any_inverse_refused(typename Change::retired{});
  } else {
    return is_mistaken<typename Change::transform>;
  }
}

template <fixed_string Name, class Table, class Change>
constexpr auto judge_migration() {
  if constexpr (is_refused<Change>()) {
    return accepted{};  // nothing more is to be said
  } else {
    using verdict = decltype(judge_replacement<Table, Change, typename check_filled<Name, Table, Change>::type>());
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

/// A replacement without old or new columns says nothing that other rules could look at.
template <fixed_string Name, class Table, class Change>
constexpr auto judge_replacing_several() {
  using whole = typename complete_replacement<Name, typename Change::retired, typename Change::added>::type;
  if constexpr (!accepts<whole>) {
    return whole{};
  } else {
    return check_migration<Name, Table, Change>{};
  }
}

template <fixed_string Name, class Table, class Change>
using check_replacing_several = decltype(judge_replacing_several<Name, Table, Change>());

}  // namespace online_migration::detail
