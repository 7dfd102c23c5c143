// SPDX-License-Identifier: BSL-1.0
// Shadow reads: the legacy value is what is given, whatever becomes of the comparison.
#include <cstdint>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include <doctest/doctest.h>

#include "reader_support.hpp"
#include "support/hooked_database.hpp"

using namespace test;
using om::shadow_counts;
using om::shadow_outcome;

namespace {

/// The random numbers of a test, one after the other.
struct given_chance : om::system_environment {
  static inline std::int64_t next = 0;
  static std::int64_t random(std::int64_t limit) { return next++ % (limit + 1); }
};

struct listener {
  void on(const om::shadow_read_event& event) {
    CHECK(event.migration == "portable");
    heard.push_back(event.outcome);
  }
  std::vector<shadow_outcome> heard;
};

constexpr reader_options always{.shadow_share = 1};

std::string refuse_some(std::string_view name) {
  if (name == "  Name 3") throw std::runtime_error{"three"};
  if (name == "  Name 4") return "\xff";
  return std::string{name};
}
}  // namespace

TEST_CASE("comparisons are counted and told to the observer; legacy is given") {
  connection on = fresh_folk<portable>();
  script(on, "UPDATE folk SET derived = 'name 3' WHERE id = 3");
  set_flag flag{read_flag::shadow};
  listener heard;
  om::reader<portable> read{on, flag, {.shadow_share = 1, .observer = heard}};
  CHECK(read.get(om::key(3)).value() == "name 3");
  CHECK(read.get(om::key(4)).value() == "name 4");
  CHECK(read.get(om::key(1000)).value() == "ada");
  CHECK(read.shadow() == shadow_counts{1, 2, 0});
  CHECK_FALSE(read.get(om::key(5000)).has_row());
  CHECK(read.shadow() == shadow_counts{1, 2, 0});
  CHECK(heard.heard == std::vector{shadow_outcome::same, shadow_outcome::different, shadow_outcome::different});
  flag.flag = read_flag::legacy;
  CHECK(read.get(om::key(4)).value() == "name 4");
  flag.flag = read_flag::new_column;
  CHECK(read.get(om::key(4)).value() == "new 4");
  CHECK(heard.heard.size() == 3);
}

TEST_CASE("the share of the reads that was asked for, and of no others") {
  connection on = fresh_folk<portable>();
  set_flag flag{read_flag::shadow};
  auto compared = [&](double share) {
    om::reader<portable, connection, given_chance> read{on, flag, {.shadow_share = share}};
    std::int64_t before = on.round_trips();
    for (int i = 0; i < 100; ++i) {
      given_chance::next = i * 10'000;
      CHECK(read.get(om::key(4)).has_row());
    }
    CHECK(on.round_trips() == before + 100);
    return read.shadow().different;
  };
  CHECK(compared(0) == 0);
  CHECK(compared(0.25) == 25);
  CHECK(compared(0.01) == 1);
  CHECK(compared(1) == 100);
  given_chance::next = 0;
  om::reader<portable, connection, given_chance> usual{on, flag};
  CHECK(usual.get(om::key(4)).has_row());
  CHECK(usual.shadow().different == 1);
  given_chance::next = 10'000;
  CHECK(usual.get(om::key(4)).has_row());
  CHECK(usual.shadow().different == 1);
}

TEST_CASE_TEMPLATE("a new column that cannot be read is counted and never thrown", Migration, portable, server_only,
                   client_only) {
  set_flag flag{read_flag::shadow};
  for (const char* harm : {"ALTER TABLE folk DROP COLUMN derived",
                           "ALTER TABLE folk ALTER COLUMN derived TYPE bytea USING convert_to(derived, 'UTF8')"}) {
    CAPTURE(harm);
    connection on = fresh_folk<Migration>();
    connection other{""};
    om::reader<Migration> read{on, flag, always};
    CHECK(read.get(om::key(3)).value() == "name 3");  // prepared
    script(other, harm);
    std::int64_t before = on.round_trips();
    bool seen = std::string_view{harm}.find("DROP") != std::string_view::npos || !om::is_client_only<Migration>;
    CHECK(read.get(om::key(3)).value() == "name 3");
    CHECK(read.get(om::key(3)).value() == "name 3");
    CHECK_FALSE(read.get(om::key(5000)).has_row());
    // Bytes are bytes: that a text is none is seen by the server alone.
    CHECK(read.shadow().failed == (seen ? 3 : 0));
    CHECK(on.round_trips() <= before + 7);  // two for each, and one that finds the plan out of date
    CHECK(on.transaction_status() == PQTRANS_IDLE);
  }
}

TEST_CASE("a new column of another type is counted as one that cannot be read") {
  struct numbers : om::table<"numbers", om::column<"id", om::bigint, om::primary_key>, om::column<"small", om::int4>> {
  };
  struct wider : om::migration<"wider", numbers, om::add_column<"wide", om::bigint, om::col<"small">>> {};
  connection on{""};
  script(on,
         "DROP TABLE IF EXISTS numbers; CREATE TABLE numbers (id bigint PRIMARY KEY, small integer, wide integer); "
         "INSERT INTO numbers VALUES (1, 7, 7)");
  set_flag flag{read_flag::shadow};
  om::reader<wider> read{on, flag, always};
  CHECK(read.get(om::key(1)).value() == 7);
  CHECK(read.shadow() == shadow_counts{0, 0, 1});
}

TEST_CASE("without the right to read the new column everything else goes on") {
  connection on = fresh_folk<portable>();
  script(on, "DROP ROLE IF EXISTS narrow; CREATE ROLE narrow LOGIN; GRANT SELECT (id, name) ON folk TO narrow");
  set_flag flag{read_flag::shadow};
  {
    connection narrow{"user=narrow"};
    om::reader<portable> read{narrow, flag, always};
    CHECK(read.get(om::key(3)).value() == "name 3");
    CHECK(read.shadow() == shadow_counts{0, 0, 1});
  }
  script(on, "DROP OWNED BY narrow; DROP ROLE narrow");
}

TEST_CASE("what fails as legacy is thrown, and is no failure of the new column") {
  connection on = fresh_folk<portable>();
  set_flag flag{read_flag::shadow};
  om::reader<portable> read{on, flag, always};
  script(on, "ALTER TABLE folk DROP COLUMN name");
  CHECK(caught<statement_error>([&] { std::ignore = read.get(om::key(3)); }).statement_name() == "read_legacy");
  CHECK(read.shadow() == shadow_counts{});
}

TEST_CASE("where the user's function has no value, the legacy one is NULL, as the backfill would write it") {
  struct nullable
      : om::migration<"nullable", folk,
                      om::add_column<"derived", om::text, om::computed<&refuse_some, "r/1">(om::col<"name">)>> {};
  struct required
      : om::migration<
            "required", folk,
            om::add_column<"derived", om::text, om::computed<&refuse_some, "r/1">(om::col<"name">), om::not_null>> {};
  connection on = fresh_folk<nullable>();
  script(on, "UPDATE folk SET derived = NULL WHERE id IN (3, 4)");
  set_flag flag{read_flag::shadow};
  om::reader<nullable> read{on, flag, always};
  for (int id : {3, 4}) {
    REQUIRE(read.get(om::key(id)).has_row());
    CHECK_FALSE(read.get(om::key(id)).value().has_value());
  }
  CHECK(read.shadow() == shadow_counts{4, 0, 0});
  om::reader<required> strict{on, flag, always};
  CHECK_THROWS_WITH(std::ignore = strict.get(om::key(3)), "three");
  CHECK(strict.get(om::key(5)).value() == "  Name 5");
  CHECK(strict.shadow() == shadow_counts{0, 1, 0});
}

TEST_CASE("a lost connection is thrown") {
  connection on = fresh_folk<portable>();
  connection other{""};
  set_flag flag{read_flag::shadow};
  om::reader<portable> read{on, flag, always};
  std::string pid = std::to_string(on.backend_pid());
  ask(other, "SELECT pg_terminate_backend(" + pid + ", 10000)");
  auto problem = caught<connection_error>([&] { std::ignore = read.get(om::key(3)); });
  CHECK(problem.migration() == "portable");
  CHECK(problem.statement_name() == "read_both");
  CHECK(read.shadow() == shadow_counts{});
}

TEST_CASE("in a transaction of the caller nothing is compared, so nothing can end it") {
  connection on = fresh_folk<portable>();
  set_flag flag{read_flag::shadow};
  om::reader<portable> read{on, flag, always};
  script(on, "ALTER TABLE folk DROP COLUMN derived");
  script(on, "BEGIN; INSERT INTO folk VALUES (2000, ' Eve ')");
  CHECK(read.get(om::key(2000)).value() == "eve");
  CHECK(read.get(om::key(3)).value() == "name 3");
  script(on, "COMMIT");
  CHECK(read.shadow() == shadow_counts{});
  CHECK(ask(on, "SELECT count(*) FROM folk WHERE id = 2000") == "1");
}

TEST_CASE_TEMPLATE("a write that comes between any two statements of a read makes no difference", Migration, portable,
                   server_only, client_only) {
  connection other = fresh_folk<Migration>();
  script(other, "UPDATE folk SET derived = lower(btrim(name))");
  // The writer changes both columns together, as every writer does while the safety net is in force.
  int writes = 0;
  hooks around;
  around.before = around.after = [&](const statement& what) {
    if (!what.name.starts_with("read_")) return;
    std::string number = std::to_string(++writes);
    script(other, "UPDATE folk SET name = 'Write " + number + "', derived = 'write " + number + "'");
  };
  hooked_connection on{connection{""}, around};
  set_flag flag{read_flag::shadow};
  om::reader<Migration, hooked_connection> read{on, flag, always};
  for (int i = 0; i < 20; ++i) CHECK(read.get(om::key(3)).value().value().starts_with("write "));
  CHECK(writes >= 40);
  CHECK(read.shadow() == shadow_counts{20, 0, 0});
}
