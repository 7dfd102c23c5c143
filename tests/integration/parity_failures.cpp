// SPDX-License-Identifier: BSL-1.0
// Rows for which the transform has no value, as parity sees them: counted apart, and in the quarantine.
#include <stdexcept>
#include <string>

#include "integration/parity_support.hpp"

using namespace test;

namespace {

/// Fails on what is no number, in the server.
struct number_of
    : om::migration<"number-of", people,
                    add_column<"number", integer, om::sql<"CAST({} AS pg_catalog.int4)", integer>(col<"name">)>> {};

/// Throws for some names, in the client.
text_value careful(std::string_view name) {
  if (name.find("bad") != std::string_view::npos) throw std::runtime_error{"secret " + std::string{name}};
  return text_value{std::string(name.rbegin(), name.rend())};
}
struct careful_name
    : om::migration<"careful-name", people, add_column<"back", text, computed<&careful, "careful/1">(col<"name">)>> {};

const char* quarantine =
    "SELECT coalesce(string_agg(format('%s %s %s %s', array_to_string(key, '|'), sqlstate, noted_by, coalesce(pass_id, 0)), "
    "', ' ORDER BY length(key::text), key), '-') FROM online_migration_quarantine";

struct failing : filled {
  failing() {
    run(make_people);
    run("INSERT INTO people SELECT g, g::text FROM generate_series(1, 100) AS g");
  }

  template <class Migration>
  void begin() {
    expand<Migration>(tools);
    backfill_options some;
    some.on_data_error = data_error_policy::go_on;
    REQUIRE(backfill_runner<Migration>{source, some}.run().finished());
  }

  template <class Migration>
  parity_report pass_over(int rows = 10, data_error_policy policy = data_error_policy::go_on) {
    parity_options some;
    some.range_rows = rows;
    some.on_data_error = policy;
    return check<Migration>(some);
  }

  static std::string list(const parity_report& report, std::initializer_list<const char*> entries) {
    std::string all;
    for (const char* entry : entries) {
      all += (all.empty() ? "" : ", ") + std::string{entry} + " parity " + std::to_string(report.pass);
    }
    return all.empty() ? "-" : all;
  }
};

}  // namespace

TEST_CASE_FIXTURE(failing, "rows without a value are counted apart, and listed with the reason") {
  run("UPDATE people SET name = 'Ada' WHERE id IN (7, 42); UPDATE people SET name = '99999999999' WHERE id = 43");
  begin<number_of>();
  run("TRUNCATE online_migration_quarantine");
  for (int rows : {1, 10, 1000}) {
    parity_report report = pass_over<number_of>(rows);
    CHECK(report.rows_checked == 100);
    CHECK(report.mismatches == 0);
    CHECK(report.rows_failed == 3);
    CHECK(pass_row(report) == "full validate 100 0 3 t");
    CHECK(ask(quarantine) == list(report, {"7 22P02", "42 22P02", "43 22003"}));
  }
}

TEST_CASE_FIXTURE(failing, "a row without a value whose new column holds one is a mismatch as well") {
  begin<number_of>();
  spoil("id = 7", "77", "number");
  run("ALTER TABLE people DISABLE TRIGGER USER; UPDATE people SET name = 'Ada' WHERE id IN (7, 8);"
      "UPDATE people SET number = NULL WHERE id = 8");
  parity_report report = pass_over<number_of>();
  CHECK(report.mismatches == 1);
  CHECK(report.rows_failed == 2);
  CHECK(witnesses(report) == "7:NULL<>'77'");
  CHECK(ask(quarantine) == list(report, {"7 22P02", "8 22P02"}));
  run("ALTER TABLE people ENABLE TRIGGER USER");
  CHECK(repair<number_of>().mismatches == 1);
  CHECK(pass_over<number_of>().mismatches == 0);
  CHECK(ask("SELECT count(number) FROM people WHERE id IN (7, 8)") == "0");
}

TEST_CASE_FIXTURE(failing, "a full pass takes out what has a value again, or is gone") {
  run("UPDATE people SET name = 'Ada' WHERE id IN (7, 42, 43)");
  begin<number_of>();
  pass_over<number_of>();
  run("UPDATE people SET name = '7' WHERE id = 7; DELETE FROM people WHERE id = 43");
  CHECK(ask("SELECT count(*) FROM online_migration_quarantine") == "3");
  parity_report report = pass_over<number_of>();
  CHECK(report.rows_failed == 1);
  CHECK(ask(quarantine) == list(report, {"42 22P02"}));
}

TEST_CASE_FIXTURE(failing, "no other pass takes anything out, nor one that was stopped; other migrations keep theirs") {
  run("UPDATE people SET name = 'Ada' WHERE id = 7");
  begin<number_of>();
  pass_over<number_of>();
  run("UPDATE people SET name = '7' WHERE id = 7; INSERT INTO online_migration_quarantine (migration, key, sqlstate, noted_by) "
      "VALUES ('other', '{1}', '22000', 'trigger')");
  parity_checker<number_of>{source}.check_sample(10);
  repair<number_of>();
  std::stop_source stop;
  parity_options some;
  some.range_rows = 10;
  some.on_progress = [&](const parity_report&) { stop.request_stop(); };
  CHECK_FALSE(parity_checker<number_of>{source, some}.check_all(stop.get_token()).complete);
  CHECK(ask("SELECT string_agg(migration, ',' ORDER BY migration) FROM online_migration_quarantine") ==
        "number-of,other");
  pass_over<number_of>();
  CHECK(ask("SELECT string_agg(migration, ',' ORDER BY migration) FROM online_migration_quarantine") == "other");
}

TEST_CASE_FIXTURE(failing, "a row that fails again after the pass has seen it stays in the quarantine") {
  run("UPDATE people SET name = 'Ada' WHERE id = 7");
  begin<number_of>();
  run("UPDATE people SET name = '7' WHERE id = 7");
  around.once_before(
      "parity_count", [&] { run("UPDATE people SET name = 'Bob' WHERE id = 7"); }, 5);
  parity_report report = pass_over<number_of>();
  CHECK(report.rows_failed == 0);
  CHECK(ask("SELECT array_to_string(key, '|') FROM online_migration_quarantine") == "7");
}

TEST_CASE_FIXTURE(failing, "a writer that reports a row never waits long for the pass, and never dies") {
  run("UPDATE people SET name = 'Ada' WHERE id IN (17, 18)");
  begin<number_of>();
  run("TRUNCATE online_migration_quarantine");
  connection writer = somebody("writer");
  script(writer, "BEGIN; UPDATE people SET name = 'Bob' WHERE id = 18");  // has reported 18
  int tries = 0;
  around.before = [&](const statement& what) {
    if (what.name == std::string_view{"parity_failures"} && ++tries == 3) {
      script(writer, "UPDATE people SET name = 'Cyd' WHERE id = 17; COMMIT");
    }
  };
  parity_report report = pass_over<number_of>();
  CHECK(tries >= 3);
  CHECK(report.rows_failed == 2);
  CHECK(ask(quarantine) == list(report, {"17 22P02", "18 22P02"}));
}

TEST_CASE_FIXTURE(failing, "a sample and a repair count them too") {
  run("UPDATE people SET name = 'Ada' WHERE id % 2 = 0");
  begin<number_of>();
  CHECK(repair<number_of>().rows_failed == 50);
  sample_report all = parity_checker<number_of>{source}.check_sample(100);
  CHECK(all.all_rows);
  CHECK(all.rows_failed == 50);
  run("INSERT INTO people SELECT g, CASE g % 2 WHEN 0 THEN g::text END || 'x' FROM generate_series(1000, 20000) AS g WHERE g % 2 = 0");
  sample_report some = parity_checker<number_of>{source}.check_sample(50);
  CHECK_FALSE(some.all_rows);
  CHECK(some.rows_failed > 0);
  CHECK(some.mismatches == 0);
}

TEST_CASE_FIXTURE(failing, "where the client throws the pass ends, unless it is told to go on") {
  run("UPDATE people SET name = 'bad' WHERE id IN (7, 42)");
  begin<careful_name>();
  run("TRUNCATE online_migration_quarantine");
  CHECK_THROWS_AS(pass_over<careful_name>(10, data_error_policy::stop), std::runtime_error);
  CHECK(ask("SELECT count(*) FROM online_migration_parity_passes WHERE finished_at IS NOT NULL") == "0");
  for (int rows : {1, 10, 1000}) {
    parity_report report = pass_over<careful_name>(rows);
    CHECK(report.mismatches == 0);
    CHECK(report.rows_failed == 2);
    CHECK(pass_row(report) == "full validate 100 0 2 t");
    CHECK(ask(quarantine) == list(report, {"7 38000", "42 38000"}));
  }
  corrupt("people",
          "UPDATE people SET back = 'wrong' WHERE id = 42; UPDATE people SET name = '7', back = '7' WHERE id = 7");
  parity_report report = pass_over<careful_name>();
  CHECK(report.mismatches == 1);
  CHECK(witnesses(report) == "42:NULL<>'wrong'");
  CHECK(ask(quarantine) == list(report, {"42 38000"}));
  CHECK_FALSE(everything().find("secret") != std::string::npos);
}
