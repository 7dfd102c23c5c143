// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace online_migration::detail {

/// Whether a byte continues a UTF-8 character rather than beginning one.
constexpr bool continues(char byte) { return (static_cast<unsigned char>(byte) & 0xC0U) == 0x80U; }

/// The number of characters in valid UTF-8: PostgreSQL's `length()`.
constexpr std::size_t character_count(std::string_view text) {
  std::size_t count = 0;
  for (char byte : text) count += continues(byte) ? 0 : 1;
  return count;
}

/// The byte at which the character with this number (from 0) begins; the size of the text past its end.
constexpr std::size_t byte_of_character(std::string_view text, std::uint64_t number) {
  std::size_t position = 0;
  while (position < text.size()) {
    if (!continues(text[position]) && number-- == 0) break;
    ++position;
  }
  return position;
}

/// Whether PostgreSQL takes these bytes for a text of a UTF-8 database: no NUL, no overlong form, no surrogate, nothing
/// past U+10FFFF.
constexpr bool is_valid_text(std::string_view text) {
  std::size_t left = 0;  // bytes that still belong to the character
  unsigned lowest = 0x80;
  unsigned highest = 0xBF;
  for (char letter : text) {
    unsigned byte = static_cast<unsigned char>(letter);
    if (left > 0) {
      if (byte < lowest || byte > highest) return false;
      lowest = 0x80;
      highest = 0xBF;
      --left;
    } else if (byte >= 0x80) {
      if (byte < 0xC2 || byte > 0xF4) return false;
      left = byte < 0xE0 ? 1 : byte < 0xF0 ? 2 : 3;
      if (byte == 0xE0) lowest = 0xA0;
      if (byte == 0xED) highest = 0x9F;
      if (byte == 0xF0) lowest = 0x90;
      if (byte == 0xF4) highest = 0x8F;
    } else if (byte == 0) {
      return false;
    }
  }
  return left == 0;
}

}  // namespace online_migration::detail
