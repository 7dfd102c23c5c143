// SPDX-License-Identifier: BSL-1.0
// Flags: what may be set in which phase, and what rows are then read by.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <tuple>
#include <vector>

#include <doctest/doctest.h>

#include <online_migration/runtime/key_bucket.hpp>
#include <online_migration/runtime/read_flag.hpp>
#include <online_migration/static.hpp>

namespace om = online_migration;
using om::phase;
using om::read_flag;

namespace {

const std::vector<read_flag> flags{read_flag::legacy,      read_flag::shadow,       read_flag::percent(0),
                                   read_flag::percent(10), read_flag::percent(100), read_flag::new_column};

/// The flags that a phase allows, or what each is read as.
std::string allowed(phase now) {
  std::string all;
  for (const read_flag& each : flags) {
    if (om::detail::refusal_of(now, each).empty()) all += to_string(each) + ' ';
  }
  return all;
}
std::string in_force(phase now) {
  std::string all;
  for (const read_flag& each : flags) all += to_string(om::detail::flag_in_force(now, each)) + ' ';
  return all;
}

struct users : om::table<"users", om::column<"id", om::bigint, om::primary_key>, om::column<"name", om::text>> {};
struct lowered : om::migration<"n", users, om::add_column<"lower", om::text, om::ascii_lower(om::col<"name">)>> {};

}  // namespace

TEST_CASE("each phase allows its flags") {
  CHECK(allowed(phase::expand) == "legacy ");
  CHECK(allowed(phase::backfill) == "legacy ");
  CHECK(allowed(phase::validate) == "legacy shadow ");
  CHECK(allowed(phase::contract_ready) == "legacy shadow percent 0 percent 10 percent 100 new ");
  CHECK(allowed(phase::contracted) == "new ");
  CHECK(allowed(phase::rolled_back) == "legacy ");
}

TEST_CASE("a flag that its phase does not allow does not come into force, whoever set it") {
  std::string as_set = "legacy shadow percent 0 percent 10 percent 100 new ";
  std::string legacy = "legacy legacy legacy legacy legacy legacy ";
  CHECK(in_force(phase::expand) == legacy);
  CHECK(in_force(phase::backfill) == legacy);
  CHECK(in_force(phase::validate) == as_set);
  CHECK(in_force(phase::contract_ready) == as_set);
  CHECK(in_force(phase::contracted) == "new new new new new new ");
  CHECK(in_force(phase::rolled_back) == legacy);
}

TEST_CASE("a percentage is one from 0 to 100") {
  for (int wrong : {-1, 101, -2147483647 - 1, 2147483647}) {
    CAPTURE(wrong);
    CHECK_THROWS_AS(std::ignore = read_flag::percent(wrong), om::refused);
  }
  CHECK(read_flag::percent(0).share() == 0);
  CHECK(read_flag::percent(100).share() == 100);
}

TEST_CASE("what is stored is what was set, and nothing else is a flag") {
  for (const read_flag& each : flags) CHECK(om::detail::stored_read_flag(to_string(each.what()), each.share()) == each);
  CHECK_FALSE(om::detail::stored_read_flag("fresh", 0).has_value());
  CHECK_FALSE(om::detail::stored_read_flag("", 0).has_value());
  CHECK_FALSE(om::detail::stored_read_flag("percent", 101).has_value());
  CHECK_FALSE(om::detail::stored_read_flag("percent", -1).has_value());
}

TEST_CASE("a percentage is about as many of the keys, whatever steps they are taken in") {
  for (std::int64_t step : {1, 2, 100, 256, 1000, 65536}) {
    CAPTURE(step);
    std::vector<int> counts(100);
    for (std::int64_t i = 0; i < 20'000; ++i) {
      int bucket = om::key_bucket<lowered>(om::key(i * step));
      REQUIRE((bucket >= 0 && bucket < 100));
      ++counts[static_cast<std::size_t>(bucket)];
    }
    int below = 0;
    for (int share = 1; share <= 100; ++share) {
      below += counts[static_cast<std::size_t>(share - 1)];
      CHECK(std::abs(below - 200 * share) < 300);  // 1.5 percent of the keys
    }
  }
}
