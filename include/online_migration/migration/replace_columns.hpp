// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <concepts>
#include <type_traits>

#include <online_migration/base/fixed_string.hpp>
#include <online_migration/base/list.hpp>
#include <online_migration/migration/add_column.hpp>
#include <online_migration/migration/way_back.hpp>
#include <online_migration/schema/column.hpp>
#include <online_migration/schema/column_type.hpp>
#include <online_migration/schema/types/texts.hpp>
#include <online_migration/transform/literal.hpp>
#include <online_migration/transform/node.hpp>

namespace online_migration {

/// What may follow the transform of an `om::into`.
template <class Option>
concept into_option = std::same_as<Option, not_null> || std::same_as<Option, sensitive>;

/// One of the new columns of an `om::replace_columns`, and how its values follow from the old ones.
template <fixed_string New, column_type Type, auto Transform, into_option... Options>
  requires transform_expression<decltype(Transform)>
struct into : add_column<New, Type, Transform, Options...> {
  static constexpr bool trigger_keeps = false;
};

namespace detail {

/// What a part of an `om::replace_columns` adds to its two lists.
template <class Part>
struct part_lists {
  static constexpr bool known = is_samples<Part>;
  using retired = list<>;
  using added = list<>;
};

template <fixed_string Old, auto WayBack>
struct part_lists<from<Old, WayBack>> {
  static constexpr bool known = true;
  using retired = list<from<Old, WayBack>>;
  using added = list<>;
};

template <fixed_string New, class Type, auto Transform, class... Options>
struct part_lists<into<New, Type, Transform, Options...>> {
  static constexpr bool known = true;
  using retired = list<>;
  using added = list<into<New, Type, Transform, Options...>>;
};

/// In the place of new columns where a declaration has none, which a rule tells.
struct nothing_added {
  static constexpr auto name = fixed_string{""};
  using type = text;
  using transform = std::remove_const_t<decltype(lit<0>)>;
  static constexpr bool is_required = false;
  static constexpr bool is_sensitive = false;
};

template <class List>
struct first_of_list {
  using type = at_t<0, List>;
};

template <>
struct first_of_list<list<>> {
  using type = nothing_added;
};

template <class... Types>
auto types_of(list<Types...>) -> list<typename Types::type...>;

}  // namespace detail

/// A part of an `om::replace_columns`: `om::from`, `om::into` or `om::samples`.
template <class Part>
concept replacement_part = detail::part_lists<Part>::known;

/// A change: new columns take the place of old ones, which contract retires together. One is split into several,
/// several are merged into one, or any number into any other. Each new column follows from old ones; the inverses of
/// the old ones, over the new ones, cover writers who know only those, and are the way back after contract: each has
/// one, or `om::lossy` is said of each.
///
///     om::replace_columns<
///         om::from<"full_name", om::concat(om::col<"first_name">, om::lit<" ">, om::col<"last_name">)>,
///         om::into<"first_name", om::text, om::split_part(om::col<"full_name">, om::lit<" ">, om::lit<1>)>,
///         om::into<"last_name", om::text, om::split_part(om::col<"full_name">, om::lit<" ">, om::lit<2>)>,
///         om::samples<"Ada Lovelace", "Grace Hopper">>
///
/// `om::samples` are old values over which the compiler checks that they come back: a row after the other, in the order
/// of `om::from`.
template <replacement_part... Parts>
struct replace_columns
    : detail::first_of_list<detail::concatenate_t<typename detail::part_lists<Parts>::added...>>::type {
  using retired = detail::concatenate_t<typename detail::part_lists<Parts>::retired...>;
  using added = detail::concatenate_t<typename detail::part_lists<Parts>::added...>;
  using sample_values = typename detail::samples_among<Parts...>::type;
  using schema_types = decltype(detail::types_of(added{}));
  static constexpr bool asks_trigger = false;
  static constexpr bool asks_application = false;
  static constexpr bool trigger_keeps = false;
};

}  // namespace online_migration
