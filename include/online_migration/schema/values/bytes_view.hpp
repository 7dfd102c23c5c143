// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <cstddef>
#include <type_traits>
#include <utility>

#include <online_migration/schema/values/range_view.hpp>

namespace online_migration {

/// The C++ value of a `bytea` column going in: bytes that somebody else keeps.
struct bytes_view {
  const std::byte* data = nullptr;
  std::size_t size = 0;

  constexpr bytes_view() = default;
  constexpr bytes_view(const std::byte* bytes, std::size_t count) : data{bytes}, size{count} {}

  /// From any contiguous range of `std::byte` or `unsigned char`.
  template <detail::contiguous Range>
    requires(std::is_same_v<detail::element_of<Range>, std::byte> ||
             std::is_same_v<detail::element_of<Range>, unsigned char>)
  // NOLINTNEXTLINE(google-explicit-constructor): a range of bytes is usable wherever its view is
  bytes_view(const Range& range) : data{reinterpret_cast<const std::byte*>(range.data())}, size{range.size()} {}

  friend constexpr bool operator==(const bytes_view& a, const bytes_view& b) {
    if (a.size != b.size) return false;
    for (std::size_t i = 0; i < a.size; ++i) {
      if (a.data[i] != b.data[i]) return false;
    }
    return true;
  }
};

}  // namespace online_migration
