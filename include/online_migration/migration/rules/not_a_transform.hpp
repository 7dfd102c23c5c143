// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <type_traits>

#include <online_migration/base/diagnosis.hpp>
#include <online_migration/transform/call.hpp>

namespace online_migration {

/// M028: what a new column should follow from is no expression, but a function of C++ or a plain value.
template <class Given>
struct not_a_transform {
  static constexpr bool raise() {
    static_assert(accepts<not_a_transform>,
                  "M028: a transform is an expression over columns, such as om::trim(om::col<\"name\">), because it "
                  "becomes SQL; write a constant as om::lit<1>, and what only C++ can compute as "
                  "om::computed<&f, \"f/1\">(om::col<\"name\">). docs/errors/M028.md");
    return true;
  }
};

namespace detail {

template <bool Fine>
struct transform_where {
  template <class Type>
  using type = Type;
};

/// What is none was refused where it was written: more is not to be said of it.
template <>
struct transform_where<false> {
  template <class Type>
  using type = mistaken_node;
};

}  // namespace detail

/// What can stand as a transform. Anything else is an error with a sentence, not a template that does not fit.
template <class Type>
concept transform_expression =
    expression<std::remove_const_t<Type>> || not_a_transform<std::remove_const_t<Type>>::raise();

/// The type of a transform that is given as a template argument.
template <class Type>
using transform_type =
    typename detail::transform_where<expression<std::remove_const_t<Type>>>::template type<std::remove_const_t<Type>>;

}  // namespace online_migration
