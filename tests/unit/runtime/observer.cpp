// SPDX-License-Identifier: BSL-1.0
#include <stdexcept>
#include <string>
#include <type_traits>
#include <vector>

#include <doctest/doctest.h>

#include <online_migration/runtime/observer.hpp>
#include <online_migration/runtime/throttle.hpp>
#include <online_migration/runtime/timed_write.hpp>

namespace om = online_migration;
using namespace std::chrono_literals;

namespace {

struct chunk_counter {
  void on(const om::chunk_event& chunk) { rows += chunk.rows; }
  std::int64_t rows = 0;
};

struct everything {
  template <class Event>
  void on(const Event& event) {
    migrations.emplace_back(event.migration);
  }
  std::vector<std::string> migrations;
};

/// Hears through a pointer, so that it can be const.
struct forwarder {
  void on(const om::retry_event&) const { ++*retries; }
  int* retries;
};

struct thrower {
  void on(const om::chunk_event&) {
    ++calls;
    throw std::runtime_error{"of the observer"};
  }
  void on(const om::retry_event&) {
    ++calls;
    throw 1;
  }
  int calls = 0;
};

struct deaf {
  void on(int) {}
};

struct misspelt {
  void On(const om::chunk_event&) {}
};

template <class Observer>
constexpr bool taken = std::is_convertible_v<Observer, om::observer_ref>;

static_assert(om::observer_like<chunk_counter> && om::observer_like<everything> && om::observer_like<const forwarder>);
static_assert(!om::observer_like<const chunk_counter>);  // its member is not const
static_assert(!om::observer_like<deaf> && !om::observer_like<misspelt> && !om::observer_like<int>);
static_assert(!om::observer_like<om::observer_ref>);

static_assert(taken<chunk_counter&> && taken<everything&> && taken<forwarder&> && taken<const forwarder&>);
static_assert(!taken<const chunk_counter&> && !taken<deaf&> && !taken<misspelt&>);
static_assert(!taken<chunk_counter> && !taken<forwarder> && !taken<const forwarder>);  // temporaries
static_assert(!std::is_constructible_v<om::observer_ref, everything>);
static_assert(taken<om::observer_ref> && taken<om::observer_ref&> && taken<const om::observer_ref&>);
static_assert(std::is_trivially_copyable_v<om::observer_ref>);
static_assert(!om::observer_ref{} && !om::observer_ref{}.hears<om::chunk_event>());

}  // namespace

TEST_CASE("no observer: nothing happens") {
  om::observer_ref nobody;
  nobody(om::chunk_event{"m"});
  CHECK_FALSE(static_cast<bool>(nobody));
  CHECK_FALSE(nobody.hears<om::dual_write_event>());
}

TEST_CASE("what an observer has no member for passes it by") {
  chunk_counter counter;
  om::observer_ref observer = counter;
  CHECK(static_cast<bool>(observer));
  CHECK(observer.hears<om::chunk_event>());
  CHECK_FALSE(observer.hears<om::dual_write_event>());
  observer(om::phase_event{"m"});
  observer(om::chunk_event{"m", 3});
  om::observer_ref copy = observer;
  copy(om::chunk_event{"m", 4});
  CHECK(counter.rows == 7);
}

TEST_CASE("an observer that is const") {
  int retries = 0;
  const forwarder constant{&retries};
  om::observer_ref observer = constant;
  observer(om::retry_event{"m"});
  CHECK(retries == 1);
}

TEST_CASE("every kind of event arrives, and says of which migration it is") {
  everything all;
  om::observer_ref observer = all;
  om::backfill_progress progress;
  observer(om::chunk_event{"chunk"});
  observer(om::retry_event{"retry"});
  observer(om::failure_event{"failure"});
  observer(om::throttled_event{"throttled", "sleep"});
  observer(om::running_event{"running"});
  observer(om::progress_event{"progress", progress});
  observer(om::parity_range_event{"range", "full"});
  observer(om::parity_pass_event{"pass", "full"});
  observer(om::dual_write_event{"write"});
  observer(om::shadow_read_event{"read"});
  observer(om::phase_event{"phase"});
  CHECK(all.migrations == std::vector<std::string>{"chunk", "retry", "failure", "throttled", "running", "progress",
                                                   "range", "pass", "write", "read", "phase"});
}

TEST_CASE("what an observer throws harms nobody") {
  thrower bad;
  om::observer_ref observer = bad;
  const om::chunk_event chunk{"m"};
  static_assert(noexcept(observer(chunk)));
  observer(chunk);
  observer(om::retry_event{"m"});
  CHECK(bad.calls == 2);
}

TEST_CASE("a write that ends in an exception is an error") {
  struct {
    void on(const om::dual_write_event& event) { writes.push_back(event); }
    std::vector<om::dual_write_event> writes;
  } recorder;
  om::observer_ref observer = recorder;
  {
    om::detail::timed_write timed{observer, "m", om::write_operation::upsert};
    timed.succeeded();
  }
  try {
    om::detail::timed_write timed{observer, "m", om::write_operation::erase};
    throw 1;
  } catch (int) {
  }
  REQUIRE(recorder.writes.size() == 2);
  CHECK(recorder.writes[0].operation == om::write_operation::upsert);
  CHECK(recorder.writes[0].outcome == om::write_outcome::ok);
  CHECK(recorder.writes[1].operation == om::write_operation::erase);
  CHECK(recorder.writes[1].outcome == om::write_outcome::error);
  CHECK(recorder.writes[1].time.count() >= 0);
}

TEST_CASE("words of the events") {
  CHECK(om::to_string(om::write_operation::insert) == "insert");
  CHECK(om::to_string(om::write_operation::update) == "update");
  CHECK(om::to_string(om::write_operation::upsert) == "upsert");
  CHECK(om::to_string(om::write_operation::erase) == "erase");
  CHECK(om::to_string(om::write_outcome::ok) == "ok");
  CHECK(om::to_string(om::write_outcome::error) == "error");
  CHECK(om::to_string(om::shadow_outcome::same) == "same");
  CHECK(om::to_string(om::shadow_outcome::different) == "different");
  CHECK(om::to_string(om::shadow_outcome::failed) == "failed");
  CHECK(om::to_string(om::retry_class::stop) == "stop");
  CHECK(om::to_string(om::retry_class::retry) == "retry");
  CHECK(om::to_string(om::retry_class::reconnect) == "reconnect");
  CHECK(om::to_string(om::retry_class::pause) == "pause");
  CHECK(om::to_string(om::retry_class::data) == "data");
}

TEST_CASE("a pause has the setting that asked for the longer one as its reason") {
  om::throttle both{10ms, 0.5};
  CHECK(both.reason(both.after(4ms)) == "sleep");
  CHECK(both.reason(both.after(10ms)) == "sleep");
  CHECK(both.reason(both.after(11ms)) == "duty_cycle");
}
