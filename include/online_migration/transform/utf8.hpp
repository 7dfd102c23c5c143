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

}  // namespace online_migration::detail
