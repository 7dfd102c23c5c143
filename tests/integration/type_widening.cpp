// SPDX-License-Identifier: BSL-1.0
// A value in a wider type is what PostgreSQL makes of it by a cast, and parity, which compares in the same way, agrees.
#include <string>

#include "support/lab.hpp"

using namespace test;

namespace {

template <class From>
struct narrow : om::table<"narrow", om::column<"id", om::bigint, om::primary_key>, om::column<"value", From>> {};

template <class From, class To>
struct wider : om::migration<"wider", narrow<From>, om::add_column<"wide", To, om::col<"value">>> {};

template <class From, class To>
void widens(const std::string& literal, const std::string& before = "SELECT 1") {
  using migration = wider<From, To>;
  std::string from = om::detail::type_name(From::description);
  std::string to = om::detail::type_name(To::description);
  CAPTURE(from);
  CAPTURE(to);
  lab server;
  server.run(before + "; CREATE TABLE narrow (id bigint PRIMARY KEY, value " + from + ")");
  server.run("INSERT INTO narrow VALUES (1, " + literal + "), (2, NULL)");
  server.tools.ensure_state_tables();
  om::expand<migration>(server.tools);
  server.run("INSERT INTO narrow VALUES (3, " + literal + ")");
  om::dual_writer<migration> write{server.on};
  write.insert(om::key(4), om::set<"value">(std::nullopt));
  REQUIRE(om::backfill_runner<migration>{server.source}.run().finished());
  CHECK(server.ask("SELECT count(*) FROM narrow WHERE NOT ROW(wide)::record *= ROW(value::" + to + ")::record") == "0");
  CHECK(server.ask("SELECT count(wide) FROM narrow") == "2");
  CHECK(om::parity_checker<migration>{server.source}.check_all().mismatches == 0);
}

}  // namespace

TEST_CASE("numbers") {
  widens<om::numeric<4, 1>, om::numeric<6, 2>>("'-123.4'");
  widens<om::numeric<4, 1>, om::numeric<>>("'1.0'");
  widens<om::bigint, om::numeric<21, 2>>("'-9223372036854775808'");
  widens<om::int2, om::numeric<>>("7");
  widens<om::int2, om::float4>("-32768");
  widens<om::float4, om::float8>("0.1");
}

TEST_CASE("texts") {
  widens<om::character<4>, om::text>("'ab'");
  widens<om::character<4>, om::varchar<4>>("'ab'");
  widens<om::character<4>, om::character<6>>("'ab'");
  widens<om::varchar<4>, om::varchar<6>>("'ab  '");
}

TEST_CASE("domains") {
  widens<om::domain<"short", om::varchar<5>>, om::text>("'ab '", "CREATE DOMAIN short AS varchar(5)");
  widens<om::domain<"small", om::int4>, om::bigint>("7", "CREATE DOMAIN small AS integer");
  widens<om::domain<"price", om::numeric<4, 1>>, om::numeric<6, 2>>("1.5", "CREATE DOMAIN price AS numeric(4,1)");
}
