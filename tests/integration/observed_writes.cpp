// SPDX-License-Identifier: BSL-1.0
// What an observer of dual writes costs: nothing where nobody hears of them, two looks at the clock otherwise.
#include <algorithm>
#include <cstddef>
#include <cstdlib>
#include <ctime>
#include <limits>
#include <new>
#include <string>
#include <sys/syscall.h>
#include <unistd.h>
#include <vector>

#include <doctest/doctest.h>

#include <online_migration/runtime/dual_writer.hpp>
#include <online_migration/static.hpp>

#include "postgres_support.hpp"

namespace {
std::size_t allocations = 0;
std::size_t looks = 0;
}  // namespace

void* operator new(std::size_t size) {
  ++allocations;
  if (void* memory = std::malloc(size == 0 ? 1 : size)) return memory;
  throw std::bad_alloc{};
}
void operator delete(void* memory) noexcept { std::free(memory); }
void operator delete(void* memory, std::size_t) noexcept { std::free(memory); }

/// What every clock of the standard library asks, here in front of the C library's.
extern "C" int clock_gettime(clockid_t clock, timespec* time) noexcept {
  ++looks;
  return static_cast<int>(syscall(SYS_clock_gettime, clock, time));
}

namespace om = online_migration;
using namespace test;

namespace {

struct users : om::table<"users", om::column<"id", om::bigint, om::primary_key>, om::column<"name", om::text>> {};
struct lower_name
    : om::migration<"lower", users, om::add_column<"name_lower", om::text, om::ascii_lower(om::col<"name">)>> {};

struct recorder {
  void on(const om::dual_write_event& write) {
    ++count;
    last = write;
  }
  std::size_t count = 0;
  om::dual_write_event last{};
};

struct listens_to_something_else {
  void on(const om::chunk_event&) {}
};

struct costs {
  std::size_t looks = std::numeric_limits<std::size_t>::max();
  std::size_t allocations = std::numeric_limits<std::size_t>::max();
};

/// The least that an action costs: a wait for the server's answer looks at the clock too, now and then once more.
template <class Action>
costs costs_of(Action action) {
  costs least;
  action();
  for (int i = 0; i < 200; ++i) {
    std::size_t looks_before = looks;
    std::size_t allocations_before = allocations;
    action();
    least.looks = std::min(least.looks, looks - looks_before);
    least.allocations = std::min(least.allocations, allocations - allocations_before);
  }
  return least;
}

struct table {
  connection on{""};
  table() {
    script(on, "DROP TABLE IF EXISTS users; CREATE TABLE users (id bigint PRIMARY KEY, name text)");
    on.run_script(om::statements<lower_name>::add_column);
    script(on, "INSERT INTO users VALUES (1, 'Ada')");
  }

  costs of_update(om::observer_ref observer) {
    om::dual_writer<lower_name> write{on, observer};
    return costs_of([&] { write.update(om::key(1), om::set<"name">("Grace")); });
  }
};

}  // namespace

TEST_CASE("the clock is seen here") {
  CHECK(costs_of([] { static_cast<void>(std::chrono::steady_clock::now()); }).looks == 1);
}

TEST_CASE("where nobody hears of writes, no clock and no allocation") {
  listens_to_something_else other;
  for (om::observer_ref observer : {om::observer_ref{}, om::observer_ref{other}}) {
    costs none = costs_of([&] {
      om::detail::timed_write timed{observer, "lower", om::write_operation::update};
      timed.succeeded();
    });
    CHECK(none.looks == 0);
    CHECK(none.allocations == 0);
  }
}

TEST_CASE_FIXTURE(table, "a write looks at the clock twice more for an observer, and allocates nothing for it") {
  listens_to_something_else other;
  recorder writes;
  costs plain = of_update({});
  costs unheard = of_update(other);
  costs heard = of_update(writes);
  CHECK(plain.allocations == 0);
  CHECK(unheard.allocations == 0);
  CHECK(heard.allocations == 0);
  CHECK(unheard.looks == plain.looks);
  CHECK(heard.looks == plain.looks + 2);
  CHECK(writes.count == 201);
}

TEST_CASE_FIXTURE(table, "operations, outcomes and the name of the migration") {
  recorder writes;
  om::dual_writer<lower_name> write{on, writes};
  using operation = om::write_operation;
  auto last = [&](operation wanted, om::write_outcome outcome) {
    return writes.last.migration == "lower" && writes.last.operation == wanted && writes.last.outcome == outcome &&
           writes.last.time.count() > 0;
  };
  write.insert(om::key(2), om::set<"name">("Ada"));
  CHECK(last(operation::insert, om::write_outcome::ok));
  write.update(om::key(2), om::set<"name">("Grace"));
  CHECK(last(operation::update, om::write_outcome::ok));
  write.upsert(om::key(2), om::set<"name">("Edsger"));
  CHECK(last(operation::upsert, om::write_outcome::ok));
  CHECK(write.update(om::key(99), om::set<"name">("Nobody")) == 0);
  CHECK(last(operation::update, om::write_outcome::ok));
  write.erase(om::key(2));
  CHECK(last(operation::erase, om::write_outcome::ok));
  CHECK_THROWS_AS(write.insert(om::key(1), om::set<"name">("Ada again")), om::statement_error);
  CHECK(last(operation::insert, om::write_outcome::error));
  // A text that never reaches the server.
  CHECK_THROWS_AS(write.update(om::key(1), om::set<"name">(std::string("a\0b", 3))), om::statement_error);
  CHECK(last(operation::update, om::write_outcome::error));
  CHECK(writes.count == 7);
}

TEST_CASE_FIXTURE(table, "an observer that throws harms no write") {
  struct {
    void on(const om::dual_write_event&) { throw 1; }
  } bad;
  om::dual_writer<lower_name> write{on, bad};
  CHECK(write.update(om::key(1), om::set<"name">("Grace")) == 1);
  CHECK_THROWS_AS(write.insert(om::key(1), om::set<"name">("Ada")), om::statement_error);
  CHECK(test::ask(on, "SELECT name_lower FROM users WHERE id = 1") == "grace");
}
