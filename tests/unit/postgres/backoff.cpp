// SPDX-License-Identifier: BSL-1.0
#include <chrono>
#include <cstdint>
#include <vector>

#include <doctest/doctest.h>

#include <online_migration/postgres/backoff.hpp>

using namespace online_migration;
using namespace std::chrono_literals;

namespace {

constexpr auto longest = [](std::int64_t limit) { return limit; };
constexpr auto shortest = [](std::int64_t) { return std::int64_t{0}; };

constexpr std::chrono::milliseconds nth(int count) {
  backoff waits{{100ms, 1000ms}};
  std::chrono::milliseconds last{};
  for (int i = 0; i < count; ++i) last = waits.next(longest);
  return last;
}

static_assert(nth(1) == 100ms);
static_assert(nth(2) == 200ms);
static_assert(nth(4) == 800ms);
static_assert(nth(5) == 1000ms);
static_assert(nth(100) == 1000ms);

}  // namespace

TEST_CASE("full jitter goes down to nothing and keeps growing above") {
  backoff waits{{100ms, 1000ms}};
  CHECK(waits.next(shortest) == 0ms);
  CHECK(waits.next(longest) == 200ms);
  CHECK(waits.tries() == 2);
}

TEST_CASE("a success makes the next wait short again") {
  backoff waits{{100ms, 1000ms}};
  waits.next(longest);
  waits.next(longest);
  waits.reset();
  CHECK(waits.tries() == 0);
  CHECK(waits.next(longest) == 100ms);
}

TEST_CASE("a cap below the first bound holds, and a huge cap does not overflow") {
  CHECK(backoff{{100ms, 10ms}}.next(longest) == 10ms);
  backoff waits{{100ms, std::chrono::milliseconds::max()}};
  std::chrono::milliseconds last = 0ms;
  for (int i = 0; i < 100; ++i) {
    std::chrono::milliseconds next = waits.next(longest);
    CHECK(next >= last);
    last = next;
  }
}
