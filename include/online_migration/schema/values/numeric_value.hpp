// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include <online_migration/base/sink.hpp>
#include <online_migration/base/text_value.hpp>

namespace online_migration {

/// The C++ value of a `numeric` column: the number exactly as PostgreSQL prints it, `-12.50`, `NaN` or `Infinity`. It is
/// made from such a text, from one with an exponent, or from a whole number, and owns it; short ones (24 bytes) need no
/// allocation. Equal means identical: 1.10 is not 1.1. Never from a floating-point number, which is not exact.
class numeric_value {
 public:
  /// 0.
  constexpr numeric_value() { text_.append('0'); }

  template <class Text>
    requires std::convertible_to<const Text&, std::string_view>
  // NOLINTNEXTLINE(google-explicit-constructor): a text is usable wherever the number is
  constexpr numeric_value(const Text& text) {
    read(text);
  }

  template <std::integral Integer>
    requires(!std::same_as<Integer, bool> && !std::same_as<Integer, char> &&
             (sizeof(Integer) < 8 || std::signed_integral<Integer>))
  // NOLINTNEXTLINE(google-explicit-constructor)
  constexpr numeric_value(Integer number) {
    char digits[20]{};
    detail::sink out{digits};
    out.number(static_cast<std::int64_t>(number));
    text_.append({digits, out.size});
  }

  /// Whether it was made from a text that is a number; if not, its text is empty and it cannot be sent.
  [[nodiscard]] constexpr bool is_number() const { return !text_.empty(); }

  /// Whether it has digits: a number that is neither `NaN` nor infinite.
  [[nodiscard]] constexpr bool is_finite() const {
    std::string_view all = view();
    return !all.empty() && all.back() >= '0' && all.back() <= '9';
  }

  /// As PostgreSQL prints it.
  [[nodiscard]] constexpr std::string_view view() const { return text_.view(); }

  /// The number with that many digits behind the point, as PostgreSQL stores it in a `numeric(p, scale)`: halves are
  /// rounded away from zero.
  [[nodiscard]] constexpr numeric_value rounded(std::int32_t scale) const {
    if (!is_finite()) return *this;
    std::string_view all = view();
    bool negative = all[0] == '-';
    if (negative) all.remove_prefix(1);
    std::size_t point = find(all, '.');
    // The digits without the point, behind a 0 that takes a carry.
    text_value digits{std::string_view{"0"}};
    digits.append(all.substr(0, point));
    if (point < all.size()) digits.append(all.substr(point + 1));
    std::int64_t whole = static_cast<std::int64_t>(point) + 1;
    std::int64_t kept = whole + scale;
    auto size = static_cast<std::int64_t>(digits.size());
    bool up = kept >= 0 && kept < size && digits.data()[kept] >= '5';
    if (kept < 0) kept = 0;
    for (std::int64_t i = kept; i < size; ++i) digits.data()[i] = '0';
    for (std::int64_t i = kept; up && i-- > 0;) {
      up = digits.data()[i] == '9';
      digits.data()[i] = up ? '0' : static_cast<char>(digits.data()[i] + 1);
    }
    return made(negative, digits.view(), whole, scale > 0 ? scale : 0);
  }

  /// How many digits there are before the point, without leading zeros; 0 for numbers between -1 and 1.
  [[nodiscard]] constexpr std::size_t whole_digits() const {
    std::string_view all = view();
    if (!all.empty() && all[0] == '-') all.remove_prefix(1);
    std::size_t point = find(all, '.');
    return point == 1 && all[0] == '0' ? 0 : point;
  }

  friend constexpr bool operator==(const numeric_value& a, const numeric_value& b) { return a.text_ == b.text_; }

 private:
  /// What PostgreSQL can store.
  static constexpr std::int64_t most_whole_digits = 131072;
  static constexpr std::int64_t most_fraction_digits = 16383;

  static constexpr std::size_t find(std::string_view text, char wanted) {
    std::size_t i = 0;
    while (i < text.size() && text[i] != wanted) ++i;
    return i;
  }

  static constexpr char lower(char letter) {
    return letter >= 'A' && letter <= 'Z' ? static_cast<char>(letter - 'A' + 'a') : letter;
  }

  /// Whether a text is this word, whatever the case of its letters.
  static constexpr bool is(std::string_view text, std::string_view word) {
    if (text.size() != word.size()) return false;
    for (std::size_t i = 0; i < text.size(); ++i) {
      if (lower(text[i]) != word[i]) return false;
    }
    return true;
  }

  /// A number of digits, of which the first `whole` stand before the point, with `scale` digits behind it; where there
  /// are too few, zeros follow.
  static constexpr numeric_value made(bool negative, std::string_view digits, std::int64_t whole, std::int64_t scale) {
    auto digit = [&](std::int64_t i) {
      return i >= 0 && i < static_cast<std::int64_t>(digits.size()) ? digits[static_cast<std::size_t>(i)] : '0';
    };
    std::int64_t first = whole < 0 ? whole : 0;
    while (first < whole && digit(first) == '0') ++first;
    bool zero = true;
    for (char each : digits) zero = zero && each == '0';
    numeric_value result;
    result.text_.narrow(0, 0);
    if (whole - first > most_whole_digits || scale > most_fraction_digits) return result;
    result.text_.reserve(static_cast<std::size_t>((whole > first ? whole - first : 1) + scale + 2));
    if (negative && !zero) result.text_.append('-');
    if (first >= whole) result.text_.append('0');
    for (std::int64_t i = first; i < whole; ++i) result.text_.append(digit(i));
    if (scale > 0) result.text_.append('.');
    for (std::int64_t i = 0; i < scale; ++i) result.text_.append(digit(whole + i));
    return result;
  }

  constexpr void read(std::string_view text) {
    bool negative = !text.empty() && text[0] == '-';
    if (negative || (!text.empty() && text[0] == '+')) text.remove_prefix(1);
    if (is(text, "infinity") || is(text, "inf")) {
      text_.append(negative ? "-Infinity" : "Infinity");
    } else if (is(text, "nan") && !negative) {
      text_.append("NaN");
    } else {
      read_digits(negative, text);
    }
  }

  constexpr void read_digits(bool negative, std::string_view text) {
    text_value digits;
    std::int64_t whole = 0;
    bool behind = false;
    std::size_t i = 0;
    for (; i < text.size(); ++i) {
      if (text[i] == '.' && !behind) {
        behind = true;
      } else if (text[i] >= '0' && text[i] <= '9') {
        digits.append(text[i]);
        if (!behind) ++whole;
      } else {
        break;
      }
    }
    std::int64_t exponent = 0;
    if (digits.empty() || !read_exponent(text.substr(i), exponent)) return;
    std::int64_t scale = static_cast<std::int64_t>(digits.size()) - whole - exponent;
    text_ = made(negative, digits.view(), whole + exponent, scale > 0 ? scale : 0).text_;
  }

  /// What stands behind the digits: nothing, or an exponent.
  static constexpr bool read_exponent(std::string_view text, std::int64_t& exponent) {
    if (text.empty()) return true;
    if (lower(text[0]) != 'e') return false;
    text.remove_prefix(1);
    bool negative = !text.empty() && text[0] == '-';
    if (negative || (!text.empty() && text[0] == '+')) text.remove_prefix(1);
    if (text.empty() || text.size() > 6) return false;
    for (char digit : text) {
      if (digit < '0' || digit > '9') return false;
      exponent = exponent * 10 + (digit - '0');
    }
    if (negative) exponent = -exponent;
    return true;
  }

  text_value text_;
};

}  // namespace online_migration
