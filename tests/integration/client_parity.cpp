// SPDX-License-Identifier: BSL-1.0
// Parity and repair where only the client can compute: beside writers of the old ways, whose rows wait in the queue.
#include <algorithm>
#include <cstdint>
#include <functional>
#include <optional>
#include <stop_token>
#include <string>

#include "integration/parity_support.hpp"

using namespace test;

namespace {

std::function<void()> while_computing;

text_value backwards(std::string_view name) {
  if (while_computing) while_computing();
  return text_value{std::string(name.rbegin(), name.rend())};
}
struct backwards_name : om::migration<"backwards-name", people,
                                      add_column<"name_back", text, computed<&backwards, "backwards/1">(col<"name">)>> {
};

struct events : table<"events", column<"tenant", varchar<10>, primary_key>, column<"at", timestamptz, primary_key>,
                      column<"no", integer, primary_key>, column<"title", text>> {};
std::optional<text_value> backwards_or_none(std::string_view title) {
  if (title == "none") return std::nullopt;
  return text_value{std::string(title.rbegin(), title.rend())};
}
struct backwards_title
    : om::migration<"backwards-title", events,
                    add_column<"title_back", text, computed<&backwards_or_none, "backwards/1">(col<"title">)>> {};

const char* wrong = "SELECT count(*) FROM people WHERE name_back IS DISTINCT FROM reverse(name)";

struct shelves
    : table<"shelves", column<"price", numeric<12, 3>, primary_key>, column<"code", character<4>, primary_key>,
            column<"made", date, primary_key>, column<"token", uuid, primary_key>, column<"name", text>> {};
struct backwards_shelf
    : om::migration<"backwards-shelf", shelves,
                    add_column<"name_back", text, computed<&backwards, "backwards/1">(col<"name">)>> {};

struct by_client : filled {
  ~by_client() { while_computing = {}; }

  void hundred() {
    run(make_people);
    run("INSERT INTO people SELECT g, 'Ada ' || g FROM generate_series(1, 100) AS g");
    expand<backwards_name>(tools);
    drain();
  }

  void drain() { REQUIRE(backfill_runner<backwards_name>{source}.run().finished()); }

  /// Nobody knows of it.
  void corrupt_rows(const std::string& where) {
    run("ALTER TABLE people DISABLE TRIGGER USER; UPDATE people SET name_back = 'wrong' WHERE " + where);
    run("DO $$ DECLARE name name; BEGIN FOR name IN SELECT tgname FROM pg_trigger WHERE tgrelid = 'people'::regclass LOOP "
        "EXECUTE format('ALTER TABLE people ENABLE ALWAYS TRIGGER %I', name); END LOOP; END $$");
  }

  std::string queue() { return ask("SELECT count(*) FROM online_migration_dirty_keys"); }
};

}  // namespace

TEST_CASE_FIXTURE(by_client, "a row that was written by the old ways waits in the queue, and is no mismatch") {
  hundred();
  run("UPDATE people SET name = 'Bob ' || id WHERE id % 10 = 0; INSERT INTO people VALUES (-1, 'Cyd')");
  REQUIRE(queue() == "11");
  REQUIRE(ask(wrong) == "11");
  for (int rows : {7, 1000}) {
    parity_options some;
    some.range_rows = rows;
    parity_report report = check<backwards_name>(some);
    CHECK(report.rows_checked == 101);
    CHECK(report.mismatches == 0);
  }
  CHECK(parity_checker<backwards_name>{source}.check_sample(101).mismatches == 0);
  CHECK(repair<backwards_name>().mismatches == 0);
  CHECK(ask(wrong) == "11");
  corrupt_rows("id IN (5, 10)");  // one of them waits
  parity_report report = check<backwards_name>();
  CHECK(report.mismatches == 1);
  CHECK(witnesses(report) == "5:'5 adA'<>'wrong'");
  CHECK(repair<backwards_name>().mismatches == 1);
  drain();
  CHECK(queue() == "0");
  CHECK(ask(wrong) == "0");
}

TEST_CASE_FIXTURE(by_client, "the gate asks for an empty queue as well as for a clean pass") {
  hundred();
  run("UPDATE people SET name = 'Bob' WHERE id = 10");
  REQUIRE(check<backwards_name>().mismatches == 0);
  CHECK_FALSE(opens<backwards_name>());
  drain();
  CHECK(opens<backwards_name>());
}

TEST_CASE_FIXTURE(by_client, "a row that the runner puts right between two looks is no mismatch") {
  hundred();
  run("UPDATE people SET name = 'Bob' WHERE id = 10");
  around.once_before("parity_look_again", [&] { drain(); });
  parity_report report = check<backwards_name>();
  CHECK(report.mismatches == 0);
  CHECK(queue() == "0");
}

TEST_CASE_FIXTURE(by_client, "keys of every kind are found in the queue") {
  run("CREATE TABLE events (tenant varchar(10), at timestamptz, no int, title text, PRIMARY KEY (tenant, at, no))");
  run("INSERT INTO events SELECT ' b,\"' || g % 2, timestamptz '2020-01-01 00:00+00' + (g / 10) * interval '1 second', -g, "
      "CASE g % 7 WHEN 0 THEN NULL WHEN 1 THEN 'none' ELSE 'T ' || g END FROM generate_series(1, 100) AS g");
  expand<backwards_title>(tools);
  REQUIRE(backfill_runner<backwards_title>{source}.run().finished());
  run("ALTER DATABASE postgres SET TimeZone = 'Asia/Tokyo'");
  run("SET TIME ZONE 'America/Lima'; UPDATE events SET title = 'new' WHERE no % 4 = 0");
  CHECK(queue() == "25");
  CHECK(check<backwards_title>().mismatches == 0);
  run("TRUNCATE online_migration_dirty_keys");
  parity_report report = check<backwards_title>();
  CHECK(report.mismatches == 25);
  CHECK(repair<backwards_title>(9).mismatches == 25);
  CHECK(check<backwards_title>().mismatches == 0);
  run("ALTER DATABASE postgres RESET TimeZone");
}

TEST_CASE_FIXTURE(by_client, "every row that differs is put right, and recorded with its value before and after") {
  hundred();
  for (int rows : {1, 7, 1000}) {
    corrupt_rows("id % 5 = 0");
    parity_report report = repair<backwards_name>(rows);
    CHECK(report.rows_checked == 100);
    CHECK(report.mismatches == 20);
    CHECK(report.complete);
    CHECK(pass_row(report) == "repair validate 100 20 0 t");
    CHECK(ask(wrong) == "0");
    CHECK(witnesses(report).starts_with("5:'5 adA'<>'wrong' 10:'01 adA'<>'wrong' 15:"));
    CHECK_FALSE(opens<backwards_name>());
  }
}

TEST_CASE_FIXTURE(by_client, "a row that changes between read and write back is read again, never guessed") {
  hundred();
  corrupt_rows("id IN (5, 6, 7)");
  connection elsewhere = somebody();
  around.once_before("client_write_back", [&] {
    dual_writer<backwards_name> write{elsewhere};
    CHECK(write.update(key(std::int64_t{5}), set<"name">("FRESH")) == 1);
    run("DELETE FROM people WHERE id = 6");
  });
  parity_report report = repair<backwards_name>();
  CHECK(report.mismatches == 1);  // the two others are no rows of ours any more
  CHECK(ask("SELECT name || ' ' || name_back FROM people WHERE id = 5") == "FRESH HSERF");
  CHECK(ask(wrong) == "0");
}

TEST_CASE_FIXTURE(by_client, "a repair of the client's stops when the run has gone on") {
  hundred();
  corrupt_rows("id IN (5, 95)");
  around.once_before(
      "state_hold_run", [&] { run("UPDATE online_migration_runs SET phase = 'contracted'"); }, 3);
  CHECK(says(caught<refused>([&] { repair<backwards_name>(); }), "is in the phase contracted"));
  CHECK(ask("SELECT string_agg(id::text, ',') FROM people WHERE name_back = 'wrong'") == "95");
}

TEST_CASE_FIXTURE(by_client, "while the client computes, no transaction is open") {
  hundred();
  int calls = 0;
  int open = 0;
  while_computing = [&] {
    if (++calls % 25 != 0) return;
    open +=
        ask("SELECT count(*) FROM pg_stat_activity WHERE application_name = 'library' AND xact_start IS NOT NULL") !=
        "0";
  };
  check<backwards_name>();
  repair<backwards_name>();
  CHECK(calls >= 200);
  CHECK(open == 0);
}

TEST_CASE_FIXTURE(by_client, "ranges meet at keys of every kind, so that each row is seen once") {
  run("CREATE TABLE shelves (price numeric(12, 3), code character(4), made date, token uuid, name text, "
      "PRIMARY KEY (price, code, made, token))");
  run("INSERT INTO shelves SELECT (g / 40 - 5) * 1000000.125, chr(97 + g / 20 % 2), date '1999-12-31' - g / 5 % 4, "
      "md5(g::text)::uuid, 'Shelf ' || g FROM generate_series(1, 400) AS g");
  expand<backwards_shelf>(tools);
  REQUIRE(backfill_runner<backwards_shelf>{source}.run().finished());
  run("ALTER TABLE shelves DISABLE TRIGGER USER; UPDATE shelves SET name_back = 'wrong' WHERE name LIKE '%7'; "
      "ALTER TABLE shelves ENABLE TRIGGER USER");
  for (int rows : {1, 7, 100, 400, 401}) {
    std::int64_t seen = 0;
    parity_options some;
    some.range_rows = rows;
    some.on_progress = [&](const parity_report& now) {
      CHECK(now.rows_checked - seen <= std::min(rows, 256));
      seen = now.rows_checked;
    };
    parity_report report = check<backwards_shelf>(some);
    CHECK(report.complete);
    CHECK(report.rows_checked == 400);
    CHECK(report.mismatches == 40);
  }
}

TEST_CASE_FIXTURE(by_client, "the client holds few rows where they are wide") {
  run(make_people);
  run("INSERT INTO people SELECT g, repeat('x', 100000) FROM generate_series(1, 400) AS g");
  expand<backwards_name>(tools);
  drain();
  std::int64_t seen = 0;
  std::int64_t most = 0;
  parity_options some;
  some.on_progress = [&](const parity_report& now) {
    if (seen > 0) most = std::max(most, now.rows_checked - seen);
    seen = now.rows_checked;
  };
  CHECK(check<backwards_name>(some).rows_checked == 400);
  CHECK(seen == 400);
  CHECK(most <= 21);  // 4 MiB of 200,000 bytes each
  CHECK(most >= 10);
}

TEST_CASE_FIXTURE(by_client,
                  "a range whose comparison fails is read again, and what was read ahead of it is not lost") {
  run(make_people);
  run("INSERT INTO people SELECT g, 'Ada ' || g FROM generate_series(1, 1000) AS g");
  expand<backwards_name>(tools);
  drain();
  corrupt_rows("id % 10 = 0");
  parity_options some;
  some.range_rows = 40;
  std::int64_t seen = 0;
  std::int64_t fewest = 40;
  some.on_progress = [&](const parity_report& now) {
    if (now.rows_checked < 900) fewest = std::min(fewest, now.rows_checked - seen);
    seen = now.rows_checked;
  };
  int failures = 0;
  around.before = [&](const statement& what) {
    // Not where the next range is read, on another thread.
    if (what.name == statements<backwards_name>::parity_look_again.name && ++failures % 3 == 0) {
      throw statement_error{what.name, "57014"};
    }
  };
  parity_report report = check<backwards_name>(some);
  around.before = [](const statement&) {};
  CHECK(failures > 25);
  CHECK(fewest == 20);
  CHECK(report.complete);
  CHECK(report.rows_checked == 1000);
  CHECK(report.mismatches == 100);
}

TEST_CASE_FIXTURE(by_client, "what a reader cannot read ends the pass with the server's error") {
  run(make_people);
  run("INSERT INTO people SELECT g, 'Ada ' || g FROM generate_series(1, 1000) AS g");
  expand<backwards_name>(tools);
  drain();
  parity_options some;
  some.range_rows = 10;
  around.before = [&](const statement& what) {
    if (what.name == statements<backwards_name>::parity_read.name) throw statement_error{what.name, "42501"};
  };
  CHECK(caught<statement_error>([&] { check<backwards_name>(some); }).sqlstate() == "42501");
  around.before = [](const statement&) {};
  CHECK(ask("SELECT count(*) FROM online_migration_parity_passes WHERE finished_at IS NOT NULL") == "0");
}

TEST_CASE_FIXTURE(by_client, "a pass that is stopped ends behind the range it compares") {
  run(make_people);
  run("INSERT INTO people SELECT g, 'Ada ' || g FROM generate_series(1, 1000) AS g");
  expand<backwards_name>(tools);
  drain();
  parity_options some;
  some.range_rows = 10;
  std::stop_source stop;
  some.on_progress = [&](const parity_report& now) {
    if (now.rows_checked == 50) stop.request_stop();
  };
  parity_report report = parity_checker<backwards_name>{source, some}.check_all(stop.get_token());
  CHECK_FALSE(report.complete);
  CHECK(report.rows_checked == 50);
}
