// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <concepts>
#include <type_traits>

#include <online_migration/base/fixed_string.hpp>
#include <online_migration/migration/add_column.hpp>
#include <online_migration/schema/column.hpp>
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
/// widened, a constant added or taken away, the sign, `om::reverse`, `om::at_utc`, a whole number as text. The same as no
/// inverse at all, for where options follow.
inline constexpr detail::no_way_back_given derived_inverse{};

namespace detail {

/// What may say how new values lead back to old ones.
template <class WayBack>
concept way_back = expression<WayBack> || std::same_as<WayBack, lossy_t> || std::same_as<WayBack, no_way_back_given>;

}  // namespace detail

/// A change: a new column that takes the place of an old one, which contract retires. The transform reads the old
/// column; the inverse, over the new one, covers writers who know only the new column, and is the way back after
/// contract.
/// It follows from a transform that loses nothing (`om::derived_inverse`). Where there is none, say `om::lossy`.
///
///     om::replace_column<"balance", "balance_v2", om::bigint,
///         om::col<"balance">, om::cast<om::integer>(om::col<"balance_v2">), om::not_null>
template <fixed_string Old, fixed_string New, pg_type Type, auto Transform, auto WayBack = detail::no_way_back_given{},
          derived_column_option... Options>
  requires expression<std::remove_const_t<decltype(Transform)>> &&
           detail::way_back<std::remove_const_t<decltype(WayBack)>>
struct replace_column : add_column<New, Type, Transform, Options...> {
  static constexpr auto replaced = Old;
  using inverse = std::remove_const_t<decltype(WayBack)>;
  static constexpr bool trigger_keeps = false;
};

/// A change that retires a column.
template <class Change>
concept replaces_column = requires { Change::replaced.view(); };

}  // namespace online_migration
