// SPDX-License-Identifier: BSL-1.0
#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

#include <doctest/doctest.h>

#include <online_migration/cli/arguments.hpp>
#include <online_migration/cli/brake_words.hpp>

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

TEST_CASE("brakes are set by name, in their order") {
  throttle settings;
  auto given = words({"--brake", "all=off", "--brake=replica_lag=2,10", "--brake", "wal_rate=20MiB,0.5GiB", "--brake",
                      "vacuum=0,1", "--brake", "vacuum=off", "--brake", "slot_bytes=1KiB,1KiB"});
  detail::set_brakes(given, settings);
  given.nothing_left();
  const throttle_signals& now = settings.signals;
  CHECK(now.replica_lag.from == 2);
  CHECK(now.replica_lag.full == 10);
  CHECK(now.wal_rate.from == 20 * 1024 * 1024);
  CHECK(now.wal_rate.full == 512 * 1024 * 1024);
  CHECK(now.slot_bytes.full == 1024);
  for (auto which : {throttle_signal::vacuum, throttle_signal::replica_bytes, throttle_signal::checkpoints}) {
    CHECK_FALSE(now.of(which).is_on());
  }
}

TEST_CASE("each signal has its name") {
  for (std::size_t i = 0; i < throttle_signal_count; ++i) {
    auto which = static_cast<throttle_signal>(i);
    throttle_signals signals = throttle_signals::none();
    detail::set_brake(std::string{to_string(which)} + "=3,4", signals);
    for (std::size_t other = 0; other < throttle_signal_count; ++other) {
      CHECK(signals.of(static_cast<throttle_signal>(other)).is_on() == (other == i));
    }
    CHECK(signals.of(which).from == 3);
  }
}

TEST_CASE("a brake that means nothing is refused, with the names that there are") {
  for (const char* wrong :
       {"", "replica_lag", "replica_lag=", "replica_lag=5", "replica_lag=5,", "replica_lag=10,5", "replica_lag=-1,5",
        "replica_lag=1,5s", "replica_lag=0,0", "lag=1,2", "all=1,2", "=1,2", "wal_rate=1TB,2TB", "wal_rate=nan,nan"}) {
    INFO(wrong);
    std::string said = complaint([&] {
      auto given = words({"--brake", wrong});
      throttle settings;
      detail::set_brakes(given, settings);
    });
    CHECK(said.find("replica_lag, replica_bytes, slot_bytes, wal_rate") != std::string::npos);
  }
}
