// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <cstddef>
#include <string_view>

#include <online_migration/schema/values/bytes_view.hpp>
#include <online_migration/transform/text_value.hpp>

namespace online_migration {

/// Bytes that own themselves, in constant evaluation as at run time: what a transform gives for a `bytea`. Converts to
/// `om::bytes_view`.
class bytes_value {
 public:
  constexpr bytes_value() = default;
  constexpr explicit bytes_value(bytes_view view) {
    kept_.reserve(view.size);
    for (std::size_t i = 0; i < view.size; ++i) append(static_cast<unsigned char>(view.data[i]));
  }

  [[nodiscard]] constexpr std::size_t count() const { return kept_.size(); }
  [[nodiscard]] constexpr std::byte operator[](std::size_t position) const {
    return static_cast<std::byte>(static_cast<unsigned char>(kept_.data()[position]));
  }

  /// The same bytes as letters.
  [[nodiscard]] constexpr std::string_view letters() const { return kept_.view(); }

  constexpr void append(unsigned char byte) { kept_.append(static_cast<char>(byte)); }

  // NOLINTNEXTLINE(google-explicit-constructor): bytes are usable wherever their view is
  operator bytes_view() const { return {reinterpret_cast<const std::byte*>(kept_.data()), kept_.size()}; }

  friend constexpr bool operator==(const bytes_value& a, const bytes_value& b) { return a.letters() == b.letters(); }

 private:
  text_value kept_;
};

}  // namespace online_migration
