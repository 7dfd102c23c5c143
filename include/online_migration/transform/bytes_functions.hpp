// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include <online_migration/schema/pg_type.hpp>
#include <online_migration/transform/bytes_value.hpp>
#include <online_migration/transform/call.hpp>
#include <online_migration/transform/digest.hpp>
#include <online_migration/transform/hash_functions.hpp>
#include <online_migration/transform/value_error.hpp>

namespace online_migration {

/// A form of bytes as text, as PostgreSQL's `encode` writes and `decode` reads it.
enum class encoding : unsigned char {
  hex,     ///< two hexadecimal digits for each byte
  base64,  ///< with a line break after every 76 letters
  escape   ///< ASCII as it is, `\000` for other bytes, `\\` for a backslash
};

namespace detail {

constexpr std::string_view encoding_name(encoding form) {
  constexpr std::string_view names[]{"hex", "base64", "escape"};
  return names[static_cast<int>(form)];
}

constexpr bool is_bytes(const expression_type& value) { return base_oid(value) == bytea::description.oid; }

/// Bytes as letters, which is what the algorithms work on.
constexpr text_value letters_of(bytes_view bytes) {
  text_value letters;
  letters.reserve(bytes.size);
  for (std::size_t i = 0; i < bytes.size; ++i) letters.append(static_cast<char>(bytes.data[i]));
  return letters;
}
constexpr std::string_view letters_of(const bytes_value& bytes) { return bytes.letters(); }

constexpr int hex_digit(char letter) {
  if (letter >= '0' && letter <= '9') return letter - '0';
  if (letter >= 'a' && letter <= 'f') return letter - 'a' + 10;
  if (letter >= 'A' && letter <= 'F') return letter - 'A' + 10;
  return -1;
}

constexpr bool is_break(char letter) { return letter == ' ' || letter == '\t' || letter == '\n' || letter == '\r'; }

/// Blanks may stand between pairs of digits, and not within one.
constexpr bytes_value decode_hex(std::string_view text) {
  bytes_value result;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (is_break(text[i])) continue;
    int high = hex_digit(text[i++]);
    int low = i < text.size() ? hex_digit(text[i]) : -1;
    if (high < 0 || low < 0) throw value_error{"22023", "om::decode: the text is no pairs of hexadecimal digits"};
    result.append(static_cast<unsigned char>(high * 16 + low));
  }
  return result;
}

constexpr int base64_digit(char letter) {
  if (letter >= 'A' && letter <= 'Z') return letter - 'A';
  if (letter >= 'a' && letter <= 'z') return letter - 'a' + 26;
  if (letter >= '0' && letter <= '9') return letter - '0' + 52;
  return letter == '+' ? 62 : letter == '/' ? 63 : -1;
}

/// As PostgreSQL reads it, which takes letters after an `=` as well.
constexpr bytes_value decode_base64(std::string_view text) {
  bytes_value result;
  std::uint32_t group = 0;
  int digits = 0;
  int filled = 0;  // 0, or the number of bytes that the groups from the first `=` on have
  for (char letter : text) {
    if (is_break(letter)) continue;
    int digit = base64_digit(letter);
    if (letter == '=') {
      if (filled == 0) filled = digits == 2 ? 1 : digits == 3 ? 2 : -1;
      digit = filled < 0 ? -1 : 0;
    }
    if (digit < 0) throw value_error{"22023", "om::decode: the text is no base64"};
    group = group << 6 | static_cast<std::uint32_t>(digit);
    if (++digits < 4) continue;
    result.append(static_cast<unsigned char>(group >> 16 & 255U));
    if (filled != 1) result.append(static_cast<unsigned char>(group >> 8 & 255U));
    if (filled == 0) result.append(static_cast<unsigned char>(group & 255U));
    group = 0;
    digits = 0;
  }
  if (digits != 0) throw value_error{"22023", "om::decode: the text is no base64"};
  return result;
}

constexpr bytes_value decode_escape(std::string_view text) {
  bytes_value result;
  auto octal = [text](std::size_t place, char greatest) {
    return place < text.size() && text[place] >= '0' && text[place] <= greatest;
  };
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '\\') {
      result.append(static_cast<unsigned char>(text[i]));
    } else if (octal(i + 1, '3') && octal(i + 2, '7') && octal(i + 3, '7')) {
      result.append(static_cast<unsigned char>((text[i + 1] - '0') * 64 + (text[i + 2] - '0') * 8 + text[i + 3] - '0'));
      i += 3;
    } else if (i + 1 < text.size() && text[i + 1] == '\\') {
      result.append('\\');
      ++i;
    } else {
      throw value_error{"22P02", "om::decode: a backslash begins no byte"};
    }
  }
  return result;
}

constexpr text_value encode_escape(std::string_view letters) {
  text_value result;
  for (char letter : letters) {
    auto byte = static_cast<unsigned char>(letter);
    if (byte == 0 || byte >= 0x80) {
      result.append('\\');
      result.append(static_cast<char>('0' + (byte >> 6)));
      result.append(static_cast<char>('0' + (byte >> 3 & 7U)));
      result.append(static_cast<char>('0' + (byte & 7U)));
    } else {
      if (letter == '\\') result.append('\\');
      result.append(letter);
    }
  }
  return result;
}

}  // namespace detail

namespace function {

template <encoding Form>
struct encode : portable {
  static constexpr auto name = fixed_string{"encode"};
  static constexpr expression_type result(const detail::argument_types& given) {
    if (!detail::is_bytes(given[0])) return expression_type::invalid();
    return {text::description, given.nullable()};
  }
  static constexpr void describe(detail::sink& out) { out.all(" ", detail::encoding_name(Form)); }
  template <class Argument>
  static constexpr void write(detail::sink& out, const detail::column_names& names) {
    out.put("pg_catalog.encode(");
    Argument::write(out, names);
    out.all(", '", detail::encoding_name(Form), "')");
  }
  template <class Bytes>
  static constexpr text_value apply(const Bytes& bytes) {
    const auto letters = detail::letters_of(bytes);
    if constexpr (Form == encoding::hex) {
      return encode_hex::apply(letters);
    } else if constexpr (Form == encoding::base64) {
      return encode_base64::apply(letters);
    } else {
      return detail::encode_escape(letters);
    }
  }
};

template <encoding Form>
struct decode {
  static constexpr auto name = fixed_string{"decode"};
  static constexpr worlds in = worlds::portable;
  static constexpr bool total = false;
  static constexpr expression_type result(const detail::argument_types& given) {
    if (!detail::is_text(given[0])) return expression_type::invalid();
    return {bytea::description, given.nullable()};
  }
  static constexpr void describe(detail::sink& out) { out.all(" ", detail::encoding_name(Form)); }
  template <class Argument>
  static constexpr void write(detail::sink& out, const detail::column_names& names) {
    out.put("pg_catalog.decode(");
    Argument::write(out, names);
    out.all(", '", detail::encoding_name(Form), "')");
  }
  static constexpr bytes_value apply(std::string_view text) {
    if constexpr (Form == encoding::hex) {
      return detail::decode_hex(text);
    } else if constexpr (Form == encoding::base64) {
      return detail::decode_base64(text);
    } else {
      return detail::decode_escape(text);
    }
  }
};

struct sha256 : portable {
  static constexpr auto name = fixed_string{"sha256"};
  static constexpr expression_type result(const detail::argument_types& given) {
    if (!detail::is_bytes(given[0])) return expression_type::invalid();
    return {bytea::description, given.nullable()};
  }
  template <class Argument>
  static constexpr void write(detail::sink& out, const detail::column_names& names) {
    detail::write_call<Argument>("pg_catalog.sha256", out, names);
  }
  template <class Bytes>
  static constexpr bytes_value apply(const Bytes& bytes) {
    const auto letters = detail::letters_of(bytes);
    bytes_value result;
    for (unsigned char byte : detail::sha256_of(letters)) result.append(byte);
    return result;
  }
};

}  // namespace function

/// Bytes as text: `om::encode<om::encoding::hex>(om::col<"digest">)`.
template <encoding Form, class Argument>
consteval auto encode(Argument) {
  return detail::make_call<function::encode<Form>, Argument>();
}

/// The bytes that a text stands for: `om::decode<om::encoding::base64>(om::col<"token">)`. Partial: 22023 for a text of
/// another form, 22P02 for one that is no `escape`.
template <encoding Form, class Argument>
consteval auto decode(Argument) {
  return detail::make_call<function::decode<Form>, Argument>();
}

/// The SHA-256 digest of bytes, 32 bytes.
template <class Argument>
consteval auto sha256(Argument) {
  return detail::make_call<function::sha256, Argument>();
}

}  // namespace online_migration
