// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <concepts>
#include <cstddef>
#include <optional>

#include <online_migration/base/optional.hpp>
#include <online_migration/schema/values/range_view.hpp>

namespace online_migration {

/// The C++ value of an array column going in: values that somebody else keeps, empty ones for NULL.
template <class Value>
class array_view {
 public:
  constexpr array_view() = default;

  /// From any contiguous range of values, or of optional ones.
  template <detail::contiguous Range>
    requires(std::convertible_to<const detail::plain_t<detail::element_of<Range>>&, Value> &&
             (!std::is_arithmetic_v<Value> || std::same_as<detail::plain_t<detail::element_of<Range>>, Value>))
  // NOLINTNEXTLINE(google-explicit-constructor): a range is usable wherever its view is
  constexpr array_view(const Range& range)
      : first_{range.data()}, size_{range.size()}, get_{&get<detail::element_of<Range>>} {}

  [[nodiscard]] constexpr std::size_t size() const { return size_; }
  [[nodiscard]] std::optional<Value> operator[](std::size_t index) const { return get_(first_, index); }

 private:
  template <class Element>
  static std::optional<Value> get(const void* first, std::size_t index) {
    const Element& found = static_cast<const Element*>(first)[index];
    if constexpr (detail::is_optional<Element>) {
      return found.has_value() ? std::optional<Value>{Value(*found)} : std::optional<Value>{};
    } else {
      return Value(found);
    }
  }

  const void* first_ = nullptr;
  std::size_t size_ = 0;
  std::optional<Value> (*get_)(const void*, std::size_t) = nullptr;
};

}  // namespace online_migration
