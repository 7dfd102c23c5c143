// SPDX-License-Identifier: BSL-1.0
// The runner drains the queue of a client-only migration: what others have written by the old ways is computed, and an
// entry goes only when its row is right.
#include <atomic>
#include <iterator>
#include <optional>
#include <set>
#include <stop_token>
#include <string>
#include <thread>
#include <utility>

#include "support/hooked_database.hpp"
#include "support/lab.hpp"
#include "support/thorough.hpp"

using namespace test;

namespace {

text_value backwards(std::string_view name) { return text_value{std::string(name.rbegin(), name.rend())}; }
struct backwards_name : om::migration<"backwards-name", people,
                                      add_column<"name_back", text, computed<&backwards, "backwards/1">(col<"name">)>> {
};

struct paired : table<"paired", column<"code", varchar<20>, primary_key>, column<"no", integer, primary_key>,
                      column<"name", text>> {};
struct paired_back
    : om::migration<"paired-back", paired, add_column<"back", text, computed<&backwards, "backwards/1">(col<"name">)>> {
};

const char* wrong = "SELECT count(*) FROM people WHERE name_back IS DISTINCT FROM reverse(name)";
const char* waiting = "SELECT count(*) FROM online_migration_dirty_keys";
const char* done = "SELECT dirty_done FROM online_migration_backfill_state";

struct draining : lab {
  hooks around;
  hooked_database hooked{around};

  draining() {
    tools.ensure_state_tables();
    run(make_people);
    run("INSERT INTO people SELECT g, 'Ada ' || g FROM generate_series(1, 100) AS g");
    expand<backwards_name>(tools);
  }

  backfill_options options(int rows = 10) {
    backfill_options some;
    some.chunk = fixed_chunk(rows);
    some.retry = hasty;
    some.takeover_wait = 0ms;
    some.alone = true;
    some.progress_interval = 0ms;
    return some;
  }

  backfill_result fill(backfill_options some, const std::stop_token& stop = {}) {
    return backfill_runner<backwards_name, hooked_database>{hooked, std::move(some)}.run(stop);
  }
  backfill_result fill(int rows = 10) { return fill(options(rows)); }

  void finish_walk() {
    CHECK(fill().finished());
    CHECK(tools.phase<backwards_name>() == phase::validate);
    run("UPDATE online_migration_backfill_state SET dirty_done = 0");
  }

  std::string name_back(int id) { return ask("SELECT name_back FROM people WHERE id = " + std::to_string(id)); }
};

}  // namespace

TEST_CASE_FIXTURE(draining, "rows that are written by the old ways while the backfill works are right at its end") {
  int chunks = 0;
  around.before = [&](const statement& what) {
    bool fences = what.name == std::string_view{"fence"} || what.name == std::string_view{"client_fence"};
    if (!fences || ++chunks > 12) return;
    std::string n = std::to_string(chunks);
    // A row behind the cursor, one of this chunk, one ahead of it, a new one past the end, and a key that goes back.
    run("UPDATE people SET name = 'behind ' || " + n +
        " WHERE id = 1; UPDATE people SET name = 'here' WHERE id = 10 * " + n +
        " - 5; UPDATE people SET name = 'ahead ' || " + n + " WHERE id = 99; INSERT INTO people VALUES (1000 + " + n +
        ", 'new'); UPDATE people SET id = -" + n + " WHERE id = 80 + " + n);
  };
  backfill_result result = fill();
  CHECK(chunks > 12);
  CHECK(result.finished());
  CHECK(ask(wrong) == "0");
  CHECK(ask(waiting) == "0");
  CHECK(result.progress.dirty_keys == 0);
  CHECK(std::to_string(result.progress.dirty_done) ==
        ask("SELECT last_value FROM online_migration_dirty_keys_entry_id_seq"));
}

TEST_CASE_FIXTURE(draining, "the queue is drained between chunks, so that it does not grow") {
  int chunks = 0;
  std::int64_t longest = 0;
  around.before = [&](const statement& what) {
    if (what.name != std::string_view{"client_read"}) return;
    run("UPDATE people SET name = name || '!' WHERE id <= 5");
    longest = std::max(longest, count(waiting));
    ++chunks;
  };
  CHECK(fill().finished());
  CHECK(chunks == 10);  // of all chunks but the first, and of the second once more: rows of the first one had changed
  CHECK(longest <= 10);
  CHECK(ask(wrong) == "0");
}

TEST_CASE_FIXTURE(draining, "a run in validate or contract-ready drains the queue, and leaves the phase as it is") {
  finish_walk();
  run("UPDATE people SET name = 'Eve ' || id WHERE id % 2 = 0; DELETE FROM people WHERE id = 4; UPDATE people SET name_back = 'nothing to do with it' WHERE id = 1");
  run("UPDATE people SET name_back = reverse(name) WHERE id = 1");
  CHECK(tools.progress<backwards_name>()->dirty_keys == 50);
  backfill_result result = fill();
  CHECK(result.finished());
  CHECK(result.progress.dirty_keys == 0);
  CHECK(result.progress.dirty_done == 50);
  CHECK(result.progress.rows_done == 100);
  CHECK(ask(wrong) == "0");
  CHECK(tools.phase<backwards_name>() == phase::validate);
  CHECK(parity_checker<backwards_name>{source}.check_all().mismatches == 0);
  tools.mark_phase<backwards_name>(phase::contract_ready);
  run("UPDATE people SET name = 'late' WHERE id = 7");
  CHECK(fill().finished());
  CHECK(name_back(7) == "etal");
  CHECK(tools.phase<backwards_name>() == phase::contract_ready);
  CHECK(fill().finished());
  CHECK(ask(done) == "51");
}

TEST_CASE_FIXTURE(draining, "the gate to contract-ready is closed while a key waits, and says what to run") {
  finish_walk();
  CHECK(parity_checker<backwards_name>{source}.check_all().mismatches == 0);
  run("UPDATE people SET name = 'late' WHERE id IN (7, 8)");
  std::string before = everything();
  refused problem = caught<refused>([&] { tools.mark_phase<backwards_name>(phase::contract_ready); });
  CHECK(says(problem, "2 keys of \"backwards-name\" wait in online_migration_dirty_keys"));
  CHECK(says(problem, "run om::backfill_runner"));
  CHECK(everything() == before);
  CHECK(fill().finished());
  tools.mark_phase<backwards_name>(phase::contract_ready);
  CHECK(tools.phase<backwards_name>() == phase::contract_ready);
}

TEST_CASE_FIXTURE(draining, "the keys of another migration are left alone, and are in nobody's way") {
  finish_walk();
  run("INSERT INTO online_migration_dirty_keys (migration, key) SELECT 'another', ARRAY[g::text] FROM generate_series(1, 20) AS g");
  CHECK(parity_checker<backwards_name>{source}.check_all().mismatches == 0);
  run("UPDATE people SET name = 'x' || id WHERE id <= 20");
  CHECK(tools.progress<backwards_name>()->dirty_keys == 20);
  std::stop_source stop;
  int drains = 0;
  around.before = [&](const statement& what) {
    if (what.name == std::string_view{"dirty_read"} && ++drains > 10) stop.request_stop();
  };
  CHECK(fill(options(), stop.get_token()).finished());
  CHECK(tools.progress<backwards_name>()->dirty_keys == 0);
  tools.mark_phase<backwards_name>(phase::contract_ready);
  CHECK(ask(waiting) == "20");
}

TEST_CASE_FIXTURE(draining, "an entry that is committed late with a smaller number is not missed") {
  finish_walk();
  connection slow = somebody();
  script(slow, "BEGIN; UPDATE people SET name = 'slow' WHERE id = 5");
  run("UPDATE people SET name = 'quick' WHERE id = 6");
  // After the queue was read, and before what was read is taken from it.
  around.once_before("state_settle_dirty_keys", [&] { script(slow, "COMMIT"); });
  CHECK(fill().finished());
  CHECK(name_back(6) == "kciuq");
  CHECK(ask("SELECT count(*) || ' ' || bool_and(entry_id < (SELECT last_value FROM "
            "online_migration_dirty_keys_entry_id_seq)) FROM online_migration_dirty_keys") == "1 true");
  CHECK(fill().finished());
  CHECK(name_back(5) == "wols");
  CHECK(ask(done) == "2");
}

TEST_CASE_FIXTURE(draining, "an entry whose row is written again meanwhile stays until the row is right") {
  finish_walk();
  SUBCASE("between read and write back") {
    around.once_before("client_write_back", [&] {
      run("UPDATE people SET name = 'second' WHERE id = 5");
      CHECK(ask(waiting) == "4");
    });
    run("UPDATE people SET name = 'first' WHERE id IN (4, 5, 6)");
    CHECK(fill().finished());
  }
  SUBCASE("where it was right when it was read") {
    run("UPDATE people SET name = 'first', name_back = 'right' WHERE id = 4; UPDATE people SET name = 'x' WHERE id IN (4, 6); UPDATE people SET name_back = 'x' WHERE id = 4");
    around.once_after("dirty_read", [&] { run("UPDATE people SET name = 'second' WHERE id = 4"); });
    CHECK(fill().finished());
    CHECK(ask(waiting) == "1");
    CHECK(fill().finished());
    CHECK(name_back(4) == "dnoces");
  }
  SUBCASE("right after it is written back") {
    run("UPDATE people SET name = 'first' WHERE id IN (4, 5)");
    int settled = 0;
    around.after = [&, written = false](const statement& what) mutable {
      settled += what.name == std::string_view{"state_settle_dirty_keys"} ? 1 : 0;
      if (what.name != std::string_view{"commit"} || settled != 1 || std::exchange(written, true)) return;
      run("UPDATE people SET name = 'second' WHERE id = 5");
    };
    CHECK(fill().finished());
    CHECK(ask(waiting) == "1");
    CHECK(fill().finished());
    CHECK(settled == 2);
  }
  SUBCASE("by a writer that is in the middle of his transaction") {
    connection writer = somebody("writer");
    std::jthread ends;
    run("UPDATE people SET name = 'first' WHERE id IN (4, 5)");
    around.once_before("client_write_back", [&] {
      script(writer, "BEGIN; UPDATE people SET name = 'second' WHERE id = 5");
      ends = std::jthread{[&] {
        until_blocked("library");
        script(writer, "COMMIT");
      }};
    });
    CHECK(fill().finished());
    ends.join();
  }
  SUBCASE("deleted, and inserted again") {
    run("UPDATE people SET name = 'first' WHERE id IN (4, 5)");
    around.once_before("client_write_back",
                       [&] { run("DELETE FROM people WHERE id = 5; INSERT INTO people VALUES (5, 'second')"); });
    CHECK(fill().finished());
  }
  SUBCASE("moved to another key") {
    run("UPDATE people SET name = 'first' WHERE id IN (4, 5)");
    around.once_before("client_write_back", [&] { run("UPDATE people SET id = -5 WHERE id = 5"); });
    CHECK(fill().finished());
    CHECK(name_back(-5) == "tsrif");
  }
  CHECK(ask(wrong) == "0");
  CHECK(ask(waiting) == "0");
}

TEST_CASE_FIXTURE(draining, "a row that is changed all the time does not hold others up for ever") {
  finish_walk();
  run("UPDATE people SET name = 'first' WHERE id = 5");
  int times = 0;
  around.before = [&](const statement& what) {
    if (what.name != std::string_view{"client_write_back"} || ++times > 5) return;
    run("UPDATE people SET name = 'turn ' || " + std::to_string(times) + " WHERE id = 5");
  };
  backfill_result result = fill();
  CHECK(result.finished());
  CHECK(result.retries >= 1);
  CHECK(name_back(5) == "5 nrut");
  CHECK(ask(waiting) == "0");
}

TEST_CASE_FIXTURE(draining, "many entries of one row are one computation, whatever the order") {
  finish_walk();
  for (int turn = 0; turn < 30; ++turn)
    run("UPDATE people SET name = 'turn ' || " + std::to_string(turn) + " WHERE id = 5");
  int writes = 0;
  int reads = 0;
  around.before = [&](const statement& what) {
    writes += what.name == std::string_view{"client_write_back"} ? 1 : 0;
    reads += what.name == std::string_view{"dirty_read"} ? 1 : 0;
  };
  CHECK(fill(100).finished());
  CHECK(writes == 1);
  CHECK(reads == 1);
  CHECK(ask(done) == "30");
  CHECK(ask(wrong) == "0");
}

TEST_CASE_FIXTURE(draining, "keys of every kind are found: composite, with blanks and quotes, in any letters") {
  run("CREATE TABLE paired (code varchar(20), no integer, name text, PRIMARY KEY (code, no))");
  expand<paired_back>(tools);
  CHECK(backfill_runner<paired_back>{source}.run().finished());
  run(R"(INSERT INTO paired SELECT code, no, no || '. row' FROM (VALUES (''), (' '), ('NULL'), ('a,b'), ('{"}'), ('back\slash'), ('Ärger')) AS c (code),
    (VALUES (-2147483648), (0), (7)) AS n (no))");
  CHECK(backfill_runner<paired_back>{source, options(4)}.run().finished());
  CHECK(ask("SELECT count(*) || ' ' || count(*) FILTER (WHERE back = reverse(name)) FROM paired") == "21 21");
}

TEST_CASE_FIXTURE(draining, "queue and rows are found by their indexes, however long the one and large the other is") {
  run("INSERT INTO people SELECT g, 'x' FROM generate_series(101, 20000) AS g");
  run("ANALYZE people");
  // A queue that the server has no statistics of.
  auto planned = [&](const statement& what, const std::string& parameter, const std::string& value) {
    std::string sql{what.view()};
    sql.replace(sql.find(parameter), parameter.size(), value);
    return ask("EXPLAIN (FORMAT JSON) " + sql);
  };
  run("BEGIN; SET LOCAL enable_seqscan = off");
  on.execute(state::walk_queue);
  std::string plan = planned(statements<backwards_name>::dirty_read, "$1::bigint", "500");
  run("ROLLBACK");
  CHECK(plan.find("\"online_migration_dirty_keys_of\"") != std::string::npos);
  CHECK(plan.find("\"people_pkey\"") != std::string::npos);
  CHECK(plan.find("Sort") == std::string::npos);
  CHECK(plan.find("Bitmap") == std::string::npos);

  statement settle{"settle", "DELETE FROM online_migration_dirty_keys WHERE entry_id = ANY ($4::bigint[])"};
  CHECK(state::settle_dirty_keys.view().find("WHERE entry_id = ANY ($4::bigint[])") != std::string_view::npos);
  plan = planned(settle, "$4", "'{1,2,3,4,5,6,7,8,9,10}'");
  CHECK(plan.find("\"online_migration_dirty_keys_pkey\"") != std::string::npos);
  CHECK(fill(5000).finished());
  CHECK(ask(wrong) == "0");
  CHECK(ask(waiting) == "0");
}

TEST_CASE_FIXTURE(draining, "two runners: the second is refused while the first drains, and changes nothing") {
  finish_walk();
  run("UPDATE people SET name = 'x' || id");
  bool asked = false;
  around.once_before(
      "client_write_back",
      [&] {
        CHECK(says(caught<refused>([&] {
                     backfill_runner<backwards_name>{source, options()}.run();
                   }),
                   "Another runner is at work"));
        asked = true;
      },
      3);
  CHECK(fill().finished());
  CHECK(asked);
  CHECK(ask(done) == "100");
}

TEST_CASE_FIXTURE(draining, "a runner that slept past its lease drains nothing that another has taken over") {
  for (const char* where : {"dirty_read", "fence", "client_write_back", "state_settle_dirty_keys"}) {
    INFO(std::string{where});
    run("TRUNCATE online_migration_runs CASCADE; DROP TABLE people; DELETE FROM online_migration_dirty_keys");
    run(make_people);
    run("INSERT INTO people SELECT g, 'Ada ' || g FROM generate_series(1, 100) AS g");
    expand<backwards_name>(tools);
    finish_walk();
    run("UPDATE people SET name = 'x' || id");
    bool taken = false;
    bool locks = where != std::string_view{"dirty_read"} && where != std::string_view{"fence"};
    around.once_before(
        where,
        [&] {
          if (locks) {
            // It has the fence: nobody can take over before its transaction ends, so its session does.
            run("SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity WHERE application_name = 'library'");
          }
          run("UPDATE online_migration_backfill_state SET lease_until = now() - interval '1 second'");
          CHECK(backfill_runner<backwards_name>{source, options()}.run().finished());
          run("UPDATE people SET name = 'later' WHERE id = 9");
          taken = true;
        },
        2);
    CHECK_THROWS_AS(fill(), lost_lease);
    CHECK(taken);
    CHECK(ask(done) == "100");
    CHECK(ask(waiting) == "1");
    around.before = [](const statement&) {};
    CHECK(fill().finished());
    CHECK(ask(done) == "101");
    CHECK(ask(wrong) == "0");
  }
}

TEST_CASE_FIXTURE(draining, "killed at any statement of a drain, it goes on, and no entry is counted twice or lost") {
  finish_walk();
  std::set<std::string> seen;
  // Which statements a drain has, in their order.
  around.before = [&](const statement& what) { seen.insert(std::string{what.name}); };
  run("UPDATE people SET name = 'y' || id WHERE id <= 30");
  CHECK(fill().finished());
  around.before = [](const statement&) {};
  CHECK(seen.count("dirty_read") == 1);
  std::int64_t settled = 30;
  for (const std::string& where : seen) {
    for (bool after : {false, true}) {
      // The short run has every statement from one side.
      if (!thorough() && after != (std::distance(seen.begin(), seen.find(where)) % 2 == 0)) continue;
      INFO(where << (after ? " after" : " before"));
      run("UPDATE people SET name = name || '.' WHERE id <= 30");
      settled += 30;
      bool killed = false;
      auto kill = [&] {
        killed = true;
        run("SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity WHERE application_name = 'library'");
      };
      if (after) {
        around.once_after(where, kill, 2);
      } else {
        around.once_before(where, kill, 2);
      }
      CHECK(fill().finished());
      around = hooks{};
      CHECK(ask(wrong) == "0");
      CHECK(ask(waiting) == "0");
      CHECK(ask(done) == std::to_string(settled));
    }
  }
}

TEST_CASE_FIXTURE(draining, "a pause keeps the queue as it is until resume") {
  finish_walk();
  run("UPDATE people SET name = 'x' || id");
  tools.request_pause<backwards_name>();
  CHECK_FALSE(fill().finished());
  CHECK(ask(waiting) == "100");
  tools.resume<backwards_name>();
  backfill_options some = options();
  std::stop_source stop;
  some.on_progress = [&](const backfill_progress& now) {
    if (now.dirty_done >= 30) stop.request_stop();
  };
  CHECK_FALSE(fill(some, stop.get_token()).finished());
  CHECK(ask(done) == "30");
  CHECK(fill().finished());
  CHECK(ask(done) == "100");
}

TEST_CASE_FIXTURE(draining, "stopped after the walk and before the end of the queue, the run stays in backfill") {
  backfill_options some = options();
  std::stop_source stop;
  around.before = [&](const statement& what) {
    if (what.name == std::string_view{"advance"} && count("SELECT chunks FROM online_migration_backfill_state") == 9) {
      run("UPDATE people SET name = 'x' || id WHERE id <= 80");
      stop.request_stop();
    }
  };
  CHECK_FALSE(fill(some, stop.get_token()).finished());
  CHECK(ask("SELECT finished FROM online_migration_backfill_state") == "t");
  CHECK(tools.phase<backwards_name>() == phase::backfill);
  around.before = [](const statement&) {};
  CHECK(fill().finished());
  CHECK(ask(wrong) == "0");
  CHECK(tools.phase<backwards_name>() == phase::validate);
}

TEST_CASE_FIXTURE(draining, "writers in the middle of a transaction are not waited for by the drain") {
  finish_walk();
  connection writer = somebody("writer");
  script(writer, "BEGIN; INSERT INTO people VALUES (200, 'x'); UPDATE people SET name = 'slow' WHERE id = 5");
  run("UPDATE people SET name = 'quick' WHERE id = 6");
  CHECK(fill().finished());
  CHECK(name_back(6) == "kciuq");
  script(writer, "COMMIT");
  CHECK(fill().finished());
  CHECK(ask(wrong) == "0");
}

TEST_CASE_FIXTURE(draining, "in a deadlock between the application and a drain, the application never dies") {
  finish_walk();
  run("UPDATE people SET name = 'first' || id WHERE id IN (4, 5)");
  connection writer = somebody("writer");
  script(writer, "BEGIN; UPDATE people SET name = 'second' WHERE id = 5");
  std::jthread other;
  around.once_before("client_write_back", [&] {
    // It holds row 5 and will want row 4, which the drain locks first.
    other = std::jthread{[&] {
      until_blocked("library");
      CHECK_NOTHROW(script(writer, "UPDATE people SET name = 'second' WHERE id = 4; COMMIT"));
    }};
  });
  CHECK(fill().finished());
  other.join();
  CHECK(fill().finished());
  CHECK(ask(wrong) == "0");
}

TEST_CASE_FIXTURE(draining,
                  "expand_contract drains before parity and before contract-ready, beside writers of the old ways") {
  std::atomic<bool> stop = false;
  std::atomic<int> writes = 0;
  std::jthread writer{[&] {
    connection mine = somebody();
    while (!stop) {
      int n = ++writes;
      script(mine,
             "UPDATE people SET name = 'turn ' || " + std::to_string(n) + " WHERE id = " + std::to_string(1 + n % 100));
      std::this_thread::sleep_for(20ms);
    }
  }};
  expand_contract_options some;
  some.backfill = options();
  some.parity.range_rows = 20;
  auto result = om::expand_contract<backwards_name>{source, some}.run();
  stop = true;
  writer.join();
  CHECK(result.reached == phase::contract_ready);
  CHECK(result.parity->mismatches == 0);
  CHECK(writes > 2);
  CHECK(om::expand_contract<backwards_name>{source, some}.run().reached == phase::contract_ready);
  CHECK(ask(waiting) == "0");
  CHECK(ask(wrong) == "0");
}

TEST_CASE_FIXTURE(draining, "a run without the queue has none to drain") {
  run("TRUNCATE online_migration_runs CASCADE; DROP TABLE people");
  run(make_people);
  expand<backwards_name>(tools, {.all_writers = all_writers_dual_write});
  backfill_options some = options();
  CHECK(says(caught<refused>([&] { fill(some); }), "pass om::all_writers_dual_write"));
  some.all_writers = all_writers_dual_write;
  run("INSERT INTO online_migration_dirty_keys (migration, key) VALUES ('backwards-name', '{7}')");
  CHECK(fill(some).finished());
  CHECK(tools.progress<backwards_name>()->dirty_keys == 0);
  CHECK(ask(waiting) == "1");
}
