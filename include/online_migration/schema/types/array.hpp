// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <online_migration/schema/type_description.hpp>
#include <online_migration/schema/values/array_view.hpp>

namespace online_migration {

/// An array of one dimension: `om::array<om::text>` is `text[]`. C++ `om::array_view` going in: any contiguous range of
/// the element's values, or of optional ones.
template <pg_type Element>
  requires(Element::description.shape != type_shape::array)
struct array {
  using value_type = array_view<typename Element::value_type>;
  using element_type = Element;
  static constexpr type_description description{.oid = Element::description.array_oid,
                                                .identity = identity_form::image,
                                                .shape = type_shape::array,
                                                .inner = &Element::description,
                                                .walks = false};
};

}  // namespace online_migration
