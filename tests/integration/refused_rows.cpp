// SPDX-License-Identifier: BSL-1.0
// Rows that the table itself refuses to have written: found one by one, quarantined by key and SQLSTATE, and passed.
#include <string>

#include "support/hooked_database.hpp"
#include "support/lab.hpp"

using namespace test;

namespace {

const char* quarantine =
    "SELECT coalesce(string_agg(array_to_string(key, '|') || ' ' || sqlstate || ' ' || noted_by, ', ' ORDER BY "
    "(key[1])::bigint), '-') FROM online_migration_quarantine";
const char* totals =
    "SELECT format('%s done, %s changed, %s', sum(rows_done), sum(rows_changed), bool_and(finished)) "
    "FROM online_migration_backfill_state";

text_value lowered(std::string_view name) {
  std::string text{name};
  for (char& each : text) {
    if (each >= 'A' && each <= 'Z') each = static_cast<char>(each - 'A' + 'a');
  }
  return text_value{text};
}
struct lower_by_client : om::migration<"lower-by-client", people,
                                       add_column<"name_lower", text, computed<&lowered, "lowered/1">(col<"name">)>> {};

struct people_of_a_thousand : lab {
  people_of_a_thousand() {
    tools.ensure_state_tables();
    run(make_people);
    run("INSERT INTO people SELECT g, 'Ada ' || g FROM generate_series(1, 1000) AS g");
  }

  backfill_options options(data_error_policy policy, walk_by walk = walk_by::keys) {
    backfill_options some;
    some.chunk = fixed_chunk(200);
    some.retry = hasty;
    some.on_data_error = policy;
    some.walk = walk;
    return some;
  }

  void check_filled_but(const std::string& ids) {
    CHECK(ask("SELECT count(*) FROM people WHERE id IN (" + ids + ") AND name_lower IS NULL") ==
          ask("SELECT cardinality(ARRAY[" + ids + "])"));
    CHECK(ask("SELECT count(*) FROM people WHERE id NOT IN (" + ids +
              ") AND name_lower IS DISTINCT FROM lower(name)") == "0");
  }
};

struct refusing : people_of_a_thousand {
  refusing() { expand<lower_name>(tools); }
};

struct refusing_the_client : people_of_a_thousand {
  refusing_the_client() { expand<lower_by_client>(tools); }
};

}  // namespace

TEST_CASE_FIXTURE(refusing,
                  "a CHECK, a unique index and a trigger refuse rows: each is found, and the others are filled") {
  walk_by walk = walk_by::keys;
  SUBCASE("by keys") {}
  SUBCASE("by blocks") { walk = walk_by::blocks; }
  run("ALTER TABLE people ADD CHECK (name_lower <> 'ada 7' AND name_lower <> 'ada 1000');"
      "UPDATE people SET name_lower = NULL, name = 'Ada 500' WHERE id = 501; CREATE UNIQUE INDEX ON people (name_lower);"
      "CREATE FUNCTION public.refuse() RETURNS trigger LANGUAGE plpgsql AS $$BEGIN IF NEW.id = 333 THEN PERFORM 1 / 0; "
      "END IF; RETURN NEW; END$$; CREATE TRIGGER refuse BEFORE UPDATE ON people FOR EACH ROW EXECUTE FUNCTION refuse()");
  run("ALTER TABLE people DISABLE TRIGGER \"~om_sync_lower-name\"; UPDATE people SET name_lower = NULL WHERE id = 501;"
      "ALTER TABLE people ENABLE ALWAYS TRIGGER \"~om_sync_lower-name\"");
  backfill_result result = backfill_runner<lower_name>{source, options(data_error_policy::go_on, walk)}.run();
  CHECK(result.finished());
  CHECK(result.rows_failed == 4);
  CHECK(result.progress.quarantined == 4);
  // A walk by blocks meets a row again that was moved to a block further on.
  if (walk == walk_by::keys) CHECK(ask(totals) == "1000 done, 996 changed, t");
  CHECK(ask("SELECT sum(rows_changed) FROM online_migration_backfill_state") == "996");
  CHECK(ask("SELECT string_agg(sqlstate, ' ' ORDER BY sqlstate) FROM online_migration_quarantine") ==
        "22012 23505 23514 23514");
  std::string unique = ask("SELECT key[1] FROM online_migration_quarantine WHERE sqlstate = '23505'");
  CHECK((unique == "500" || unique == "501"));
  check_filled_but("7, 333, 1000, " + unique);
  CHECK(ask("SELECT count(*) FROM online_migration_backfill_state WHERE walk = 'blocks'") ==
        (walk == walk_by::blocks ? "1" : "0"));

  parity_report report = parity_checker<lower_name>{source}.check_all();
  CHECK(report.mismatches == 4);
  CHECK(says(caught<refused>([&] { tools.mark_phase<lower_name>(phase::contract_ready); }), "mismatches"));
}

TEST_CASE_FIXTURE(refusing,
                  "under stop the run ends behind the row, and says why without its value; run again it goes on") {
  run("ALTER TABLE people ADD CHECK (name_lower <> 'ada 7' AND name_lower <> 'ada 900')");
  for (const char* expected : {"7 23514 backfill", "7 23514 backfill, 900 23514 backfill"}) {
    data_error problem = caught<data_error>([&] {
      backfill_runner<lower_name>{source, options(data_error_policy::stop)}.run();
    });
    CHECK(problem.rows() == 1);
    CHECK(problem.sqlstate() == "23514");
    CHECK(says(problem, "does not take the new value of 1 rows"));
    CHECK_FALSE(says(problem, "ada 7"));
    CHECK(ask(quarantine) == expected);
  }
  CHECK(backfill_runner<lower_name>{source, options(data_error_policy::stop)}.run().finished());
  CHECK(ask(totals) == "1000 done, 998 changed, t");
  check_filled_but("7, 900");
}

TEST_CASE_FIXTURE(refusing, "several workers pass what the table refuses, each row noted once") {
  run("ALTER TABLE people ADD CHECK (name_lower NOT LIKE '%77')");
  backfill_options some = options(data_error_policy::go_on);
  some.workers = 3;
  some.chunk = fixed_chunk(10);
  some.throttle.sleep = 1ms;
  backfill_result result = backfill_runner<lower_name>{source, some}.run();
  CHECK(result.finished());
  CHECK(result.rows_failed == 10);
  CHECK(ask("SELECT count(*) FROM online_migration_quarantine WHERE sqlstate = '23514'") == "10");
  CHECK(ask(totals) == "1000 done, 990 changed, t");
}

TEST_CASE_FIXTURE(refusing_the_client,
                  "what the client has computed is refused row by row, in whatever stripe and place it is") {
  backfill_options some = options(data_error_policy::go_on);
  SUBCASE("without stripes") {}
  SUBCASE("in stripes") {
    some.stripes = 4;
    some.chunk = fixed_chunk(50);
  }
  run("CREATE TABLE written (id bigint);"
      "CREATE FUNCTION note() RETURNS trigger LANGUAGE plpgsql AS $$BEGIN INSERT INTO public.written VALUES (NEW.id); "
      "RETURN NEW; END$$; CREATE TRIGGER note AFTER UPDATE ON people FOR EACH ROW EXECUTE FUNCTION note();"
      "ALTER TABLE people ADD CHECK (name_lower <> 'ada 7' AND name_lower <> 'ada 1000'); UPDATE people SET name = 'Ada 500' "
      "WHERE id = 501; CREATE UNIQUE INDEX ON people (name_lower);"
      "CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$BEGIN IF NEW.id = 333 THEN PERFORM 1 / 0; END IF; "
      "RETURN NEW; END$$; CREATE TRIGGER refuse BEFORE UPDATE ON people FOR EACH ROW EXECUTE FUNCTION refuse();"
      "TRUNCATE written; DELETE FROM online_migration_dirty_keys");
  backfill_result result = backfill_runner<lower_by_client>{source, some}.run();
  CHECK(result.finished());
  CHECK(result.rows_failed == 4);
  CHECK(ask(totals) == "1000 done, 996 changed, t");
  CHECK(ask("SELECT string_agg(sqlstate, ' ' ORDER BY sqlstate) FROM online_migration_quarantine") ==
        "22012 23505 23514 23514");
  std::string unique = ask("SELECT key[1] FROM online_migration_quarantine WHERE sqlstate = '23505'");
  CHECK((unique == "500" || unique == "501"));
  check_filled_but("7, 333, 1000, " + unique);
  // The others were written once.
  CHECK(ask("SELECT count(*) || ' ' || count(DISTINCT id) FROM written") == "996 996");
}

TEST_CASE_FIXTURE(refusing_the_client,
                  "under stop it ends behind the row that the table refuses; run again it goes on") {
  run("ALTER TABLE people ADD CHECK (name_lower <> 'ada 7' AND name_lower <> 'ada 900')");
  for (const char* expected : {"7 23514 backfill", "7 23514 backfill, 900 23514 backfill"}) {
    data_error problem = caught<data_error>([&] {
      backfill_runner<lower_by_client>{source, options(data_error_policy::stop)}.run();
    });
    CHECK(problem.rows() == 1);
    CHECK(problem.sqlstate() == "23514");
    CHECK(says(problem, "does not take the new value of 1 rows"));
    CHECK_FALSE(says(problem, "ada 7"));
    CHECK(ask(quarantine) == expected);
  }
  CHECK(backfill_runner<lower_by_client>{source, options(data_error_policy::stop)}.run().finished());
  CHECK(ask(totals) == "1000 done, 998 changed, t");
  check_filled_but("7, 900");
}

TEST_CASE_FIXTURE(refusing_the_client, "a row that changes while others are refused is read again, and written") {
  run("ALTER TABLE people ADD CHECK (name_lower <> 'ada 7')");
  hooks around;
  hooked_database hooked{around};
  int parts = 0;
  around.before = [&](const statement& what) {
    if (what.name == std::string_view{"client_write_back"} && ++parts == 3) {
      run("UPDATE people SET name = 'LATER' WHERE id = 40; DELETE FROM online_migration_dirty_keys");
    }
  };
  backfill_result result =
      backfill_runner<lower_by_client, hooked_database>{hooked, options(data_error_policy::go_on)}.run();
  CHECK(result.finished());
  CHECK(parts > 3);
  CHECK(result.rows_failed == 1);
  CHECK(ask("SELECT name_lower FROM people WHERE id = 40") == "later");
  check_filled_but("7");
}

TEST_CASE_FIXTURE(refusing_the_client, "what the old ways write and the table refuses is passed by the drain as well") {
  CHECK(backfill_runner<lower_by_client>{source, options(data_error_policy::stop)}.run().finished());
  REQUIRE(ask("SELECT count(*) FROM online_migration_dirty_keys") == "0");
  run("ALTER TABLE people ADD CHECK (name_lower NOT LIKE 'bad%')");
  run("UPDATE people SET name = 'Bad ' || id WHERE id IN (7, 500, 1000)");
  run("UPDATE people SET name = 'Good ' || id WHERE id BETWEEN 400 AND 700 AND id <> 500");
  REQUIRE(ask("SELECT count(*) FROM online_migration_dirty_keys") == "303");
  auto policy = data_error_policy::go_on;
  SUBCASE("go on") {
    backfill_result result = backfill_runner<lower_by_client>{source, options(policy)}.run();
    CHECK(result.finished());
    CHECK(result.rows_failed == 3);
  }
  SUBCASE("stop") {
    policy = data_error_policy::stop;
    int stops = 0;
    for (bool finished = false; !finished && stops < 4;) {
      try {
        finished = backfill_runner<lower_by_client>{source, options(policy)}.run().finished();
      } catch (const data_error& problem) {
        CHECK(problem.sqlstate() == "23514");
        ++stops;
      }
    }
    CHECK(stops >= 1);
    CHECK(stops <= 3);
  }
  CHECK(ask("SELECT count(*) FROM online_migration_dirty_keys") == "0");
  CHECK(ask(quarantine) == "7 23514 backfill, 500 23514 backfill, 1000 23514 backfill");
  CHECK(ask("SELECT count(*) FROM people WHERE id NOT IN (7, 500, 1000) AND name_lower IS DISTINCT FROM lower(name)") ==
        "0");
  // They have what they had, and parity tells of it.
  CHECK(ask("SELECT string_agg(name_lower, ', ' ORDER BY id) FROM people WHERE id IN (7, 500, 1000)") ==
        "ada 7, ada 500, ada 1000");
  CHECK(parity_checker<lower_by_client>{source}.check_all().mismatches == 3);
  // Mended, it is computed like any other.
  run("UPDATE people SET name = 'Fine ' || id WHERE id IN (7, 500, 1000)");
  CHECK(backfill_runner<lower_by_client>{source, options(policy)}.run().finished());
  CHECK(ask(quarantine) == "-");
  CHECK(ask("SELECT count(*) FROM people WHERE name_lower IS DISTINCT FROM lower(name)") == "0");
}
