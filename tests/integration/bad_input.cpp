// SPDX-License-Identifier: BSL-1.0
// What people give it by mistake: a clear error, nothing lost, and no value of a row in any sentence.
#include <fstream>
#include <sstream>
#include <string>
#include <sys/stat.h>

#include "support/lab.hpp"

using namespace test;

namespace {

struct wide
    : table<"people", column<"id", bigint, primary_key>, column<"name", text, not_null>, column<"age", integer>> {};
struct lower_wide : om::migration<"lower-name", wide, add_column<"name_lower", text, ascii_lower(trim(col<"name">))>> {
};
struct half
    : om::migration<"half", people, add_column<"number", integer, om::sql<"{}::integer", integer>(col<"name">)>> {};

struct mistakes : lab {
  mistakes() {
    tools.ensure_state_tables();
    run(make_people);
    run("INSERT INTO people SELECT g, 'secret ' || g FROM generate_series(1, 100) AS g");
  }
};

/// All that can be asked of a database that is not there.
template <class Error>
void everything_fails(const std::string& conninfo, const std::string& why) {
  database nowhere{conninfo, {.connect_timeout = 2s}};
  toolkit there{nowhere};
  CHECK(says(caught<Error>([&] { there.ensure_state_tables(); }), why));
  CHECK(says(caught<Error>([&] { expand<lower_name>(there); }), why));
  CHECK(says(caught<Error>([&] { (void)there.phase<lower_name>(); }), why));
  CHECK(says(caught<Error>([&] { backfill_runner<lower_name>{nowhere}.run(); }), why));
  CHECK(says(caught<Error>([&] { parity_checker<lower_name>{nowhere}.check_all(); }), why));
}

/// The private server's own rules for connections, with some lines before them; as they were at the end of the scope.
class connection_rules {
 public:
  connection_rules(lab& in, const std::string& lines)
      : in_{in}, file_{environment("ONLINE_MIGRATION_TEST_PGDATA") + "/pg_hba.conf"} {
    std::ifstream old{file_};
    std::stringstream text;
    text << old.rdbuf();
    before_ = text.str();
    write(lines + "\n" + before_);
  }
  ~connection_rules() { write(before_); }

 private:
  void write(const std::string& text) {
    std::ofstream{file_} << text;  // in place, so that it stays readable by the server
    in_.run("SELECT pg_reload_conf()");
    eventually([&] { return in_.ask("SELECT count(*) FROM pg_hba_file_rules WHERE error IS NOT NULL") == "0"; });
  }
  lab& in_;
  std::string file_;
  std::string before_;
};

}  // namespace

TEST_CASE_FIXTURE(mistakes, "a server that is not there") {
  port closed{false};
  everything_fails<connection_error>("host=127.0.0.1 port=" + closed.number(), "127.0.0.1");
}

TEST_CASE_FIXTURE(mistakes, "a server that never answers") {
  port silent{true};
  database nowhere{"host=127.0.0.1 port=" + silent.number(), {.connect_timeout = 200ms}};
  caught<connection_error>([&] { toolkit{nowhere}.ensure_state_tables(); });
}

TEST_CASE_FIXTURE(mistakes, "a wrong password is told at once, and neither tried again nor shown") {
  run("SET password_encryption = 'scram-sha-256'; DROP ROLE IF EXISTS guarded; CREATE ROLE guarded LOGIN PASSWORD 'correct'");
  connection_rules rules{*this, "host all guarded 127.0.0.1/32 scram-sha-256"};
  eventually([&] {
    try {
      (void)database{"user=guarded"}.connect();
      return false;  // the server has not read its new rules yet
    } catch (const connection_error&) {
      return true;
    }
  });
  (void)database{"user=guarded password=correct"}.connect();
  everything_fails<connection_error>("user=guarded password=hunter2hunter2", "guarded");
  connection_error problem =
      caught<connection_error>([&] { (void)database{"user=guarded password=hunter2hunter2"}.connect(); });
  CHECK_FALSE(says(problem, "hunter2"));
  run("DROP ROLE guarded");
}

TEST_CASE_FIXTURE(mistakes, "a database that is not there, and a string that is none") {
  everything_fails<connection_error>("dbname=nirvana", "nirvana");
  CHECK(says(caught<refused>([&] { database{"dbname"}; }), "cannot be read"));
}

TEST_CASE_FIXTURE(mistakes, "without the state tables each part says what is missing") {
  run("DROP SCHEMA public CASCADE; CREATE SCHEMA public");
  run(make_people);
  std::string before = everything();
  const char* why = "This database has no state tables yet: call toolkit.ensure_state_tables() first";
  CHECK(says(caught<refused>([&] { expand<lower_name>(tools); }), why));
  CHECK(says(caught<refused>([&] { tools.mark_phase<lower_name>(phase::backfill); }), why));
  CHECK(says(caught<refused>([&] { backfill_runner<lower_name>{source}.run(); }), why));
  CHECK(says(caught<refused>([&] { parity_checker<lower_name>{source}.check_all(); }), why));
  CHECK(everything() == before);
}

TEST_CASE_FIXTURE(mistakes, "a declaration that the table has outgrown, or that has outgrown the table") {
  CHECK(says(caught<refused>([&] { expand<lower_wide>(tools); }), "the table has no column \"age\""));
  expand<lower_name>(tools);
  // A column that takes no part is no other migration.
  run("ALTER TABLE people ADD COLUMN age integer");
  CHECK_FALSE(expand<lower_wide>(tools).begun);
  CHECK(backfill_runner<lower_wide>{source}.run().finished());
}

TEST_CASE_FIXTURE(mistakes, "the column or the table is dropped while the backfill is on") {
  expand<lower_name>(tools);
  tools.mark_phase<lower_name>(phase::backfill);
  SUBCASE("the column") {
    run("ALTER TABLE people DROP COLUMN name_lower CASCADE");
    CHECK(caught<statement_error>([&] { backfill_runner<lower_name>{source}.run(); }).sqlstate() == "42703");
  }
  SUBCASE("the table") {
    run("DROP TABLE people");
    CHECK(caught<statement_error>([&] { backfill_runner<lower_name>{source}.run(); }).sqlstate() == "42P01");
  }
  SUBCASE("the state") {
    run("TRUNCATE online_migration_backfill_state");
    backfill_options hurried;
    hurried.takeover_wait = 0ms;
    hurried.alone = true;
    CHECK(says(caught<refused>([&] {
                 backfill_runner<lower_name>{source, hurried}.run();
               }),
               "The backfill has not begun"));
  }
}

TEST_CASE_FIXTURE(mistakes, "text that is no text, through a dual writer") {
  expand<lower_name>(tools);
  std::string before = ask("SELECT string_agg(p::text, ',' ORDER BY id) FROM people AS p");
  connection app = source.connect();
  dual_writer<lower_name> write{app};
  for (std::string_view bad :
       {std::string_view{"se\0cret", 7}, std::string_view{"se\xff"}, std::string_view{"\xed\xa0\x80"}}) {
    statement_error problem = caught<statement_error>([&] { write.update(key(std::int64_t{7}), set<"name">(bad)); });
    CHECK(problem.sqlstate() == "22021");
    CHECK_FALSE(says(problem, "se"));
    CHECK(problem.migration() == "lower-name");
  }
  CHECK(ask("SELECT string_agg(p::text, ',' ORDER BY id) FROM people AS p") == before);
  CHECK(write.update(key(std::int64_t{7}), set<"name">("FINE")) == 1);
}

TEST_CASE_FIXTURE(mistakes, "a value that the transform cannot take stops the backfill there, and is not shown") {
  run("UPDATE people SET name = id::text WHERE id <> 60");
  expand<half>(tools);
  run("UPDATE people SET name = 'still allowed' WHERE id = 90");  // the trigger gives NULL and lets it pass
  CHECK(ask("SELECT number IS NULL FROM people WHERE id = 90") == "t");
  backfill_options some;
  some.chunk = fixed_chunk(25);
  data_error problem = caught<data_error>([&] { backfill_runner<half>{source, some}.run(); });
  CHECK(problem.sqlstate() == "22P02");
  CHECK_FALSE(says(problem, "secret"));
  CHECK(tools.progress<half>()->rows_done == 75);  // the chunk with that row is committed, and the row in quarantine
  CHECK(tools.quarantine<half>().size() == 1);
  CHECK(tools.progress<half>()->last_error.find("secret") == std::string::npos);
}

TEST_CASE_FIXTURE(mistakes, "row-level security that is put up later is an error, and never a part of the rows") {
  run("DROP ROLE IF EXISTS migrator; CREATE ROLE migrator LOGIN; GRANT ALL ON SCHEMA public TO migrator; ALTER TABLE people OWNER TO migrator;"
      "GRANT ALL ON ALL TABLES IN SCHEMA public TO migrator");
  database as{"user=migrator"};
  toolkit theirs{as, {hasty, 200ms}};
  expand<lower_name>(theirs);
  run("CREATE POLICY half ON people USING (id % 2 = 0); ALTER TABLE people ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY");
  CHECK(caught<statement_error>([&] { backfill_runner<lower_name>{as}.run(); }).sqlstate() == "42501");
  run("ALTER TABLE people NO FORCE ROW LEVEL SECURITY");
  CHECK(backfill_runner<lower_name>{as}.run().progress.rows_done == 100);
  run("ALTER TABLE people FORCE ROW LEVEL SECURITY");
  CHECK(caught<statement_error>([&] { parity_checker<lower_name>{as}.check_all(); }).sqlstate() == "42501");
  run("REASSIGN OWNED BY migrator TO postgres; DROP OWNED BY migrator; DROP ROLE migrator");
}
