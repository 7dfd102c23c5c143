// SPDX-License-Identifier: BSL-1.0
// Statements of the user's own that set both representations.
#include <array>
#include <cstdint>
#include <string>
#include <string_view>

#include <doctest/doctest.h>

#include <online_migration/runtime/assignments.hpp>
#include <online_migration/runtime/dual_writer.hpp>
#include <online_migration/static.hpp>

#include "postgres_support.hpp"

namespace om = online_migration;
using namespace test;

namespace {

struct users
    : om::table<"users", om::column<"id", om::bigint, om::primary_key>, om::column<"name", om::text, om::not_null>,
                om::column<"nick", om::text>, om::column<"visits", om::int4>> {};
struct joined : om::migration<"joined", users,
                              om::add_column<"derived", om::text, om::concat(om::col<"name">, om::col<"nick">)>> {};
std::string reversed(std::string_view text) { return {text.rbegin(), text.rend()}; }
struct backwards : om::migration<"backwards", users,
                                 om::add_column<"derived", om::text, om::computed<&reversed, "r/1">(om::col<"name">)>> {
};

template <class Migration>
connection filled() {
  connection on{""};
  script(on,
         "DROP TABLE IF EXISTS users; CREATE TABLE users (id bigint PRIMARY KEY, name text NOT NULL, nick text, "
         "visits integer)");
  on.run_script(om::statements<Migration>::add_column);
  script(on, "INSERT INTO users VALUES (1, 'Ada', 'a', 1), (2, 'Eve', 'e', 2), (3, 'Bo', 'b', 3)");
  return on;
}

std::string rows(connection& on) { return ask(on, "SELECT string_agg(t::text, ' ' ORDER BY id) FROM users t"); }

}  // namespace

TEST_CASE("a statement of the user's own with parameters behind the fragment") {
  using assign = om::assignments<joined>;
  connection on = filled<joined>();
  std::string sql = "UPDATE users SET " + std::string{assign::fragment<"name">} + " WHERE visits >= $2";
  auto values = assign::bind(om::set<"name">("Cy"));
  on.execute(statement{"mine", sql}, values.followed_by(wire<integer>{2}.as_parameter()));
  CHECK(rows(on) == "(1,Ada,a,1,) (2,Cy,e,2,Cye) (3,Cy,b,3,Cyb)");
}

TEST_CASE("a statement of the user's own with parameters before the fragment, and another order of the values") {
  using assign = om::assignments<joined>;
  connection on = filled<joined>();
  std::string sql = "UPDATE users AS u SET visits = $1, " + std::string{assign::fragment_from<3, "nick", "name">} +
                    " FROM (VALUES ($2::bigint)) AS wanted(key) WHERE id = wanted.key";
  std::string name = "Cy";
  auto values = assign::bind(om::set<"nick">(std::nullopt), om::set<"name">(name));
  auto bound = values.parameters();
  REQUIRE(bound.size() == 2);
  wire<integer> visits{9};
  wire<bigint> id{3};
  on.execute(statement{"mine", sql}, {visits.as_parameter(), id.as_parameter(), bound[0], bound[1]});
  CHECK(rows(on) == "(1,Ada,a,1,) (2,Eve,e,2,) (3,Cy,,9,Cy)");
}

TEST_CASE("a client-only transform binds the value that it computes") {
  using assign = om::assignments<backwards>;
  static constexpr std::size_t next = assign::parameter_count<"visits", "name"> + 1;
  static_assert(next == 4);
  connection on = filled<backwards>();
  std::string sql = "UPDATE users SET " + std::string{assign::fragment<"visits", "name">} + " WHERE nick = $4";
  auto values = assign::bind(om::set<"visits">(7), om::set<"name">("Turing"));
  on.execute_prepared(statement{"mine", sql}, values.followed_by(wire<text>{"e"}.as_parameter()));
  CHECK(rows(on) == "(1,Ada,a,1,) (2,Turing,e,7,gniruT) (3,Bo,b,3,)");

  // Without a source the new column is left alone.
  sql = "UPDATE users SET " + std::string{assign::fragment<"visits">} + " WHERE id = 2";
  on.execute(statement{"mine", sql}, assign::bind(om::set<"visits">(8)).parameters());
  CHECK(rows(on) == "(1,Ada,a,1,) (2,Turing,e,8,gniruT) (3,Bo,b,3,)");
}

TEST_CASE("texts that PostgreSQL cannot store are refused") {
  using namespace std::string_view_literals;
  using assign = om::assignments<backwards>;
  connection on = filled<backwards>();
  std::string sql = "UPDATE users SET " + std::string{assign::fragment<"name">};
  auto problem = caught<statement_error>([&] {
    on.execute(statement{"mine", sql}, assign::bind(om::set<"name">("a\0b"sv)).parameters());
  });
  CHECK(problem.sqlstate() == "22021");
  CHECK(rows(on) == "(1,Ada,a,1,) (2,Eve,e,2,) (3,Bo,b,3,)");
}
