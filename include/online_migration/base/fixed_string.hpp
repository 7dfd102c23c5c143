// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <cstddef>
#include <string_view>

namespace online_migration {

/// Text as a template argument: the names of tables, columns and migrations.
/// `Size` counts the terminating NUL, so that compilers print `fixed_string<6>{"users"}` and not a computed size.
template <std::size_t Size>
struct fixed_string {
  char text[Size]{};

  // NOLINTNEXTLINE(google-explicit-constructor): a literal is meant to convert
  consteval fixed_string(const char (&literal)[Size]) {
    for (std::size_t i = 0; i < Size; ++i) text[i] = literal[i];
  }

  [[nodiscard]] constexpr std::size_t size() const { return Size - 1; }
  [[nodiscard]] constexpr std::string_view view() const { return {text, Size - 1}; }

  friend constexpr bool operator==(const fixed_string&, const fixed_string&) = default;
};

/// Whether two texts of any sizes are equal.
template <std::size_t SizeA, std::size_t SizeB>
constexpr bool same_text(const fixed_string<SizeA>& a, const fixed_string<SizeB>& b) {
  if constexpr (SizeA != SizeB) {
    return false;
  } else {
    return a == b;
  }
}

}  // namespace online_migration
