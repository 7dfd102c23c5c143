// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <cstddef>
#include <cstdint>

#include <online_migration/base/sink.hpp>

namespace online_migration::detail {

inline constexpr std::uint64_t fnv1a_start = 0xcbf29ce484222325U;

/// FNV-1a, 64 bits (Fowler, Noll, Vo): http://www.isthe.com/chongo/tech/comp/fnv/
/// `hash` is what went before: bytes may come in pieces.
constexpr std::uint64_t fnv1a(const char* text, std::size_t size, std::uint64_t hash = fnv1a_start) {
  for (std::size_t i = 0; i < size; ++i) {
    hash ^= static_cast<unsigned char>(text[i]);
    hash *= 0x100000001b3U;
  }
  return hash;
}

constexpr void write_hex(sink& out, std::uint64_t value) {
  for (int shift = 60; shift >= 0; shift -= 4) out.put("0123456789abcdef"[(value >> shift) & 15U]);
}

}  // namespace online_migration::detail
