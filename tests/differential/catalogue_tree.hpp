// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <cstddef>
#include <cstdint>

#include "differential/catalogue.hpp"
#include "differential/random_tree.hpp"

/// Transforms of all portable functions, made at random while compiling. Every part reads a column: over constants
/// alone the language has no calls that can fail.
namespace differential {

template <std::uint64_t Seed, int Depth>
consteval auto any_text();
template <std::uint64_t Seed, int Depth>
consteval auto any_number();
template <std::uint64_t Seed, int Depth>
consteval auto any_truth();
template <std::uint64_t Seed, int Depth>
consteval auto any_time();
template <std::uint64_t Seed, int Depth>
consteval auto any_mood();

template <std::uint64_t Seed>
consteval auto small_number() {
  constexpr int numbers[]{1, 2, 3, 5, 0, -1, -3, 7, 12, -8};
  return om::lit<numbers[part(Seed, 11) % 10]>;
}

/// The n-th part of a time, whichever of the first `Count`.
template <std::uint64_t Seed, std::uint64_t Count>
inline constexpr auto some_part = static_cast<om::time_part>(part(Seed, 12) % Count);

template <std::uint64_t Seed, int Depth>
consteval auto any_text() {
  constexpr auto choice = part(Seed, 13) % 33;
  constexpr auto left = part(Seed, 14);
  constexpr auto right = part(Seed, 15);
  constexpr auto third = part(Seed, 16);
  constexpr int lengths[]{1, 4, 9, 30};
  constexpr int places[]{1, 2, 3, 8};
  if constexpr (Depth == 0 || choice == 0) {
    if constexpr (left % 9 < 3) {
      return om::col<"b">;
    } else if constexpr (left % 9 < 5) {
      return om::col<"a">;
    } else if constexpr (left % 9 < 7) {
      return om::col<"label">;
    } else {
      return om::col<"num">;
    }
  } else if constexpr (choice == 1) {
    return om::trim(any_text<left, Depth - 1>());
  } else if constexpr (choice == 2) {
    return om::ascii_lower(any_text<left, Depth - 1>());
  } else if constexpr (choice == 3) {
    return om::ascii_upper(any_text<left, Depth - 1>());
  } else if constexpr (choice == 4) {
    return om::substring(any_text<left, Depth - 1>(), om::lit<starts[right % 8]>, om::lit<counts[third % 8]>);
  } else if constexpr (choice == 5) {
    return om::replace(any_text<left, Depth - 1>(), any_text<right, Depth - 1>(), constant<third>());
  } else if constexpr (choice == 6) {
    return om::concat(any_text<left, Depth - 1>(), constant<third>(), any_text<right, Depth - 1>());
  } else if constexpr (choice <= 8) {
    return om::coalesce(any_text<left, Depth - 1>(), any_text<right, Depth - 1>());
  } else if constexpr (choice == 9) {
    return om::left(any_text<left, Depth - 1>(), om::position(any_text<right, Depth - 1>(), constant<third>()));
  } else if constexpr (choice == 10) {
    return om::right(any_text<left, Depth - 1>(), small_number<right>());
  } else if constexpr (choice == 11) {
    return om::split_part(any_text<left, Depth - 1>(), constant<third>(), om::lit<places[right % 4]>);
  } else if constexpr (choice == 12) {
    return om::lpad(any_text<left, Depth - 1>(), om::lit<lengths[right % 4]>, any_text<third, Depth - 1>());
  } else if constexpr (choice == 13) {
    return om::rpad(any_text<left, Depth - 1>(), om::lit<lengths[right % 4]>, constant<third>());
  } else if constexpr (choice == 14) {
    return om::reverse(any_text<left, Depth - 1>());
  } else if constexpr (choice == 15) {
    return om::overlay(any_text<left, Depth - 1>(), any_text<right, Depth - 1>(), om::lit<places[third % 4]>,
                       om::lit<lengths[third / 4 % 4]>);
  } else if constexpr (choice <= 17) {
    return om::case_when(any_truth<left, Depth - 1>(), any_text<right, Depth - 1>(), any_text<third, Depth - 1>());
  } else if constexpr (choice == 18) {
    return om::nullif(any_text<left, Depth - 1>(), any_text<right, Depth - 1>());
  } else if constexpr (choice <= 20) {
    return om::cast<om::text>(any_number<left, Depth - 1>());
  } else if constexpr (choice == 21) {
    return om::cast<om::text>(any_truth<left, Depth - 1>());
  } else if constexpr (choice == 22) {
    return om::md5(om::left(any_text<left, Depth - 1>(), om::lit<60>));
  } else if constexpr (choice == 23) {
    return om::encode_base64(om::left(any_text<left, Depth - 1>(), om::lit<60>));
  } else if constexpr (choice == 24) {
    return om::encode_hex(om::left(any_text<left, Depth - 1>(), om::lit<60>));
  } else if constexpr (choice == 25) {
    return om::sha256_hex(om::left(any_text<left, Depth - 1>(), om::lit<60>));
  } else if constexpr (choice == 26) {
    return om::encode<om::encoding::escape>(
        om::decode<om::encoding::hex>(om::encode_hex(om::left(any_text<left, Depth - 1>(), om::lit<60>))));
  } else if constexpr (choice == 27) {
    return om::encode<om::encoding::hex>(om::decode<om::encoding::base64>(any_text<left, Depth - 1>()));
  } else if constexpr (choice == 28) {
    return om::ltrim(any_text<left, Depth - 1>());
  } else if constexpr (choice <= 30) {
    return om::cast<om::text>(any_mood<left, Depth - 1>());
  } else if constexpr (choice == 31) {
    return om::cast<om::text>(om::col<"kept">);
  } else {
    return om::rtrim(any_text<left, Depth - 1>());
  }
}

template <std::uint64_t Seed, int Depth>
consteval auto any_number() {
  constexpr auto choice = part(Seed, 17) % 20;
  constexpr auto left = part(Seed, 18);
  constexpr auto right = part(Seed, 19);
  constexpr auto third = part(Seed, 20);
  if constexpr (Depth == 0 || choice == 0) {
    if constexpr (left % 4 == 0) {
      return om::col<"i2">;
    } else if constexpr (left % 4 == 1) {
      return om::col<"i4">;
    } else if constexpr (left % 4 == 2) {
      return om::col<"j4">;
    } else {
      return om::col<"i8">;
    }
  } else if constexpr (choice <= 2) {
    return any_number<left, Depth - 1>() + any_number<right, Depth - 1>();
  } else if constexpr (choice == 3) {
    return any_number<left, Depth - 1>() - small_number<right>();
  } else if constexpr (choice <= 5) {
    return any_number<left, Depth - 1>() * any_number<right, Depth - 1>();
  } else if constexpr (choice == 6) {
    return any_number<left, Depth - 1>() / any_number<right, Depth - 1>();
  } else if constexpr (choice == 7) {
    return any_number<left, Depth - 1>() % any_number<right, Depth - 1>();
  } else if constexpr (choice == 8) {
    return any_number<left, Depth - 1>() / small_number<right>();
  } else if constexpr (choice == 9) {
    return -any_number<left, Depth - 1>();
  } else if constexpr (choice == 10) {
    return om::abs(any_number<left, Depth - 1>());
  } else if constexpr (choice == 11) {
    return om::length(any_text<left, Depth - 1>());
  } else if constexpr (choice == 12) {
    return om::position(any_text<left, Depth - 1>(), any_text<right, Depth - 1>());
  } else if constexpr (choice == 13) {
    return om::cast<om::integer>(any_text<left, Depth - 1>());
  } else if constexpr (choice == 14) {
    return om::cast<om::smallint>(any_number<left, Depth - 1>());
  } else if constexpr (choice == 15) {
    return om::cast<om::integer>(any_truth<left, Depth - 1>());
  } else if constexpr (choice == 16) {
    return om::coalesce(om::cast<om::bigint>(any_number<left, Depth - 1>()),
                        om::cast<om::bigint>(any_number<right, Depth - 1>()));
  } else if constexpr (choice == 17) {
    return om::case_when(any_truth<left, Depth - 1>(), om::cast<om::bigint>(any_number<right, Depth - 1>()),
                         any_truth<third, Depth - 1>(), om::cast<om::bigint>(any_number<third, Depth - 1>()));
  } else if constexpr (choice == 18) {
    return om::nullif(any_number<left, Depth - 1>(), any_number<right, Depth - 1>());
  } else {
    return om::extract<some_part<third, 10>>(any_time<left, Depth - 1>());
  }
}

template <std::uint64_t Seed, int Depth>
consteval auto any_truth() {
  constexpr auto choice = part(Seed, 21) % 17;
  constexpr auto left = part(Seed, 22);
  constexpr auto right = part(Seed, 23);
  if constexpr (Depth == 0 || choice == 0) {
    if constexpr (left % 2 == 0) {
      return om::col<"flag">;
    } else {
      return om::col<"yes">;
    }
  } else if constexpr (choice <= 2) {
    return any_truth<left, Depth - 1>() && any_truth<right, Depth - 1>();
  } else if constexpr (choice <= 4) {
    return any_truth<left, Depth - 1>() || any_truth<right, Depth - 1>();
  } else if constexpr (choice == 5) {
    return !any_truth<left, Depth - 1>();
  } else if constexpr (choice == 6) {
    return om::is_null(any_text<left, Depth - 1>());
  } else if constexpr (choice == 7) {
    return om::is_not_null(any_number<left, Depth - 1>());
  } else if constexpr (choice == 8) {
    return any_text<left, Depth - 1>() == any_text<right, Depth - 1>();
  } else if constexpr (choice == 9) {
    return any_text<left, Depth - 1>() < any_text<right, Depth - 1>();
  } else if constexpr (choice == 10) {
    return any_text<left, Depth - 1>() >= constant<right>();
  } else if constexpr (choice == 11) {
    return any_number<left, Depth - 1>() > any_number<right, Depth - 1>();
  } else if constexpr (choice == 12) {
    return any_number<left, Depth - 1>() != small_number<right>();
  } else if constexpr (choice == 13) {
    return any_time<left, Depth - 1>() <= any_time<right, Depth - 1>();
  } else if constexpr (choice == 14) {
    return om::cast<om::boolean>(any_text<left, Depth - 1>());
  } else if constexpr (choice == 15) {
    return om::is_null(any_mood<left, Depth - 1>());
  } else {
    return any_truth<left, Depth - 1>() == any_truth<right, Depth - 1>();
  }
}

template <std::uint64_t Seed, int Depth>
consteval auto any_time() {
  constexpr auto choice = part(Seed, 24) % 8;
  constexpr auto left = part(Seed, 25);
  constexpr auto right = part(Seed, 26);
  constexpr std::int64_t steps[]{1, -1, 3'600'000'000, -86'400'000'001};
  if constexpr (Depth == 0 || choice == 0) {
    if constexpr (left % 2 == 0) {
      return om::col<"at">;
    } else {
      return om::at_utc(om::col<"tz">);
    }
  } else if constexpr (choice <= 2) {
    return om::date_trunc<some_part<right, 8>>(any_time<left, Depth - 1>());
  } else if constexpr (choice <= 4) {
    return om::plus_microseconds(any_time<left, Depth - 1>(), om::lit<steps[right % 4]>);
  } else if constexpr (choice == 5) {
    return om::at_utc(om::at_utc(any_time<left, Depth - 1>()));
  } else if constexpr (choice == 6) {
    return om::coalesce(any_time<left, Depth - 1>(), any_time<right, Depth - 1>());
  } else {
    return om::case_when(any_truth<left, Depth - 1>(), any_time<right, Depth - 1>());
  }
}

template <std::uint64_t Seed, int Depth>
consteval auto any_mood() {
  constexpr auto choice = part(Seed, 27) % 5;
  constexpr auto left = part(Seed, 28);
  constexpr auto right = part(Seed, 29);
  if constexpr (Depth == 0 || choice == 0) {
    return om::col<"now">;
  } else if constexpr (choice == 1) {
    return om::coalesce(om::cast<mood>(any_text<left, Depth - 1>()), any_mood<right, Depth - 1>());
  } else if constexpr (choice == 2) {
    return om::case_when(any_truth<left, Depth - 1>(), any_mood<right, Depth - 1>(), om::cast<mood>(om::lit<"it's">));
  } else {
    return om::cast<mood>(any_text<left, Depth - 1>());
  }
}

/// The tree with a number: texts, numbers, truth values and times by turns, of one to three floors.
template <std::uint64_t Seed, std::size_t Number>
consteval auto catalogue_tree() {
  constexpr auto own = part(Seed, 1000 + Number);
  constexpr int depth = 1 + static_cast<int>(Number / 8 % 3);
  if constexpr (Number % 8 < 3) {
    return any_text<own, depth>();
  } else if constexpr (Number % 8 < 5) {
    return any_number<own, depth>();
  } else if constexpr (Number % 8 < 7) {
    return any_truth<own, depth>();
  } else {
    return any_time<own, depth>();
  }
}

}  // namespace differential
