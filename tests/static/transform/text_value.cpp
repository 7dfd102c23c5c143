// SPDX-License-Identifier: BSL-1.0
// text_value in constant evaluation, where a leak or a use after release is a compile error.
#include <string_view>
#include <utility>

#include <online_migration/transform/text_value.hpp>
#include <online_migration/transform/utf8.hpp>

using online_migration::text_value;
using namespace online_migration::detail;

namespace {

constexpr std::string_view long_text = "longer than the twenty-four bytes that fit inside";

constexpr bool copies_and_moves(std::string_view text) {
  text_value first{text};
  text_value copy{first};
  text_value moved{std::move(first)};
  text_value assigned{"something else that is longer than twenty-four bytes"};
  assigned = copy;
  text_value taken{long_text};
  taken = std::move(moved);
  const text_value& self = assigned;
  assigned = self;
  return copy == text && assigned == text && taken == text && copy == taken;
}

constexpr bool grows(std::size_t letters) {
  text_value text;
  for (std::size_t i = 0; i < letters; ++i) text.append(static_cast<char>('a' + i % 26));
  if (text.size() != letters) return false;
  for (std::size_t i = 0; i < letters; ++i) {
    if (text.view()[i] != static_cast<char>('a' + i % 26)) return false;
  }
  return true;
}

constexpr bool narrows(std::string_view text, std::size_t position, std::size_t count) {
  text_value value{text};
  value.narrow(position, count);
  if (value != text.substr(position, count)) return false;
  value.append(long_text);
  return value.view().substr(count) == long_text;
}

constexpr bool reuses_a_moved_from_text() {
  text_value first{long_text};
  text_value second{std::move(first)};
  first = text_value{"new"};
  return first == "new" && second == long_text;
}

}  // namespace

static_assert(text_value{}.empty() && text_value{} == "" && text_value{}.view().empty());
static_assert(copies_and_moves("short") && copies_and_moves("") && copies_and_moves(long_text));
static_assert(grows(0) && grows(24) && grows(25) && grows(1000));
static_assert(narrows("short", 0, 5) && narrows("short", 1, 3) && narrows("short", 5, 0));
static_assert(narrows(long_text, 0, 30) && narrows(long_text, 7, 30) && narrows(long_text, 40, 3));
static_assert(reuses_a_moved_from_text());
static_assert(std::string_view{text_value{"a"}} == "a" && text_value{"a"} != text_value{"b"});

static_assert(character_count("") == 0 && character_count("aß😀") == 3);
static_assert(byte_of_character("aß😀z", 0) == 0 && byte_of_character("aß😀z", 1) == 1 &&
              byte_of_character("aß😀z", 2) == 3);
static_assert(byte_of_character("aß😀z", 3) == 7 && byte_of_character("aß😀z", 4) == 8 &&
              byte_of_character("aß😀z", 99) == 8);
static_assert(byte_of_character("", 0) == 0);
