// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <concepts>
#include <type_traits>

#include <online_migration/base/fixed_string.hpp>
#include <online_migration/base/list.hpp>
#include <online_migration/migration/rules/not_a_transform.hpp>
#include <online_migration/transform/node.hpp>

namespace online_migration {

/// In the place of an inverse: new values do not lead back to old ones. Contract then asks for `om::risk::no_way_back`, and
/// there is no way back from it.
struct lossy_t {
  bool operator==(const lossy_t&) const = default;
};
inline constexpr lossy_t lossy{};

namespace detail {

/// Neither an inverse nor `om::lossy`: a rule asks for one of them.
struct no_way_back_given {
  bool operator==(const no_way_back_given&) const = default;
};

}  // namespace detail

/// In the place of an inverse: let it follow from the transform, where that loses nothing: the old column as it is or
/// widened, a constant added or taken away, the sign, `om::reverse`, `om::at_utc`, a whole number as text, a text as an enum or an
/// enum as text. The same as no inverse at all, for where options follow.
inline constexpr detail::no_way_back_given derived_inverse{};

namespace detail {

/// What may say how new values lead back to old ones.
template <class WayBack>
concept way_back =
    std::same_as<WayBack, lossy_t> || std::same_as<WayBack, no_way_back_given> || transform_expression<WayBack>;

template <class WayBack>
inline constexpr bool is_way_back_type =
    std::same_as<WayBack, lossy_t> || std::same_as<WayBack, no_way_back_given> || expression<WayBack>;

/// A way back. What is none was refused where it was written.
template <class WayBack>
using way_back_type = typename transform_where<is_way_back_type<std::remove_const_t<WayBack>>>::template type<
    std::remove_const_t<WayBack>>;

}  // namespace detail

/// An old column that contract retires, and how its values follow from the new columns, or `om::lossy`.
///
///     om::from<"full_name", om::concat(om::col<"first_name">, om::lit<" ">, om::col<"last_name">)>
template <fixed_string Old, auto WayBack = detail::no_way_back_given{}>
  requires detail::way_back<std::remove_const_t<decltype(WayBack)>>
struct from {
  static constexpr auto name = Old;
  using inverse = detail::way_back_type<decltype(WayBack)>;
};

/// A change that retires columns: it lists them, and the columns that take their place.
template <class Change>
concept replaces_column = requires { typename Change::retired; };

namespace detail {

/// Whether each of the retired columns has an inverse.
template <class... Retired>
constexpr bool all_lead_back(list<Retired...>) {
  return sizeof...(Retired) > 0 && (expression<typename Retired::inverse> && ...);
}

/// Whether a change says how new values lead back.
template <class Change>
inline constexpr bool has_inverse = false;

template <replaces_column Change>
  requires(all_lead_back(typename Change::retired{}))
inline constexpr bool has_inverse<Change> = true;

/// Whether a name is among those of a list.
template <fixed_string Name, class... Named>
constexpr bool is_named_in(list<Named...>) {
  return (same_text(Name, Named::name) || ...);
}

}  // namespace detail
}  // namespace online_migration
