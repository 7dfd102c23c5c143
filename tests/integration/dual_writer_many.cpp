// SPDX-License-Identifier: BSL-1.0
// Many rows in one round trip: all of them or none.
#include <cstdint>
#include <optional>
#include <ranges>
#include <string>
#include <string_view>
#include <vector>

#include <doctest/doctest.h>

#include <online_migration/runtime/dual_writer.hpp>
#include <online_migration/static.hpp>

#include "dual_writer_support.hpp"

using namespace test;

namespace {

struct person {
  std::int64_t id;
  std::string name;
};

auto named(const person& each) { return om::row_of(om::key(each.id), om::set<"name">(each.name)); }

struct generated : om::table<"users", om::column<"id", om::bigint, om::primary_key, om::has_default>,
                             om::column<"name", om::text, om::not_null>, om::column<"visits", om::int4>> {};
struct lowered
    : om::migration<"lowered", generated, om::add_column<"derived", om::text, om::ascii_lower(om::col<"name">)>> {};

constexpr const char* all = "SELECT string_agg(t::text, ' ' ORDER BY id) FROM users t";

}  // namespace

TEST_CASE_TEMPLATE("every operation on a range writes both representations in one round trip", Migration, portable,
                   server_only, client_only) {
  connection on = fresh<Migration>();
  om::dual_writer<Migration> write{on};
  std::vector<person> people{{1, "Ada"}, {2, "Eve"}, {3, "Bo"}};
  auto derived = [&] { return ask(on, "SELECT string_agg(derived, ' ' ORDER BY id) FROM users"); };
  constexpr bool client = std::is_same_v<Migration, client_only>;

  for (int round = 0; round < 2; ++round) {  // what is prepared is used again
    std::int64_t before = on.round_trips();
    CHECK(write.insert_many(people, named) == 3);
    CHECK(on.round_trips() == before + 1);
    CHECK(derived() == (client ? "adA evE oB" : "ada eve bo"));
    people.push_back({4, "Cy"});
    people[0].name = "ABE";
    CHECK(write.update_many(people, named) == 3);
    CHECK(derived() == (client ? "EBA evE oB" : "abe eve bo"));
    CHECK(write.upsert_many(people, named) == 4);
    CHECK(derived() == (client ? "EBA evE oB yC" : "abe eve bo cy"));
    before = on.round_trips();
    CHECK(write.erase_many(std::vector{1, 3, 99}, [](int id) { return om::key(id); }) == 2);
    CHECK(write.erase_many(std::vector{om::key(4)}) == 1);
    CHECK(on.round_trips() == before + 2);
    CHECK(derived() == (client ? "evE" : "eve"));
    people = {{1, "Ada"}, {2, "Eve"}, {3, "Bo"}};
    script(on, "TRUNCATE users");
  }
}

TEST_CASE("a range of rows as they are; without keys; of one pass; empty; many") {
  connection on = fresh<portable>();
  om::dual_writer<portable> write{on};
  std::vector rows{om::row_of(om::key(1), om::set<"name">("A"), om::set<"nick">("x")),
                   om::row_of(om::key(2), om::set<"name">("B"), om::set<"nick">("y"))};
  CHECK(write.insert_many(rows) == 2);
  CHECK(ask(on, all) == "(1,A,x,,a) (2,B,y,,b)");
  std::vector same{om::row_of(om::key(1), om::set<"nick">(std::optional<std::string_view>{})),
                   om::row_of(om::key(1), om::set<"nick">(std::optional<std::string_view>{"z"}))};
  CHECK(write.update_many(same) == 2);
  CHECK(ask(on, all) == "(1,A,z,,a) (2,B,y,,b)");

  script(on, "TRUNCATE users RESTART IDENTITY");
  auto keyless = std::views::iota(0, 3) | std::views::transform([](int visits) {
                   return om::row_of(om::set<"name">("N"), om::set<"visits">(visits));
                 });
  CHECK(om::dual_writer<lowered>{on}.insert_many(keyless) == 3);
  CHECK(ask(on, all) == "(1,N,,0,n) (2,N,,1,n) (3,N,,2,n)");

  std::int64_t before = on.round_trips();
  CHECK(write.update_many(std::vector<person>{}, named) == 0);
  CHECK(on.round_trips() == before);

  // More than the buffers of both ends hold, so that reading and writing have to take turns.
  std::string text(500, 'T');
  auto many = [&](std::int64_t id) { return om::row_of(om::key(id + 10), om::set<"name">(text)); };
  CHECK(write.upsert_many(std::views::iota(std::int64_t{0}, std::int64_t{20'000}), many) == 20'000);
  CHECK(ask(on, "SELECT count(*) FROM users WHERE derived = repeat('t', 500)") == "20000");
}

TEST_CASE("an error names statement and row, holds no value, and nothing is written") {
  connection on = fresh<portable>();
  script(on, "ALTER TABLE users ADD CHECK (name <> 'secret')");
  om::dual_writer<portable> write{on};
  std::vector<person> people{{1, "Ada"}, {2, "Eve"}, {3, "secret"}, {4, "Bo"}};
  for (int round = 0; round < 2; ++round) {
    auto problem = caught<statement_error>([&] { write.insert_many(people, named); });
    CHECK(problem.sqlstate() == "23514");
    CHECK(problem.index() == 2);
    CHECK(problem.migration() == "portable");
    std::string_view words{problem.what()};
    CHECK(words.find("row 2 of the range") != words.npos);
    CHECK(words.find("secret") == words.npos);
    CHECK(words.find(problem.statement_name()) != words.npos);
    CHECK(ask(on, "SELECT count(*) FROM users") == "0");
  }
  people[2].name = "Zoe";
  CHECK(write.insert_many(people, named) == 4);
  CHECK(caught<statement_error>([&] { write.insert_many(people, named); }).index() == 0);
  people = {{1, "Ada"}, {2, std::string("E\0e", 3)}};
  auto problem = caught<statement_error>([&] { write.update_many(people, named); });
  CHECK(problem.sqlstate() == "22021");
  CHECK(problem.index() == 1);
}

TEST_CASE("in the caller's transaction the writes belong to it") {
  connection on = fresh<portable>();
  om::dual_writer<portable> write{on};
  std::vector<person> people{{1, "Ada"}, {2, "Eve"}};
  script(on, "BEGIN");
  CHECK(write.insert_many(people, named) == 2);
  CHECK(on.in_transaction());
  script(on, "ROLLBACK");
  CHECK(ask(on, "SELECT count(*) FROM users") == "0");
  script(on, "BEGIN");
  write.insert(om::key(9), om::set<"name">("Zed"));
  people.push_back({1, "again"});
  CHECK(caught<statement_error>([&] { write.insert_many(people, named); }).index() == 2);
  CHECK(on.transaction_status() == PQTRANS_INERROR);
  script(on, "ROLLBACK");
  CHECK(ask(on, "SELECT count(*) FROM users") == "0");
}

TEST_CASE("what fails at the end of the transaction is no row's") {
  connection on = fresh<portable>();
  script(on, "ALTER TABLE users ADD UNIQUE (nick) DEFERRABLE INITIALLY DEFERRED");
  om::dual_writer<portable> write{on};
  auto same_nick = [](std::int64_t id) { return om::row_of(om::key(id), om::set<"name">("N"), om::set<"nick">("x")); };
  auto problem = caught<statement_error>([&] { write.insert_many(std::vector<std::int64_t>{1, 2}, same_nick); });
  CHECK(problem.sqlstate() == "23505");
  CHECK_FALSE(problem.index().has_value());
  CHECK(ask(on, "SELECT count(*) FROM users") == "0");
  CHECK(write.insert_many(std::vector<std::int64_t>{1}, same_nick) == 1);
}

TEST_CASE("a session that was reset is no error outside a transaction") {
  connection on = fresh<portable>();
  om::dual_writer<portable> write{on};
  std::vector<person> people{{1, "Ada"}, {2, "Eve"}};
  CHECK(write.insert_many(people, named) == 2);
  script(on, "TRUNCATE users; DEALLOCATE ALL");
  CHECK(write.insert_many(people, named) == 2);
  script(on, "TRUNCATE users; DEALLOCATE ALL");
  script(on, "BEGIN");
  CHECK(caught<statement_error>([&] { write.insert_many(people, named); }).retry() == retry_class::retry);
  script(on, "ROLLBACK");
  CHECK(write.insert_many(people, named) == 2);
}
