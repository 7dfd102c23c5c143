// SPDX-License-Identifier: BSL-1.0
// What others do between two statements of a chunk. Each of these has lost a write in some tool, or would in this one
// if a mechanism was taken away. At the end every row has to be right by SQL that has nothing to do with the library's.
#include <atomic>
#include <string>
#include <thread>

#include "support/hooked_database.hpp"
#include "support/lab.hpp"

using namespace test;

namespace {

struct busy : lab {
  hooks around;
  hooked_database hooked{around};

  busy() {
    tools.ensure_state_tables();
    run(make_people);
    run("INSERT INTO people SELECT g, '  Ada ' || g FROM generate_series(1, 100) AS g");
  }

  backfill_result fill() {
    backfill_options some;
    some.chunk = fixed_chunk(10);
    some.retry = hasty;
    return backfill_runner<lower_name, hooked_database>{hooked, some}.run();
  }

  /// To the end, with a proof by the library and one by SQL.
  void fill_and_check() {
    CHECK(fill().finished());
    CHECK(ask(wrong_people) == "0");
    CHECK(parity_checker<lower_name>{source}.check_all().mismatches == 0);
  }
};

}  // namespace

TEST_CASE_FIXTURE(busy, "a row that is inserted below the chunk's bound and committed after the chunk") {
  connection writer = somebody();
  SUBCASE("during the walk") {
    expand<lower_name>(tools);
    around.once_before("backfill_bound_first", [&] { script(writer, "BEGIN; INSERT INTO people VALUES (0, 'LATE')"); });
    around.once_after(
        "commit", [&] { script(writer, "COMMIT"); }, 8);
    fill_and_check();
  }
  SUBCASE("since before expand, which waits for it") {
    script(writer, "BEGIN; INSERT INTO people VALUES (0, 'LATE')");
    database library{"application_name=library"};
    toolkit own{library, {hasty, 100ms}};
    std::jthread beginning{[&] { expand<lower_name>(own); }};
    until_blocked("library");
    CHECK_FALSE(tools.phase<lower_name>().has_value());
    script(writer, "COMMIT");
    beginning.join();
    fill_and_check();
  }
  CHECK(ask("SELECT name_lower FROM people WHERE id = 0") == "late");
}

TEST_CASE_FIXTURE(
    busy,
    "a row that a writer changes while the chunk waits for it: the chunk takes the new value, not the one it saw") {
  expand<lower_name>(tools);
  connection writer = somebody();
  std::jthread ends;
  around.once_before("backfill_chunk_first", [&] {
    script(writer, "BEGIN; UPDATE people SET name = 'FRESH' WHERE id = 5");
    ends = std::jthread{[&] {
      until_blocked("library");
      script(writer, "COMMIT");
    }};
  });
  fill_and_check();
  ends.join();
  CHECK(ask("SELECT name_lower FROM people WHERE id = 5") == "fresh");
}

TEST_CASE_FIXTURE(busy, "without a trigger, the chunk recomputes from the row as it is under its own lock") {
  expand<lower_name>(tools, {.all_writers = all_writers_dual_write});
  connection writer = somebody();
  std::jthread ends;
  around.once_before("backfill_chunk_first", [&] {
    script(
        writer,
        "BEGIN; UPDATE people SET name = 'FRESH', name_lower = 'fresh' WHERE id = 5; UPDATE people SET name = 'OLD WAYS' WHERE id = 6");
    ends = std::jthread{[&] {
      until_blocked("library");
      script(writer, "COMMIT");
    }};
  });
  backfill_options some;
  some.chunk = fixed_chunk(10);
  some.retry = hasty;
  some.all_writers = all_writers_dual_write;
  CHECK(backfill_runner<lower_name, hooked_database>{hooked, some}.run().finished());
  ends.join();
  CHECK(ask(wrong_people) == "0");
  CHECK(ask("SELECT string_agg(name_lower, ',' ORDER BY id) FROM people WHERE id IN (5, 6)") == "fresh,old ways");
}

TEST_CASE_FIXTURE(busy, "a row that stays locked for longer than a chunk waits is tried again, not skipped") {
  expand<lower_name>(tools);
  connection writer = somebody();
  std::atomic<int> refusals = 0;
  around.once_before("backfill_chunk_first",
                     [&] { script(writer, "BEGIN; SELECT * FROM people WHERE id = 5 FOR UPDATE"); });
  around.after = [&](const statement& what) {
    // Every try of the chunk begins with the fence; the writer lets go at the fifth.
    if (what.name == std::string_view{"fence"} && ++refusals == 5) script(writer, "COMMIT");
  };
  backfill_result result = fill();
  CHECK(result.finished());
  CHECK(result.retries >= 2);
  CHECK(ask(wrong_people) == "0");
  CHECK(ask("SELECT rows_done || ' ' || rows_changed FROM online_migration_backfill_state") == "100 100");
}

TEST_CASE_FIXTURE(busy, "in a deadlock between the application and a chunk, the application never dies") {
  // The application has row 7 and waits for row 3, since before the chunk, which has row 3, comes to row 7. So it is
  // the application's server process that would look for a deadlock first, and end its own transaction.
  run("CREATE FUNCTION slow() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN PERFORM pg_sleep(0.4); RETURN NEW; END';"
      "CREATE TRIGGER slow BEFORE UPDATE ON people FOR EACH ROW WHEN (NEW.id = 5) EXECUTE FUNCTION slow()");
  expand<lower_name>(tools, {.acknowledged = {risk::user_triggers}});
  connection writer = somebody("writer");
  std::jthread crossing;
  std::atomic<bool> survived = false;
  around.once_before("backfill_chunk_first", [&] {
    script(writer, "BEGIN; UPDATE people SET name = 'SEVEN' WHERE id = 7");
    crossing = std::jthread{[&] {
      eventually([&] { return ask("SELECT count(*) FROM pg_stat_activity WHERE wait_event = 'PgSleep'") == "1"; });
      try {
        script(writer, "UPDATE people SET name = 'THREE' WHERE id = 3; COMMIT");
        survived = true;
      } catch (const error& problem) {
        MESSAGE(std::string{problem.what()});
      }
    }};
  });
  fill_and_check();
  crossing.join();
  CHECK(survived);
  CHECK(ask("SELECT string_agg(name_lower, ',' ORDER BY id) FROM people WHERE id IN (3, 7)") == "three,seven");
}

TEST_CASE_FIXTURE(busy, "a key that changes while the walk is on: the row is neither lost nor doubled") {
  expand<lower_name>(tools);
  int chunks = 0;
  around.before = [&](const statement& what) {
    if (what.name != std::string_view{"fence"} || ++chunks != 5) return;
    run("UPDATE people SET id = -id WHERE id BETWEEN 60 AND 65;"  // from ahead of the cursor to behind it
        "UPDATE people SET id = id + 1000, name = 'MOVED ' || id WHERE id < 5;"  // from behind it to ahead, past the
                                                                                 // end
        "UPDATE people SET id = id + 50000, name_lower = NULL WHERE id = 100");  // the end of the walk itself
  };
  fill_and_check();
  CHECK(ask("SELECT count(*) || ' ' || count(name_lower) FROM people") == "100 100");
}

TEST_CASE_FIXTURE(busy, "a BEFORE trigger of the table's own changes the source of a statement that does not name it") {
  run("CREATE FUNCTION stamp() RETURNS trigger LANGUAGE plpgsql AS $$BEGIN IF NEW.id % 2 = 0 THEN NEW.name := 'STAMPED ' || NEW.id; END IF; RETURN NEW; END$$;"
      "CREATE TRIGGER zz_stamp BEFORE INSERT OR UPDATE ON people FOR EACH ROW EXECUTE FUNCTION stamp()");
  expand<lower_name>(tools, {.acknowledged = {risk::user_triggers}});
  around.once_before(
      "fence", [&] { run("UPDATE people SET id = id WHERE id IN (2, 90); INSERT INTO people VALUES (-2, 'x')"); }, 5);
  CHECK(fill().finished());
  CHECK(ask(wrong_people) == "0");
  CHECK(ask("SELECT string_agg(name_lower, ',' ORDER BY id) FROM people WHERE id IN (-2, 2, 90)") ==
        "stamped -2,stamped 2,stamped 90");
}

TEST_CASE_FIXTURE(busy, "INSERT … ON CONFLICT DO UPDATE with what the trigger made of the proposed row") {
  expand<lower_name>(tools);
  around.once_before(
      "fence",
      [&] {
        run("INSERT INTO people VALUES (7, 'YY') ON CONFLICT (id) DO UPDATE SET name_lower = excluded.name_lower;"
            "INSERT INTO people VALUES (8, 'YY') ON CONFLICT (id) DO UPDATE SET name = excluded.name;"
            "INSERT INTO people VALUES (95, 'ZZ') ON CONFLICT (id) DO UPDATE SET name_lower = excluded.name_lower");
      },
      5);
  fill_and_check();
  CHECK(ask("SELECT string_agg(name_lower, ',' ORDER BY id) FROM people WHERE id IN (7, 8, 95)") == "ada 7,yy,ada 95");
}

TEST_CASE_FIXTURE(busy, "what is written as a replica fires the trigger too") {
  expand<lower_name>(tools);
  around.once_before(
      "fence",
      [&] {
        run("SET session_replication_role = replica; INSERT INTO people VALUES (-1, 'REPLICATED'); UPDATE people SET name = 'APPLIED' WHERE id = 7;"
            "RESET session_replication_role");
      },
      5);
  fill_and_check();
  CHECK(ask("SELECT string_agg(name_lower, ',' ORDER BY id) FROM people WHERE id IN (-1, 7)") == "replicated,applied");
}

TEST_CASE_FIXTURE(busy, "an old client deletes and inserts again, copies, and writes what is there already") {
  expand<lower_name>(tools);
  around.once_before(
      "fence",
      [&] {
        run("DELETE FROM people WHERE id IN (3, 80); INSERT INTO people VALUES (3, 'THREE'), (80, 'EIGHTY');"
            "COPY people (id, name) FROM PROGRAM 'printf \"%s\\t COPIED \\n\" -7';"
            "UPDATE people SET name = name, name_lower = name_lower WHERE id = 70;"
            "UPDATE people SET name_lower = 'by hand' WHERE id IN (4, 90)");
      },
      5);
  fill_and_check();
  CHECK(ask("SELECT string_agg(name_lower, ',' ORDER BY id) FROM people WHERE id IN (-7, 3, 70, 80)") ==
        "copied,three,ada 70,eighty");
}

TEST_CASE_FIXTURE(busy, "what comes in past the trigger is found by parity, and a second walk mends it") {
  expand<lower_name>(tools);
  around.once_before(
      "fence",
      [&] {
        run("ALTER TABLE people DISABLE TRIGGER USER; INSERT INTO people VALUES (-1, 'UNSEEN'); UPDATE people SET name = 'UNSEEN' WHERE id = 7;"
            "ALTER TABLE people ENABLE ALWAYS TRIGGER \"~om_sync_lower-name\"");
      },
      5);
  CHECK(fill().finished());
  CHECK(parity_checker<lower_name>{source}.check_all().mismatches == 2);
  CHECK(says(caught<refused>([&] { tools.mark_phase<lower_name>(phase::contract_ready); }), "found 2 mismatches"));
  tools.mark_phase<lower_name>(phase::backfill);
  around.before = [](const statement&) {};
  CHECK(fill().progress.rows_changed == 2);
  CHECK(says(caught<refused>([&] { tools.mark_phase<lower_name>(phase::contract_ready); }), "No full parity pass"));
  CHECK(parity_checker<lower_name>{source}.check_all().mismatches == 0);
  tools.mark_phase<lower_name>(phase::contract_ready);
}

TEST_CASE_FIXTURE(busy, "writers of every kind the whole time, and none of them fails") {
  expand<lower_name>(tools);
  std::vector<std::jthread> writers;
  std::atomic<int> writes = 0;
  std::atomic<int> failures = 0;
  for (int seed = 0; seed < 3; ++seed) {
    writers.emplace_back([&, seed](const std::stop_token& stop) {
      connection own = somebody("writer");
      dual_writer<lower_name> dual{own};
      unsigned number = static_cast<unsigned>(seed);
      while (!stop.stop_requested()) {
        number = number * 1664525u + 1013904223u;
        std::int64_t id = (number >> 8) % 130;
        std::string text = std::to_string(id);
        std::string other = std::to_string((number >> 20) % 130);
        try {
          switch (number >> 29) {
            case 0:
              dual.update(key(id), set<"name">("DUAL"));
              break;
            case 1:
              dual.upsert(key(id), set<"name">("UPSERTED"));
              break;
            case 2:
              dual.erase(key(id));
              break;
            case 3:
              script(own, "DELETE FROM people WHERE id = " + text + "; INSERT INTO people VALUES (" + text +
                              ", 'AGAIN') ON CONFLICT DO NOTHING");
              break;
            case 4:
              script(own, "UPDATE people SET id = -1 - id WHERE id = " + text +
                              " AND NOT EXISTS (SELECT FROM people WHERE id = -1 - " + text + ")");
              break;
            default:
              script(own, "UPDATE people SET name = 'LEGACY' WHERE id IN (" + text + ", " + other + ")");
          }
          ++writes;
        } catch (const statement_error& problem) {
          // Writers that take two rows in any order can end in a deadlock with each other, or meet at a key; never with
          // us.
          if (problem.sqlstate() != "40P01" && problem.sqlstate() != "23505") ++failures;
        }
      }
    });
  }
  for (int walk = 0; walk < 4; ++walk) {
    CHECK(fill().finished());
    CHECK(parity_checker<lower_name>{source}.check_all().mismatches == 0);
    tools.mark_phase<lower_name>(phase::backfill);
  }
  eventually([&] { return writes > 100; });
  writers.clear();
  CHECK(failures == 0);
  CHECK(fill().finished());
  CHECK(ask(wrong_people) == "0");
}
