// SPDX-License-Identifier: BSL-1.0
// Full passes by ranges of keys that a sample cuts: every row once, whatever the keys are and whatever is written
// meanwhile.
#include <atomic>
#include <stdexcept>
#include <stop_token>
#include <string>

#include "integration/parity_support.hpp"

using namespace test;

namespace {

template <class... Keys>
struct things : table<"things", Keys..., column<"name", text, not_null>> {};

template <class Table>
struct shout : om::migration<"shout", Table, add_column<"loud", text, ascii_upper(col<"name">)>> {};

using numbered = things<column<"id", bigint, primary_key>>;
using by_uuid = things<column<"id", uuid, primary_key>>;
using by_text = things<column<"code", text, primary_key>>;
using composite =
    things<column<"country", text, primary_key>, column<"n", integer, primary_key>, column<"id", uuid, primary_key>>;

struct number_of : om::migration<"number-of", people, add_column<"number", integer, cast<integer>(col<"name">)>> {};

struct cut : filled {
  std::atomic<int> ranges = 0;  ///< that were counted at once
  std::atomic<int> steps = 0;   ///< of a walk along the index

  cut() {
    around.before = [this](const statement& what) { note(what); };
  }

  void note(const statement& what) {
    std::string_view name{what.name};
    if (name == "parity_range" || name == "parity_range_first") ++ranges;
    if (name == "parity_count" || name == "parity_count_first") ++steps;
  }

  /// A few rows in each of many blocks, and all of them wrong.
  template <class Table>
  void make(const std::string& columns, const std::string& rows) {
    fill<shout<Table>>("CREATE TABLE things (" + columns + ") WITH (fillfactor = 10)", "INSERT INTO things " + rows);
    corrupt("things", "UPDATE things SET loud = 'wrong'; ANALYZE things");
  }

  void ten_thousand() {
    make<numbered>("id bigint PRIMARY KEY, name text NOT NULL",
                   "SELECT (g - 5000) * 10, repeat('a', 100) || g FROM generate_series(1, 10000) AS g");
  }

  template <class Table = numbered>
  parity_report pass(int workers = 1, parity_options some = {}, const std::stop_token& stop = {}) {
    ranges = steps = 0;
    some.walk = walk_by::keys;
    some.workers = workers;
    some.retry = hasty;
    some.most_witnesses = some.most_kept_witnesses = 1'000'000;
    return parity_checker<shout<Table>, hooked_database>{hooked, some}.check_all(stop);
  }

  std::int64_t rows() { return count("SELECT count(*) FROM things"); }
  std::int64_t witnesses() { return count("SELECT count(DISTINCT key) FROM online_migration_parity_samples"); }

  /// Every row is counted, witnessed, and nothing twice.
  template <class Table>
  void every_row_once() {
    for (int workers : {1, 3}) {
      CAPTURE(workers);
      run("TRUNCATE online_migration_parity_samples");
      parity_report report = pass<Table>(workers);
      CHECK(report.complete);
      CHECK(report.rows_checked == rows());
      CHECK(report.mismatches == rows());
      CHECK(witnesses() == rows());
      CHECK(ranges >= 2);
    }
    REQUIRE(rows() > 5'000);
  }
};

}  // namespace

TEST_CASE_FIXTURE(cut, "every row is counted once: bigint, of both signs") {
  ten_thousand();
  every_row_once<numbered>();
}

TEST_CASE_FIXTURE(cut, "every row is counted once: bigint to both of its ends") {
  make<numbered>(
      "id bigint PRIMARY KEY, name text NOT NULL",
      "SELECT CASE WHEN g < 5000 THEN -9223372036854775808 + g ELSE 9223372036854775807 - g + 5000 END, repeat('a', 100) || g "
      "FROM generate_series(0, 10000) AS g");
  every_row_once<numbered>();
}

TEST_CASE_FIXTURE(cut, "every row is counted once: uuid") {
  make<by_uuid>("id uuid PRIMARY KEY, name text NOT NULL",
                "SELECT md5(g::text)::uuid, repeat('a', 100) || g FROM generate_series(1, 10000) AS g");
  every_row_once<by_uuid>();
}

TEST_CASE_FIXTURE(cut, "every row is counted once: text, under a collation of its own") {
  const char* rows =
      "SELECT (ARRAY['Ä', 'a', 'A', 'Z', 'é', 'co-', 'co', ''''])[1 + g % 8] || md5(g::text) || CASE g % 3 WHEN 0 THEN ' ' ELSE '-' END, "
      "repeat('a', 100) || g FROM generate_series(1, 10000) AS g";
  SUBCASE("C") { make<by_text>("code text COLLATE \"C\" PRIMARY KEY, name text NOT NULL", rows); }
  SUBCASE("ICU") { make<by_text>("code text COLLATE \"en-x-icu\" PRIMARY KEY, name text NOT NULL", rows); }
  SUBCASE("ICU, where texts may be equal that differ") {
    run("CREATE COLLATION public.odd (PROVIDER = icu, LOCALE = 'en-u-kf-upper-ka-shifted', DETERMINISTIC = false)");
    make<by_text>("code text COLLATE public.odd PRIMARY KEY, name text NOT NULL", rows);
  }
  every_row_once<by_text>();
}

TEST_CASE_FIXTURE(cut, "every row is counted once: three columns, the first of few values, in no order of the file") {
  make<composite>(
      "country text COLLATE \"en-x-icu\", n integer, id uuid, name text NOT NULL, PRIMARY KEY (country, n, id)",
      "SELECT (ARRAY['Ändorra', 'andorra', 'Andorra', 'Zaire'])[1 + g % 4], -(g / 100), md5(g::text)::uuid, repeat('a', 100) || g "
      "FROM generate_series(1, 10000) AS g");
  every_row_once<composite>();
}

TEST_CASE_FIXTURE(cut, "rows that come beside a bound are counted, and bounds that are deleted leave no gap") {
  ten_thousand();
  for (int workers : {1, 3}) {
    CAPTURE(workers);
    std::string turn = std::to_string(workers);
    around.once_after("parity_key_sample", [&] {
      run("DELETE FROM things WHERE id % 20 = 0; INSERT INTO things SELECT id + " + turn +
          ", 'new' FROM things WHERE id % 10 = 0 UNION ALL SELECT id - " + turn +
          ", 'new' FROM things WHERE id % 10 = 0");
    });
    std::int64_t last = count("SELECT max(id) FROM things");
    run("TRUNCATE online_migration_parity_samples");
    parity_report report = pass(workers);
    CHECK(report.complete);
    CHECK(report.rows_checked == count("SELECT count(*) FROM things WHERE id <= " + std::to_string(last)));
    CHECK(report.mismatches == 5'000);
    CHECK(witnesses() == 5'000);
    CHECK(ranges >= 2);
    around.after = [](const statement&) {};
  }
}

TEST_CASE_FIXTURE(cut, "a table that is emptied after the sample has no rows") {
  ten_thousand();
  around.once_after("parity_key_sample", [&] { run("DELETE FROM things"); });
  parity_report report = pass(2);
  CHECK(report.complete);
  CHECK(report.rows_checked == 0);
}

TEST_CASE_FIXTURE(cut, "a clean pass by several workers opens the gate") {
  fill<shout<numbered>>(
      "CREATE TABLE things (id bigint PRIMARY KEY, name text NOT NULL) WITH (fillfactor = 10)",
      "INSERT INTO things SELECT g, repeat('a', 100) || g FROM generate_series(1, 10000) AS g; ANALYZE things");
  parity_report report = pass(2);
  CHECK(ranges >= 2);
  CHECK(report.rows_checked == 10'000);
  CHECK(report.mismatches == 0);
  CHECK(opens<shout<numbered>>());
}

TEST_CASE_FIXTURE(cut, "a range that takes too long is walked along the index instead") {
  ten_thousand();
  connection other = source.connect();
  bool is_held = false;
  int cancelled_ranges = 0;
  around.before = [&](const statement& what) {
    note(what);
    std::string_view name{what.name};
    if (name == "parity_range" && ranges == 1) {
      script(other, "BEGIN; LOCK TABLE things IN ACCESS EXCLUSIVE MODE");
      is_held = true;
    }
    if (name == "parity_count" && is_held) {
      script(other, "ROLLBACK");
      is_held = false;
      ++cancelled_ranges;
    }
  };
  parity_report report = pass();
  CHECK(cancelled_ranges == 1);
  CHECK(ranges >= 2);
  CHECK(report.complete);
  CHECK(report.rows_checked == 10'000);
  CHECK(report.mismatches == 10'000);
  CHECK(witnesses() == 10'000);
}

TEST_CASE_FIXTURE(cut, "a piece with more rows than one statement may have is walked along the index") {
  ten_thousand();
  parity_options some;
  some.range_rows = 30;
  parity_report report = pass(2, some);
  CHECK(ranges == 0);
  CHECK(steps > 10'000 / 30);
  CHECK(report.rows_checked == 10'000);
  CHECK(report.mismatches == 10'000);
}

TEST_CASE_FIXTURE(cut, "without a sample all of the table is walked along the index") {
  SUBCASE("the server cannot draw one") {
    ten_thousand();
    around.before = [&](const statement& what) {
      note(what);
      if (what.name == std::string_view{"parity_key_sample"}) throw statement_error{what.name, "0A000"};
    };
  }
  SUBCASE("rows are in partitions") {
    fill<shout<numbered>>(
        "CREATE TABLE things (id bigint PRIMARY KEY, name text NOT NULL) PARTITION BY RANGE (id); CREATE TABLE a PARTITION OF "
        "things FOR VALUES FROM (MINVALUE) TO (0); CREATE TABLE b PARTITION OF things FOR VALUES FROM (0) TO (MAXVALUE)",
        "INSERT INTO things SELECT (g - 5000) * 10, repeat('a', 100) || g FROM generate_series(1, 10000) AS g");
  }
  parity_report report = pass(2);
  CHECK(report.complete);
  CHECK(report.rows_checked == 10'000);
  CHECK(ranges == 0);
  CHECK(steps > 1);
}

TEST_CASE_FIXTURE(cut, "a connection that is lost while the sample is drawn is opened again") {
  ten_thousand();
  around.once_before("parity_key_sample", [&] {
    run("SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity WHERE application_name = 'library'");
  });
  parity_report report = pass();
  CHECK(report.complete);
  CHECK(report.rows_checked == 10'000);
}

TEST_CASE_FIXTURE(cut, "a worker that fails stops the others, and the pass has no end") {
  ten_thousand();
  std::atomic<int> seen = 0;
  parity_options some;
  some.on_progress = [&](const parity_report&) {
    if (++seen == 3) throw std::runtime_error{"died"};
  };
  CHECK_THROWS_WITH(pass(3, some), "died");
  CHECK(count("SELECT count(*) FROM online_migration_parity_passes WHERE finished_at IS NULL") == 1);
}

TEST_CASE_FIXTURE(cut, "a pass that is stopped in the middle is not complete, and proves nothing") {
  ten_thousand();
  std::stop_source enough;
  parity_options some;
  some.on_progress = [&](const parity_report&) { enough.request_stop(); };
  parity_report report = pass(2, some, enough.get_token());
  CHECK_FALSE(report.complete);
  CHECK(report.rows_checked < 10'000);
  CHECK(count("SELECT count(*) FROM online_migration_parity_passes WHERE finished_at IS NULL") == 1);
}

TEST_CASE_FIXTURE(cut, "rows without a value are found by every worker") {
  run(std::string{make_people} + " WITH (fillfactor = 10)");
  run("INSERT INTO people SELECT g, CASE WHEN g % 3000 = 7 THEN 'Ada' ELSE g::text END FROM generate_series(1, 30000) AS g; ANALYZE people");
  expand<number_of>(tools);
  backfill_options go_on;
  go_on.on_data_error = data_error_policy::go_on;
  REQUIRE(backfill_runner<number_of>{source, go_on}.run().finished());
  run("TRUNCATE online_migration_quarantine");
  parity_options some;
  some.workers = 3;
  parity_report report = check<number_of>(some);
  CHECK(report.rows_checked == 30'000);
  CHECK(report.mismatches == 0);
  CHECK(report.rows_failed == 10);
  CHECK(ranges >= 2);
  CHECK(
      ask("SELECT string_agg(key[1], ' ' ORDER BY key[1]::int) FROM online_migration_quarantine WHERE noted_by = 'parity'") ==
      "7 3007 6007 9007 12007 15007 18007 21007 24007 27007");
}
