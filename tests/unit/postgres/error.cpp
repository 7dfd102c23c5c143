// SPDX-License-Identifier: BSL-1.0
#include <string>

#include <doctest/doctest.h>

#include <online_migration/postgres/error.hpp>
#include <online_migration/postgres/server_error.hpp>

using namespace online_migration;

TEST_CASE("a statement error says what failed, why, where, and what to do") {
  statement_error problem{"insert_user", "23505", R"(table "users", constraint "users_pkey")"};
  std::string sentence =
      "insert_user failed: a unique constraint is violated "
      R"((SQLSTATE 23505; table "users", constraint "users_pkey"). A row with this key exists already.)";
  CHECK(problem.what() == sentence);
  CHECK(problem.statement_name() == "insert_user");
  CHECK(problem.sqlstate() == "23505");
  CHECK(problem.object() == R"(table "users", constraint "users_pkey")");
  CHECK(problem.retry() == retry_class::data);
}

TEST_CASE("an unknown SQLSTATE stops and says where to look") {
  statement_error problem{"insert_user", "ZZ999"};
  CHECK(problem.retry() == retry_class::stop);
  CHECK(std::string{problem.what()}.find("SQLSTATE ZZ999).") != std::string::npos);
  CHECK(std::string{problem.what()}.find("server's log") != std::string::npos);
}

TEST_CASE("the migration can be added on the way up, and stands once, in front") {
  std::string what;
  try {
    try {
      throw refused{"The table has no key."};
    } catch (error& problem) {
      problem.in_migration("first");
      problem.in_migration("users-name");
      throw;
    }
  } catch (const refused& problem) {
    CHECK(problem.migration() == "users-name");
    CHECK(problem.retry() == retry_class::stop);
    CHECK(problem.sqlstate().empty());
    what = problem.what();
  }
  CHECK(what == "migration users-name: The table has no key.");
}

TEST_CASE("a lost connection says that the outcome is unknown; one that was never made does not") {
  connection_error lost = connection_error::lost("commit", "57P01", "an administrator's command ended the connection");
  CHECK(lost.outcome_unknown());
  CHECK(lost.retry() == retry_class::reconnect);
  CHECK(lost.sqlstate() == "57P01");
  CHECK(std::string{lost.what()}.find("unknown") != std::string::npos);
  CHECK(!connection_error{"Cannot connect."}.outcome_unknown());
}

TEST_CASE("a lost lease is a refusal") {
  try {
    throw lost_lease{"Another runner took over."};
  } catch (const refused& problem) {
    CHECK(std::string{problem.what()} == "Another runner took over.");
  }
}

TEST_CASE("the place of an error is a word of the statement, counted in characters") {
  CHECK(detail::word_at("SELECT a, b", 1) == "SELECT");
  CHECK(detail::word_at("SELECT a, b", 8) == "a");
  CHECK(detail::word_at("SELECT \"\u00e4\u20ac\", nosuch FROM t", 14) == "nosuch");  // in bytes it would be the 17th
  CHECK(detail::word_at("SELECT", 99).empty());
}
