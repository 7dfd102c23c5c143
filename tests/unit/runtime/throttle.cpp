// SPDX-License-Identifier: BSL-1.0
#include <chrono>

#include <doctest/doctest.h>

#include <online_migration/runtime/throttle.hpp>

using namespace online_migration;
using namespace std::chrono_literals;

TEST_CASE("by default there is no pause") {
  CHECK(throttle{}.after(25ms) == 0ms);
  CHECK(throttle{}.after(0us) == 0ms);
}

TEST_CASE("a fixed sleep does not depend on the chunk") {
  throttle fixed{7ms, 1.0};
  CHECK(fixed.after(0us) == 7ms);
  CHECK(fixed.after(1h) == 7ms);
}

TEST_CASE("a duty cycle sleeps in proportion, and rounds to milliseconds") {
  CHECK(throttle{0ms, 0.5}.after(20ms) == 20ms);
  CHECK(throttle{0ms, 0.25}.after(20ms) == 60ms);
  CHECK(throttle{0ms, 0.8}.after(20ms) == 5ms);
  CHECK(throttle{0ms, 0.5}.after(400us) == 0ms);
  CHECK(throttle{0ms, 0.5}.after(500us) == 1ms);
}

TEST_CASE("of both, the longer pause counts") {
  throttle both{10ms, 0.5};
  CHECK(both.after(4ms) == 10ms);
  CHECK(both.after(40ms) == 40ms);
}

TEST_CASE("shares that make no sense are bounded: neither for ever nor less than nothing") {
  CHECK(throttle{0ms, 0.0}.after(1ms) == 999ms);
  CHECK(throttle{0ms, -3.0}.after(1ms) == 999ms);
  CHECK(throttle{0ms, 2.0}.after(1h) == 0ms);
}
