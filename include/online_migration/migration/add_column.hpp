// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <concepts>
#include <type_traits>

#include <online_migration/base/fixed_string.hpp>
#include <online_migration/migration/rules/not_a_transform.hpp>
#include <online_migration/schema/column.hpp>
#include <online_migration/schema/column_type.hpp>
#include <online_migration/transform/literal.hpp>
#include <online_migration/transform/node.hpp>

namespace online_migration {

/// Option of a derived column: after contract the sync trigger goes on keeping it. The default where the server can
/// compute it.
struct kept_by_trigger {};

/// Option of a derived column: after contract the application's own writes keep it. The default of a client-only
/// transform.
struct kept_by_application {};

/// Option of a replaced column with an inverse: old values, over which the compiler checks that the inverse leads back:
/// `om::samples<0, -1, 2147483647>`, `om::samples<"", " Ada">`.
template <literal_value... Values>
struct samples {};

namespace detail {

template <class Option>
inline constexpr bool is_samples = false;
template <literal_value... Values>
inline constexpr bool is_samples<samples<Values...>> = true;

/// The first option that is `om::samples`, or none.
template <class... Options>
struct samples_among {
  using type = samples<>;
};
template <class First, class... Rest>
struct samples_among<First, Rest...> : samples_among<Rest...> {};
template <literal_value... Values, class... Rest>
struct samples_among<samples<Values...>, Rest...> {
  using type = samples<Values...>;
};

}  // namespace detail

/// What may follow the transform of an `add_column`.
template <class Option>
concept derived_column_option =
    std::same_as<Option, not_null> || std::same_as<Option, kept_by_trigger> ||
    std::same_as<Option, kept_by_application> || std::same_as<Option, sensitive> || detail::is_samples<Option>;

/// A change: a new column whose value follows from columns of the same row. Nothing that exists is destroyed, ever.
///
///     om::add_column<"display_name_canonical", om::text, om::ascii_lower(om::trim(om::col<"display_name">))>
template <fixed_string Name, column_type Type, auto Transform, derived_column_option... Options>
  requires transform_expression<decltype(Transform)>
struct add_column {
  static constexpr auto name = Name;
  using type = Type;
  using transform = transform_type<decltype(Transform)>;
  static constexpr bool is_required = (std::same_as<Options, not_null> || ...);
  static constexpr bool is_sensitive = (std::same_as<Options, sensitive> || ...);
  using sample_values = typename detail::samples_among<Options...>::type;
  static constexpr bool asks_trigger = (std::same_as<Options, kept_by_trigger> || ...);
  static constexpr bool asks_application = (std::same_as<Options, kept_by_application> || ...);
  /// No trigger can keep what only a client computes.
  static constexpr bool trigger_keeps = !asks_application && transform::in != worlds::client_only;
};

}  // namespace online_migration
