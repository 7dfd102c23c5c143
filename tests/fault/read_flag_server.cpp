// SPDX-License-Identifier: BSL-1.0
// The flag when the server goes away and another one takes its place.
#include <chrono>
#include <cstdlib>
#include <fstream>
#include <memory>
#include <string>

#include <doctest/doctest.h>

#include <online_migration/runtime/read_flag_cache.hpp>

#include "integration/reader_support.hpp"

using namespace test;
using namespace std::chrono_literals;

namespace {

using cache = om::read_flag_cache<portable, om::database, stepped_clock>;

void server(const std::string& action) {
  std::string command = environment("ONLINE_MIGRATION_TEST_SERVER_CONTROL") + ' ' + action + ' ' +
                        environment("ONLINE_MIGRATION_TEST_SERVER") + " >/dev/null";
  REQUIRE(std::system(command.c_str()) == 0);
}

}  // namespace

TEST_CASE("reads over a connection to another server wait for what that one says") {
  om::database app{""};
  auto on = std::make_unique<connection>(fresh_folk<portable>());
  begin_run<portable>(*on, "contract-ready", "new");
  cache flags{app};
  {
    om::reader<portable> read{*on, flags};
    CHECK(read.get(om::key(3)).value() == "new 3");
  }
  // A failover that loses the newest transactions: the flag goes back, and no clock has moved.
  set_run(*on, "contract-ready", "legacy");
  {
    om::reader<portable> read{*on, flags};
    CHECK(read.get(om::key(3)).value() == "new 3");
  }
  server("stop");
  server("start");
  {
    om::reader<portable> lost{*on, flags};
    CHECK_THROWS_AS(std::ignore = lost.get(om::key(3)), connection_error);
  }
  *on = app.connect();
  om::reader<portable> read{*on, flags};
  CHECK(read.get(om::key(3)).value() == "name 3");

  // Known now, so that another connection costs no question.
  set_run(*on, "contract-ready", "new");
  connection second = app.connect();
  om::reader<portable> also{second, flags};
  CHECK(also.get(om::key(3)).value() == "name 3");
  stepped_clock::milliseconds += 5'000;
  CHECK(also.get(om::key(3)).value() == "new 3");
  CHECK(read.get(om::key(3)).value() == "new 3");
}

TEST_CASE("the same reader after a new connection in its place; without an answer it reads nothing") {
  om::database app{""};
  connection on = fresh_folk<portable>();
  begin_run<portable>(on, "contract-ready", "new");
  cache flags{app};
  om::reader<portable> read{on, flags};
  CHECK(read.get(om::key(3)).value() == "new 3");
  server("stop");
  CHECK_THROWS_AS(std::ignore = read.get(om::key(3)), connection_error);
  stepped_clock::milliseconds += 6'000;
  CHECK_THROWS_AS(std::ignore = read.get(om::key(3)), connection_error);
  server("start");
  on = app.connect();
  script(on, "ALTER TABLE online_migration_runs RENAME TO elsewhere");
  stepped_clock::milliseconds += 1'000;
  CHECK(says(caught<refused>([&] { std::ignore = read.get(om::key(3)); }), "has no state tables yet"));
  CHECK(says(caught<refused>([&] { std::ignore = read.representation(); }), "none younger than"));
  script(on, "ALTER TABLE elsewhere RENAME TO online_migration_runs");
  stepped_clock::milliseconds += 1'000;
  CHECK(read.get(om::key(3)).value() == "new 3");
}

TEST_CASE("a server that is gone while nothing else asks: the flag stays its time, then reads fail closed") {
  om::database app{""};
  connection on = fresh_folk<portable>();
  begin_run<portable>(on, "contract-ready", "new");
  cache flags{app};
  CHECK(flags() == read_flag::new_column);
  server("stop");
  stepped_clock::milliseconds += 29'999;
  CHECK(flags() == read_flag::new_column);
  stepped_clock::milliseconds += 1;
  CHECK(caught<connection_error>([&] { std::ignore = flags(); }).migration() == "portable");
  server("start");
  stepped_clock::milliseconds += 1'000;
  CHECK(flags() == read_flag::new_column);
}

TEST_CASE("a standby is not asked") {
  server("stop");
  std::string signal = environment("ONLINE_MIGRATION_TEST_PGDATA") + "/standby.signal";
  std::ofstream{signal}.close();
  server("start");
  om::database app{""};
  REQUIRE(app.connect().facts().in_recovery);
  cache flags{app};
  CHECK(says(caught<refused>([&] { std::ignore = flags(); }), "was asked of a standby"));
  server("stop");
  REQUIRE(std::remove(signal.c_str()) == 0);
  server("start");
}
