// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <cstddef>
#include <string_view>

#include <online_migration/migration/describe.hpp>
#include <online_migration/migration/migration.hpp>
#include <online_migration/migration/settled.hpp>
#include <online_migration/migration/stage.hpp>
#include <online_migration/migration/write_rules.hpp>
#include <online_migration/runtime/bound_values.hpp>
#include <online_migration/schema/set_of.hpp>
#include <online_migration/sql/dual_write.hpp>

namespace online_migration {

namespace detail {

template <class Migration, class... Assignments>
using check_assignments = check_write<write_request<Migration, write_kind::assignments, no_key, list<Assignments...>>>;

template <class Migration, std::size_t First, class... Assignments>
constexpr std::string_view assignment_fragment() {
  using verdict = check_assignments<Migration, Assignments...>;
  if constexpr (accepts<verdict>) {
    constexpr column_set columns = set_of<typename Migration::table>(list<Assignments...>{});
    return dual_write<Migration, write_kind::assignments, columns, First>.view();
  } else {
    verdict::raise();
    return {};
  }
}

template <class Migration, class... Assignments>
constexpr std::size_t assignment_parameters() {
  constexpr column_set columns = set_of<typename Migration::table>(list<Assignments...>{});
  bool computes =
      is_client_only<Migration> && writes_target(describe_migration<Migration>, write_kind::assignments, columns);
  return sizeof...(Assignments) + (computes ? 1 : 0);
}

}  // namespace detail

/// The SET clause of an UPDATE that the user writes, and the parameters for it: both representations.
///
///     using assign = om::assignments<canonical_display_name>;
///     // "display_name" = $1::text, "display_name_canonical" = pg_catalog.lower(…)
///     constexpr std::string_view set_name = assign::fragment<"display_name">;
///     auto values = assign::bind(om::set<"display_name">(name));
///
/// Columns that the transform reads and that are not set are read from the row by their plain names. Texts are
/// constants, and the order in which columns are named does not matter. It obeys `om::stage_of` as `om::dual_writer`
/// does.
template <migration_like Migration, stage Stage = detail::stage_in_use<Migration>>
struct assignments {
  static_assert(!moves_column<typename Migration::change>,
                "om::assignments: the new columns are in another table, which no SET clause reaches: write with "
                "om::dual_writer, or write the old columns alone and leave the others to the sync trigger");
  using rules = detail::checked<detail::check_not_legacy_stage<Migration, Stage>::raise()>;

  /// The fragment with its parameters numbered from `$First`.
  template <std::size_t First, fixed_string... Names>
  static constexpr std::string_view fragment_from =
      detail::assignment_fragment<detail::direction_at_t<Migration, Stage, detail::assigned_column<Names>...>, First,
                                  detail::assigned_column<Names>...>();

  /// The fragment with its parameters numbered from `$1`.
  template <fixed_string... Names>
  static constexpr std::string_view fragment = fragment_from<1, Names...>;

  /// How many parameters a fragment has: the first free number after it is this plus `First`.
  template <fixed_string... Names>
  static constexpr std::size_t parameter_count =
      detail::assignment_parameters<detail::direction_at_t<Migration, Stage, detail::assigned_column<Names>...>,
                                    detail::assigned_column<Names>...>();

  /// The values of a fragment, to be sent as `parameters()` or `followed_by(more…)`. A text argument has to live as
  /// long as the result is used. Throws: as `bound_values`.
  template <fixed_string... Names, class... Values>
    requires(!detail::names_legacy<Migration, Stage, assignment<Names, Values>...>())
  [[nodiscard]] static auto bind(const assignment<Names, Values>&... given) {
    using direction = detail::direction_at_t<Migration, Stage, assignment<Names, Values>...>;
    detail::witness_stage<Migration, Stage>();
    using verdict = detail::check_assignments<direction, assignment<Names, Values>...>;
    if constexpr (accepts<verdict>) {
      return bound_values<direction, detail::write_kind::assignments, assignment<Names, Values>...>{given...};
    } else {
      verdict::raise();
      return bound_values<Migration, detail::write_kind::assignments>{};
    }
  }

  // The same, naming the column that this binary has left behind: each line is told.
  template <class... Given>
    requires(detail::names_legacy<Migration, Stage, Given...>())
  [[nodiscard, deprecated("M033: at om::stage::new_only nothing writes the replaced column")]] static auto bind(
      const Given&...) {
    legacy_at_new_only<Migration, detail::named_retired<Migration, Given...>()>::raise();
    return bound_values<Migration, detail::write_kind::assignments>{};
  }
};

}  // namespace online_migration
