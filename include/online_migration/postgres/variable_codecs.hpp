// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include <online_migration/postgres/error.hpp>
#include <online_migration/postgres/value_codecs.hpp>
#include <online_migration/schema/values.hpp>

/// How values travel whose binary form has no fixed size and is not their own bytes.
namespace online_migration::detail {

template <std::unsigned_integral Number>
void append_number(Number value, std::string& out) {
  out.append(sizeof(Number), '\0');
  store_number(value, out.data() + out.size() - sizeof(Number));
}

[[noreturn]] inline void refuse_bytes(const char* type) {
  throw refused{std::string{"The server sent bytes that are no "} + type +
                ": declare the column with the type that it has in the database."};
}

/// As `numeric_send()` writes them: groups of four digits, the first with a weight of 10000 ^ `weight`.
template <>
struct codec<numeric_value> {
  static constexpr std::uint16_t negative = 0x4000;
  static constexpr std::uint16_t not_a_number = 0xc000;
  static constexpr std::uint16_t infinite = 0xd000;
  static constexpr std::uint16_t negative_infinite = 0xf000;

  /// Throws: `refused` for what was made from a text that is no number.
  static void append(const numeric_value& value, std::string& out) {
    std::string_view all = value.view();
    if (!value.is_number()) throw refused{"A value for a numeric column was made from a text that is no number."};
    bool minus = all[0] == '-';
    if (!value.is_finite()) {
      header(0, 0, all == "NaN" ? not_a_number : minus ? negative_infinite : infinite, 0, out);
      return;
    }
    if (minus) all.remove_prefix(1);
    std::size_t point = std::min(all.find('.'), all.size());
    std::size_t scale = point == all.size() ? 0 : all.size() - point - 1;
    // Positions of digits count from the point, so that group n holds those from 4n to 4n + 3.
    auto digit = [&](std::ptrdiff_t position) {
      if (position >= 0) ++position;
      std::ptrdiff_t index = static_cast<std::ptrdiff_t>(point) + position;
      return index >= 0 && index < static_cast<std::ptrdiff_t>(all.size()) ? all[static_cast<std::size_t>(index)] - '0'
                                                                           : 0;
    };
    auto group = [&](std::ptrdiff_t number) {
      return static_cast<std::uint16_t>(digit(number * 4) * 1000 + digit(number * 4 + 1) * 100 +
                                        digit(number * 4 + 2) * 10 + digit(number * 4 + 3));
    };
    std::ptrdiff_t first = -static_cast<std::ptrdiff_t>((point + 3) / 4);
    std::ptrdiff_t end = static_cast<std::ptrdiff_t>((scale + 3) / 4);
    while (first < end && group(first) == 0) ++first;
    while (end > first && group(end - 1) == 0) --end;
    bool zero = first == end;
    header(end - first, zero ? 0 : -first - 1, minus && !zero ? negative : std::uint16_t{0}, scale, out);
    for (std::ptrdiff_t i = first; i < end; ++i) append_number(group(i), out);
  }

  static numeric_value load(std::string_view bytes) {
    if (bytes.size() < 8) refuse_bytes("numeric");
    auto number = [&](std::size_t index) { return load_number<std::uint16_t>(bytes.data() + index * 2); };
    std::size_t count = number(0);
    auto weight = static_cast<std::int16_t>(number(1));
    std::uint16_t sign = number(2);
    std::size_t scale = number(3);
    if (bytes.size() != 8 + count * 2) refuse_bytes("numeric");
    if (sign == not_a_number) return "NaN";
    if (sign == infinite) return "Infinity";
    if (sign == negative_infinite) return "-Infinity";
    std::string text = sign == negative ? "-" : "";
    auto put_group = [&](std::ptrdiff_t number_of_group) {
      unsigned group = number_of_group >= 0 && number_of_group < static_cast<std::ptrdiff_t>(count)
                           ? number(4 + static_cast<std::size_t>(number_of_group))
                           : 0U;
      for (unsigned part : {1000U, 100U, 10U, 1U}) text += static_cast<char>('0' + group / part % 10);
    };
    if (weight < 0) text += '0';
    for (std::ptrdiff_t i = 0; i <= weight; ++i) put_group(i);
    if (scale > 0) {
      text += '.';
      std::size_t end = text.size() + scale;
      for (std::ptrdiff_t i = weight + 1; text.size() < end; ++i) put_group(i);
      text.resize(end);
    }
    return text;
  }

 private:
  static void header(std::ptrdiff_t count, std::ptrdiff_t weight, std::uint16_t sign, std::size_t scale,
                     std::string& out) {
    append_number(static_cast<std::uint16_t>(count), out);
    append_number(static_cast<std::uint16_t>(weight), out);
    append_number(sign, out);
    append_number(static_cast<std::uint16_t>(scale), out);
  }
};

/// As `inet_send()` writes them: family, prefix, whether it is a cidr, the number of bytes, the bytes.
template <>
struct codec<inet_value> {
  static void append(const inet_value& value, std::string& out) {
    std::size_t count = value.version == 4 ? 4 : 16;
    out += static_cast<char>(value.version == 4 ? 2 : 3);
    out += static_cast<char>(value.prefix);
    out += '\0';
    out += static_cast<char>(count);
    for (std::size_t i = 0; i < count; ++i) out += static_cast<char>(value.address[i]);
  }

  static inet_value load(std::string_view bytes) {
    inet_value value;
    bool is_4 = bytes.size() == 8 && bytes[0] == 2;
    if (!is_4 && (bytes.size() != 20 || bytes[0] != 3)) refuse_bytes("inet");
    value.version = is_4 ? 4 : 6;
    value.prefix = static_cast<unsigned char>(bytes[1]);
    for (std::size_t i = 4; i < bytes.size(); ++i) value.address[i - 4] = static_cast<unsigned char>(bytes[i]);
    return value;
  }
};

/// A document behind the number of the form that it has.
struct jsonb_codec {
  static void append(std::string_view value, std::string& out) { (out += '\1') += value; }

  static std::string_view load(std::string_view bytes) {
    if (bytes.empty() || bytes[0] != '\1') refuse_bytes("jsonb");
    return bytes.substr(1);
  }
};

}  // namespace online_migration::detail
