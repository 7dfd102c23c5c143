// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include <online_migration/transform/call.hpp>
#include <online_migration/transform/digest.hpp>
#include <online_migration/transform/text_functions.hpp>
#include <online_migration/transform/text_value.hpp>

/// Portable digests and encodings of a text's bytes, which in a UTF-8 database are the same in both worlds.
namespace online_migration {

namespace detail {

constexpr text_value hex_of(const unsigned char* bytes, std::size_t count) {
  constexpr std::string_view digits = "0123456789abcdef";
  text_value result;
  result.reserve(count * 2);
  for (std::size_t i = 0; i < count; ++i) {
    result.append(digits[bytes[i] >> 4]);
    result.append(digits[bytes[i] & 15U]);
  }
  return result;
}

/// A text as `bytea`. (`convert_to` is not immutable, and a cast would read backslashes.)
template <class Argument>
constexpr void write_bytes(sink& out, const column_names& names) {
  out.put("pg_catalog.decode(pg_catalog.replace(");
  Argument::write(out, names);
  out.put(R"( COLLATE "C", E'\\'::text, E'\\\\'::text), 'escape'))");
}

}  // namespace detail

namespace function {

/// Of a text a text of its own with a known length, or none.
template <std::int32_t Length>
struct of_bytes : portable {
  static constexpr expression_type result(const detail::argument_types& given) {
    if (!detail::is_text(given[0])) return expression_type::invalid();
    return {Length > 0 ? detail::bounded_text(Length) : text::description, given.nullable()};
  }
};

struct md5 : of_bytes<32> {
  static constexpr auto name = fixed_string{"md5"};
  template <class Argument>
  static constexpr void write(detail::sink& out, const detail::column_names& names) {
    detail::write_call<Argument>("pg_catalog.md5", out, names);
  }
  static constexpr text_value apply(std::string_view value) {
    auto digest = detail::md5_of(value);
    return detail::hex_of(digest.data(), digest.size());
  }
};

struct sha256_hex : of_bytes<64> {
  static constexpr auto name = fixed_string{"sha256_hex"};
  template <class Argument>
  static constexpr void write(detail::sink& out, const detail::column_names& names) {
    out.put("pg_catalog.encode(pg_catalog.sha256(");
    detail::write_bytes<Argument>(out, names);
    out.put("), 'hex')");
  }
  static constexpr text_value apply(std::string_view value) {
    auto digest = detail::sha256_of(value);
    return detail::hex_of(digest.data(), digest.size());
  }
};

struct encode_hex : of_bytes<0> {
  static constexpr auto name = fixed_string{"encode_hex"};
  template <class Argument>
  static constexpr void write(detail::sink& out, const detail::column_names& names) {
    out.put("pg_catalog.encode(");
    detail::write_bytes<Argument>(out, names);
    out.put(", 'hex')");
  }
  static constexpr text_value apply(std::string_view value) {
    constexpr std::string_view digits = "0123456789abcdef";
    text_value result;
    result.reserve(value.size() * 2);
    for (char letter : value) {
      auto byte = static_cast<unsigned char>(letter);
      result.append(digits[byte >> 4]);
      result.append(digits[byte & 15U]);
    }
    return result;
  }
};

/// With a line break after every 76 letters, as PostgreSQL writes it: none after a last group that is filled up.
struct encode_base64 : of_bytes<0> {
  static constexpr auto name = fixed_string{"encode_base64"};
  template <class Argument>
  static constexpr void write(detail::sink& out, const detail::column_names& names) {
    out.put("pg_catalog.encode(");
    detail::write_bytes<Argument>(out, names);
    out.put(", 'base64')");
  }
  static constexpr text_value apply(std::string_view value) {
    constexpr std::string_view letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    text_value result;
    std::size_t line = 0;
    for (std::size_t i = 0; i < value.size(); i += 3) {
      std::uint32_t group = 0;
      for (std::size_t j = 0; j < 3; ++j) {
        group = group << 8 | (i + j < value.size() ? static_cast<unsigned char>(value[i + j]) : 0U);
      }
      for (std::size_t j = 0; j < 4; ++j) {
        result.append(i + j > value.size() ? '=' : letters[group >> (18 - 6 * j) & 63U]);
      }
      line += 4;
      if (line == 76 && i + 3 <= value.size()) {
        result.append('\n');
        line = 0;
      }
    }
    return result;
  }
};

}  // namespace function

/// The MD5 digest of the text's bytes, 32 hexadecimal digits. (A server in FIPS mode refuses `md5`.)
template <class Argument>
consteval auto md5(Argument) {
  return detail::make_call<function::md5, Argument>();
}

/// The SHA-256 digest of the text's bytes, 64 hexadecimal digits.
template <class Argument>
consteval auto sha256_hex(Argument) {
  return detail::make_call<function::sha256_hex, Argument>();
}

/// The text's bytes as hexadecimal digits, two for each.
template <class Argument>
consteval auto encode_hex(Argument) {
  return detail::make_call<function::encode_hex, Argument>();
}

/// The text's bytes in base64, with a line break after every 76 letters as PostgreSQL writes it.
template <class Argument>
consteval auto encode_base64(Argument) {
  return detail::make_call<function::encode_base64, Argument>();
}

}  // namespace online_migration
