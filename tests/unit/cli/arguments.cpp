// SPDX-License-Identifier: BSL-1.0
#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

#include <doctest/doctest.h>

#include <online_migration/cli/arguments.hpp>

using namespace online_migration;

namespace {

detail::arguments words(std::initializer_list<const char*> list) {
  static std::vector<std::string> kept;
  kept.assign(list.begin(), list.end());
  std::vector<char*> pointers;
  for (std::string& word : kept) pointers.push_back(word.data());
  return detail::arguments{pointers};
}

template <class Action>
std::string complaint(Action action) {
  try {
    action();
  } catch (const wrong_usage& problem) {
    return problem.what();
  }
  return "";
}

}  // namespace

TEST_CASE("a value stands behind its option, or behind an equals sign, and the last one counts") {
  auto given = words({"--dsn", "a b=c", "--chunk-rows=7", "--dsn=", "--dsn", "--last"});
  CHECK(given.value("--dsn") == "--last");
  CHECK(given.whole_number("--chunk-rows", 1, 10) == 7);
  CHECK_FALSE(given.value("--dsn").has_value());
  given.nothing_left();
}

TEST_CASE("an option is not taken for another one that begins alike") {
  auto given = words({"--chunk-rows-more=1", "--chunk-row", "2"});
  CHECK_FALSE(given.value("--chunk-rows").has_value());
  CHECK(complaint([&] { given.nothing_left(); }) == "this command has no \"--chunk-rows-more=1\"");
}

TEST_CASE("a flag and a word are taken once, and what is left is complained about") {
  auto given = words({"shadow", "--yes", "--what"});
  CHECK(given.word() == "shadow");
  CHECK_FALSE(given.word().has_value());
  CHECK(given.flag("--yes"));
  CHECK_FALSE(given.flag("--yes"));
  CHECK(complaint([&] { given.nothing_left(); }) == "this command has no \"--what\"");
}

TEST_CASE("numbers are read to their end, within their bounds") {
  for (const char* wrong : {"", "x", "7x", "0x7", " 7", "0", "11", "-1", "99999999999999999999", "1.5"}) {
    CAPTURE(wrong);
    CHECK(complaint([&] {
            words({"--rows", wrong}).whole_number("--rows", 1, 10);
          }) == "--rows needs a whole number from 1 to 10");
  }
  CHECK(words({"--rows", "10"}).whole_number("--rows", 1, 10) == 10);
  CHECK(words({"--rows", "1"}).whole_number("--rows", 1, 10) == 1);
  for (const char* wrong : {"", "0", "-0.5", "1.01", "nan", "inf", "0,5", "0.5x"}) {
    CAPTURE(wrong);
    CHECK(complaint([&] {
            words({"--share", wrong}).share("--share");
          }) == "--share needs a number above 0 and at most 1, as in 0.25");
  }
  CHECK(words({"--share", "0.25"}).share("--share") == 0.25);
  CHECK(words({"--share", "1"}).share("--share") == 1.0);
}

TEST_CASE("a list is the words between commas") {
  using list = std::vector<std::string>;
  CHECK(words({"--schemas", "public,app"}).list("--schemas") == list{"public", "app"});
  CHECK(words({"--schemas=app"}).list("--schemas") == list{"app"});
  CHECK_FALSE(words({"--other", "a"}).list("--schemas").has_value());
  for (const char* wrong : {"", ",", "a,", ",a", "a,,b"}) {
    CHECK(complaint([&] {
            words({"--schemas", wrong}).list("--schemas");
          }) == "--schemas needs words with commas between them");
  }
}

TEST_CASE("an option without its value is complained about") {
  CHECK(complaint([] { words({"--dsn"}).value("--dsn"); }) == "--dsn needs a value");
}
