// SPDX-License-Identifier: BSL-1.0
#include <string>

#include <online_migration/postgres/codec.hpp>

#include "postgres_support.hpp"

using namespace test;

namespace {

constexpr statement plus_one{"plus_one", "SELECT $1 + 1, pg_typeof($1)::text"};
constexpr const char* count_prepared = "SELECT count(*) FROM pg_prepared_statements";

std::int64_t run(connection& on, const statement& what, std::int64_t value) {
  return on.execute_prepared(what, {wire<bigint>{value}.as_parameter()}).integer(0, 0);
}

}  // namespace

TEST_CASE("the first run prepares and runs in one round trip, the next ones run only") {
  connection on{""};
  on.facts();
  std::int64_t before = on.round_trips();
  CHECK(run(on, plus_one, 41) == 42);
  CHECK(on.round_trips() == before + 1);
  CHECK(run(on, plus_one, 1) == 2);
  CHECK(on.round_trips() == before + 2);
  CHECK(ask(on, count_prepared) == "1");
  CHECK(ask(on, "SELECT generic_plans + custom_plans FROM pg_prepared_statements") == "2");
}

TEST_CASE("the same text with other parameter types is another prepared statement") {
  connection on{""};
  CHECK(run(on, plus_one, 1) == 2);
  result row = on.execute_prepared(plus_one, {wire<int4>{1}.as_parameter()});
  CHECK(row.text(0, 1) == "integer");
  CHECK(ask(on, count_prepared) == "2");
}

TEST_CASE("memory that is used again for another text does not run the old statement") {
  connection on{""};
  std::string text = "SELECT $1 + 1";
  CHECK(run(on, statement{"reused", text}, 1) == 2);
  text.replace(0, text.size(), "SELECT $1 * 9");
  CHECK(run(on, statement{"reused", text}, 1) == 9);
}

TEST_CASE("a statement that the server refuses is not taken for prepared") {
  connection on{""};
  const statement soon{"soon", "SELECT count(*) FROM soon"};
  CHECK(caught<statement_error>([&] { on.execute_prepared(soon); }).sqlstate() == "42P01");
  script(on, "CREATE TEMP TABLE soon (id int); BEGIN");  // where running it unprepared instead is no way out
  CHECK(on.execute_prepared(soon).integer(0, 0) == 0);
}

TEST_CASE("an error of the first run itself names the statement, which stays prepared") {
  connection on{""};
  const statement divide{"divide", "SELECT 1 / $1"};
  auto problem = caught<statement_error>([&] { run(on, divide, 0); });
  CHECK(problem.sqlstate() == "22012");
  CHECK(problem.statement_name() == "divide");
  CHECK(ask(on, count_prepared) == "1");
  CHECK(run(on, divide, 1) == 1);
  CHECK(ask(on, count_prepared) == "1");
}

TEST_CASE("after DISCARD ALL the statement runs all the same") {
  connection on{""};
  CHECK(run(on, plus_one, 1) == 2);
  script(on, "DISCARD ALL");
  CHECK(run(on, plus_one, 2) == 3);
  CHECK(run(on, plus_one, 3) == 4);
  CHECK(ask(on, count_prepared) == "1");
}

TEST_CASE("inside a transaction a lost prepared statement asks for a retry, which succeeds") {
  connection on{""};
  CHECK(run(on, plus_one, 1) == 2);
  script(on, "DEALLOCATE ALL; BEGIN");
  auto problem = caught<statement_error>([&] { run(on, plus_one, 2); });
  CHECK(problem.sqlstate() == "26000");
  CHECK(problem.retry() == retry_class::retry);
  script(on, "ROLLBACK; BEGIN");
  CHECK(run(on, plus_one, 2) == 3);
}

TEST_CASE("a plan that a change of the table made useless is made again") {
  connection on{""};
  script(on, "CREATE TEMP TABLE wide (id int); INSERT INTO wide VALUES (1)");
  const statement all{"all", "SELECT * FROM wide"};
  CHECK(on.execute_prepared(all).columns() == 1);
  script(on, "ALTER TABLE wide ADD COLUMN more int");
  CHECK(on.execute_prepared(all).columns() == 2);
}

TEST_CASE("where nothing may be prepared nothing is") {
  connection on{"", {.prepare = prepare_policy::never}};
  CHECK(run(on, plus_one, 1) == 2);
  CHECK(ask(on, count_prepared) == "0");
}

TEST_CASE("a name that is taken, as behind a pooler that hides itself, turns preparing off") {
  // The name that this statement has everywhere: a pooler's session may have it from another client.
  connection other{""};
  CHECK(run(other, plus_one, 1) == 2);
  std::string name = ask(other, "SELECT name FROM pg_prepared_statements");
  connection on{""};
  script(on, "PREPARE " + name + " AS SELECT 99");
  CHECK(run(on, plus_one, 1) == 2);
  CHECK(run(on, plus_one, 2) == 3);
  CHECK(ask(on, count_prepared) == "1");
}

TEST_CASE("two that borrow one connection after another share what is prepared") {
  PGconn* raw = PQconnectdb("client_encoding=UTF8");
  REQUIRE(PQstatus(raw) == CONNECTION_OK);
  for (std::int64_t i = 0; i < 3; ++i) {
    connection on = connection::borrow(raw);
    CHECK(run(on, plus_one, i) == i + 1);
    CHECK(ask(on, count_prepared) == "1");
  }
  PQreset(raw);
  {
    connection on = connection::borrow(raw);
    script(on, "BEGIN");  // here a wrong guess would break the transaction
    CHECK(run(on, plus_one, 5) == 6);
  }
  PQfinish(raw);
}

TEST_CASE("a connection and one that borrows it do not take each other's names") {
  connection on{""};
  script(on, "BEGIN");  // here a name that is taken would break the transaction
  CHECK(run(on, plus_one, 1) == 2);
  {
    connection same = connection::borrow(on.native());
    CHECK(run(same, plus_one, 2) == 3);
    CHECK(run(same, plus_one, 3) == 4);
  }
  CHECK(run(on, plus_one, 4) == 5);
  CHECK(ask(on, count_prepared) == "2");
}

TEST_CASE("statements that are sent together are prepared as well where they are run often") {
  connection on{""};
  std::string number = "41";
  parameter given = text_form_parameter(number, 23);
  const statement times_two{"times_two", "SELECT $1 * 2"};
  const statement divide{"divide_41", "SELECT 41 / $1"};
  on.is_pooled();
  auto together = [&](const statement& first, const statement& second) {
    return on.execute_together({call{first, {&given, 1}, result_format::text, true}, call{{"one", "SELECT 1"}},
                                call{second, {&given, 1}, result_format::text, true}});
  };
  std::int64_t before = on.round_trips();
  for (int i = 0; i < 3; ++i) {
    auto answers = together(times_two, divide);
    REQUIRE(answers.size() == 3);
    CHECK(answers[0].integer(0, 0) == 82);
    CHECK(answers[1].integer(0, 0) == 1);
    CHECK(answers[2].integer(0, 0) == 1);
  }
  CHECK(on.round_trips() == before + 3);
  CHECK(ask(on, count_prepared) == "2");

  // Behind an error nothing was prepared, and nothing is taken for it.
  number = "0";
  given = text_form_parameter(number, 23);
  const statement plus_two{"plus_two", "SELECT $1 + 2"};
  auto problem = caught<statement_error>([&] { together(divide, plus_two); });
  CHECK(problem.statement_name() == "divide_41");
  CHECK(problem.sqlstate() == "22012");
  CHECK(ask(on, count_prepared) == "2");
  CHECK(together(plus_two, times_two)[0].integer(0, 0) == 2);
  CHECK(ask(on, count_prepared) == "3");

  // Somebody reset the session: a retry helps.
  script(on, "DEALLOCATE ALL");
  problem = caught<statement_error>([&] { together(plus_two, times_two); });
  CHECK(problem.retry() == retry_class::retry);
  CHECK(together(plus_two, times_two)[2].integer(0, 0) == 0);
  CHECK(ask(on, count_prepared) == "2");
}
