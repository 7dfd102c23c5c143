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

/// The C++ value of a `timestamptz` column: microseconds since 2000-01-01 00:00 UTC, PostgreSQL's own count.
/// `infinity` and `-infinity` are the greatest and the least number. `<chrono>` time points convert to and from it where
/// the run time is included, which keeps `<chrono>` out of the compile-time headers.
struct timestamp_value {
  std::int64_t microseconds = 0;

  friend constexpr auto operator<=>(const timestamp_value&, const timestamp_value&) = default;
};

/// The C++ value of a `timestamp` column, which has no time zone: microseconds since 2000-01-01 00:00 by whatever clock
/// the application means. It does not convert to a `timestamp_value`, because that takes a zone.
struct local_timestamp_value {
  std::int64_t microseconds = 0;

  friend constexpr auto operator<=>(const local_timestamp_value&, const local_timestamp_value&) = default;
};

}  // namespace online_migration
