// SPDX-License-Identifier: BSL-1.0
// What the operations write.
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>

#include <doctest/doctest.h>

#include <online_migration/runtime/dual_writer.hpp>
#include <online_migration/static.hpp>

#include "dual_writer_support.hpp"

using namespace test;

namespace {

// Several sources, one of them nullable: NULL in gives NULL out, in either world.
struct portable_pair
    : om::migration<"portable-pair", users,
                    om::add_column<"derived", om::int4,
                                   om::length(om::replace(om::col<"name">, om::lit<"a">, om::col<"nick">))>> {};
std::int32_t both_lengths(std::string_view name, std::string_view nick) {
  return static_cast<std::int32_t>(name.size() * 100 + nick.size());
}
struct client_pair
    : om::migration<
          "client-pair", users,
          om::add_column<"derived", om::int4, om::computed<&both_lengths, "b/1">(om::col<"name">, om::col<"nick">)>> {};

std::string joined(std::int32_t tenant, std::string_view name) {
  return std::to_string(tenant) + ':' + std::string{name};
}

}  // namespace

TEST_CASE_TEMPLATE("every operation writes both representations", Migration, portable, server_only, client_only) {
  connection on = fresh<Migration>();
  om::dual_writer<Migration> write{on};
  constexpr bool trims = std::is_same_v<Migration, portable>;
  constexpr bool client = std::is_same_v<Migration, client_only>;

  CHECK(write.insert(om::key(1), om::set<"name">(" Ada")) == 1);
  CHECK(row(on, 1) == (client ? R"((1," Ada",,,"adA "))" : trims ? R"((1," Ada",,,ada))" : R"((1," Ada",,," ada"))"));
  CHECK(write.update(om::key(1), om::set<"name">("EVE")) == 1);
  CHECK(row(on, 1) == (client ? "(1,EVE,,,EVE)" : "(1,EVE,,,eve)"));
  CHECK(write.upsert(om::key(1), om::set<"name">("Bo")) == 1);
  CHECK(row(on, 1) == (client ? "(1,Bo,,,oB)" : "(1,Bo,,,bo)"));
  CHECK(write.upsert(om::key(2), om::set<"name">("Cy")) == 1);
  CHECK(row(on, 2) == (client ? "(2,Cy,,,yC)" : "(2,Cy,,,cy)"));

  // A write of another column leaves both alone.
  CHECK(write.update(om::key(2), om::set<"visits">(7)) == 1);
  CHECK(row(on, 2) == (client ? "(2,Cy,,7,yC)" : "(2,Cy,,7,cy)"));

  CHECK(write.erase(om::key(1)) == 1);
  CHECK(row(on, 1) == "none");
  CHECK(write.erase(om::key(1)) == 0);
  CHECK(write.update(om::key(1), om::set<"name">("x")) == 0);
  CHECK(ask(on, "SELECT count(*) FROM users") == "1");
}

TEST_CASE("a source that an update leaves out is read from the row, and one that an insert leaves out is NULL") {
  connection on = fresh<portable_pair>();
  om::dual_writer<portable_pair> write{on};
  write.insert(om::key(1), om::set<"name">("banana"));
  CHECK(row(on, 1) == "(1,banana,,,)");
  write.update(om::key(1), om::set<"nick">("xyz"));
  CHECK(row(on, 1) == "(1,banana,xyz,,12)");
  write.update(om::key(1), om::set<"name">("a"));
  CHECK(row(on, 1) == "(1,a,xyz,,3)");
  write.update(om::key(1), om::set<"nick">(std::nullopt));
  CHECK(row(on, 1) == "(1,a,,,)");
  write.update(om::key(1), om::set<"nick">("qq"), om::set<"name">("aa"));
  CHECK(row(on, 1) == "(1,aa,qq,,4)");
  write.upsert(om::key(1), om::set<"name">("aba"));
  CHECK(row(on, 1) == "(1,aba,qq,,5)");
  write.upsert(om::key(2), om::set<"name">("aba"));
  CHECK(row(on, 2) == "(2,aba,,,)");
}

TEST_CASE("a client-only transform of several sources, one of which can be NULL") {
  connection on = fresh<client_pair>();
  om::dual_writer<client_pair> write{on};
  write.insert(om::key(1), om::set<"name">("abc"));
  CHECK(row(on, 1) == "(1,abc,,,)");
  write.update(om::key(1), om::set<"nick">("xy"), om::set<"name">("abc"));
  CHECK(row(on, 1) == "(1,abc,xy,,302)");
  write.upsert(om::key(1), om::set<"name">("a"), om::set<"nick">(std::optional<std::string>{"wxyz"}));
  CHECK(row(on, 1) == "(1,a,wxyz,,104)");
  write.update(om::key(1), om::set<"name">("a"), om::set<"nick">(std::optional<std::string>{}));
  CHECK(row(on, 1) == "(1,a,,,)");
  write.update(om::key(1), om::set<"visits">(3));
  CHECK(row(on, 1) == "(1,a,,3,)");
}

TEST_CASE("the server gives the key of an insert that leaves it out") {
  struct generated : om::table<"users", om::column<"id", om::bigint, om::primary_key, om::has_default>,
                               om::column<"name", om::text, om::not_null>> {};
  struct lowered
      : om::migration<"n", generated, om::add_column<"derived", om::text, om::ascii_lower(om::col<"name">)>> {};
  connection on = fresh<lowered>();
  om::dual_writer<lowered> write{on};
  CHECK(write.insert(om::set<"name">("Ada")) == 1);
  CHECK(write.insert(om::set<"name">("Eve"), om::set<"id">(7)) == 1);
  CHECK(ask(on, "SELECT string_agg(t::text, ' ' ORDER BY id) FROM users t") == "(1,Ada,,,ada) (7,Eve,,,eve)");
}

TEST_CASE("a composite key, in the order of its columns; the key may be a source of a client-only transform") {
  struct items : om::table<"items", om::column<"code", om::text, om::primary_key>, om::column<"name", om::text>,
                           om::column<"tenant", om::int4, om::primary_key>> {};
  struct tagged
      : om::migration<
            "n", items,
            om::add_column<"tag", om::text, om::computed<&joined, "j/1">(om::col<"tenant">, om::col<"name">)>> {};
  connection on{""};
  script(on,
         "DROP TABLE IF EXISTS items; CREATE TABLE items (code text, name text, tenant integer, "
         "PRIMARY KEY (code, tenant))");
  on.run_script(om::statements<tagged>::add_column);
  om::dual_writer<tagged> write{on};
  CHECK(write.insert(om::key("a", 1), om::set<"name">("x")) == 1);
  CHECK(write.insert(om::key("a", 2), om::set<"name">("y")) == 1);
  CHECK(write.insert(om::set<"name">("z"), om::set<"tenant">(1), om::set<"code">("b")) == 1);
  CHECK(write.update(om::key("a", 2), om::set<"name">("w")) == 1);
  CHECK(write.upsert(om::key("b", 1), om::set<"name">("v")) == 1);
  constexpr const char* all = "SELECT string_agg(t::text, ' ' ORDER BY code, tenant) FROM items t";
  CHECK(ask(on, all) == "(a,x,1,1:x) (a,w,2,2:w) (b,v,1,1:v)");
  CHECK(write.erase(om::key("a", 1)) == 1);
  CHECK(ask(on, all) == "(a,w,2,2:w) (b,v,1,1:v)");
}
