// SPDX-License-Identifier: BSL-1.0
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include <online_migration/runtime/key_share.hpp>

using namespace online_migration::detail;

namespace {

constexpr std::int64_t any = 1'000'000;

/// Bounds 1, 2, … and the end.
key_share parts(int bounds) {
  std::vector<key_text> all;
  for (int number = 1; number <= bounds; ++number) all.push_back({std::to_string(number)});
  return key_share{all, {"end"}};
}

std::string text_of(const std::optional<key_share::piece>& piece) {
  if (!piece.has_value()) return "none";
  auto part = [](const key_text& key) { return key.empty() ? std::string{} : key.front(); };
  return "(" + part(piece->range.lower) + ", " + part(piece->range.upper) + "]" + (piece->is_known ? "" : "?");
}

}  // namespace

TEST_CASE("without a bound there is one part, of an unknown size") {
  key_share share = parts(0);
  auto piece = share.take(100, any);
  CHECK(text_of(piece) == "(, end]?");
  CHECK(text_of(share.take(100, any)) == "none");
  CHECK_FALSE(share.is_finished());
  share.done(*piece, 7);
  CHECK(share.is_finished());
}

TEST_CASE("a bound that is the end cuts nothing off") {
  key_share share{{{"1"}, {"end"}}, {"end"}};
  CHECK(text_of(share.take(100, any)) == "(, 1]?");
  CHECK(text_of(share.take(100, any)) == "(1, end]?");
  CHECK(text_of(share.take(100, any)) == "none");
}

TEST_CASE("pieces lie behind each other, and have as many parts as there are rows wanted") {
  key_share share = parts(19);
  CHECK(text_of(share.take(500, any)) == "(, 1]?");
  CHECK(text_of(share.take(500, any)) == "(1, 2]?");
  share.done({{}, 3, false}, 300);
  CHECK(text_of(share.take(500, any)) == "(2, 3]?");  // three say too little
  share.done({{}, 1, false}, 100);
  CHECK(text_of(share.take(500, any)) == "(3, 8]");
  CHECK(text_of(share.take(5'000, any)) == "(8, 16]");  // twice what is done, at most
  CHECK(text_of(share.take(5'000, any)) == "(16, end]");
  CHECK(text_of(share.take(500, any)) == "none");
}

TEST_CASE("a part that has more rows than are wanted is of an unknown size, and so are parts where few have room") {
  key_share share = parts(9);
  share.take(500, any);
  share.done({{}, 4, false}, 400);
  CHECK(text_of(share.take(99, any)) == "(1, 2]?");
  CHECK(text_of(share.take(100, any)) == "(2, 3]");
  CHECK(text_of(share.take(500, 399)) == "(3, 4]?");
  CHECK(text_of(share.take(500, 400)) == "(4, 6]");  // two thirds of 400
}

TEST_CASE("parts without a row do not make the next piece a huge one at once") {
  key_share share = parts(99);
  share.done({{}, 4, false}, 0);
  auto piece = share.take(500, any);
  CHECK(piece->parts == 8);
  share.done(*piece, 0);
  CHECK(share.take(500, any)->parts == 24);
}
