// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <array>
#include <compare>
#include <cstddef>
#include <optional>
#include <string_view>

namespace online_migration {

/// The C++ value of an `inet` column: an address of version 4 or 6, and how many of its bits are the network's.
struct inet_value {
  unsigned char version = 4;
  unsigned char prefix = 32;                ///< up to 32 or 128: `10.1.2.3/8` has 8
  std::array<unsigned char, 16> address{};  ///< in network order; of version 4 the first 4 bytes

  /// Parses `192.0.2.1`, `192.0.2.1/24`, `2001:db8::1`, `::ffff:192.0.2.1` and the like; nothing for any other text.
  static constexpr std::optional<inet_value> parse(std::string_view text) {
    inet_value result;
    std::size_t slash = 0;
    while (slash < text.size() && text[slash] != '/') ++slash;
    std::string_view address = text.substr(0, slash);
    bool is_4 = true;
    for (char letter : address) is_4 = is_4 && letter != ':';
    result.version = is_4 ? 4 : 6;
    int longest = is_4 ? 32 : 128;
    result.prefix = static_cast<unsigned char>(longest);
    if (!(is_4 ? parse_4(address, result.address.data()) : parse_6(address, result.address))) return std::nullopt;
    if (slash < text.size()) {
      int bits = number(text.substr(slash + 1), 10, 3, longest);
      if (bits < 0) return std::nullopt;
      result.prefix = static_cast<unsigned char>(bits);
    }
    return result;
  }

  friend constexpr auto operator<=>(const inet_value&, const inet_value&) = default;

 private:
  /// A number without a sign; -1 where there is none, or a greater one.
  static constexpr int number(std::string_view digits, int base, std::size_t longest, int greatest) {
    if (digits.empty() || digits.size() > longest) return -1;
    int value = 0;
    for (char letter : digits) {
      int digit = letter >= '0' && letter <= '9'   ? letter - '0'
                  : letter >= 'a' && letter <= 'f' ? letter - 'a' + 10
                  : letter >= 'A' && letter <= 'F' ? letter - 'A' + 10
                                                   : base;
      if (digit >= base) return -1;
      value = value * base + digit;
    }
    return value <= greatest ? value : -1;
  }

  static constexpr bool parse_4(std::string_view text, unsigned char* out) {
    for (int part = 0; part < 4; ++part) {
      std::size_t end = 0;
      while (end < text.size() && text[end] != '.') ++end;
      int value = number(text.substr(0, end), 10, 3, 255);
      if (value < 0 || (part < 3) != (end < text.size())) return false;
      out[part] = static_cast<unsigned char>(value);
      if (part < 3) text.remove_prefix(end + 1);
    }
    return true;
  }

  static constexpr bool parse_6(std::string_view text, std::array<unsigned char, 16>& out) {
    std::size_t filled = 0;
    std::size_t gap = 17;  // where `::` stands
    if (text.size() >= 2 && text[0] == ':' && text[1] == ':') {
      gap = 0;
      text.remove_prefix(2);
    }
    while (!text.empty()) {
      std::size_t end = 0;
      bool dots = false;
      while (end < text.size() && text[end] != ':') dots = text[end++] == '.' || dots;
      if (dots) {
        if (end < text.size() || filled > 12 || !parse_4(text, out.data() + filled)) return false;
        filled += 4;
        break;
      }
      int value = number(text.substr(0, end), 16, 4, 0xffff);
      if (value < 0 || filled > 14) return false;
      out[filled++] = static_cast<unsigned char>(value / 256);
      out[filled++] = static_cast<unsigned char>(value % 256);
      if (end == text.size()) break;
      text.remove_prefix(end + 1);
      if (text.empty()) return false;
      if (text[0] == ':') {
        if (gap != 17) return false;
        gap = filled;
        text.remove_prefix(1);
      }
    }
    if (gap == 17) return filled == 16;
    if (filled == 16) return false;
    for (std::size_t moved = 0; filled - moved > gap; ++moved) {
      out[15 - moved] = out[filled - 1 - moved];
      out[filled - 1 - moved] = 0;
    }
    return true;
  }
};

}  // namespace online_migration
