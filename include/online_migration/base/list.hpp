// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <cstddef>

namespace online_migration::detail {

/// A list of types. Lists that people meet are Boost.Hana's (base/type_list.hpp); this one costs nothing.
template <class... Types>
struct list {
  static constexpr std::size_t size = sizeof...(Types);
};

/// The number of elements, for a list that nothing else makes a class of.
template <class List>
inline constexpr std::size_t size_of_list = 0;

template <class... Types>
inline constexpr std::size_t size_of_list<list<Types...>> = sizeof...(Types);

template <class... Lists>
struct concatenate;

template <>
struct concatenate<> {
  using type = list<>;
};

template <class... Types>
struct concatenate<list<Types...>> {
  using type = list<Types...>;
};

template <class... TypesA, class... TypesB, class... Rest>
struct concatenate<list<TypesA...>, list<TypesB...>, Rest...> : concatenate<list<TypesA..., TypesB...>, Rest...> {};

/// All elements of several lists, in order.
template <class... Lists>
using concatenate_t = typename concatenate<Lists...>::type;

template <std::size_t Index, class List>
struct at;

template <std::size_t Index, class First, class... Rest>
struct at<Index, list<First, Rest...>> : at<Index - 1, list<Rest...>> {};

template <class First, class... Rest>
struct at<0, list<First, Rest...>> {
  using type = First;
};

/// The element at a position.
template <std::size_t Index, class List>
using at_t = typename at<Index, List>::type;

}  // namespace online_migration::detail
