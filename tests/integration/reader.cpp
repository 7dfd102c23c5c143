// SPDX-License-Identifier: BSL-1.0
// What a read gives by each flag, for transforms of every world and keys of every kind.
#include <cstdint>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>

#include <doctest/doctest.h>

#include "reader_support.hpp"

using namespace test;

TEST_CASE_TEMPLATE("legacy gives what follows from the old columns, new what the new one holds", Migration, portable,
                   server_only, client_only) {
  connection on = fresh_folk<Migration>();
  set_flag flag;
  om::reader<Migration> read{on, flag};

  for (read_flag legacy : {read_flag::legacy, read_flag::shadow, read_flag::percent(0)}) {
    flag.flag = legacy;
    CHECK(read.get(om::key(3)).value() == "name 3");
    CHECK(read.get(om::key(3)).from() == om::representation::legacy);
    CHECK(read.get(om::key(1000)).value() == "ada");
    CHECK(read.get(om::key(-7)).value() == "");
    CHECK_FALSE(read.get(om::key(-8)).has_row());
    CHECK(read.representation(om::key(3)) == om::representation::legacy);
    CHECK(read.representation() == om::representation::legacy);
  }
  for (read_flag fresh : {read_flag::new_column, read_flag::percent(100)}) {
    flag.flag = fresh;
    CHECK(read.get(om::key(3)).value() == "new 3");
    CHECK(read.get(om::key(3)).from() == om::representation::new_column);
    REQUIRE(read.get(om::key(1000)).has_row());
    CHECK_FALSE(read.get(om::key(1000)).value().has_value());
    CHECK(read.get(om::key(-7)).value() == "");
    CHECK_FALSE(read.get(om::key(-8)).has_row());
    CHECK(read.representation(om::key(3)) == om::representation::new_column);
  }
  CHECK(read.representation() == om::representation::legacy);  // at 100 percent other readers may be below
  flag.flag = read_flag::new_column;
  CHECK(read.representation() == om::representation::new_column);
}

TEST_CASE_TEMPLATE("a percentage takes the same keys every time, and a higher one takes them all and more", Migration,
                   portable, server_only, client_only) {
  connection on = fresh_folk<Migration>();
  set_flag flag;
  om::reader<Migration> read{on, flag};
  int before = 0;
  for (int share : {0, 1, 10, 20, 50, 99, 100}) {
    flag.flag = read_flag::percent(share);
    int taken = 0;
    for (int id = 1; id <= 200; ++id) {
      bool expected = om::key_bucket<Migration>(om::key(id)) < share;
      auto found = read.get(om::key(id));
      CHECK(found.value() == (expected ? "new " : "name ") + std::to_string(id));
      CHECK(read.representation(om::key(std::int64_t{id})) == found.from());
      taken += expected ? 1 : 0;
    }
    CHECK(taken >= before);
    before = taken;
  }
  CHECK(before == 200);
}

TEST_CASE_TEMPLATE("one round trip, prepared once, whatever the flag", Migration, portable, client_only) {
  connection on = fresh_folk<Migration>();
  set_flag flag;
  om::reader<Migration> read{on, flag, {.shadow_share = 1}};
  for (read_flag each : {read_flag::legacy, read_flag::new_column, read_flag::percent(50), read_flag::shadow}) {
    flag.flag = each;
    std::int64_t before = on.round_trips();
    for (int id = 1; id <= 10; ++id) CHECK(read.get(om::key(id)).has_row());
    CHECK(on.round_trips() == before + 10);
  }
  CHECK(ask(on, "SELECT count(*) FROM pg_prepared_statements") == "3");
}

TEST_CASE("a value outlives the read, the connection and the next value") {
  connection on = fresh_folk<portable>();
  set_flag flag;
  std::optional<std::string> kept;
  {
    om::reader<portable> read{on, flag};
    kept = read.get(om::key(3)).value();
    CHECK(read.get(om::key(4)).value() == "name 4");
  }
  on.close();
  CHECK(kept == "name 3");
}

TEST_CASE("the value of no row is refused") {
  connection on = fresh_folk<portable>();
  set_flag flag;
  om::reader<portable> read{on, flag};
  auto none = read.get(om::key(5000));
  CHECK(says(caught<refused>([&] { std::ignore = none.value(); }), "no row"));
}

TEST_CASE("keys of several columns, of texts and of uuids") {
  struct wide : om::table<"wide", om::column<"tenant", om::uuid, om::primary_key>, om::column<"size", om::int4>,
                          om::column<"code", om::varchar<9>, om::primary_key>,
                          om::column<"at", om::timestamptz, om::primary_key>> {};
  struct sized : om::migration<"sized", wide, om::add_column<"size_v2", om::bigint, om::col<"size">>> {};
  connection on{""};
  script(
      on,
      "DROP TABLE IF EXISTS wide; CREATE TABLE wide (tenant uuid, size int, code varchar(9), at timestamptz, size_v2 "
      "bigint, PRIMARY KEY (tenant, code, at));"
      "INSERT INTO wide VALUES ('00112233-4455-6677-8899-aabbccddeeff', -3, 'Ä b', '2000-01-01 00:00:00.000001+00', 9), "
      "('00112233-4455-6677-8899-aabbccddeeff', NULL, '', '1999-12-31 00:00+00', NULL)");
  set_flag flag;
  om::reader<sized> read{on, flag};
  auto tenant = om::uuid_value::parse("00112233-4455-6677-8899-aabbccddeeff").value();
  std::string code = "\xc3\x84 b";
  auto first = om::key(tenant, code, om::timestamp_value{1});
  CHECK(read.get(first).value() == -3);
  CHECK_FALSE(read.get(om::key(tenant, "", om::timestamp_value{-86'400'000'000})).value().has_value());
  CHECK_FALSE(read.get(om::key(tenant, code, om::timestamp_value{2})).has_row());
  flag.flag = read_flag::new_column;
  CHECK(read.get(first).value() == 9);
  flag.flag = read_flag::percent(om::key_bucket<sized>(first));
  CHECK(read.get(first).value() == -3);
  flag.flag = read_flag::percent(om::key_bucket<sized>(first) + 1);
  CHECK(read.get(first).value() == 9);
}

TEST_CASE("a new column without NULLs is read as what it is, and a NULL in it is told") {
  struct required : om::migration<"required", folk,
                                  om::add_column<"derived", om::text, om::ascii_lower(om::col<"name">), om::not_null>> {
  };
  connection on = fresh_folk<required>();
  set_flag flag;
  om::reader<required> read{on, flag, {.shadow_share = 1}};
  std::string value = read.get(om::key(1000)).value();
  CHECK(value == "ada");
  flag.flag = read_flag::shadow;
  CHECK(read.get(om::key(1000)).value() == "ada");
  CHECK(read.shadow() == om::shadow_counts{0, 1, 0});
  flag.flag = read_flag::new_column;
  CHECK(read.get(om::key(3)).value() == "new 3");
  CHECK(says(caught<refused>([&] { std::ignore = read.get(om::key(1000)); }), "declared om::not_null holds NULL"));
}

TEST_CASE("a read belongs to the transaction of the caller") {
  connection on = fresh_folk<portable>();
  connection other{""};
  set_flag flag;
  om::reader<portable> read{on, flag};
  script(on, "BEGIN ISOLATION LEVEL REPEATABLE READ");
  CHECK(read.get(om::key(3)).value() == "name 3");
  script(other, "UPDATE folk SET name = 'x'");
  CHECK(read.get(om::key(3)).value() == "name 3");
  script(on, "ROLLBACK");
  CHECK(read.get(om::key(3)).value() == "x");
}

TEST_CASE("errors carry the migration and the statement") {
  connection on = fresh_folk<portable>();
  set_flag flag{read_flag::new_column};
  om::reader<portable> read{on, flag};
  script(on, "ALTER TABLE folk DROP COLUMN derived");
  auto problem = caught<statement_error>([&] { std::ignore = read.get(om::key(3)); });
  CHECK(problem.sqlstate() == "42703");
  CHECK(problem.statement_name() == "read_new");
  CHECK(problem.migration() == "portable");
  CHECK(says(problem, "has om::expand run on this database?"));
  flag.flag = read_flag::legacy;
  CHECK(read.get(om::key(3)).value() == "name 3");
}

TEST_CASE("what a source of flags throws, the read throws; nothing is sent") {
  connection on = fresh_folk<portable>();
  auto flags = []() -> read_flag { throw std::runtime_error{"no flag today"}; };
  om::reader<portable> read{on, flags};
  std::int64_t before = on.round_trips();
  CHECK_THROWS_WITH(std::ignore = read.get(om::key(3)), "no flag today");
  CHECK_THROWS_WITH(std::ignore = read.representation(), "no flag today");
  CHECK(on.round_trips() == before);
}

TEST_CASE("statements of the user's own read the same in either representation") {
  connection on = fresh_folk<server_only>();
  set_flag flag;
  om::reader<server_only> read{on, flag};
  using derived = om::read_expression<server_only, "f">;
  auto all = [&](om::representation from) {
    return ask(on, "SELECT string_agg(v, ' ' ORDER BY id) FROM (SELECT f.id, " + std::string{derived::of(from)} +
                       " AS v FROM folk AS f JOIN folk AS g ON f.id = g.id WHERE f.id IN (1, 2)) AS rows");
  };
  CHECK(all(read.representation()) == "name 1 name 2");
  flag.flag = read_flag::new_column;
  CHECK(all(read.representation()) == "new 1 new 2");
  CHECK(ask(on, "SELECT string_agg(" + std::string{om::read_expression<server_only>::legacy} +
                    ", '') FROM folk WHERE id = 2") == "name 2");
}

TEST_CASE("a share of comparisons is one from 0 to 1") {
  connection on = fresh_folk<portable>();
  set_flag flag;
  for (double wrong : {-0.1, 1.1, std::numeric_limits<double>::quiet_NaN()}) {
    CHECK_THROWS_AS((om::reader<portable>{on, flag, {.shadow_share = wrong}}), refused);
  }
}
