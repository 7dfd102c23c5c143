// SPDX-License-Identifier: BSL-1.0
#include <chrono>
#include <stop_token>
#include <string>
#include <thread>

#include "integration/parity_support.hpp"

using namespace test;

namespace {

struct numbers : table<"numbers", column<"id", integer, primary_key>, column<"x", float8>> {};
struct copy_number : om::migration<"copy-number", numbers, add_column<"y", float8, coalesce(col<"x">, col<"x">)>> {};

struct nullable : table<"people", column<"id", bigint, primary_key>, column<"name", text>> {};
struct lower_nullable
    : om::migration<"lower-nullable", nullable, add_column<"name_lower", text, ascii_lower(col<"name">)>> {};

struct pairs
    : table<"pairs", column<"id", bigint, primary_key>, column<"a", text, not_null>, column<"b", text, not_null>> {};
struct join_a : om::migration<"join-a", pairs, add_column<"a2", text, ascii_lower(col<"a">)>> {};
struct join_b : om::migration<"join-b", pairs, add_column<"b2", text, ascii_lower(col<"b">)>> {};

struct trimmed_name : om::migration<"trimmed-name", people, add_column<"trimmed", text, trim(col<"name">)>> {};

}  // namespace

TEST_CASE_FIXTURE(filled, "a clean table, however it is cut") {
  hundred_people();
  for (int rows : {1, 7, 50, 99, 100, 101}) {
    parity_options some;
    some.range_rows = rows;
    parity_report report = check(some);
    CHECK(report.rows_checked == 100);
    CHECK(report.mismatches == 0);
    CHECK(report.complete);
    CHECK(
        ask("SELECT format('%s %s %s %s', rows_checked, mismatches, started_in, finished_at IS NOT NULL) FROM online_migration_parity_passes "
            "WHERE pass_id = " +
            std::to_string(report.pass)) == "100 0 validate t");
  }
  run("DELETE FROM people");
  CHECK(check().complete);
  CHECK(ask("SELECT count(*) FROM online_migration_parity_samples") == "0");
}

TEST_CASE_FIXTURE(filled, "a corrupt row is found, keeps the gate shut, and needs a walk and a further full pass") {
  hundred_people();
  REQUIRE(check().mismatches == 0);
  corrupt("people", "UPDATE people SET name_lower = 'wrong' WHERE id = 42");
  parity_report report = check();
  CHECK(report.mismatches == 1);
  CHECK(witnesses(report) == "42:'ada 42'<>'wrong'");
  std::string before = everything();
  CHECK(says(caught<refused>([&] { tools.mark_phase<lower_name>(phase::contract_ready); }), "found 1 mismatches"));
  CHECK(everything() == before);
  tools.mark_phase<lower_name>(phase::backfill);
  CHECK(backfill_runner<lower_name>{source}.run().progress.rows_changed == 1);
  CHECK_THROWS_AS(tools.mark_phase<lower_name>(phase::contract_ready), refused);  // mended is not proven
  CHECK(check().mismatches == 0);
  tools.mark_phase<lower_name>(phase::contract_ready);
}

TEST_CASE_FIXTURE(filled, "the newest pass counts, not the best one") {
  hundred_people();
  REQUIRE(check().mismatches == 0);
  corrupt("people", "UPDATE people SET name_lower = NULL WHERE id = 1");
  REQUIRE(check().mismatches == 1);
  CHECK_THROWS_AS(tools.mark_phase<lower_name>(phase::contract_ready), refused);
}

TEST_CASE_FIXTURE(filled, "no more witnesses than asked for, from all ranges together") {
  hundred_people();
  corrupt("people", "UPDATE people SET name_lower = 'wrong' WHERE id % 5 = 0");
  parity_options some;
  some.range_rows = 10;
  some.most_witnesses = 3;
  parity_report report = check(some);
  CHECK(report.mismatches == 20);
  CHECK(witnesses(report) == "5:'ada 5'<>'wrong' 10:'ada 10'<>'wrong' 15:'ada 15'<>'wrong'");
  some.most_witnesses = 0;
  CHECK(check(some).mismatches == 20);
}

TEST_CASE_FIXTURE(filled, "NULL is not the empty text, and a shifted border between columns shows") {
  fill<lower_nullable>("CREATE TABLE people (id bigint PRIMARY KEY, name text)",
                       "INSERT INTO people VALUES (1, ''), (2, NULL), (3, 'x')");
  REQUIRE(check<lower_nullable>().mismatches == 0);
  corrupt("people", "UPDATE people SET name_lower = NULL WHERE id = 1; UPDATE people SET name_lower = '' WHERE id = 2");
  parity_report report = check<lower_nullable>();
  CHECK(report.mismatches == 2);
  CHECK(witnesses(report) == "1:''<>NULL 2:NULL<>''");

  fill<join_a>("CREATE TABLE pairs (id bigint PRIMARY KEY, a text NOT NULL, b text NOT NULL)",
               "INSERT INTO pairs VALUES (1, 'ab', 'c')");
  expand<join_b>(tools);
  backfill_runner<join_b>{source}.run();
  corrupt("pairs", "UPDATE pairs SET a2 = 'a', b2 = 'bc'");
  CHECK(check<join_a>().mismatches == 1);
  CHECK(check<join_b>().mismatches == 1);
}

TEST_CASE_FIXTURE(filled, "equal is not identical: zeros with a sign") {
  fill<copy_number>("CREATE TABLE numbers (id int PRIMARY KEY, x double precision)",
                    "INSERT INTO numbers VALUES (1, '-0'), (2, 0), (3, 'NaN'), (4, NULL), (5, 'Infinity')");
  REQUIRE(check<copy_number>().mismatches == 0);
  CHECK(ask("SELECT string_agg(y::text, ' ' ORDER BY id) FROM numbers") == "-0 0 NaN Infinity");
  corrupt("numbers", "UPDATE numbers SET y = -y WHERE id IN (1, 2)");
  parity_report report = check<copy_number>();
  CHECK(witnesses(report) == "1:'-0'<>'0' 2:'0'<>'-0'");
  tools.mark_phase<copy_number>(phase::backfill);
  CHECK(backfill_runner<copy_number>{source}.run().progress.rows_changed == 2);
  CHECK(check<copy_number>().mismatches == 0);
}

TEST_CASE_FIXTURE(filled, "equal is not identical: texts that a collation calls equal") {
  run("CREATE COLLATION public.loose (PROVIDER = icu, LOCALE = 'und-u-ks-level2', DETERMINISTIC = false)");
  run("CREATE TABLE people (id bigint PRIMARY KEY, name text COLLATE public.loose NOT NULL, trimmed text COLLATE public.loose)");
  run("INSERT INTO people VALUES (1, ' ADA '), (2, ' Bob ')");
  expand<trimmed_name>(tools, {.acknowledged = {risk::existing_column}});
  corrupt("people", "UPDATE people SET trimmed = lower(btrim(name))");
  REQUIRE(ask("SELECT count(*) FROM people WHERE trimmed = btrim(name)") == "2");  // equal, as this collation has it
  CHECK(backfill_runner<trimmed_name>{source}.run().progress.rows_changed == 2);
  CHECK(check<trimmed_name>().mismatches == 0);
  corrupt("people", "UPDATE people SET trimmed = 'ada' WHERE id = 1");
  CHECK(witnesses(check<trimmed_name>()) == "1:'ADA'<>'ada'");
  run("UPDATE people SET name = 'BOB', trimmed = 'bob' WHERE id = 2");  // the trigger's eyes are as good
  CHECK(ask("SELECT trimmed COLLATE \"C\" FROM people WHERE id = 2") == "BOB");
}

TEST_CASE_FIXTURE(filled, "a pass that was stopped proves nothing") {
  hundred_people();
  std::stop_source stop;
  int ranges = 0;
  around.after = [&](const statement& what) {
    if (what.name == std::string_view{"parity_count"} && ++ranges == 3) stop.request_stop();
  };
  parity_options some;
  some.range_rows = 10;
  parity_report report = parity_checker<lower_name, hooked_database>{hooked, some}.check_all(stop.get_token());
  CHECK_FALSE(report.complete);
  CHECK(report.mismatches == 0);
  CHECK(report.rows_checked == 40);
  CHECK(ask("SELECT count(*) FROM online_migration_parity_passes WHERE finished_at IS NULL") == "1");
  CHECK(says(caught<refused>([&] { tools.mark_phase<lower_name>(phase::contract_ready); }), "No full parity pass"));
}

TEST_CASE_FIXTURE(filled, "a pass that is stopped while it rests proves nothing") {
  hundred_people();
  std::stop_source stop;
  std::jthread stopping;
  parity_options some;
  some.range_rows = 10;
  some.throttle.sleep = 1h;
  some.on_progress = [&](const parity_report& now) {
    if (now.rows_checked > 10) return;
    stopping = std::jthread{[&] {
      std::this_thread::sleep_for(20ms);
      stop.request_stop();
    }};
  };
  parity_report report = parity_checker<lower_name>{source, some}.check_all(stop.get_token());
  CHECK_FALSE(report.complete);
  CHECK(report.rows_checked == 10);
  CHECK(ask("SELECT count(*) FROM online_migration_parity_passes WHERE finished_at IS NULL") == "1");
  CHECK(says(caught<refused>([&] { tools.mark_phase<lower_name>(phase::contract_ready); }), "No full parity pass"));
}

TEST_CASE_FIXTURE(filled, "a throttled pass that goes to its end is as good as another") {
  hundred_people();
  parity_options some;
  some.range_rows = 10;
  some.throttle.sleep = 1ms;
  CHECK(check(some).complete);
  CHECK(opens());
}

TEST_CASE_FIXTURE(filled,
                  "a pass that has seen a mismatch closes the gate, though it never ends and leaves no witness") {
  hundred_people();
  REQUIRE(check().mismatches == 0);
  spoil("id = 5");
  std::stop_source stop;
  parity_options some;
  some.range_rows = 10;
  some.most_witnesses = 0;
  some.on_progress = [&](const parity_report&) { stop.request_stop(); };
  parity_report report = parity_checker<lower_name>{source, some}.check_all(stop.get_token());
  CHECK(report.mismatches == 1);
  CHECK_FALSE(report.complete);
  run("UPDATE people SET name = name");  // mended by a writer
  CHECK(ask("SELECT count(*) FROM online_migration_parity_samples") == "0");
  CHECK(says(caught<refused>([&] { tools.mark_phase<lower_name>(phase::contract_ready); }), "saw mismatches"));
  REQUIRE(check().mismatches == 0);
  CHECK(opens());
}

TEST_CASE_FIXTURE(filled, "a pass that began before validate does not open the gate, though it ends in it") {
  run(make_people);
  run("INSERT INTO people SELECT g, ' Ada ' || g FROM generate_series(1, 100) AS g");
  expand<lower_name>(tools);
  tools.mark_phase<lower_name>(phase::backfill);
  around.once_before("parity_count_first", [&] { backfill_runner<lower_name>{source}.run(); });
  parity_report report = check();
  CHECK(report.complete);
  CHECK(report.mismatches == 0);
  CHECK(tools.phase<lower_name>() == phase::validate);
  CHECK(says(caught<refused>([&] { tools.mark_phase<lower_name>(phase::contract_ready); }), "No full parity pass"));
}

TEST_CASE_FIXTURE(filled, "a pass of the validate before does not open the gate of this one") {
  hundred_people();
  around.once_before("state_finish_parity_pass", [&] {
    tools.mark_phase<lower_name>(phase::backfill);
    backfill_runner<lower_name>{source}.run();
  });
  CHECK(check().complete);
  CHECK(tools.phase<lower_name>() == phase::validate);
  CHECK(says(caught<refused>([&] { tools.mark_phase<lower_name>(phase::contract_ready); }), "No full parity pass"));
}

TEST_CASE_FIXTURE(filled, "while a pass is on, writers go on, and what is right stays right") {
  hundred_people();
  int ranges = 0;
  around.before = [&](const statement& what) {
    if (what.name != std::string_view{"parity_count"}) return;
    ++ranges;
    run("UPDATE people SET name = 'WRITTEN ' || id WHERE id % 7 = " + std::to_string(ranges % 7) +
        "; DELETE FROM people WHERE id = " + std::to_string(101 - ranges) + "; INSERT INTO people VALUES (" +
        std::to_string(1000 + ranges) + ", 'NEW')");
  };
  parity_options some;
  some.range_rows = 10;
  CHECK(check(some).mismatches == 0);
  CHECK(ranges > 5);
}

TEST_CASE_FIXTURE(filled, "a session that is ended during a pass is replaced, and no row is counted twice") {
  hundred_people();
  around.once_before(
      "parity_count",
      [&] {
        CHECK(
            ask("SELECT bool_and(pg_terminate_backend(pid, 10000)) FROM pg_stat_activity WHERE application_name = 'library'") ==
            "t");
      },
      3);
  parity_options some;
  some.range_rows = 10;
  parity_report report = check(some);
  CHECK(report.rows_checked == 100);
  CHECK(report.complete);
}

TEST_CASE_FIXTURE(filled, "without a run there is nothing to check") {
  run(make_people);
  CHECK(says(caught<refused>([&] { check(); }), "There is no run of \"lower-name\""));
}

TEST_CASE_FIXTURE(
    filled,
    "without a sample ranges of keys grow as long as there is time, up to range_rows, and shrink where one fails") {
  fill<lower_name>(make_people, "INSERT INTO people SELECT g, 'Ada ' || g FROM generate_series(1, 20000) AS g");
  parity_options some;
  some.range_time = std::chrono::hours{1};
  some.walk = walk_by::keys;
  auto no_sample = [](const statement& what) {
    if (what.name == statements<lower_name>::parity_key_sample.name) throw statement_error{what.name, "0A000"};
  };
  around.before = no_sample;
  std::string ends;
  some.on_progress = [&](const parity_report& now) { ends += " " + std::to_string(now.rows_checked); };
  CHECK(check<lower_name>(some).complete);
  CHECK(ends == " 4000 12000 20000");
  ends.clear();
  some.range_rows = 6'000;
  CHECK(check<lower_name>(some).complete);
  CHECK(ends == " 4000 10000 16000 20000");
  ends.clear();
  int refused_times = 0;
  around.before = [&](const statement& what) {
    no_sample(what);
    if (what.name != statements<lower_name>::parity_count_first.name || ++refused_times > 2) return;
    throw statement_error{what.name, "57014"};
  };
  CHECK(check<lower_name>(some).complete);
  around.before = [](const statement&) {};
  CHECK(ends == " 1000 3000 7000 13000 19000 20000");
}
