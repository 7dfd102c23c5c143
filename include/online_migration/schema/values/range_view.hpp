// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <concepts>
#include <cstddef>
#include <string_view>
#include <type_traits>
#include <utility>

namespace online_migration::detail {

/// What `data()` of a range points to.
template <class Range>
using element_of = std::remove_cvref_t<decltype(*std::declval<const Range&>().data())>;

/// A range whose elements lie behind one another, and which is no text.
template <class Range>
concept contiguous = !std::convertible_to<const Range&, std::string_view> && requires(const Range& range) {
  { range.data() } -> std::convertible_to<const element_of<Range>*>;
  { range.size() } -> std::convertible_to<std::size_t>;
};

/// A range that somebody else keeps. (`<span>` costs more to compile than all that uses this.)
template <class Element>
struct range_view {
  const Element* first = nullptr;
  std::size_t count = 0;

  [[nodiscard]] constexpr const Element* data() const { return first; }
  [[nodiscard]] constexpr std::size_t size() const { return count; }
};

}  // namespace online_migration::detail
