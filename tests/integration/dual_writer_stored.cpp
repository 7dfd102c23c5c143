// SPDX-License-Identifier: BSL-1.0
// The new column follows from what a row stores, also where that is not what the write was given.
#include <cstdint>
#include <string>
#include <string_view>

#include <doctest/doctest.h>

#include <online_migration/runtime/dual_writer.hpp>
#include <online_migration/static.hpp>

#include "postgres_support.hpp"

namespace om = online_migration;
using namespace test;

namespace {

struct users : om::table<"users", om::column<"id", om::bigint, om::primary_key>,
                         om::column<"name", om::text, om::not_null>, om::column<"nick", om::varchar<5>>> {};
struct lowered
    : om::migration<"lowered", users, om::add_column<"derived", om::text, om::ascii_lower(om::col<"name">)>> {};
struct by_collation
    : om::migration<"by-collation", users, om::add_column<"derived", om::text, om::lower(om::col<"name">)>> {};
struct measured : om::migration<"measured", users, om::add_column<"derived", om::int4, om::length(om::col<"nick">)>> {};
std::int32_t bytes(std::string_view text) { return static_cast<std::int32_t>(text.size()); }
struct measured_here
    : om::migration<"measured-here", users,
                    om::add_column<"derived", om::int4, om::computed<&bytes, "b/1">(om::col<"nick">)>> {};

template <class Migration>
connection fresh(const std::string& collation = "") {
  connection on{""};
  script(on, "DROP TABLE IF EXISTS users; CREATE TABLE users (id bigint PRIMARY KEY, name text " + collation +
                 " NOT NULL, nick varchar(5))");
  on.run_script(om::statements<Migration>::add_column);
  return on;
}

std::string rows(connection& on) { return ask(on, "SELECT string_agg(t::text, ' ' ORDER BY id) FROM users t"); }

/// A trigger of the user's own that puts a letter before the name of every row that is written.
void add_trigger(connection& on, const std::string& when) {
  script(on,
         "CREATE OR REPLACE FUNCTION mark() RETURNS trigger LANGUAGE plpgsql AS "
         "$$BEGIN NEW.name := 'X' || NEW.name; RETURN NEW; END$$; "
         "CREATE TRIGGER mark BEFORE " +
             when + " ON users FOR EACH ROW EXECUTE FUNCTION mark()");
}

template <class Migration>
void add_sync_trigger(connection& on) {
  script(on, "DROP FUNCTION IF EXISTS \"om_sync_lowered\"() CASCADE");
  on.run_script(om::statements<Migration>::create_sync_function);
  on.run_script(om::statements<Migration>::create_sync_trigger);
}

}  // namespace

TEST_CASE("an upsert that updates follows what a trigger made of the row that it could not insert") {
  connection on = fresh<lowered>();
  om::dual_writer<lowered> write{on};
  write.insert(om::key(1), om::set<"name">("Ada"));
  add_trigger(on, "INSERT");
  CHECK(write.upsert(om::key(1), om::set<"name">("Eve")) == 1);
  CHECK(rows(on) == "(1,XEve,,xeve)");
}

TEST_CASE("with the sync trigger in force every write follows what the user's triggers made of it") {
  connection on = fresh<lowered>();
  add_trigger(on, "INSERT OR UPDATE");
  add_sync_trigger<lowered>(on);
  om::dual_writer<lowered> write{on};
  write.insert(om::key(1), om::set<"name">("Ada"));
  CHECK(rows(on) == "(1,XAda,,xada)");
  write.update(om::key(1), om::set<"name">("Eve"));
  CHECK(rows(on) == "(1,XEve,,xeve)");
  write.upsert(om::key(1), om::set<"name">("Bo"));  // both triggers fire twice: for the insert and for the update
  CHECK(rows(on) == "(1,XXBo,,xxbo)");
}

TEST_CASE("a dual write is right by itself: the sync trigger's function has nothing to do") {
  connection on = fresh<lowered>();
  add_sync_trigger<lowered>(on);
  script(on,
         "CREATE OR REPLACE FUNCTION om_sync_lowered() RETURNS trigger LANGUAGE plpgsql AS "
         "$$BEGIN RAISE EXCEPTION 'fired'; END$$");
  om::dual_writer<lowered> write{on};
  CHECK(write.insert(om::key(1), om::set<"name">("Ada")) == 1);
  CHECK(write.update(om::key(1), om::set<"name">("Eve")) == 1);
  CHECK(write.upsert(om::key(1), om::set<"name">("Bo")) == 1);
  CHECK(write.update(om::key(1), om::set<"nick">("b")) == 1);
  CHECK(rows(on) == "(1,Bo,b,bo)");
  CHECK(caught<statement_error>([&] { script(on, "UPDATE users SET name = 'Cy'"); }).sqlstate() == "P0001");
}

TEST_CASE("a function that depends on the collation uses the column's") {
  // Turkish: the small letter of I is a dotless one.
  connection on = fresh<by_collation>("COLLATE \"tr-x-icu\"");
  om::dual_writer<by_collation> write{on};
  write.insert(om::key(1), om::set<"name">("INSERT I"));
  write.insert(om::key(2), om::set<"name">("x"));
  write.update(om::key(2), om::set<"name">("UPDATE I"));
  write.upsert(om::key(3), om::set<"name">("UPSERT I"));
  write.upsert(om::key(3), om::set<"name">("UPSERTED I"));
  CHECK(ask(on, "SELECT string_agg(derived, ',' ORDER BY id) FROM users") ==
        "\xc4\xb1nsert \xc4\xb1,update \xc4\xb1,upserted \xc4\xb1");
  CHECK(ask(on, "SELECT count(*) FROM users WHERE derived COLLATE \"C\" <> lower(name) COLLATE \"C\"") == "0");
}

TEST_CASE_TEMPLATE("blanks past the length of a varchar are not stored, so they do not count", Migration, measured,
                   measured_here) {
  connection on = fresh<Migration>();
  om::dual_writer<Migration> write{on};
  write.insert(om::key(1), om::set<"name">("n"), om::set<"nick">("abc      "));
  write.insert(om::key(2), om::set<"name">("n"), om::set<"nick">("abc "));
  CHECK(rows(on) == R"((1,n,"abc  ",5) (2,n,"abc ",4))");
  write.update(om::key(2), om::set<"nick">("    \t"));
  write.upsert(om::key(1), om::set<"nick">("          "), om::set<"name">("n"));
  CHECK(rows(on) == "(1,n,\"     \",5) (2,n,\"    \t\",5)");
  // Anything else that is too long fails, and changes nothing.
  auto problem = caught<statement_error>([&] { write.update(om::key(2), om::set<"nick">("abc   d")); });
  CHECK(problem.sqlstate() == "22001");
  CHECK(rows(on) == "(1,n,\"     \",5) (2,n,\"    \t\",5)");
}
