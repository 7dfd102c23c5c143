// SPDX-License-Identifier: BSL-1.0
#include <string>

#include <online_migration/postgres/codec.hpp>
#include <online_migration/postgres/transaction.hpp>

#include "postgres_support.hpp"

using namespace test;

namespace {

struct fixture {
  connection on{""};
  fixture() {
    script(on,
           "DROP TABLE IF EXISTS parents, people;"
           "CREATE TABLE parents (id bigint PRIMARY KEY);"
           "CREATE TABLE people (id bigint PRIMARY KEY, name varchar(10) NOT NULL, age smallint CHECK (age < 150),"
           "  parent bigint REFERENCES parents DEFERRABLE INITIALLY DEFERRED);"
           "INSERT INTO people VALUES (1, 'hunter2', 20)");
  }

  statement_error refusal(const std::string& sql) {
    return caught<statement_error>([&] { on.execute(statement{"change_people", sql}); });
  }
};

}  // namespace

TEST_CASE_FIXTURE(fixture, "no value of a row is in an error, and the names of the objects are") {
  struct expectation {
    const char* sql;
    const char* sqlstate;
    const char* object;
  };
  for (const expectation& each : {
           expectation{"INSERT INTO people VALUES (1, 'hunter2')", "23505",
                       R"(schema "public", table "people", constraint "people_pkey")"},
           expectation{"INSERT INTO people VALUES (77777, 'hunter2', 151)", "23514",
                       R"(schema "public", table "people", constraint "people_age_check")"},
           expectation{"INSERT INTO people VALUES (77777, NULL)", "23502",
                       R"(schema "public", table "people", column "name")"},
           expectation{"INSERT INTO people VALUES (77777, 'hunter2', 1, 77777)", "23503",
                       R"(schema "public", table "people", constraint "people_parent_fkey")"},
           expectation{"INSERT INTO people VALUES (77777, 'hunter2 is too long')", "22001", ""},
           expectation{"SELECT name::integer FROM people", "22P02", ""},
           expectation{"SELECT (age * 77777)::smallint FROM people", "22003", ""},
           expectation{"DO $$BEGIN RAISE EXCEPTION 'hunter2 77777'; END$$", "P0001", ""},
       }) {
    CAPTURE(each.sql);
    statement_error problem = refusal(each.sql);
    CHECK(problem.sqlstate() == each.sqlstate);
    CHECK(problem.object() == each.object);
    CHECK(problem.statement_name() == "change_people");
    CHECK(!describe(each.sqlstate).meaning.empty());
    CHECK(says(problem, describe(each.sqlstate).meaning));
    for (std::string_view secret : {"hunter2", "77777", "151", "INSERT", "SELECT"}) CHECK(!says(problem, secret));
  }
  CHECK(on.usable());
}

TEST_CASE_FIXTURE(fixture, "an error in the SQL says where") {
  CHECK(refusal("SELECT nosuch FROM people").sqlstate() == "42703");
  CHECK(refusal("SELECT nosuch FROM people").object() == "at nosuch");
  CHECK(refusal("SELECT 'ä€', nosuch(id) FROM people").object() == "at nosuch");
  CHECK(refusal("SELECT 1 FROM public.nosuch").object() == "at public.nosuch");
  CHECK(refusal("SELEC 1").sqlstate() == "42601");
  CHECK(refusal("SELECT 1 FROM public.nosuch").retry() == retry_class::stop);
}

TEST_CASE_FIXTURE(fixture, "a wrong number of parameters is a mistake of ours: stop, and the connection lives") {
  statement_error problem = refusal("SELECT $1::bigint, $2::bigint");
  CHECK(problem.sqlstate() == "08P01");
  CHECK(problem.retry() == retry_class::stop);
  CHECK(ask(on, "SELECT 1") == "1");
}

TEST_CASE_FIXTURE(fixture, "time-outs and locks can be retried") {
  connection other{""};
  script(other, "BEGIN; LOCK TABLE people IN ACCESS EXCLUSIVE MODE");
  script(on, "SET lock_timeout = 50");
  CHECK(refusal("SELECT 1 FROM people").sqlstate() == "55P03");
  CHECK(refusal("SELECT 1 FROM people").retry() == retry_class::retry);
  script(on, "SET lock_timeout = 0; SET statement_timeout = 50");
  CHECK(refusal("SELECT 1 FROM people").sqlstate() == "57014");
}

TEST_CASE_FIXTURE(fixture, "row-level security that would hide rows is an error in a transaction of ours") {
  script(on,
         "DROP ROLE IF EXISTS plain_role; CREATE ROLE plain_role LOGIN;"
         "GRANT SELECT ON people TO plain_role;"
         "ALTER TABLE people ENABLE ROW LEVEL SECURITY;"
         "CREATE POLICY few ON people FOR SELECT TO plain_role USING (id > 1)");
  connection plain{"user=plain_role"};
  CHECK(ask(plain, "SELECT count(*) FROM public.people") == "0");  // the row is hidden without a word

  transaction work{plain};
  auto problem = caught<statement_error>([&] { ask(plain, "SELECT count(*) FROM public.people"); });
  CHECK(problem.sqlstate() == "42501");
  CHECK(says(problem, "row-level security"));
}

TEST_CASE_FIXTURE(fixture, "a write on a read-only server says so") {
  script(on, "SET default_transaction_read_only = on");
  statement_error problem = refusal("DELETE FROM people");
  CHECK(problem.sqlstate() == "25006");
  CHECK(problem.retry() == retry_class::pause);
  CHECK(says(problem, "read-only"));
  connection fresh{"options='-c default_transaction_read_only=on'"};
  CHECK(fresh.facts().read_only);
}
