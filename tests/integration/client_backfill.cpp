// SPDX-License-Identifier: BSL-1.0
// Backfill and parity of transforms that only C++ can compute: read, compute, write back what still has the same
// sources.
#include <atomic>
#include <functional>
#include <optional>
#include <stdexcept>
#include <string>
#include <thread>
#include <utility>

#include "support/hooked_database.hpp"
#include "support/lab.hpp"

using namespace test;

namespace {

text_value backwards(std::string_view name) { return text_value{std::string(name.rbegin(), name.rend())}; }
struct backwards_name : om::migration<"backwards-name", people,
                                      add_column<"name_back", text, computed<&backwards, "backwards/1">(col<"name">)>> {
};

text_value thrower(std::string_view name) {
  if (name == "Ada 60") throw std::runtime_error{"not this one"};
  return text_value{name};
}
struct throwing
    : om::migration<"throwing", people, add_column<"name_back", text, computed<&thrower, "thrower/1">(col<"name">)>> {};

/// All types as sources, each of which travels back in an array of its own.
struct samples : table<"samples", column<"id", uuid, primary_key>, column<"at", timestamptz, primary_key>,
                       column<"b", boolean>, column<"i2", smallint>, column<"i4", integer>, column<"i8", bigint>,
                       column<"f", float8>, column<"v", varchar<12>>> {};
std::optional<text_value> described(bool b, std::int16_t i2, std::int32_t i4, std::int64_t i8, double f,
                                    std::string_view v, timestamp_value at) {
  if (i2 == 3) return std::nullopt;
  std::string text = std::to_string(b) + "," + std::to_string(i2) + "," + std::to_string(i4) + "," +
                     std::to_string(i8) + "," + std::to_string(static_cast<long>(f)) + "," +
                     std::to_string(at.microseconds) + "," + std::string{v};
  return text_value{text};
}
struct describe_sample
    : om::migration<"describe-sample", samples,
                    add_column<"said", text,
                               computed<&described, "described/1">(col<"b">, col<"i2">, col<"i4">, col<"i8">, col<"f">,
                                                                   col<"v">, col<"at">)>> {};

struct numbers : table<"numbers", column<"id", integer, primary_key>, column<"x", float8>> {};
double same_number(double x) { return x; }
struct copy_number
    : om::migration<"copy-number", numbers, add_column<"y", float8, computed<&same_number, "same/1">(col<"x">)>> {};

/// Does something for each row while it is computed.
std::function<void()> meanwhile;
text_value watched(std::string_view name) {
  if (meanwhile) meanwhile();
  return backwards(name);
}
struct watched_name : om::migration<"watched-name", people,
                                    add_column<"name_back", text, computed<&watched, "watched/1">(col<"name">)>> {};

struct by_client : lab {
  hooks around;
  hooked_database hooked{around};

  by_client() {
    tools.ensure_state_tables();
    run(make_people);
    run("INSERT INTO people SELECT g, 'Ada ' || g FROM generate_series(1, 100) AS g");
  }

  backfill_options options(int rows) {
    backfill_options some;
    some.chunk = fixed_chunk(rows);
    some.retry = hasty;
    some.all_writers = all_writers_dual_write;
    return some;
  }

  template <class Migration>
  backfill_result fill(int rows = 10) {
    expand<Migration>(tools, {.all_writers = all_writers_dual_write});
    return backfill_runner<Migration, hooked_database>{hooked, options(rows)}.run();
  }

  template <class Migration>
  parity_report check(parity_options some = {}) {
    return parity_checker<Migration>{source, some}.check_all();
  }
};

const char* wrong_back = "SELECT count(*) FROM people WHERE name_back IS DISTINCT FROM reverse(name)";
const char* state =
    "SELECT format('%s %s %s %s', rows_done, rows_changed, chunks, finished) FROM online_migration_backfill_state";

}  // namespace

TEST_CASE_FIXTURE(by_client, "the promise that all writers dual-write is asked for twice") {
  expand<backwards_name>(tools, {.all_writers = all_writers_dual_write});
  backfill_options unpromised = options(10);
  unpromised.all_writers.reset();
  CHECK(says(caught<refused>([&] {
               backfill_runner<backwards_name>{source, unpromised}.run();
             }),
             "pass om::all_writers_dual_write"));
}

TEST_CASE_FIXTURE(by_client, "every row is computed and counted once") {
  run("INSERT INTO people VALUES (-9223372036854775808, ''), (9223372036854775807, 'a\"b\\c,{}NULL'), (0, ' ')");
  struct expectation {
    int chunk;
    const char* says;
  };
  for (auto [chunk, says] :
       {expectation{10, "103 103 11 t"}, expectation{103, "103 103 1 t"}, expectation{1000, "103 103 1 t"}}) {
    run("TRUNCATE online_migration_runs CASCADE; ALTER TABLE people DROP COLUMN IF EXISTS name_back");
    CHECK(fill<backwards_name>(chunk).finished());
    CHECK(ask(state) == says);
    CHECK(ask(wrong_back) == "0");
  }
}

TEST_CASE_FIXTURE(by_client,
                  "a transform whose result is no text is an error that shows no value, and nothing is half done") {
  run("INSERT INTO people VALUES (55, 'Ärger') ON CONFLICT (id) DO UPDATE SET name = excluded.name");
  statement_error problem = caught<statement_error>([&] { fill<backwards_name>(); });
  CHECK(problem.sqlstate() == "22021");
  CHECK_FALSE(says(problem, "rger"));
  CHECK(ask(state) == "50 50 5 f");
  CHECK(ask("SELECT count(name_back) FROM people") == "50");
}

TEST_CASE_FIXTURE(by_client, "rows that are right already are not written") {
  expand<backwards_name>(tools, {.all_writers = all_writers_dual_write});
  run("UPDATE people SET name_back = reverse(name) WHERE id % 4 = 0; CREATE TABLE versions AS SELECT id, xmin::text AS version FROM people");
  CHECK(fill<backwards_name>().finished());
  CHECK(ask(state) == "100 75 10 t");
  CHECK(ask("SELECT count(*) FROM people JOIN versions USING (id) WHERE id % 4 = 0 AND people.xmin::text <> version") ==
        "0");
}

TEST_CASE_FIXTURE(by_client, "a row that changes between read and write back is read again, never guessed") {
  for (int chunk : {10, 1000}) {
    run("TRUNCATE online_migration_runs CASCADE; ALTER TABLE people DROP COLUMN IF EXISTS name_back");
    bool again = false;
    const char* rows = "100";
    SUBCASE("a dual writer") {
      connection elsewhere = somebody();
      around.once_before("client_chunk", [&] {
        dual_writer<backwards_name> write{elsewhere};
        CHECK(write.update(key(std::int64_t{5}), set<"name">("FRESH")) == 1);
        again = true;
      });
      CHECK(fill<backwards_name>(chunk).finished());
      CHECK(ask("SELECT name || ' ' || name_back FROM people WHERE id = 5") == "FRESH HSERF");
    }
    SUBCASE("a deleter") {
      around.once_before("client_chunk", [&] {
        run("DELETE FROM people WHERE id = 5");
        again = true;
      });
      CHECK(fill<backwards_name>(chunk).finished());
      run("INSERT INTO people VALUES (5, 'back', 'kcab')");
      rows = "99";
    }
    SUBCASE("a writer that is in the middle of his transaction") {
      connection writer = somebody("writer");
      std::jthread ends;
      around.once_before("client_chunk", [&] {
        script(writer, "BEGIN; UPDATE people SET name = 'LATER', name_back = 'RETAL' WHERE id = 5");
        again = true;
        ends = std::jthread{[&] {
          until_blocked("library");
          script(writer, "COMMIT");
        }};
      });
      CHECK(fill<backwards_name>(chunk).finished());
      ends.join();
      CHECK(ask("SELECT name_back FROM people WHERE id = 5") == "RETAL");
    }
    CHECK(again);
    CHECK(ask(wrong_back) == "0");
    CHECK(ask("SELECT rows_done FROM online_migration_backfill_state") == rows);
  }
}

TEST_CASE_FIXTURE(by_client,
                  "a writer that keeps on changing a row does not hold the others locked: the chunk is tried again") {
  connection writer = somebody();
  std::atomic<int> times = 0;
  around.before = [&](const statement& what) {
    bool writes = what.name == std::string_view{"client_chunk"} || what.name == std::string_view{"client_write_back"};
    if (!writes || times >= 300) return;
    ++times;
    script(writer, "UPDATE people SET name = 'turn ' || " + std::to_string(times.load()) + " WHERE id = 3");
    std::this_thread::sleep_for(5ms);
  };
  std::jthread calm{[&] {
    eventually([&] { return times >= 40; });
    times = 300;
  }};
  CHECK(fill<backwards_name>().finished());
  CHECK(ask(wrong_back) == "0");
}

TEST_CASE_FIXTURE(by_client, "in stripes every row is computed, counted and written once") {
  run("INSERT INTO people SELECT g, 'Ada ' || g FROM generate_series(101, 103) AS g");
  expand<backwards_name>(tools, {.all_writers = all_writers_dual_write});
  run("CREATE TABLE written (id bigint); CREATE FUNCTION note() RETURNS trigger LANGUAGE plpgsql AS $$BEGIN "
      "INSERT INTO public.written VALUES (NEW.id); RETURN NEW; END$$;"
      "CREATE TRIGGER note AFTER UPDATE ON people FOR EACH ROW EXECUTE FUNCTION note()");
  backfill_options some = options(5);
  some.stripes = 4;
  CHECK(backfill_runner<backwards_name>{source, some}.run().finished());
  CHECK(ask(wrong_back) == "0");
  // Two spans of 40 rows, each stripe in two chunks, and one of 23.
  CHECK(ask(state) == "103 103 20 t");
  CHECK(
      ask("SELECT string_agg(id::text, ' ' ORDER BY at) FROM (SELECT id, row_number() OVER () AS at FROM written LIMIT 10) AS w") ==
      "1 5 9 13 17 21 25 29 33 37");
  CHECK(ask("SELECT count(*) || ' ' || count(DISTINCT id) FROM written") == "103 103");
  CHECK(
      ask("SELECT span_end IS NULL AND stripe = 0 AND strategy = 'striped keys, 4 stripes, computed by the client: the options ask for it' "
          "FROM online_migration_backfill_state") == "t");
}

TEST_CASE_FIXTURE(by_client,
                  "a row that changes before its stripe is written is read again before the cursor passes it") {
  for (auto [chunk, row] : {std::pair{1, 5}, std::pair{3, 7}, std::pair{8, 40}}) {
    INFO("before chunk " << chunk << ", row " << row);
    run("TRUNCATE online_migration_runs CASCADE; ALTER TABLE people DROP COLUMN IF EXISTS name_back");
    run("UPDATE people SET name = 'Ada ' || id");
    expand<backwards_name>(tools, {.all_writers = all_writers_dual_write});
    bool changed = false;
    auto change = [&] {
      // Nobody else makes it right.
      run("UPDATE people SET name = 'LATER', name_back = NULL WHERE id = " + std::to_string(row));
      changed = true;
    };
    around.once_before("client_chunk", change, chunk);
    backfill_options some = options(5);
    some.stripes = 4;
    CHECK(backfill_runner<backwards_name, hooked_database>{hooked, some}.run().finished());
    CHECK(changed);
    CHECK(ask(wrong_back) == "0");
    CHECK(ask("SELECT rows_done || ' ' || finished FROM online_migration_backfill_state") == "100 true");
    around = hooks{};
  }
}

TEST_CASE_FIXTURE(by_client,
                  "while rows are locked no statement lasts longer than three quarters of the deadlock_timeout") {
  expand<backwards_name>(tools, {.all_writers = all_writers_dual_write});
  run("CREATE TABLE limits (allowed text); CREATE FUNCTION note() RETURNS trigger LANGUAGE plpgsql AS $$BEGIN INSERT INTO public.limits "
      "VALUES (current_setting('statement_timeout')); RETURN NEW; END$$;"
      "CREATE TRIGGER note AFTER UPDATE ON people FOR EACH ROW EXECUTE FUNCTION note()");
  CHECK(ask("SHOW deadlock_timeout") == "1s");
  CHECK(backfill_runner<backwards_name>{source, options(10)}.run().finished());
  CHECK(ask("SELECT string_agg(DISTINCT allowed, ' ') || ' ' || count(*) FROM limits") == "750ms 100");
}

TEST_CASE_FIXTURE(by_client, "a lease that is lost between two stripes ends the runner, and no row is counted twice") {
  expand<backwards_name>(tools, {.all_writers = all_writers_dual_write});
  bool once = false;
  around.once_before(
      "client_fence",
      [&] {
        CHECK(ask(state) == "0 10 2 f");
        run("UPDATE online_migration_backfill_state SET lease_until = now() - interval '1 second'");
        backfill_options other = options(10);
        other.alone = true;
        other.takeover_wait = 0ms;
        CHECK(backfill_runner<backwards_name>{source, other}.run().finished());
        run("UPDATE people SET name_back = 'not ours any more' WHERE id = 3");
        once = true;
      },
      3);
  backfill_options some = options(5);
  some.stripes = 4;
  some.alone = true;
  CHECK_THROWS_AS((backfill_runner<backwards_name, hooked_database>{hooked, some}.run()), lost_lease);
  CHECK(once);
  CHECK(ask("SELECT rows_done || ' ' || rows_changed || ' ' || finished FROM online_migration_backfill_state") ==
        "100 100 true");
  CHECK(ask("SELECT name_back FROM people WHERE id = 3") == "not ours any more");
}

TEST_CASE_FIXTURE(by_client, "a span that is half written is not cut: another runner gets rows behind it") {
  expand<backwards_name>(tools, {.all_writers = all_writers_dual_write});
  connection elsewhere = somebody();
  int commits = 0;
  std::string cut;
  around.after = [&](const statement& what) {
    if (what.name != std::string_view{"advance"} && what.name != std::string_view{"commit"}) return;
    if (what.name == std::string_view{"advance"}) {
      ++commits;
      return;
    }
    if (commits != 2 || !cut.empty()) return;
    CHECK(ask("SELECT span_end[1] || ' ' || stripe FROM online_migration_backfill_state") == "40 1");
    detail::lease mine{ask("SELECT run_id FROM online_migration_runs"), "0", {}, "another", 60s};
    detail::pace speed{fixed_chunk(5)};
    CHECK((detail::slice_splitter<backwards_name, connection>{elsewhere, mine, speed}.split().has_value()));
    cut = ask("SELECT upper_bound[1] FROM online_migration_backfill_state WHERE slice = 0");
    run("UPDATE online_migration_backfill_state SET holder = NULL, lease_until = NULL WHERE slice = 1");
  };
  backfill_options some = options(5);
  some.stripes = 4;
  CHECK(backfill_runner<backwards_name, hooked_database>{hooked, some}.run().finished());
  CHECK(cut == "70");  // the middle of what is behind row 40
  CHECK(ask(wrong_back) == "0");
  CHECK(ask("SELECT sum(rows_done) || ' ' || sum(rows_changed) || ' ' || bool_and(finished) FROM "
            "online_migration_backfill_state") == "100 100 true");
}

TEST_CASE_FIXTURE(by_client, "while the client computes it holds no lock, not even its own") {
  connection elsewhere = somebody();
  int times = 0;
  meanwhile = [&] {
    if (++times % 10 != 1) return;
    CHECK(
        test::ask(
            elsewhere,
            "SELECT count(*) || ' ' || count(*) FILTER (WHERE state <> 'idle') FROM pg_stat_activity WHERE application_name = 'library'") ==
        "2 0");
    script(elsewhere,
           "SELECT FROM online_migration_backfill_state FOR UPDATE NOWAIT; SELECT FROM people FOR UPDATE NOWAIT");
  };
  CHECK(fill<watched_name>().finished());
  meanwhile = nullptr;
  CHECK(times == 100);
  CHECK(ask(wrong_back) == "0");
}

TEST_CASE_FIXTURE(by_client, "a pause that is asked for while the client computes is seen before anything is written") {
  bool once = false;
  meanwhile = [&] {
    if (!std::exchange(once, true)) tools.request_pause<watched_name>();
  };
  CHECK_FALSE(fill<watched_name>().finished());
  meanwhile = nullptr;
  CHECK(ask(state) == "0 0 0 f");
  CHECK(ask("SELECT count(name_back) FROM people") == "0");
}

TEST_CASE_FIXTURE(by_client, "what another runner has done while the client computed is not done again, or undone") {
  bool once = false;
  meanwhile = [&] {
    if (std::exchange(once, true)) return;
    run("UPDATE online_migration_backfill_state SET lease_until = now() - interval '1 second'");
    backfill_options some = options(10);
    some.takeover_wait = 0ms;
    some.alone = true;
    CHECK(backfill_runner<watched_name>{source, some}.run().finished());
    dual_writer<watched_name> write{on};
    write.update(key(std::int64_t{5}), set<"name">("later"));
  };
  CHECK_THROWS_AS(fill<watched_name>(), lost_lease);
  meanwhile = nullptr;
  CHECK(ask(state) == "100 100 10 t");
  CHECK(ask(wrong_back) == "0");
}

TEST_CASE_FIXTURE(by_client, "all types travel as sources and as a composite key, NULL too") {
  run("CREATE TABLE samples (id uuid, at timestamptz, b boolean, i2 smallint, i4 integer, i8 bigint, f double precision, v varchar(12), PRIMARY KEY (id, at));"
      "INSERT INTO samples SELECT md5((g / 4)::text)::uuid, timestamptz '2000-01-01 UTC' + g * interval '1 microsecond', g % 2 = 0, g % 5, -g, "
      "g * 4000000000, g * 1000.0, CASE g % 7 WHEN 0 THEN NULL WHEN 1 THEN '' ELSE 'v\"' || g END FROM generate_series(1, 60) AS g;"
      "INSERT INTO samples VALUES (md5('x')::uuid, 'infinity', true, -32768, 2147483647, -9223372036854775808, 0, 'x')");
  CHECK(fill<describe_sample>(7).finished());
  CHECK(
      ask("SELECT count(*) FROM samples WHERE said IS DISTINCT FROM CASE WHEN i2 = 3 THEN NULL ELSE concat_ws(',', b::int, i2, i4, i8, f::bigint, "
          "CASE WHEN at = 'infinity' THEN 9223372036854775807 ELSE (extract(epoch from at - '2000-01-01 UTC') * 1000000)::bigint END) || ',' || v END") ==
      "0");
  CHECK(
      ask("SELECT rows_done || ' ' || rows_changed = '61 ' || (SELECT count(said) FROM samples) FROM online_migration_backfill_state") ==
      "t");
  CHECK(check<describe_sample>().mismatches == 0);
}

TEST_CASE_FIXTURE(by_client, "numbers are the same bit by bit") {
  run("CREATE TABLE numbers (id int PRIMARY KEY, x double precision); INSERT INTO numbers VALUES (1, '-0'), (2, 0), (3, 'NaN'), (4, NULL), (5, '-Infinity')");
  expand<copy_number>(tools, {.all_writers = all_writers_dual_write});
  run("UPDATE numbers SET y = 0 WHERE id IN (1, 2)");  // equal, and not identical in row 1
  CHECK(backfill_runner<copy_number>{source, options(10)}.run().progress.rows_changed == 3);
  CHECK(ask("SELECT string_agg(y::text, ' ' ORDER BY id) FROM numbers") == "-0 0 NaN -Infinity");
  CHECK(check<copy_number>().mismatches == 0);
  run("UPDATE numbers SET y = '-0' WHERE id = 2");
  CHECK(check<copy_number>().mismatches == 1);
}

TEST_CASE_FIXTURE(by_client, "parity on the client finds what is wrong, and says key, expected and actual") {
  CHECK(fill<backwards_name>().finished());
  CHECK(check<backwards_name>().mismatches == 0);
  run("UPDATE people SET name_back = 'x' WHERE id = 7; UPDATE people SET name_back = NULL WHERE id = 100; UPDATE people SET name_back = '' WHERE id = 50");
  parity_options some;
  some.range_rows = 9;
  parity_report report = check<backwards_name>(some);
  CHECK(report.rows_checked == 100);
  CHECK(report.mismatches == 3);
  CHECK(report.complete);
  CHECK(
      ask("SELECT string_agg(concat_ws('|', key[1], expected, coalesce(actual, 'NULL')), ' ' ORDER BY sample_id) FROM online_migration_parity_samples "
          "WHERE pass_id = " +
          std::to_string(report.pass)) == "7|7 adA|x 50|05 adA| 100|001 adA|NULL");
  some.most_witnesses = 2;
  report = check<backwards_name>(some);
  CHECK(report.mismatches == 3);
  CHECK(count("SELECT count(*) FROM online_migration_parity_samples WHERE pass_id = " + std::to_string(report.pass)) ==
        2);
  CHECK(says(caught<refused>([&] { tools.mark_phase<backwards_name>(phase::contract_ready); }), "found 3 mismatches"));
}

TEST_CASE_FIXTURE(by_client, "what the transform throws ends the run, and leaves the slice to others") {
  expand<throwing>(tools, {.all_writers = all_writers_dual_write});
  backfill_options some = options(25);
  some.takeover_wait = 0ms;
  some.alone = true;
  backfill_runner<throwing> runner{source, some};
  CHECK_THROWS_AS(runner.run(), std::runtime_error);
  CHECK(ask(state) == "50 50 2 f");
  run("UPDATE people SET name = 'Bob' WHERE id = 60");
  CHECK((backfill_runner<throwing>{source, some}.run().finished()));
  CHECK(ask(state) == "100 100 4 t");
}

TEST_CASE_FIXTURE(by_client, "a NULL where none was declared is said as it is, without the row") {
  expand<backwards_name>(tools, {.all_writers = all_writers_dual_write});
  run("ALTER TABLE people ALTER name DROP NOT NULL; UPDATE people SET name = NULL WHERE id = 60");
  refused problem = caught<refused>([&] { backfill_runner<backwards_name>{source, options(25)}.run(); });
  CHECK(says(problem, "A column that is declared om::not_null holds NULL"));
  CHECK(ask(state) == "50 50 2 f");
}
