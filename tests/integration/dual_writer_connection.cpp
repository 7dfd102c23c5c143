// SPDX-License-Identifier: BSL-1.0
// How the operations use a connection: round trips, transactions, errors.
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include <doctest/doctest.h>

#include <online_migration/runtime/dual_writer.hpp>
#include <online_migration/static.hpp>

#include "dual_writer_support.hpp"

using namespace test;

TEST_CASE("one statement, one round trip, and one prepared statement for every order of the assignments") {
  connection on = fresh<portable>();
  om::dual_writer<portable> write{on};
  std::int64_t before = on.round_trips();
  write.insert(om::key(1), om::set<"name">("A"), om::set<"nick">("n"), om::set<"visits">(1));
  CHECK(on.round_trips() == before + 1);
  write.insert(om::key(2), om::set<"visits">(2), om::set<"nick">("m"), om::set<"name">("B"));
  CHECK(on.round_trips() == before + 2);
  CHECK(row(on, 2) == "(2,B,m,2,b)");
  CHECK(ask(on, "SELECT count(*) FROM pg_prepared_statements") == "1");
  before = on.round_trips();
  write.update(om::key(2), om::set<"nick">("k"), om::set<"name">("C"));
  write.upsert(om::key(2), om::set<"name">("D"));
  write.erase(om::key(1));
  CHECK(on.round_trips() == before + 3);
  CHECK(row(on, 2) == "(2,D,k,2,d)");
}

TEST_CASE("a write belongs to the transaction of the caller, and is its own without one") {
  connection on = fresh<portable>();
  connection other{""};
  om::dual_writer<portable> write{on};
  write.insert(om::key(1), om::set<"name">("Ada"));
  CHECK(row(other, 1) == "(1,Ada,,,ada)");

  script(on, "BEGIN");
  std::int64_t before = on.round_trips();
  write.update(om::key(1), om::set<"name">("Eve"));
  CHECK(on.round_trips() == before + 1);
  CHECK(row(on, 1) == "(1,Eve,,,eve)");
  CHECK(row(other, 1) == "(1,Ada,,,ada)");
  script(on, "ROLLBACK");
  CHECK(row(on, 1) == "(1,Ada,,,ada)");

  script(on, "BEGIN");
  write.erase(om::key(1));
  write.insert(om::key(2), om::set<"name">("Bo"));
  script(on, "COMMIT");
  CHECK(row(other, 1) == "none");
  CHECK(row(other, 2) == "(2,Bo,,,bo)");
}

TEST_CASE_TEMPLATE("text that PostgreSQL cannot store is refused as it is, and nothing is written", Migration, portable,
                   server_only, client_only) {
  using namespace std::string_view_literals;
  connection on = fresh<Migration>();
  om::dual_writer<Migration> write{on};
  write.insert(om::key(1), om::set<"name">("Ada"));
  std::string was = row(on, 1);
  for (std::string_view text : {"secret\0tail"sv, "secret\xff"sv, "\xc3"sv, "\xed\xa0\x80"sv}) {
    auto check = [&](auto action) {
      auto problem = caught<statement_error>(action);
      CHECK(problem.sqlstate() == "22021");
      CHECK(problem.migration() == Migration::name.view());
      CHECK(says(problem, Migration::name.view()));
      CHECK_FALSE(says(problem, "secret"));
    };
    check([&] { write.update(om::key(1), om::set<"name">(text)); });
    check([&] { write.upsert(om::key(1), om::set<"name">(text)); });
    check([&] { write.insert(om::key(2), om::set<"name">(text)); });
  }
  CHECK(row(on, 1) == was);
  CHECK(ask(on, "SELECT count(*) FROM users") == "1");
}

TEST_CASE("a connection of another type, such as one that knows what it is given") {
  struct recorder : connection {
    using connection::connection;
    result execute_prepared(const statement& what, std::span<const parameter> parameters,
                            result_format format = result_format::text) {
      said += std::string{what.name} + ' ' + std::to_string(parameters.size()) + '\n';
      return connection::execute_prepared(what, parameters, format);
    }
    std::string said;
  };
  connection on = fresh<client_only>();
  recorder recording{""};
  om::dual_writer<client_only, recorder> write{recording};
  write.insert(om::key(1), om::set<"name">("Ada"));
  write.update(om::key(1), om::set<"name">("Eve"));
  write.update(om::key(1), om::set<"visits">(1));
  write.upsert(om::key(1), om::set<"name">("Bo"), om::set<"nick">("b"));
  CHECK(row(on, 1) == "(1,Bo,b,1,oB)");
  write.erase(om::key(1));
  CHECK(recording.said == "dual_insert 3\ndual_update 3\ndual_update 2\ndual_upsert 4\ndual_erase 1\n");
}

TEST_CASE("an error names the migration and the operation, and no value") {
  connection on = fresh<portable>();
  om::dual_writer<portable> write{on};
  write.insert(om::key(1), om::set<"name">("Ada"));
  auto problem = caught<statement_error>([&] { write.insert(om::key(1), om::set<"name">("secret")); });
  CHECK(problem.sqlstate() == "23505");
  CHECK(problem.statement_name() == "dual_insert");
  CHECK(problem.migration() == "portable");
  CHECK_FALSE(says(problem, "secret"));
  CHECK(row(on, 1) == "(1,Ada,,,ada)");
}
