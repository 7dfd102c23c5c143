// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <array>
#include <compare>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace online_migration {

/// The C++ value of a `uuid` column: 16 bytes in network order, as PostgreSQL sends them.
struct uuid_value {
  std::array<unsigned char, 16> bytes{};

  /// Parses the form `00112233-4455-6677-8899-aabbccddeeff`; nothing for text of any other form.
  static constexpr std::optional<uuid_value> parse(std::string_view text) {
    uuid_value result;
    if (text.size() != 36) return std::nullopt;
    std::size_t position = 0;
    for (std::size_t i = 0; i < 36; ++i) {
      bool dash = i == 8 || i == 13 || i == 18 || i == 23;
      if (dash != (text[i] == '-')) return std::nullopt;
      if (dash) continue;
      int digit = digit_of(text[i]);
      if (digit < 0) return std::nullopt;
      auto& byte = result.bytes[position / 2];
      byte = static_cast<unsigned char>(byte * 16 + digit);
      ++position;
    }
    return result;
  }

  friend constexpr auto operator<=>(const uuid_value&, const uuid_value&) = default;

 private:
  static constexpr int digit_of(char letter) {
    if (letter >= '0' && letter <= '9') return letter - '0';
    if (letter >= 'a' && letter <= 'f') return letter - 'a' + 10;
    if (letter >= 'A' && letter <= 'F') return letter - 'A' + 10;
    return -1;
  }
};

}  // namespace online_migration
