// SPDX-License-Identifier: BSL-1.0
// Samples: each row is drawn with the same chance, what follows from them is said in numbers, and they open no gate.
#include <cmath>
#include <string>

#include "integration/parity_support.hpp"
#include "support/thorough.hpp"

using namespace test;

namespace {

struct events
    : table<"events", column<"tenant", text, primary_key>, column<"no", integer, primary_key>, column<"title", text>> {
};
struct lower_title : om::migration<"lower-title", events, add_column<"title_lower", text, ascii_lower(col<"title">)>> {
};

text_value backwards(std::string_view name) { return text_value{std::string(name.rbegin(), name.rend())}; }
struct backwards_name : om::migration<"backwards-name", people,
                                      add_column<"name_back", text, computed<&backwards, "backwards/1">(col<"name">)>> {
};

/// The value that a chi-square of so many degrees of freedom exceeds once in 10^9 (Wilson and Hilferty, 1931).
double chi_square_limit(double degrees) {
  double part = 2.0 / (9.0 * degrees);
  return degrees * std::pow(1.0 - part + 5.9978 * std::sqrt(part), 3.0);
}

struct sampling : filled {
  template <class Migration = lower_name>
  sample_report sample(int rows, parity_options some = {}) {
    some.retry = hasty;
    return parity_checker<Migration, hooked_database>{hooked, some}.check_sample(rows);
  }

  /// Draws again and again, and counts how often each row comes. All rows have to differ, since those leave a trace.
  template <class Migration>
  void check_uniform(const std::string& table) {
    run("ANALYZE; CREATE TEMPORARY TABLE tally (key text[])");
    run("INSERT INTO online_migration_parity_passes (run_id, walk, started_in, kind) "
        "SELECT run_id, 0, 'validate', 'sample' FROM online_migration_runs");
    std::string draws = "1000";
    std::string run_id = ask("SELECT max(run_id) FROM online_migration_runs");
    std::string pass = ask("SELECT max(pass_id) FROM online_migration_parity_passes");
    std::string room = "100000";
    std::int64_t rows = count("SELECT count(*) FROM " + table);
    std::int64_t seen = 0;
    while (seen < rows * (thorough() ? 40 : 12)) {
      std::vector<parameter> all{text_form_parameter(draws), text_form_parameter(run_id), text_form_parameter(pass),
                                 text_form_parameter(room)};
      result found = on.execute(statements<Migration>::parity_sample, all);
      REQUIRE(found.integer(0, 0) == found.integer(0, 1));
      seen += found.integer(0, 0);
      run("INSERT INTO tally SELECT key FROM online_migration_parity_samples; TRUNCATE online_migration_parity_samples");
    }
    CHECK(count("SELECT count(*) FROM tally") == seen);
    double expected = static_cast<double>(seen) / static_cast<double>(rows);
    std::string share = std::to_string(expected);
    double chi_square = std::stod(ask(
        "SELECT sum((n - " + share + ") ^ 2) / " + share + " FROM (SELECT count(key) AS n FROM " + table +
        " AS t LEFT JOIN tally ON key = ARRAY[" + key_of<Migration>() + "] GROUP BY t.tableoid, t.ctid) AS counts"));
    INFO("rows ", rows, ", draws that hit one ", seen, ", chi-square ", chi_square);
    CHECK(chi_square < chi_square_limit(static_cast<double>(rows - 1)));
  }

  template <class Migration>
  static std::string key_of() {
    std::string names;
    for (std::size_t i = 0; i < describe_table<typename Migration::table>.key_count(); ++i) {
      names +=
          (i == 0 ? "t." : ", t.") +
          std::string{
              describe_table<typename Migration::table>.columns[describe_table<typename Migration::table>.key_at(i)].name} +
          "::text";
    }
    return names;
  }
};

}  // namespace

TEST_CASE_FIXTURE(sampling, "each row has the same chance, whatever its key, its size and its neighbours are") {
  // Keys with gaps of all sizes; blocks full, thin, and of long rows; rows that have moved within and between blocks.
  fill<lower_name>(std::string{make_people} + " WITH (autovacuum_enabled = off)",
                   "INSERT INTO people SELECT g * g * g, 'Ada' FROM generate_series(1, 600) AS g;"
                   "INSERT INTO people SELECT -g, repeat('x', 1500) FROM generate_series(1, 40) AS g;"
                   "INSERT INTO people SELECT g * -1000000, 'Bob' FROM generate_series(1, 600) AS g");
  run("DELETE FROM people WHERE id < -100000 AND id % 7000000 <> 0; UPDATE people SET name = name || 'x' WHERE id % 3 = 0;"
      "UPDATE people SET name = name || 'y' WHERE id % 5 = 0");
  run("VACUUM people");
  run("INSERT INTO people SELECT g * 1000000007::bigint, 'Cyd' FROM generate_series(1, 50) AS g");
  corrupt("people", "UPDATE people SET name_lower = 'wrong'");
  check_uniform<lower_name>("people");
}

TEST_CASE_FIXTURE(sampling,
                  "each row of a partitioned table has the same chance, in small partitions and in large ones") {
  fill<lower_title>(
      "CREATE TABLE events (tenant text, no int, title text, PRIMARY KEY (tenant, no)) PARTITION BY LIST (tenant);"
      "CREATE TABLE events_a PARTITION OF events FOR VALUES IN ('a');"
      "CREATE TABLE events_b PARTITION OF events FOR VALUES IN ('b') PARTITION BY RANGE (no);"
      "CREATE TABLE events_b1 PARTITION OF events_b FOR VALUES FROM (0) TO (20);"
      "CREATE TABLE events_b2 PARTITION OF events_b DEFAULT;"
      "CREATE TABLE events_empty PARTITION OF events FOR VALUES IN ('c')",
      "INSERT INTO events SELECT 'a', g, 'T' FROM generate_series(1, 600) AS g;"
      "INSERT INTO events SELECT 'b', g, repeat('T', g) FROM generate_series(1, 150) AS g");
  corrupt("events", "UPDATE events SET title_lower = 'wrong'");
  check_uniform<lower_title>("events");
}

TEST_CASE_FIXTURE(sampling, "rows are found by their place: no table is read as a whole") {
  hundred_people();
  run("SET enable_seqscan = off; PREPARE sample AS " + std::string{statements<lower_name>::parity_sample.view()});
  result plan = on.execute(statement{"explain", "EXPLAIN EXECUTE sample (10, 1, 1, 1)"});
  std::string all;
  for (int row = 0; row < plan.rows(); ++row) all.append(plan.text(row, 0)).append("\n");
  INFO(all);
  CHECK(all.find("Tid Scan on people") != std::string::npos);
  CHECK(all.find("Seq Scan on people") == std::string::npos);
}

TEST_CASE_FIXTURE(sampling, "a sample says what share of all rows may differ") {
  fill<lower_name>(make_people, "INSERT INTO people SELECT g, 'Ada ' || g FROM generate_series(1, 20000) AS g");
  sample_report report = sample(300);
  CHECK(report.complete);
  CHECK_FALSE(report.all_rows);
  CHECK(report.rows_checked >= 300);
  CHECK(report.rows_checked < 2000);
  CHECK(report.mismatches == 0);
  CHECK(report.greatest_share == greatest_mismatch_share(report.rows_checked, 0));
  CHECK(report.text() == "0 of " + std::to_string(report.rows_checked) +
                             " rows drawn at random differ: with a confidence of 95 % at most " +
                             detail::percent_at_most(report.greatest_share) +
                             " % of all rows do. Only a full pass shows that none does.");
  CHECK(pass_row(report) == "sample validate " + std::to_string(report.rows_checked) + " 0 0 t");

  spoil("id % 4 = 0");
  report = sample(300);
  CHECK(report.mismatches > 0);  // 300 rows without one are less likely than 10^-37
  CHECK(report.greatest_share == greatest_mismatch_share(report.rows_checked, report.mismatches));
  CHECK(report.greatest_share > 0.1);
  CHECK(
      count(
          "SELECT count(*) FROM online_migration_parity_samples WHERE expected = 'ada ' || key[1] AND actual = 'wrong' "
          "AND key[1]::bigint % 4 = 0 AND pass_id = " +
          std::to_string(report.pass)) >= std::min<std::int64_t>(report.mismatches - 5, 95));
  CHECK(ask("SELECT mismatches FROM online_migration_parity_passes WHERE pass_id = " + std::to_string(report.pass)) ==
        std::to_string(report.mismatches));
}

TEST_CASE_FIXTURE(sampling, "a sample is drawn in short rounds") {
  fill<lower_name>(make_people, "INSERT INTO people SELECT g, 'Ada ' || g FROM generate_series(1, 20000) AS g");
  int rounds = 0;
  around.after = [&](const statement& what) { rounds += what.name == "parity_sample" ? 1 : 0; };
  CHECK(sample(1500).rows_checked >= 1500);
  CHECK(rounds >= 2);  // a thousand places in each, most of them empty
  rounds = 0;
  parity_options some;
  some.range_rows = 50;
  CHECK(sample(100, some).rows_checked >= 100);
  CHECK(rounds >= 2);
}

TEST_CASE_FIXTURE(sampling, "of a small table all rows are checked, and the share is exact") {
  hundred_people();
  spoil("id IN (3, 4, 5)");
  sample_report report = sample(60);
  CHECK(report.complete);
  CHECK(report.all_rows);
  CHECK(report.rows_checked == 100);
  CHECK(report.greatest_share == 0.03);
  CHECK(report.text() == "All 100 rows were checked, and 3 differ.");
  CHECK(pass_row(report) == "sample validate 100 3 0 t");
  run("DELETE FROM people");
  report = sample(60);
  CHECK(report.complete);
  CHECK(report.rows_checked == 0);
  CHECK(report.greatest_share == 0.0);
}

TEST_CASE_FIXTURE(sampling, "of a table that is almost empty all rows are checked as well") {
  fill<lower_name>(std::string{make_people} + " WITH (autovacuum_enabled = off)",
                   "INSERT INTO people SELECT g, 'Ada ' || g FROM generate_series(1, 50000) AS g");
  run("DELETE FROM people WHERE id % 10 <> 0");
  spoil("id = 5000");
  // As if that row had been drawn five times before.
  around.once_after("parity_sample",
                    [&] { run("UPDATE online_migration_parity_passes SET mismatches = 5 WHERE kind = 'sample'"); });
  sample_report report = sample(500);
  CHECK(report.all_rows);
  CHECK(report.rows_checked == 5000);
  CHECK(report.mismatches == 1);
  CHECK(pass_row(report) == "sample validate 5000 1 0 t");
}

TEST_CASE_FIXTURE(sampling, "a sample never opens the gate, even one of all rows; one with mismatches closes it") {
  hundred_people();
  REQUIRE(sample(100).all_rows);
  CHECK(says(caught<refused>([&] { tools.mark_phase<lower_name>(phase::contract_ready); }), "No full parity pass"));
  REQUIRE(check().mismatches == 0);
  spoil("id = 42");
  parity_options some;
  some.most_witnesses = 0;
  REQUIRE(sample(100, some).mismatches == 1);
  run("UPDATE people SET name = name");  // mended by a writer
  CHECK(says(caught<refused>([&] { tools.mark_phase<lower_name>(phase::contract_ready); }), "saw mismatches"));
  REQUIRE(check().mismatches == 0);
  CHECK(opens());
}

TEST_CASE_FIXTURE(sampling, "a sample that was stopped proves nothing") {
  fill<lower_name>(make_people, "INSERT INTO people SELECT g, 'Ada ' || g FROM generate_series(1, 20000) AS g");
  std::stop_source stop;
  around.once_after("parity_sample", [&] { stop.request_stop(); });
  sample_report report = parity_checker<lower_name, hooked_database>{hooked}.check_sample(2000, stop.get_token());
  CHECK_FALSE(report.complete);
  CHECK(report.greatest_share == 1.0);
  CHECK(says(refused{report.text()}, "proves nothing"));
  CHECK(ask("SELECT count(*) FROM online_migration_parity_passes WHERE finished_at IS NULL") == "1");
}

TEST_CASE_FIXTURE(sampling, "what is not kept in PostgreSQL's own way is refused, and nothing is recorded") {
  hundred_people();
  run("CREATE ACCESS METHOD other TYPE TABLE HANDLER heap_tableam_handler; CREATE TABLE copy (LIKE people INCLUDING ALL) "
      "USING other; INSERT INTO copy SELECT * FROM people; DROP TABLE people; ALTER TABLE copy RENAME TO people");
  std::string before = everything();
  CHECK(says(caught<refused>([&] { sample(10); }), "use check_all"));
  CHECK(everything() == before);
  CHECK(check().rows_checked == 100);
  run("DROP TABLE people; DROP ACCESS METHOD other");
}

TEST_CASE_FIXTURE(sampling, "a sample that only the client can compute") {
  run(make_people);
  run("INSERT INTO people SELECT g, 'Ada ' || g FROM generate_series(1, 20000) AS g");
  expand<backwards_name>(tools, {.all_writers = all_writers_dual_write});
  backfill_options all;
  all.all_writers = all_writers_dual_write;
  backfill_runner<backwards_name>{source, all}.run();
  sample_report report = sample<backwards_name>(300);
  CHECK(report.rows_checked >= 300);
  CHECK_FALSE(report.all_rows);
  CHECK(report.mismatches == 0);
  run("UPDATE people SET name_back = 'wrong' WHERE id % 4 = 0");
  report = sample<backwards_name>(300);
  CHECK(report.mismatches > 0);
  CHECK(count("SELECT count(*) FROM online_migration_parity_samples WHERE expected = reverse('Ada ' || key[1]) AND "
              "actual = 'wrong' AND key[1]::bigint % 4 = 0") >= std::min<std::int64_t>(report.mismatches - 5, 95));
}

TEST_CASE_FIXTURE(sampling, "a sample has at least one row") {
  hundred_people();
  CHECK_THROWS_AS(sample(0), refused);
}
