// SPDX-License-Identifier: BSL-1.0
#include <chrono>
#include <cstdlib>
#include <cstring>
#include <iterator>
#include <string>
#include <thread>
#include <utility>

#include <online_migration/postgres/database.hpp>

#include "postgres_support.hpp"

using namespace test;
using namespace std::chrono_literals;

namespace {

/// Lines at the top of pg_hba.conf, until the end of the scope.
class access_rules {
 public:
  explicit access_rules(const std::string& lines)
      : path_{environment("ONLINE_MIGRATION_TEST_PGDATA") + "/pg_hba.conf"} {
    std::ifstream in{path_};
    before_.assign(std::istreambuf_iterator<char>{in}, {});
    REQUIRE(!before_.empty());
    write(lines + before_);
  }
  ~access_rules() { write(before_); }
  access_rules(const access_rules&) = delete;
  access_rules& operator=(const access_rules&) = delete;

 private:
  void write(const std::string& text) {
    std::ofstream{path_, std::ios::trunc} << text;
    connection on{""};
    ask(on, "SELECT pg_reload_conf()");
  }

  std::string path_;
  std::string before_;
};

}  // namespace

TEST_CASE("the environment of libpq is enough, and one probe tells about the server") {
  connection on{""};
  CHECK(on.usable());
  CHECK(on.server_encoding() == "UTF8");
  CHECK(on.round_trips() == 0);

  server_facts facts = on.facts();
  CHECK(on.round_trips() == 1);
  CHECK(std::to_string(facts.backend_pid) == ask(on, "SELECT pg_backend_pid()"));
  CHECK(!facts.pooled);
  CHECK(!facts.in_recovery);
  CHECK(!facts.read_only);
  CHECK(std::to_string(facts.version) == ask(on, "SHOW server_version_num"));
  CHECK(facts.version_text.starts_with("PostgreSQL "));
  CHECK(facts.deadlock_timeout == 1s);
  CHECK(facts.database == "postgres");
  CHECK(std::to_string(facts.database_oid) ==
        ask(on, "SELECT oid FROM pg_database WHERE datname = current_database()"));
  CHECK(facts.role == ask(on, "SELECT current_user"));
  CHECK(facts.started == ask(on, "SELECT pg_postmaster_start_time()"));
  CHECK(facts.encoding == "UTF8");
  CHECK(!on.is_pooled());

  script(on, "SET deadlock_timeout = '1min'");
  connection minute{"options='-c deadlock_timeout=1min'"};
  CHECK(minute.facts().deadlock_timeout == 1min);
}

TEST_CASE("a connection says who it is, speaks UTF-8, and sends no startup options") {
  ::setenv("PGCLIENTENCODING", "LATIN1", 1);
  connection on{"client_encoding=SQL_ASCII"};
  ::unsetenv("PGCLIENTENCODING");
  CHECK(ask(on, "SHOW client_encoding") == "UTF8");
  CHECK(ask(on, "SHOW application_name") == "online_migration");
  connection named{"application_name=mine"};
  CHECK(ask(named, "SHOW application_name") == "mine");
}

TEST_CASE("an unreachable server, an unknown database and user are errors with names") {
  port closed{false};
  auto unreachable = caught<connection_error>([&] { connection{"host=127.0.0.1 port=" + closed.number()}; });
  CHECK(says(unreachable, "Cannot connect"));
  CHECK(says(unreachable,
             "Connection refused Is the server running on that host and accepting TCP/IP connections? Look"));
  CHECK(says(unreachable, closed.number()));
  CHECK(unreachable.retry() == retry_class::reconnect);
  CHECK(unreachable.sqlstate().empty());
  CHECK(!unreachable.outcome_unknown());

  CHECK(says(caught<connection_error>([] { connection{"dbname=nosuch_database"}; }), "nosuch_database"));
  CHECK(says(caught<connection_error>([] { connection{"user=nosuch_user"}; }), "nosuch_user"));
  // With expansion this would connect to database postgres.
  CHECK(says(caught<connection_error>([] { connection{"dbname='dbname=postgres'"}; }), "dbname=postgres"));
}

TEST_CASE("a wrong password is an error that does not show it") {
  connection on{""};
  script(on, "DROP ROLE IF EXISTS careful; CREATE ROLE careful LOGIN PASSWORD 'right horse'");
  access_rules rules{"host all careful 127.0.0.1/32 scram-sha-256\n"};
  std::string message;
  for (int tries = 0; tries < 200 && message.empty(); ++tries) {  // until the server has read its new rules
    try {
      connection{"user=careful password=wrong_horse"};
      std::this_thread::sleep_for(50ms);
    } catch (const connection_error& problem) {
      message = problem.what();
    }
  }
  CHECK(message.find("password authentication failed for user \"careful\"") != std::string::npos);
  CHECK(message.find("wrong_horse") == std::string::npos);
  CHECK(connection{"user=careful password='right horse'"}.usable());
  CHECK(connection{"postgresql://careful:right%20horse@127.0.0.1:" + environment("PGPORT") + "/postgres"}.usable());
}

TEST_CASE("a server that accepts and then says nothing does not hold us up") {
  port silent{true};
  auto problem = caught<connection_error>([&] {
    connection{"host=127.0.0.1 port=" + silent.number(), {.connect_timeout = 200ms}};
  });
  CHECK(says(problem, "did not answer within 200 ms"));
  CHECK(says(problem, silent.number()));
}

TEST_CASE("the next host of a list is tried when one is closed, silent, or read-only") {
  port closed{false};
  port silent{true};
  std::string hosts = "host=127.0.0.1,127.0.0.1,127.0.0.1 port=" + closed.number() + "," + silent.number() + "," +
                      environment("PGPORT");
  connection on{hosts, {.connect_timeout = 200ms}};
  CHECK(ask(on, "SELECT 1") == "1");

  auto problem = caught<connection_error>([] { connection{"target_session_attrs=standby"}; });
  CHECK(says(problem, "Cannot connect"));
}

TEST_CASE("a server that falls silent during a statement is given up at the deadline") {
  connection on{"", {.deadline = 200ms}};
  int pid = on.backend_pid();
  {
    frozen backend{pid};
    auto problem = caught<connection_error>([&] { on.execute(statement{"hung", "SELECT 1"}); });
    CHECK(problem.outcome_unknown());
    CHECK(problem.statement_name() == "hung");
    CHECK(problem.retry() == retry_class::reconnect);
    CHECK(says(problem, "no answer within 200 ms"));
  }
  // The late answer must not be taken for the answer to something else.
  CHECK(!on.usable());
  CHECK(on.native() == nullptr);
  auto after = caught<connection_error>([&] { on.execute(statement{"later", "SELECT 2"}); });
  CHECK(!after.outcome_unknown());
  CHECK(says(after, "later was not sent"));
}

TEST_CASE("a borrowed connection that passed its deadline is not used again, and is left to its owner") {
  PGconn* raw = PQconnectdb("client_encoding=UTF8");
  REQUIRE(PQstatus(raw) == CONNECTION_OK);
  connection on = connection::borrow(raw, {.deadline = 200ms});
  {
    frozen backend{on.backend_pid()};
    CHECK(caught<connection_error>([&] { ask(on, "SELECT 1"); }).outcome_unknown());
  }
  CHECK(!on.usable());
  CHECK(!caught<connection_error>([&] { ask(on, "SELECT 2"); }).outcome_unknown());
  CHECK(PQstatus(raw) == CONNECTION_OK);
  PQfinish(raw);
}

TEST_CASE("the deadline holds while a long statement is being sent") {
  connection on{"", {.deadline = 300ms}};
  std::string megabytes(64'000'000, 'x');
  frozen backend{on.backend_pid()};
  auto problem = caught<connection_error>([&] {
    on.execute(statement{"large", "SELECT length($1)"}, {text_parameter(megabytes, 25)});
  });
  CHECK(says(problem, "no answer within"));
}

TEST_CASE("a long statement and a long answer pass") {
  connection on{""};
  std::string megabytes(32'000'000, 'x');
  result echo = on.execute(statement{"echo", "SELECT $1"}, {text_parameter(megabytes, 25)});
  CHECK(echo.text(0, 0) == megabytes);
}

TEST_CASE("a backend that an administrator ends is a lost connection, idle or not") {
  connection admin{""};
  std::string kill_it = "SELECT pg_terminate_backend(";

  connection idle{""};
  REQUIRE(ask(admin, kill_it + std::to_string(idle.backend_pid()) + ", 5000)") == "t");
  auto first = caught<connection_error>([&] { ask(idle, "SELECT 1"); });
  CHECK(first.retry() == retry_class::reconnect);
  CHECK(first.outcome_unknown());
  CHECK(!idle.usable());

  connection busy{""};
  int pid = busy.backend_pid();
  std::thread killer{[&] {
    for (int tries = 0; tries < 1000; ++tries) {  // once it sleeps, so that it is in the middle of the statement
      if (ask(admin, "SELECT count(*) FROM pg_stat_activity WHERE wait_event = 'PgSleep' AND pid = " +
                         std::to_string(pid)) == "1") {
        break;
      }
    }
    ask(admin, kill_it + std::to_string(pid) + ")");
  }};
  auto second = caught<connection_error>([&] { ask(busy, "SELECT pg_sleep(30)"); });
  killer.join();
  CHECK(second.sqlstate() == "57P01");
  CHECK(second.outcome_unknown());
  CHECK(says(second, "administrator"));

  connection piped{""};
  REQUIRE(ask(admin, kill_it + std::to_string(piped.backend_pid()) + ", 5000)") == "t");
  caught<connection_error>([&] { piped.execute_together({call{{"one", "SELECT 1"}}, call{{"two", "SELECT 2"}}}); });
  CHECK(!piped.usable());
}

TEST_CASE("one statement is one round trip, with parameters and without") {
  connection on{""};
  on.execute(statement{"plain", "SELECT 1"});
  CHECK(on.round_trips() == 1);
  on.execute(statement{"given", "SELECT $1"}, {text_parameter("x", 25)});
  CHECK(on.round_trips() == 2);
  script(on, "CREATE TEMP TABLE one (id int); INSERT INTO one VALUES (1); INSERT INTO one VALUES (2)");
  CHECK(on.round_trips() == 3);
  CHECK(ask(on, "SELECT count(*) FROM one") == "2");
}

TEST_CASE("statements sent together are one round trip; the first error names its statement and stops the rest") {
  connection on{""};
  script(on, "CREATE TEMP TABLE noted (id bigint PRIMARY KEY)");
  std::int64_t before = on.round_trips();
  std::string seven = "7";
  parameter id = text_form_parameter(seven, 20);
  auto answers = on.execute_together({call{{"insert", "INSERT INTO noted VALUES ($1)"}, {&id, 1}},
                                      call{{"count", "SELECT count(*) FROM noted"}},
                                      call{{"binary", "SELECT 1::bigint"}, {}, result_format::binary}});
  CHECK(on.round_trips() == before + 1);
  REQUIRE(answers.size() == 3);
  CHECK(answers[0].affected() == 1);
  CHECK(answers[1].integer(0, 0) == 1);
  CHECK(answers[2].text(0, 0).size() == 8);

  auto problem = caught<statement_error>([&] {
    on.execute_together({call{{"first", "INSERT INTO noted VALUES (8)"}},
                         call{{"second", "INSERT INTO noted VALUES (7)"}},
                         call{{"third", "INSERT INTO noted VALUES (9)"}}});
  });
  CHECK(problem.statement_name() == "second");
  CHECK(problem.sqlstate() == "23505");
  CHECK(ask(on, "SELECT string_agg(id::text, ',') FROM noted") == "7");  // together also means one transaction
  CHECK(on.execute_together({}).empty());
}

TEST_CASE("an error that comes only with the implicit commit is not missed") {
  connection on{""};
  script(on,
         "DROP TABLE IF EXISTS child, parent; CREATE TABLE parent (id int PRIMARY KEY);"
         "CREATE TABLE child (parent int REFERENCES parent DEFERRABLE INITIALLY DEFERRED)");
  statement orphan{"orphan", "INSERT INTO child VALUES (1)"};
  CHECK(caught<statement_error>([&] { on.execute(orphan); }).sqlstate() == "23503");
  CHECK(caught<statement_error>([&] { on.execute_together({call{orphan}}); }).sqlstate() == "23503");
  CHECK(caught<statement_error>([&] { on.execute_prepared(orphan); }).sqlstate() == "23503");
  CHECK(caught<statement_error>([&] { on.execute_prepared(orphan); }).sqlstate() == "23503");
  CHECK(caught<statement_error>([&] { on.run_script(orphan); }).sqlstate() == "23503");
  CHECK(ask(on, "SELECT count(*) FROM child") == "0");
}

TEST_CASE("a COPY cannot be run, and a connection that began one is not used again") {
  connection on{""};
  auto problem = caught<connection_error>([&] { on.execute(statement{"copy_out", "COPY pg_class TO STDOUT"}); });
  CHECK(says(problem, "COPY"));
  CHECK(!on.usable());
}

TEST_CASE("notices, which can hold values, are not printed") {
  connection on{""};
  int ends[2];
  REQUIRE(pipe(ends) == 0);
  int error_output = dup(STDERR_FILENO);
  dup2(ends[1], STDERR_FILENO);
  ::close(ends[1]);
  script(on, "DO $$BEGIN RAISE WARNING 'a value'; END$$; DROP TABLE IF EXISTS nosuch_table");
  dup2(error_output, STDERR_FILENO);  // closes the last writing end of the pipe
  ::close(error_output);
  char printed[100];
  CHECK(read(ends[0], printed, sizeof printed) == 0);
  ::close(ends[0]);
}

TEST_CASE("a result checks what it is asked for") {
  connection on{""};
  result row = on.execute(statement{"row", "SELECT 'x', NULL, 't'::boolean, 5"});
  CHECK(row.rows() == 1);
  CHECK(row.columns() == 4);
  CHECK(row.is_null(0, 1));
  CHECK(row.text(0, 1).empty());
  CHECK(row.boolean(0, 2));
  CHECK(row.integer(0, 3) == 5);
  CHECK(row.tag() == "SELECT 1");
  CHECK(row.affected() == 1);
  CHECK_THROWS_AS(static_cast<void>(row.integer(0, 0)), refused);
  CHECK_THROWS_AS(static_cast<void>(row.integer(0, 1)), refused);
  CHECK_THROWS_AS(static_cast<void>(row.boolean(0, 3)), refused);
  CHECK_THROWS_AS(static_cast<void>(row.text(1, 0)), refused);
  CHECK_THROWS_AS(static_cast<void>(row.text(0, 4)), refused);
  CHECK(result{}.rows() == 0);
  CHECK(result{}.affected() == 0);
}

TEST_CASE("connections move, close, and are made by several threads from one database") {
  connection first{""};
  connection second = std::move(first);
  CHECK(!first.usable());  // NOLINT(bugprone-use-after-move)
  CHECK(ask(second, "SELECT 1") == "1");
  second.close();
  CHECK(!second.usable());
  CHECK(!second.in_transaction());
  CHECK_THROWS_AS(ask(second, "SELECT 1"), connection_error);

  const database app{""};
  std::string answers[4];
  {
    std::vector<std::jthread> threads;
    for (std::string& answer : answers) {
      threads.emplace_back([&app, &answer] {
        connection mine = app.connect();
        answer = ask(mine, "SELECT 1");
      });
    }
  }
  for (const std::string& answer : answers) CHECK(answer == "1");
}

TEST_CASE("a borrowed connection keeps its transaction, its mode, and stays open") {
  PGconn* raw = PQconnectdb("client_encoding=UTF8");
  REQUIRE(PQstatus(raw) == CONNECTION_OK);
  PQclear(PQexec(raw, "BEGIN; CREATE TEMP TABLE mine (id int) ON COMMIT DROP"));
  {
    connection on = connection::borrow(raw);
    CHECK(on.in_transaction());
    CHECK(on.native() == raw);
    on.execute(statement{"write", "INSERT INTO mine VALUES (1)"});
    on.execute_prepared(statement{"write", "INSERT INTO mine VALUES (2)"});
    CHECK(PQisnonblocking(raw) == 0);
    CHECK_THROWS_AS(on.execute(statement{"wrong", "SELECT nosuch"}), statement_error);
    CHECK(PQisnonblocking(raw) == 0);
    on.execute(statement{"back", "ROLLBACK"});
  }
  CHECK(PQstatus(raw) == CONNECTION_OK);
  CHECK(PQtransactionStatus(raw) == PQTRANS_IDLE);

  PQsendQuery(raw, "SELECT 1");
  connection busy = connection::borrow(raw);
  CHECK(says(caught<refused>([&] { ask(busy, "SELECT 2"); }), "another command is running"));
  while (PGresult* rest = PQgetResult(raw)) PQclear(rest);
  CHECK(ask(busy, "SELECT 2") == "2");

  PQenterPipelineMode(raw);
  CHECK_THROWS_AS(ask(busy, "SELECT 2"), refused);
  PQexitPipelineMode(raw);

  PQsetClientEncoding(raw, "LATIN1");
  CHECK(says(caught<refused>([&] { connection::borrow(raw); }), "client_encoding"));
  PQfinish(raw);
  CHECK_THROWS_AS(connection::borrow(nullptr), connection_error);
}
