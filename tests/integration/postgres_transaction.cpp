// SPDX-License-Identifier: BSL-1.0
#include <chrono>
#include <span>
#include <stdexcept>
#include <string>

#include <online_migration/postgres/transaction.hpp>
#include <online_migration/postgres/whole_transaction.hpp>

#include "postgres_support.hpp"
#include "support/hooked_database.hpp"

using namespace test;
using namespace std::chrono_literals;

namespace {

struct fixture {
  connection on{""};
  fixture() {
    script(on,
           "DROP TABLE IF EXISTS public.notes;"
           "CREATE TABLE public.notes (id bigint PRIMARY KEY DEFERRABLE INITIALLY DEFERRED)");
  }
  void note(int id) { script(on, "INSERT INTO public.notes VALUES (" + std::to_string(id) + ")"); }
  std::string notes() {
    connection other{""};
    return ask(other, "SELECT coalesce(string_agg(id::text, ',' ORDER BY id), '') FROM public.notes");
  }
};

/// A connection of somebody else's, with no more than a transaction needs.
struct narrow_connection {
  connection inner{""};
  result execute(const statement& what, std::span<const parameter> parameters) {
    return inner.execute(what, parameters);
  }
  [[nodiscard]] bool in_transaction() const { return inner.in_transaction(); }
  [[nodiscard]] bool usable() const { return inner.usable(); }
};

}  // namespace

TEST_CASE_FIXTURE(fixture, "it begins in one round trip and commits in another") {
  std::int64_t before = on.round_trips();
  transaction work{on};
  CHECK(on.round_trips() == before + 1);
  CHECK(on.in_transaction());
  note(1);
  before = on.round_trips();
  work.commit();
  CHECK(on.round_trips() == before + 1);
  CHECK(!on.in_transaction());
  CHECK(notes() == "1");
}

TEST_CASE_FIXTURE(fixture, "all settings are in force inside, and gone afterwards") {
  const char* all =
      "SELECT concat_ws('|', current_setting('row_security'), current_setting('search_path'),"
      " current_setting('lock_timeout'), current_setting('statement_timeout'),"
      " current_setting('idle_in_transaction_session_timeout'), current_setting('tcp_keepalives_idle'),"
      " current_setting('tcp_keepalives_interval'), current_setting('tcp_keepalives_count'),"
      " current_setting('transaction_isolation'))";
  script(on, "SET default_transaction_isolation = 'serializable'");
  std::string before = ask(on, all);
  {
    transaction work{on,
                     {.lock_timeout = 250ms,
                      .statement_timeout = 1234ms,
                      .idle_timeout = 4321ms,
                      .keepalives_idle = 11s,
                      .keepalives_interval = 12s,
                      .keepalives_count = 13}};
    CHECK(ask(on, all) == "off|pg_catalog, pg_temp|250ms|1234ms|4321ms|11|12|13|read committed");
    work.commit();
  }
  CHECK(ask(on, all) == before);
}

TEST_CASE_FIXTURE(fixture, "it is rolled back at the end of its scope, by hand, and by an exception") {
  {
    transaction work{on};
    note(1);
  }
  CHECK(!on.in_transaction());
  {
    transaction work{on};
    note(2);
    work.rollback();
    CHECK(!on.in_transaction());
  }
  try {
    transaction work{on};
    note(3);
    throw std::runtime_error{"something else"};
  } catch (const std::runtime_error&) {
  }
  CHECK(!on.in_transaction());
  CHECK(notes() == "");
}

TEST_CASE_FIXTURE(fixture, "the commit of a failed transaction is an error, though the server calls it a success") {
  transaction work{on};
  note(1);
  CHECK_THROWS_AS(ask(on, "SELECT nosuch"), statement_error);
  auto problem = caught<statement_error>([&] { work.commit(); });
  CHECK(problem.sqlstate() == "25P02");
  CHECK(problem.statement_name() == "commit");
  CHECK(!on.in_transaction());
  CHECK(notes() == "");
}

TEST_CASE_FIXTURE(fixture, "what is checked only at the commit makes it fail") {
  note(1);
  transaction work{on};
  note(1);
  CHECK(caught<statement_error>([&] { work.commit(); }).sqlstate() == "23505");
  CHECK(notes() == "1");
}

TEST_CASE_FIXTURE(fixture, "a connection that is lost during the commit leaves the outcome unknown") {
  int pid = on.backend_pid();
  transaction work{on};
  note(1);
  on.set_deadline(200ms);
  {
    frozen backend{pid};
    auto problem = caught<connection_error>([&] { work.commit(); });
    CHECK(problem.outcome_unknown());
    CHECK(problem.statement_name() == "commit");
    CHECK(problem.retry() == retry_class::reconnect);
  }
  // Here the COMMIT was on its way, and takes effect: nobody may run the work again without a look.
  std::string seen;
  for (int tries = 0; tries < 2000 && seen.empty(); ++tries) seen = notes();
  CHECK(seen == "1");
}

TEST_CASE_FIXTURE(fixture, "there is no transaction in a transaction") {
  transaction work{on};
  note(1);
  CHECK_THROWS_AS(transaction{on}, refused);
  work.commit();
  CHECK(notes() == "1");
}

TEST_CASE_FIXTURE(fixture, "one that cannot begin leaves nothing open") {
  auto problem = caught<statement_error>([&] { transaction{on, {.lock_timeout = -5ms}}; });
  CHECK(problem.sqlstate() == "22023");
  CHECK(problem.statement_name() == "transaction_settings");
  CHECK(!on.in_transaction());
  CHECK(ask(on, "SELECT 1") == "1");
}

TEST_CASE_FIXTURE(fixture, "a lock is not waited for longer than lock_timeout, and a retry can help") {
  connection other{""};
  script(other, "BEGIN; LOCK TABLE public.notes");
  transaction work{on, {.lock_timeout = 50ms}};
  auto problem = caught<statement_error>([&] { note(1); });
  CHECK(problem.sqlstate() == "55P03");
  CHECK(problem.retry() == retry_class::retry);
}

TEST_CASE_FIXTURE(fixture, "a client that stands still loses its transaction and not the other way round") {
  transaction work{on, {.idle_timeout = 50ms}};
  note(1);
  connection other{""};
  std::string mine = "SELECT count(*) FROM pg_stat_activity WHERE pid = " + std::to_string(PQbackendPID(on.native()));
  for (int tries = 0; tries < 5000 && ask(other, mine) == "1"; ++tries) {
  }
  auto problem = caught<connection_error>([&] { work.commit(); });
  CHECK(problem.retry() == retry_class::reconnect);
  CHECK(notes() == "");
}

TEST_CASE_FIXTURE(fixture, "it works over anything that runs statements") {
  static_assert(!connection_like<narrow_connection>);
  static_assert(connection_like<connection>);
  narrow_connection theirs;
  transaction work{theirs};
  CHECK(ask(theirs.inner, "SHOW lock_timeout") == "500ms");
  ask(theirs.inner, "INSERT INTO public.notes VALUES (1) RETURNING id");
  work.commit();
  CHECK(notes() == "1");
}

TEST_CASE_FIXTURE(fixture,
                  "one that is sent whole takes one round trip, and gives each answer in the form that was asked for") {
  auto run = [](auto& over) {
    whole_transaction all{over};
    const std::size_t text = all.add({"a_text", "SELECT 258"});
    const std::size_t binary = all.add({"a_binary", "SELECT 258"}, {}, false, result_format::binary);
    const std::size_t often = all.add({"an_often", "SELECT 258"}, {}, true, result_format::binary);
    const auto answers = all.commit();
    CHECK(answers[text].text(0, 0) == "258");
    CHECK(answers[binary].text(0, 0) == std::string_view{"\0\0\1\2", 4});
    CHECK(answers[often].text(0, 0) == std::string_view{"\0\0\1\2", 4});
  };
  run(on);  // the first time it asks whether it can prepare
  const std::int64_t before = on.round_trips();
  run(on);
  CHECK(on.round_trips() == before + 1);
  hooks none;
  hooked_connection without_pipeline = hooked_database{none}.connect();
  run(without_pipeline);
}

TEST_CASE_FIXTURE(fixture, "transactions that are sent behind each other: an error ends its own and what follows") {
  auto insert = [](const char* id) { return statement{"insert", id}; };
  whole_transaction{on}.commit();  // the first time it asks whether it can prepare
  whole_transaction three{on};
  three.add(insert("INSERT INTO public.notes VALUES (1)"));
  three.then();
  three.add(insert("INSERT INTO public.notes VALUES (2)"));
  const std::size_t timeout = three.add({"timeout", "SHOW lock_timeout"});
  const std::size_t alone =
      three.add({"alone", "SELECT count(*) FROM public.notes WHERE xmin = pg_current_xact_id()::xid"});
  const std::int64_t before = on.round_trips();
  const auto answers = three.commit();
  CHECK(on.round_trips() == before + 1);
  CHECK(answers[timeout].text(0, 0) == "500ms");
  CHECK(answers[alone].text(0, 0) == "1");  // the other row is another transaction's
  CHECK(notes() == "1,2");

  whole_transaction broken{on};
  broken.add(insert("INSERT INTO public.notes VALUES (3)"));
  broken.then();
  broken.add(insert("INSERT INTO public.notes VALUES (4)"));
  broken.add(insert("INSERT INTO public.notes VALUES (3)"));  // is checked at COMMIT
  broken.then();
  broken.add(insert("INSERT INTO public.notes VALUES (5)"));
  auto problem = caught<statement_error>([&] { broken.commit(); });
  CHECK(problem.sqlstate() == "23505");
  CHECK(problem.statement_name() == "commit");
  CHECK(!on.in_transaction());
  CHECK(notes() == "1,2,3");
}
