// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace online_migration::detail {

/// A text argument whose length costs one built-in instead of a constant-evaluated loop, which on clang is most of
/// the price of rendering.
struct piece {
  const char* data;
  std::size_t size;

  // NOLINTNEXTLINE(google-explicit-constructor)
  constexpr piece(const char* literal) : data{literal}, size{__builtin_strlen(literal)} {}
  // NOLINTNEXTLINE(google-explicit-constructor)
  constexpr piece(std::string_view view) : data{view.data()}, size{view.size()} {}
};

/// Whether a text holds what quotes the bodies of our functions (`$om$`), or an expression within one (`$om_f$`).
constexpr bool ends_quoted_body(std::string_view text) {
  for (std::size_t i = 0; i + 4 <= text.size(); ++i) {
    if (text[i] != '$' || text[i + 1] != 'o' || text[i + 2] != 'm') continue;
    if (text[i + 3] == '$') return true;
    if (i + 6 <= text.size() && text[i + 3] == '_' && text[i + 4] == 'f' && text[i + 5] == '$') return true;
  }
  return false;
}

/// Where text is written to: with `out == nullptr` it only counts. Rendering runs twice, to count and to write, which
/// is cheaper for compilers than a buffer that is shrunk afterwards.
struct sink {
  char* out = nullptr;
  std::size_t size = 0;

  constexpr void put(piece text) {
    if (out != nullptr) copy(out + size, text.data, text.size);
    size += text.size;
  }

  constexpr void put(char letter) {
    if (out != nullptr) out[size] = letter;
    ++size;
  }

  /// Several pieces in a row.
  template <class... Pieces>
  constexpr void all(Pieces... pieces) {
    (put(pieces), ...);
  }

  constexpr void number(std::int64_t value) {
    char digits[20];
    std::size_t count = 0;
    bool negative = value < 0;
    std::uint64_t rest = negative ? 0 - static_cast<std::uint64_t>(value) : static_cast<std::uint64_t>(value);
    do {
      digits[count++] = static_cast<char>('0' + rest % 10);
      rest /= 10;
    } while (rest != 0);
    if (negative) put('-');
    while (count > 0) put(digits[--count]);
  }

  /// A quoted SQL identifier: `"na""me"`.
  constexpr void identifier(std::string_view name) {
    put('"');
    if (has(name, '"')) {
      for (char letter : name) {
        if (letter == '"') put('"');
        put(letter);
      }
    } else {
      put(piece{name});
    }
    put('"');
  }

  /// A SQL text literal that means the same whatever `standard_conforming_strings` is set to, and that does not end the
  /// body of a function in which it stands.
  constexpr void literal(std::string_view text) {
    // Not by find(): with its sanitizers on, g++ does not take the pointer that find() tests for a constant.
    bool escaped = false;
    bool dollar = false;
    for (char letter : text) {
      escaped = escaped || letter == '\\';
      dollar = dollar || letter == '$';
    }
    dollar = dollar && ends_quoted_body(text);
    if (escaped || dollar) put('E');
    put('\'');
    for (char letter : text) {
      if (dollar && letter == '$') {
        put("\\044");
        continue;
      }
      if (letter == '\'' || letter == '\\') put(letter);
      put(letter);
    }
    put('\'');
  }

 private:
  // Most of the library's compile time is spent in here, so both use what each compiler evaluates fastest.
  static constexpr void copy(char* to, const char* from, std::size_t count) {
#ifdef __clang__
    __builtin_memcpy(to, from, count);
#else
    for (const char* end = from + count; from != end;) *to++ = *from++;
#endif
  }

  static constexpr bool has(std::string_view text, char wanted) {
#ifdef __clang__
    return __builtin_char_memchr(text.data(), wanted, text.size()) != nullptr;
#else
    for (char letter : text) {
      if (letter == wanted) return true;
    }
    return false;
#endif
  }
};

/// The number of characters that `write(sink&)` writes.
template <class Writer>
constexpr std::size_t size_of(Writer write) {
  sink counter;
  write(counter);
  return counter.size;
}

/// NUL-terminated text of a size that is known at compile time.
template <std::size_t Size>
struct text_constant {
  char text[Size + 1]{};
  [[nodiscard]] constexpr std::string_view view() const { return {text, Size}; }
};

}  // namespace online_migration::detail
