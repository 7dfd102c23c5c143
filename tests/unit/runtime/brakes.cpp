// SPDX-License-Identifier: BSL-1.0
#include <doctest/doctest.h>

#include <online_migration/runtime/throttle/plan.hpp>
#include <online_migration/runtime/throttle/readings.hpp>
#include <online_migration/runtime/throttle/words.hpp>

using namespace online_migration;
using namespace online_migration::detail;
using namespace std::chrono_literals;

namespace {

constexpr reading_time at(std::chrono::milliseconds time) { return reading_time{} + time; }

/// What a plan needs of the settings, so that it can be tried in the compiler.
struct settings {
  std::chrono::milliseconds sleep{0};
  std::chrono::milliseconds longest_pause{10'000};
  held_up_policy when_held_up = held_up_policy::go_on_slowly;

  [[nodiscard]] constexpr std::chrono::milliseconds after(std::chrono::microseconds) const { return sleep; }
  [[nodiscard]] constexpr std::string_view reason(std::chrono::milliseconds) const { return "sleep"; }
};

constexpr throttle_limits ramp{10, 30};
static_assert(ramp.brake(0) == 0 && ramp.brake(10) == 0 && ramp.brake(20) == 0.5 && ramp.brake(30) == 1 &&
              ramp.brake(1e9) == 1);
static_assert(throttle_limits{10, 30, 0.5}.brake(20) == 0.25 && throttle_limits{10, 30, 0.5}.brake(99) == 0.5);
static_assert(throttle_limits{0, 1, 0.25}.brake(1) == 0.25 && throttle_limits{5, 5}.brake(5) == 0 &&
              throttle_limits{5, 5}.brake(5.1) == 1);
static_assert(!throttle_limits{}.is_on() && throttle_limits{}.brake(1e9) == 0);

constexpr throttle_signals usual;
static_assert(usual.replica_lag.is_on() && usual.slot_bytes.is_on() && !usual.wal_rate.is_on());
static_assert(!throttle_signals::none().of(throttle_signal::replica_lag).is_on());
static_assert(&usual.of(throttle_signal::checkpoints) == &usual.checkpoints);

static_assert(pause_for(20ms, 0) == 0ms && pause_for(20ms, 0.5) == 20ms && pause_for(20ms, 0.75) == 60ms);
static_assert(pause_for(20ms, 1) == 380ms);  // works for a twentieth of the time, and never stops for ever

static_assert(braking{0.5, "a"}.harder({0.5, "b"}).word == "a" && braking{0.5, "a"}.harder({0.6, "b"}).word == "b");

constexpr bool nothing_brakes() {
  brake_plan plan;
  rest_plan none = plan.next(settings{}, {}, 20ms, at(0ms));
  rest_plan fixed = plan.next(settings{7ms}, {}, 20ms, at(0ms));
  return none.pause == 0ms && !none.look_again && !none.end && fixed.pause == 7ms && fixed.reason == "sleep";
}
static_assert(nothing_brakes());

constexpr bool longer_pause_counts() {
  brake_plan plan;
  rest_plan braked = plan.next(settings{7ms}, {0.5, "lag"}, 20ms, at(0ms));
  rest_plan fixed = plan.next(settings{70ms}, {0.5, "lag"}, 20ms, at(0ms));
  return braked.pause == 20ms && braked.reason == "lag" && !braked.look_again && fixed.pause == 70ms &&
         fixed.reason == "sleep";
}
static_assert(longer_pause_counts());

constexpr bool waits_and_then_goes_on_slowly(held_up_policy policy) {
  brake_plan plan;
  settings with{0ms, 1000ms, policy};
  braking full{1, "lag"};
  rest_plan first = plan.next(with, full, 20ms, at(0ms));
  if (first.pause != 500ms || !first.look_again || first.reason != "lag") return false;
  if (plan.next(with, full, 20ms, at(800ms)).pause != 200ms) return false;  // the rest of the longest pause
  rest_plan after = plan.next(with, full, 20ms, at(1000ms));
  if (after.pause != 380ms || after.look_again || after.reason != "lag") return false;
  if (after.end != (policy == held_up_policy::pause)) return false;
  // It got better, and worse again: the time begins anew.
  if (plan.next(with, {0.5, "lag"}, 20ms, at(2000ms)).end) return false;
  return plan.next(with, full, 20ms, at(3000ms)).look_again;
}
static_assert(waits_and_then_goes_on_slowly(held_up_policy::go_on_slowly));
static_assert(waits_and_then_goes_on_slowly(held_up_policy::pause));

constexpr bool grows() {
  growth rate;
  if (rate.note(100, at(0ms)).has_value()) return false;
  if (rate.note(300, at(2000ms)) != 100.0) return false;
  if (rate.note(5, at(3000ms)).has_value()) return false;  // the server's statistics were reset
  return rate.note(6, at(4000ms)) == 1.0;
}
static_assert(grows());

constexpr bool tells_the_age() {
  wal_clock clock;
  if (clock.age(5, at(9000ms)) != 0) return false;  // nothing was seen yet
  clock.note(100, at(1000ms));
  clock.note(200, at(2000ms));
  clock.note(300, at(3000ms));
  if (clock.age(300, at(9000ms)) != 0) return false;
  if (clock.age(299, at(9000ms)) != 7) return false;  // it was passed after 200 was seen
  if (clock.age(200, at(9000ms)) != 7 || clock.age(100, at(9000ms)) != 8) return false;
  if (clock.age(50, at(9000ms)) != 8) return false;  // before all that was seen: at least so old
  clock.note(300, at(8000ms));                       // an idle server
  if (clock.age(299, at(9000ms)) != 7) return false;
  clock.note(10, at(10000ms));  // another server
  return clock.age(9, at(11000ms)) == 1;
}
static_assert(tells_the_age());

constexpr bool is_exact_where_it_matters() {
  wal_clock clock;
  for (int i = 0; i < 1000; ++i) clock.note(i, at(i * 1000ms));
  double age = clock.age(970, at(1000s));
  return age >= 30 && age <= 32 && clock.age(500, at(1000s)) >= 500;
}
static_assert(is_exact_where_it_matters());

}  // namespace

TEST_CASE("what a signal says") {
  CHECK(bytes_text(512 * 1024.0) == "512 KiB");
  CHECK(bytes_text(1.5 * gibibyte) == "1.5 GiB");
  CHECK(signal_text(throttle_signal::replica_lag, 41.25) == "the slowest standby or subscriber is 41.2 s behind");
  CHECK(signal_text(throttle_signal::slot_bytes, 20 * mebibyte) == "a replication slot keeps 20.0 MiB of WAL");
  for (std::size_t i = 0; i < throttle_signal_count; ++i) {
    CHECK(!signal_text(static_cast<throttle_signal>(i), 1).empty());
    CHECK(!to_string(static_cast<throttle_signal>(i)).empty());
  }
}
