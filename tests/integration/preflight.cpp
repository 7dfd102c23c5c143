// SPDX-License-Identifier: BSL-1.0
#include <string>

#include "support/lab.hpp"

using namespace test;

namespace {

struct visits : table<"visits", in_schema<"app">, column<"id", bigint, primary_key, has_default>,
                      column<"day", timestamptz, primary_key>, column<"name", varchar<20>>> {};
struct visit_name
    : om::migration<"visit-name", visits, add_column<"name_lower", varchar<20>, ascii_lower(col<"name">)>> {};
struct upper_of_lower : om::migration<"a-second-one", people, add_column<"other", text, ascii_upper(col<"name">)>> {};

struct codes : table<"codes", column<"code", text, primary_key>, column<"name", text>> {};
struct code_name : om::migration<"code-name", codes, add_column<"name_lower", text, ascii_lower(col<"name">)>> {};

/// Reads the column that `lower_name` adds, and has a name that sorts before.
struct people_with_lower
    : table<"people", column<"id", bigint, primary_key>, column<"name", text, not_null>, column<"name_lower", text>> {};
struct reads_the_other
    : om::migration<"a-reader", people_with_lower, add_column<"again", text, ascii_upper(col<"name_lower">)>> {};

struct surroundings : lab {
  surroundings() {
    tools.ensure_state_tables();
    run(make_people);
    run("INSERT INTO people VALUES (1, 'secret name')");
  }

  /// What preflight says, one finding a line; and expand refuses it and changes nothing.
  template <class Migration = lower_name>
  std::string refused_with() {
    std::string before = everything();
    std::string why = caught<refused>([&] { expand<Migration>(tools); }).what();
    CHECK(everything() == before);
    CHECK(why.find("secret") == std::string::npos);
    return why;
  }
  template <class Migration = lower_name>
  void accepted(std::vector<risk> acknowledged = {}) {
    CHECK(expand<Migration>(tools, {.acknowledged = std::move(acknowledged)}).begun);
  }
};

bool has(const std::string& text, std::string_view part) {
  if (text.find(part) != std::string::npos) return true;
  MESSAGE(text);
  return false;
}

/// A session of a role that is no superuser.
struct role {
  explicit role(lab& in) : in_{in} {
    in_.run(
        "DROP ROLE IF EXISTS migrator; CREATE ROLE migrator LOGIN; GRANT ALL ON SCHEMA public TO migrator;"
        "GRANT ALL ON ALL TABLES IN SCHEMA public TO migrator; ALTER TABLE people OWNER TO migrator");
  }
  ~role() { in_.run("REASSIGN OWNED BY migrator TO postgres; DROP OWNED BY migrator; DROP ROLE migrator"); }
  preflight_report look() {
    connection as = database{"user=migrator"}.connect();
    return preflight<lower_name>(as);
  }

 private:
  lab& in_;
};

}  // namespace

TEST_CASE_FIXTURE(surroundings, "a table as declared has nothing in its way") {
  CHECK(preflight<lower_name>(on).findings.empty());
  accepted();
}

TEST_CASE_FIXTURE(surroundings, "a table that is not there, or is not a table") {
  run("DROP TABLE people");
  CHECK(has(refused_with(), "there is no table \"public\".\"people\""));
  run("CREATE VIEW people AS SELECT 1::bigint AS id, 'x'::text AS name");
  CHECK(has(refused_with(), "\"public\".\"people\" is a view, not a table"));
  run("DROP VIEW people; CREATE MATERIALIZED VIEW people AS SELECT 1::bigint AS id, 'x'::text AS name");
  CHECK(has(refused_with(), "is a materialized view"));
}

TEST_CASE_FIXTURE(surroundings, "a temporary table is not taken for the table") {
  run("DROP TABLE people; CREATE TEMPORARY TABLE people (id bigint PRIMARY KEY, name text NOT NULL)");
  CHECK(has(refused_with(), "there is no table"));
}

TEST_CASE_FIXTURE(surroundings, "the key needs a unique index of its own") {
  const char* why = "the declared key has no unique index of its own";
  run("ALTER TABLE people DROP CONSTRAINT people_pkey");
  run("ALTER TABLE people ALTER id SET NOT NULL");
  SUBCASE("none") { CHECK(has(refused_with(), why)); }
  SUBCASE("not unique") {
    run("CREATE INDEX ON people (id)");
    CHECK(has(refused_with(), why));
  }
  SUBCASE("deferrable") {
    run("ALTER TABLE people ADD UNIQUE (id) DEFERRABLE");
    CHECK(has(refused_with(), why));
  }
  SUBCASE("partial") {
    run("CREATE UNIQUE INDEX ON people (id) WHERE id > 0");
    CHECK(has(refused_with(), why));
  }
  SUBCASE("over an expression") {
    run("CREATE UNIQUE INDEX ON people ((id + 0))");
    CHECK(has(refused_with(), why));
  }
  SUBCASE("over more columns") {
    run("CREATE UNIQUE INDEX ON people (id, name)");
    CHECK(has(refused_with(), why));
  }
  SUBCASE("invalid") {
    run("INSERT INTO people VALUES (1, 'again')");
    CHECK_THROWS(run("CREATE UNIQUE INDEX CONCURRENTLY twice ON people (id)"));
    CHECK(has(refused_with(), why));
  }
  SUBCASE("unique and not primary is enough, and so is a covering one") {
    run("CREATE UNIQUE INDEX ON people (id) INCLUDE (name)");
    accepted();
  }
}

TEST_CASE_FIXTURE(surroundings, "an index in an order that is not the column's cannot be walked") {
  run("CREATE TABLE codes (code text COLLATE \"C\" NOT NULL, name text); CREATE UNIQUE INDEX ON codes (code COLLATE \"en-x-icu\")");
  CHECK(has(refused_with<code_name>(), "has no unique index of its own"));
  run("CREATE UNIQUE INDEX ON codes (code)");
  accepted<code_name>();
}

TEST_CASE_FIXTURE(surroundings, "columns that are not as declared, all in one report") {
  run("DROP TABLE people; CREATE TABLE people (id int PRIMARY KEY, nmae text NOT NULL)");
  std::string why = refused_with();
  CHECK(has(why, "column \"id\" is declared as bigint and is integer"));
  CHECK(has(why, "the table has no column \"name\", which its declaration has; it has \"nmae\""));
}

TEST_CASE_FIXTURE(surroundings, "a column that may be NULL and is declared om::not_null") {
  run("ALTER TABLE people ALTER name DROP NOT NULL");
  CHECK(has(refused_with(), "column \"name\" is declared om::not_null, and the database lets it be NULL"));
}

TEST_CASE_FIXTURE(surroundings, "another schema, a composite key, a length, a default") {
  run("DROP SCHEMA IF EXISTS app CASCADE; CREATE SCHEMA app");
  run("CREATE TABLE app.visits (id bigint, day timestamptz, name varchar(21), PRIMARY KEY (day, id))");
  std::string why = refused_with<visit_name>();
  CHECK(has(why, "column \"name\" is declared as character varying(20) and is character varying(21)"));
  CHECK(has(why, "column \"id\" is declared om::has_default, and has none"));
  CHECK(has(why, "the declared key has no unique index of its own over the same columns in the same order"));
  run("DROP TABLE app.visits; CREATE TABLE app.visits (id bigserial, day timestamptz, name varchar(20), PRIMARY KEY (id, day))");
  accepted<visit_name>();
  run("DROP SCHEMA app CASCADE");
}

TEST_CASE_FIXTURE(surroundings, "a generated source is seen by no trigger") {
  run("ALTER TABLE people DROP COLUMN name; ALTER TABLE people ADD COLUMN name text GENERATED ALWAYS AS ('n' || id) STORED NOT NULL");
  CHECK(has(refused_with(), "column \"name\" is generated"));
}

TEST_CASE_FIXTURE(surroundings, "the new column is there already") {
  SUBCASE("empty, and that is acknowledged") {
    tools.ensure_column<lower_name>();
    CHECK(has(refused_with(), "needs om::risk::existing_column acknowledged"));
    accepted({risk::existing_column});
  }
  SUBCASE("of another type") {
    run("ALTER TABLE people ADD COLUMN name_lower varchar(10)");
    CHECK(has(refused_with(), "is there already, as character varying(10) and not as text"));
  }
  SUBCASE("with a default") {
    run("ALTER TABLE people ADD COLUMN name_lower text DEFAULT 'x'");
    CHECK(has(refused_with(), "a new column begins empty"));
  }
}

TEST_CASE_FIXTURE(surroundings, "triggers of the table's own") {
  run("CREATE FUNCTION noop() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END'");
  SUBCASE("one that fires for every row that the backfill changes") {
    run("CREATE TRIGGER audit AFTER UPDATE ON people FOR EACH ROW EXECUTE FUNCTION noop()");
    CHECK(has(
        refused_with(),
        "needs om::risk::user_triggers acknowledged: these triggers fire for every row that the backfill changes: \"audit\""));
    accepted({risk::user_triggers});
  }
  SUBCASE("one that would fire after ours") {
    run("CREATE TRIGGER \"~~last\" BEFORE INSERT ON people FOR EACH ROW EXECUTE FUNCTION noop()");
    CHECK(has(refused_with(), "the trigger \"~~last\" would fire after ours (\"~om_sync_lower-name\")"));
  }
  SUBCASE("one that fires for other columns only") {
    run("CREATE TRIGGER other AFTER UPDATE OF id ON people FOR EACH ROW EXECUTE FUNCTION noop()");
    accepted();
  }
  SUBCASE("one that is disabled") {
    run("CREATE TRIGGER audit AFTER UPDATE ON people FOR EACH ROW EXECUTE FUNCTION noop(); ALTER TABLE people DISABLE TRIGGER audit");
    accepted();
  }
  SUBCASE("one that looks like ours and is nobody's") {
    run("CREATE TRIGGER \"~om_sync_zebra\" BEFORE INSERT OR UPDATE ON people FOR EACH ROW EXECUTE FUNCTION noop()");
    CHECK(has(refused_with(), "\"~om_sync_zebra\" would fire after ours"));
  }
}

TEST_CASE_FIXTURE(surroundings,
                  "another migration's sync trigger is no obstacle, unless ours reads its column too early") {
  accepted();
  CHECK(preflight<upper_of_lower>(on).findings.empty());
  CHECK(has(refused_with<reads_the_other>(),
            "the trigger \"~om_sync_lower-name\" would fire after ours (\"~om_sync_a-reader\")"));
  accepted<upper_of_lower>();
}

TEST_CASE_FIXTURE(lab, "preflight needs no state tables, whatever triggers the table has") {
  run(make_people);
  run("CREATE FUNCTION audit() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END'");
  SUBCASE("one of its own") {
    run("CREATE TRIGGER audit BEFORE UPDATE ON people FOR EACH ROW EXECUTE FUNCTION audit()");
    CHECK(has(preflight<lower_name>(on).text(), "needs om::risk::user_triggers acknowledged"));
  }
  SUBCASE("one that has the name of a migration's") {
    run("CREATE TRIGGER \"~om_sync_other\" BEFORE UPDATE ON people FOR EACH ROW EXECUTE FUNCTION audit()");
    CHECK(has(preflight<lower_name>(on).text(), "would fire after ours"));
  }
}

TEST_CASE_FIXTURE(surroundings, "a rewrite rule") {
  run("CREATE RULE quiet AS ON UPDATE TO people DO INSTEAD NOTHING");
  CHECK(has(refused_with(), "the table has the rewrite rule \"quiet\""));
}

TEST_CASE_FIXTURE(surroundings, "inheritance") {
  run("CREATE TABLE children () INHERITS (people)");
  CHECK(has(refused_with(), "the table has parents or children by inheritance"));
}

TEST_CASE_FIXTURE(surroundings, "a partitioned table is fine, one of its partitions is not") {
  run("DROP TABLE people; CREATE TABLE people (id bigint PRIMARY KEY, name text NOT NULL) PARTITION BY RANGE (id);"
      "CREATE TABLE people_1 PARTITION OF people FOR VALUES FROM (0) TO (100)");
  accepted();
  run("INSERT INTO people VALUES (5, ' Ada')");
  CHECK(ask("SELECT name_lower FROM people_1") == "ada");
  run("DROP TABLE people; TRUNCATE online_migration_runs CASCADE; DROP FUNCTION \"om_sync_lower-name\";"
      "CREATE TABLE whole (id bigint PRIMARY KEY, name text NOT NULL) PARTITION BY RANGE (id);"
      "CREATE TABLE people PARTITION OF whole FOR VALUES FROM (0) TO (100)");
  CHECK(has(refused_with(), "inheritance"));
}

TEST_CASE_FIXTURE(surroundings, "a publication") {
  run("CREATE PUBLICATION news FOR TABLE people");
  CHECK(has(refused_with(), "needs om::risk::publications acknowledged: publication \"news\" carries the table"));
  accepted({risk::publications});
  run("DROP PUBLICATION news");
}

TEST_CASE_FIXTURE(surroundings, "a VACUUM or ANALYZE that is at work is worth a notice") {
  CHECK_FALSE(has(preflight<lower_name>(on).text(), "at work on the table"));
  connection busy = somebody("vacuum");
  script(busy, "BEGIN; ANALYZE people");
  CHECK(has(preflight<lower_name>(on).text(),
            "notice: a VACUUM (an autovacuum as well), ANALYZE or index build is at work on the table, process " +
                std::to_string(busy.backend_pid())));
}

TEST_CASE_FIXTURE(surroundings, "a view that reads the table is worth a notice") {
  run("CREATE VIEW names AS SELECT name FROM people");
  CHECK(
      has(preflight<lower_name>(on).text(), "notice: view \"names\" reads the table and will not have the new column"));
  accepted();
}

TEST_CASE_FIXTURE(surroundings, "row-level security that hides rows") {
  role as{*this};
  CHECK(as.look().findings.empty());
  run("ALTER TABLE people ENABLE ROW LEVEL SECURITY");
  CHECK(as.look().findings.empty());  // the owner sees all
  run("ALTER TABLE people FORCE ROW LEVEL SECURITY");
  CHECK(has(as.look().text(), "row-level security hides rows of the table from this role"));
  run("ALTER ROLE migrator BYPASSRLS");
  CHECK(as.look().findings.empty());
}

TEST_CASE_FIXTURE(surroundings, "missing privileges, all in one report") {
  role as{*this};
  run("ALTER TABLE people OWNER TO postgres; REVOKE ALL ON people FROM migrator; REVOKE CREATE ON SCHEMA public FROM migrator, public;"
      "REVOKE TEMPORARY ON DATABASE postgres FROM public");
  std::string why = as.look().text();
  run("GRANT TEMPORARY ON DATABASE postgres TO public");
  CHECK(has(why, "this role is not a member of the table's owner"));
  CHECK(has(why, "this role may not SELECT and UPDATE the table"));
  CHECK(has(why, "this role may not create the trigger's function in the table's schema"));
  CHECK(has(why, "this role may not create temporary tables"));
}

TEST_CASE_FIXTURE(surroundings, "a read-only server") {
  run("ALTER DATABASE postgres SET default_transaction_read_only = on");
  database standby{""};
  toolkit there{standby, {hasty, 200ms}};
  CHECK(says(caught<refused>([&] { expand<lower_name>(there); }), "the server is read-only"));
  statement_error problem = caught<statement_error>([&] { there.mark_phase<lower_name>(phase::backfill); });
  CHECK(problem.sqlstate() == "25006");
  CHECK(says(problem, "Connect to the primary"));
  run("ALTER DATABASE postgres RESET default_transaction_read_only");
}

TEST_CASE_FIXTURE(surroundings, "a database that is not UTF-8") {
  for (const char* encoding : {"SQL_ASCII", "LATIN1"}) {
    run("DROP DATABASE IF EXISTS other_letters");
    run("CREATE DATABASE other_letters ENCODING '" + std::string{encoding} +
        "' LC_COLLATE 'C' LC_CTYPE 'C' TEMPLATE template0");
    database other{"dbname=other_letters"};
    toolkit there{other, {hasty, 200ms}};
    there.ensure_state_tables();
    connection inside = other.connect();
    script(inside, make_people);
    CHECK(says(caught<refused>([&] { expand<lower_name>(there); }),
               "the database is encoded in " + std::string{encoding}));
  }
  run("DROP DATABASE other_letters WITH (FORCE)");
}
