// SPDX-License-Identifier: BSL-1.0
// Stripes and walks by blocks: every row is right and is counted once, whatever happens in the middle of a span; and
// which of them a runner chooses.
#include <algorithm>
#include <csignal>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

#include "support/child.hpp"
#include "support/hooked_database.hpp"
#include "support/lab.hpp"

using namespace test;

namespace {

/// Counts what is sent in how many round trips, each of which takes some time more.
struct trips {
  std::chrono::milliseconds way{0};
  int with_chunks = 0;
  int without = 0;
  int chunks = 0;
  int most_chunks = 0;  ///< in one
  std::function<void(int chunks)> before = [](int) {};
};

class counted_connection {
 public:
  counted_connection(connection inner, trips& counted) : inner_{std::move(inner)}, counted_{&counted} {}

  result execute(const statement& what, std::span<const parameter> parameters = {},
                 result_format format = result_format::text) {
    ++counted_->without;
    return inner_.execute(what, parameters, format);
  }
  std::vector<result> execute_together(std::span<const call> calls) {
    const auto chunks = static_cast<int>(
        std::count_if(calls.begin(), calls.end(), [](const call& each) { return name_of(each) == "advance"; }));
    counted_->before(chunks);
    counted_->chunks += chunks;
    counted_->most_chunks = std::max(counted_->most_chunks, chunks);
    ++(chunks > 0 ? counted_->with_chunks : counted_->without);
    std::this_thread::sleep_for(counted_->way);
    return inner_.execute_together(calls);
  }
  result execute_prepared(const statement& what, std::span<const parameter> parameters = {},
                          result_format format = result_format::text) {
    return execute(what, parameters, format);
  }
  void run_script(const statement& what) { inner_.run_script(what); }
  void set_deadline(std::chrono::milliseconds limit) { inner_.set_deadline(limit); }
  const server_facts& facts() { return inner_.facts(); }
  bool is_pooled() { return inner_.is_pooled(); }
  int backend_pid() { return inner_.backend_pid(); }
  [[nodiscard]] std::string_view server_encoding() const { return inner_.server_encoding(); }
  [[nodiscard]] bool in_transaction() const { return inner_.in_transaction(); }
  [[nodiscard]] bool usable() const { return inner_.usable(); }

 private:
  static std::string_view name_of(const call& each) { return each.what.name; }

  connection inner_;
  trips* counted_;
};

class counted_database {
 public:
  explicit counted_database(trips& counted) : counted_{&counted} {}
  [[nodiscard]] counted_connection connect() const { return {inner_.connect(), *counted_}; }

 private:
  database inner_{"application_name=library"};
  trips* counted_;
};

/// The rows of the chunks that an observer was told of.
struct rows_told {
  std::int64_t rows = 0;
  std::int64_t changed = 0;
  void on(const chunk_event& chunk) {
    rows += chunk.rows;
    changed += chunk.rows_changed;
  }
};

const char* state =
    "SELECT format('%s done, %s changed, %s', rows_done, rows_changed, CASE WHEN finished THEN 'finished' ELSE 'open' END) "
    "FROM online_migration_backfill_state";
const char* all_done = "1000 done, 1000 changed, finished";

/// By blocks a row that moves is counted where it is met, so perhaps twice or never; what was changed is exact.
const char* nearly_done =
    "SELECT abs(rows_done - 1000) <= 40 AND rows_changed = 1000 AND finished FROM online_migration_backfill_state";

struct striping : lab {
  hooks around;
  hooked_database hooked{around};

  /// Pages of about fifteen rows, without room.
  striping() {
    tools.ensure_state_tables();
    run(make_people);
    run("ALTER TABLE people ADD COLUMN about text");
    more_people(1000);
  }

  void more_people(int count) {
    run("INSERT INTO people SELECT g, '  Ada ' || g, repeat('x', 450) FROM generate_series(1, " +
        std::to_string(count) + ") AS g ON CONFLICT DO NOTHING");
  }

  /// As after expand, in the phase backfill.
  void begin_anew() {
    tools.mark_phase<lower_name>(phase::backfill);
    run("TRUNCATE people; ALTER TABLE people DISABLE TRIGGER USER");
    more_people(1000);
    run("ALTER TABLE people ENABLE ALWAYS TRIGGER \"~om_sync_lower-name\"");
  }

  backfill_options options(walk_by walk, int stripes = 8, int rows = 20) {
    backfill_options some;
    some.walk = walk;
    some.stripes = stripes;
    some.chunk = fixed_chunk(rows);
    some.retry = hasty;
    return some;
  }

  void check_done(walk_by walk) {
    if (walk == walk_by::keys) {
      CHECK(ask(state) == all_done);
    } else {
      INFO(ask(state));
      CHECK(ask(nearly_done) == "t");
    }
    CHECK(ask(wrong_people) == "0");
  }

  /// Rows of the chunk behind the next two, and others that are not in these two: the first sixteenth of the stripe,
  /// and by blocks the part whose turn it is.
  static std::string third(walk_by walk) {
    if (walk == walk_by::keys) return "(SELECT 2 * (stripe + 2) + 1 FROM online_migration_backfill_state)";
    const std::string of_state =
        " FROM online_migration_backfill_state, LATERAL (SELECT coalesce(cursor[1]::int, -1) + 1 AS first) AS f, "
        "LATERAL (SELECT span_end[1]::int - first + 1 AS blocks) AS b, LATERAL (SELECT least(4, blocks) AS parts) AS p)";
    return "(SELECT (stripe + 2) / parts * 2 + ((stripe + 2) / parts >= 2)::int" + of_state +
           " AND (SELECT (people.ctid::text::point)[0] - first >= blocks * ((stripe + 2) % parts) / parts" + of_state;
  }

  backfill_result fill(backfill_options some) {
    return backfill_runner<lower_name, hooked_database>{hooked, std::move(some)}.run();
  }

  void before_each_chunk(std::function<void(int chunk)> action) {
    around.before = [action = std::move(action), chunks = 0](const statement& what) mutable {
      if (what.name == std::string_view{"fence"}) action(++chunks);
    };
  }

  /// Does something once, in the middle of a span: before the n-th chunk, when nothing of it is locked.
  void before_chunk(int nth, std::function<void()> action) {
    around.before = [nth, action = std::move(action), chunks = 0](const statement& what) mutable {
      if (what.name == std::string_view{"fence"} && ++chunks == nth) action();
    };
  }
};

}  // namespace

TEST_CASE_FIXTURE(striping, "by stripes every row is changed and counted once, and most updates stay on their page") {
  expand<lower_name>(tools);
  for (walk_by walk : {walk_by::keys, walk_by::blocks}) {
    CAPTURE(static_cast<int>(walk));
    backfill_result result = fill(options(walk));
    CHECK(result.finished());
    check_done(walk);
    CHECK(count("SELECT chunks FROM online_migration_backfill_state") >= 48);
    REQUIRE(result.progress.hot_share.has_value());
    CHECK(*result.progress.hot_share > 0.6);
    CHECK(result.progress.strategy == (walk == walk_by::keys
                                           ? "striped keys, 8 stripes by bits: the options ask for it"
                                           : "striped blocks, 8 stripes by bits: the options ask for it"));
    if (walk == walk_by::keys) {
      tools.mark_phase<lower_name>(phase::backfill);
      run("ALTER TABLE people DISABLE TRIGGER USER; UPDATE people SET name_lower = NULL; ALTER TABLE people ENABLE ALWAYS TRIGGER \"~om_sync_lower-name\"");
      run("TRUNCATE people");
      run("ALTER TABLE people DISABLE TRIGGER USER");
      more_people(1000);
      run("ALTER TABLE people ENABLE ALWAYS TRIGGER \"~om_sync_lower-name\"");
    }
  }
}

TEST_CASE_FIXTURE(striping, "a chunk leaves the count of its rows to the server once that was right") {
  expand<lower_name>(tools);
  int noted = 0;
  int unnoted = 0;
  std::function<void(int unnoted)> meanwhile = [](int) {};
  around.before = [&](const statement& what) {
    meanwhile(unnoted);
    noted += what.name == std::string_view{"block_chunk"} ? 1 : 0;
    unnoted += what.name == std::string_view{"unnoted_block_chunk"} ? 1 : 0;
  };
  auto touches = [&](const char* which) {
    run("CREATE FUNCTION touch() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN UPDATE public.people SET about = about WHERE id = " +
        std::string{which} + "; RETURN NULL; END $$");
  };
  const char* touch =
      "CREATE TRIGGER touch AFTER UPDATE ON people FOR EACH ROW WHEN (pg_trigger_depth() = 0) EXECUTE FUNCTION touch()";
  std::string changed = "1000";
  rows_told told;
  backfill_options some = options(walk_by::blocks);
  some.observer = told;
  auto fill_all = [&] {
    CHECK(fill(some).finished());
    CHECK(ask(wrong_people) == "0");
    CHECK(std::to_string(told.changed) == changed);
  };
  SUBCASE("all the rows") {
    fill_all();
    check_done(walk_by::blocks);
    CHECK(noted == 1);
    CHECK(unnoted > 40);
  }
  SUBCASE("rows that are right already") {
    run("UPDATE people SET name_lower = 'ada ' || id WHERE id % 2 = 0");
    changed = "500";
    fill_all();
    CHECK(ask("SELECT rows_changed FROM online_migration_backfill_state") == changed);
    CHECK(unnoted > 20);
  }
  SUBCASE("a trigger of the user's updates the same table: what it does is not the chunk's") {
    touches("1001");
    more_people(1001);
    run(touch);
    fill_all();
    CHECK(ask("SELECT rows_changed FROM online_migration_backfill_state") == changed);
    CHECK(unnoted == 0);
  }
  SUBCASE("one that comes later is noticed") {
    touches("1001");
    more_people(1001);
    meanwhile = [&, made = false](int so_far) mutable {
      if (so_far == 9 && !std::exchange(made, true)) run(touch);
    };
    fill_all();
    CHECK(unnoted <= 10);
    CHECK(noted > 40);
  }
  SUBCASE("rows of a table that inherits are counted with it, not with this one") {
    run("CREATE TABLE more_people () INHERITS (people)");
    run("INSERT INTO more_people (id, name) SELECT g, 'Ada ' || g FROM generate_series(1001, 1500) AS g");
    some.walk = walk_by::keys;
    changed = "1500";
    fill_all();
    CHECK(ask("SELECT rows_changed FROM online_migration_backfill_state") == changed);
    run("DROP TABLE more_people");
  }
  SUBCASE("the server does not count") {
    const std::string here = "ALTER DATABASE " + ask("SELECT quote_ident(current_database())");
    run(here + " SET track_counts = off");
    fill_all();
    run(here + " RESET track_counts");
    CHECK(ask("SELECT rows_changed FROM online_migration_backfill_state") == changed);
    CHECK(unnoted == 0);
  }
}

TEST_CASE_FIXTURE(striping, "a chunk is one round trip at the most, its span's bound included") {
  more_people(4000);
  expand<lower_name>(tools);
  for (walk_by walk : {walk_by::keys, walk_by::blocks}) {
    for (int stripes : {1, 8}) {
      CAPTURE(stripes);
      tools.mark_phase<lower_name>(phase::backfill);
      trips counted;
      counted_database there{counted};
      backfill_runner<lower_name, counted_database> runner{there, options(walk, stripes)};
      CHECK(runner.run().finished());
      CHECK(counted.chunks >= 48);
      CHECK(counted.with_chunks <= counted.chunks);
      // What else there is at the beginning and at the end does not depend on the rows.
      CHECK(counted.without < 80);
      trips again;
      counted_database here{again};
      tools.mark_phase<lower_name>(phase::backfill);
      backfill_runner<lower_name, counted_database> larger{here, options(walk, stripes, 40)};
      CHECK(larger.run().finished());
      CHECK(again.chunks < counted.chunks);
      CHECK(std::abs(again.without - counted.without) <= 4);
    }
  }
}

TEST_CASE_FIXTURE(striping,
                  "updates stay on their page though transactions of others are open whenever a stripe ends") {
  more_people(4000);
  expand<lower_name>(tools);
  // Each outlives the chunk that it was begun before, and two more.
  std::vector<connection> others;
  for (int i = 0; i < 3; ++i) others.push_back(somebody());
  before_each_chunk([&](int chunk) {
    connection& other = others[static_cast<std::size_t>(chunk % 3)];
    script(other, "COMMIT");
    script(other, "BEGIN; SELECT pg_current_xact_id()");
  });
  backfill_result result = fill(options(walk_by::blocks));
  CHECK(result.finished());
  REQUIRE(result.progress.hot_share.has_value());
  CHECK(*result.progress.hot_share > 0.6);
  CHECK(ask(wrong_people) == "0");
}

TEST_CASE_FIXTURE(striping, "behind a long way stripes are sent together, each a transaction of its own") {
  expand<lower_name>(tools);
  for (walk_by walk : {walk_by::keys, walk_by::blocks}) {
    CAPTURE(static_cast<int>(walk));
    begin_anew();
    trips far{20ms};
    counted_database there{far};
    backfill_options some = options(walk);
    rows_told told;
    some.observer = told;
    CHECK(backfill_runner<lower_name, counted_database>{there, some}.run().finished());
    CHECK(far.most_chunks == 4);
    CHECK(far.with_chunks * 2 < far.chunks);
    CHECK(ask("SELECT chunks FROM online_migration_backfill_state") == std::to_string(far.chunks));
    CHECK(count("SELECT count(DISTINCT xmin::text) FROM people") > far.chunks / 2);
    CHECK(count("SELECT rows_done FROM online_migration_backfill_state") == told.rows);
    check_done(walk);

    begin_anew();
    trips braked{20ms};
    counted_database slow{braked};
    some.throttle.sleep = 1ms;
    CHECK(backfill_runner<lower_name, counted_database>{slow, some}.run().finished());
    CHECK(braked.most_chunks == 1);
  }
}

TEST_CASE_FIXTURE(
    striping,
    "of stripes that are sent together one runs into a lock: those before it are done, and all counted once") {
  expand<lower_name>(tools);
  for (walk_by walk : {walk_by::keys, walk_by::blocks}) {
    CAPTURE(static_cast<int>(walk));
    begin_anew();
    connection holder = somebody();
    const std::string chunks = "SELECT chunks FROM online_migration_backfill_state";
    std::int64_t done = 0;
    trips far{20ms};
    far.before = [&, times = 0](int together) mutable {
      if (together < 4 && times == 0) return;
      if (++times == 1) {
        done = count(chunks);
        script(holder,
               "BEGIN; SELECT 1 FROM people WHERE name_lower IS NULL AND id & 15 = " + third(walk) + " FOR UPDATE");
      } else if (times == 2) {
        done = count(chunks) - done;
        script(holder, "ROLLBACK");
      }
    };
    counted_database there{far};
    backfill_result result = backfill_runner<lower_name, counted_database>{there, options(walk)}.run();
    CHECK(result.finished());
    CHECK(result.retries == 1);
    CHECK(done == 2);
    check_done(walk);
  }
}

TEST_CASE_FIXTURE(striping, "killed in the middle of a span, it goes on at its next stripe") {
  expand<lower_name>(tools);
  for (walk_by walk : {walk_by::keys, walk_by::blocks}) {
    for (const char* where : {"advance", "commit"}) {
      CAPTURE(where);
      begin_anew();
      child victim{[&] {
        int chunks = 0;
        around.after = [&](const statement& what) {
          if (what.name == std::string_view{"advance"}) ++chunks;
          if (chunks == 12 && what.name == std::string_view{where}) raise(SIGKILL);
        };
        fill(options(walk));
      }};
      CHECK(victim.end() == -SIGKILL);
      eventually(
          [&] { return ask("SELECT count(*) FROM pg_stat_activity WHERE application_name = 'library'") == "0"; });
      CHECK(count("SELECT chunks FROM online_migration_backfill_state") ==
            (where == std::string_view{"commit"} ? 12 : 11));
      CHECK(count("SELECT stripe FROM online_migration_backfill_state") > 0);
      CHECK(ask("SELECT rows_changed = (SELECT count(*) FROM people WHERE name_lower IS NOT NULL) "
                "FROM online_migration_backfill_state") == "t");
      CHECK(fill(options(walk, 2)).finished());  // whatever the next runner prefers, the span is ended as it was begun
      check_done(walk);
    }
  }
}

TEST_CASE_FIXTURE(striping, "a table that is written to another file is walked from its beginning") {
  expand<lower_name>(tools);
  before_chunk(20, [&] { run("VACUUM FULL people"); });
  std::string file = ask("SELECT pg_relation_filenode('people')");
  CHECK(fill(options(walk_by::blocks)).finished());
  CHECK(ask("SELECT pg_relation_filenode('people')") != file);
  CHECK(ask("SELECT file_node = pg_relation_filenode('people') FROM online_migration_backfill_state") == "t");
  CHECK(ask("SELECT abs(rows_done - 1000) <= 40 AND finished FROM online_migration_backfill_state") == "t");
  CHECK(ask(wrong_people) == "0");
}

TEST_CASE_FIXTURE(striping, "rows that move while it walks by blocks are right in the end, before and behind it") {
  expand<lower_name>(tools);
  int chunks = 0;
  around.before = [&](const statement& what) {
    if (what.name != std::string_view{"fence"}) return;
    ++chunks;
    // Longer, so that they do not stay where they were; by a writer who knows the old column only.
    std::string some = std::to_string(chunks % 7);
    run("UPDATE people SET about = about || repeat('y', 300), name = name || '!' WHERE id % 7 = " + some +
        " AND id % 50 = " + std::to_string(chunks % 50) + "; DELETE FROM people WHERE id = " +
        std::to_string(chunks * 9) + "; INSERT INTO people VALUES (" + std::to_string(2000 + chunks) + ", 'New', 'x')");
  };
  CHECK(fill(options(walk_by::blocks)).finished());
  CHECK(chunks > 40);
  CHECK(ask(wrong_people) == "0");
}

TEST_CASE_FIXTURE(striping, "a span whose stripe runs into a lock is given up for smaller ones, and counted once") {
  expand<lower_name>(tools);
  for (walk_by walk : {walk_by::keys, walk_by::blocks}) {
    CAPTURE(static_cast<int>(walk));
    begin_anew();
    connection holder = somebody();
    int chunks = 0;
    std::string stripe;
    around.before = [&](const statement& what) {
      if (what.name != std::string_view{"fence"}) return;
      ++chunks;
      if (chunks == 12) {
        stripe = ask("SELECT stripe FROM online_migration_backfill_state");
        script(holder, "BEGIN; SELECT 1 FROM people WHERE name_lower IS NULL ORDER BY id LIMIT 100 FOR UPDATE");
      }
      if (chunks == 15) script(holder, "ROLLBACK");
    };
    backfill_result result = fill(options(walk));
    CHECK(result.finished());
    CHECK(result.retries > 0);
    CHECK(stripe != "0");
    check_done(walk);
  }
}

TEST_CASE_FIXTURE(striping, "by blocks only where the trigger keeps every write right") {
  auto walked = [&](walk_by walk, int stripes = 1) {
    CHECK(fill(options(walk, stripes)).finished());
    CHECK(ask(wrong_people) == "0");
    return ask("SELECT walk FROM online_migration_backfill_state ORDER BY run_id DESC LIMIT 1");
  };
  SUBCASE("it is in force") {
    expand<lower_name>(tools);
    CHECK(walked(walk_by::blocks) == "blocks");
    tools.mark_phase<lower_name>(phase::backfill);
    CHECK(walked(walk_by::keys) == "keys");
    tools.mark_phase<lower_name>(phase::backfill);
    CHECK(walked(walk_by::measured) == "keys");  // too small to gain anything
  }
  SUBCASE("it is off before the first chunk") {
    expand<lower_name>(tools);
    tools.mark_phase<lower_name>(phase::backfill);
    run("ALTER TABLE people ENABLE TRIGGER \"~om_sync_lower-name\"");
    backfill_runner<lower_name, hooked_database> runner{hooked, options(walk_by::blocks)};
    CHECK_THROWS_AS(runner.run(), refused);  // of the step to validate
    CHECK(ask("SELECT walk || finished FROM online_migration_backfill_state") == "keystrue");
  }
  SUBCASE("nothing but a promise is in force") {
    expand_options promise;
    promise.all_writers = all_writers_dual_write;
    expand<lower_name>(tools, promise);
    backfill_options some = options(walk_by::blocks);
    some.all_writers = all_writers_dual_write;
    CHECK(fill(some).finished());
    CHECK(ask("SELECT walk FROM online_migration_backfill_state") == "keys");
  }
  SUBCASE("rows came to be in another table, too") {
    expand<lower_name>(tools);
    run("CREATE TABLE more_people () INHERITS (people)");
    CHECK(walked(walk_by::blocks) == "keys");
  }
  SUBCASE("rows come to be in another table while it walks: all of it begins anew by keys") {
    expand<lower_name>(tools);
    before_chunk(20, [&] {
      run("CREATE TABLE more_people () INHERITS (people); INSERT INTO more_people VALUES (5000, ' Ada', 'x')");
    });
    CHECK(walked(walk_by::blocks, 8) == "keys");
    CHECK(ask("SELECT rows_done = 1001 AND finished FROM online_migration_backfill_state") == "t");
  }
  SUBCASE("it is off for a while: what moved meanwhile is found by keys") {
    expand<lower_name>(tools);
    before_chunk(20, [&] {
      run("ALTER TABLE people DISABLE TRIGGER \"~om_sync_lower-name\"; UPDATE people SET name = ' New' WHERE id = 1");
    });
    auto turn_off = std::move(around.before);
    int walks = 0;
    around.before = [&](const statement& what) {
      turn_off(what);
      if (what.name != std::string_view{"begin_backfill"} || ++walks < 2) return;
      run("ALTER TABLE people ENABLE ALWAYS TRIGGER \"~om_sync_lower-name\"");
    };
    backfill_options some = options(walk_by::blocks);
    some.alone = true;
    CHECK(fill(some).finished());
    CHECK(walks == 2);
    CHECK(ask("SELECT walk FROM online_migration_backfill_state") == "keys");
    CHECK(ask(wrong_people) == "0");
  }
}

TEST_CASE_FIXTURE(striping, "left to itself it measures: stripes where they win, none while an old snapshot is held") {
  more_people(20'000);
  expand<lower_name>(tools);
  backfill_options some;
  some.chunk = fixed_chunk(100);
  SUBCASE("nobody holds anything") {
    REQUIRE(ask("SELECT pg_relation_size('people') / 8192 >= 512") == "t");
    std::string seen;
    some.progress_interval = 0ms;
    some.on_progress = [&](const backfill_progress& now) {
      if (now.strategy.find("stripes by bits: it is being measured") != std::string::npos) seen = now.strategy;
    };
    backfill_result result = backfill_runner<lower_name>{source, some}.run();
    CHECK(result.finished());
    CHECK(seen == "striped blocks, 8 stripes by bits: it is being measured");
    CHECK(ask("SELECT walk FROM online_migration_backfill_state") == "blocks");
  }
  SUBCASE("an old snapshot") {
    connection holder = somebody();
    script(holder, "BEGIN ISOLATION LEVEL REPEATABLE READ; SELECT count(*) FROM pg_class");
    backfill_result result = backfill_runner<lower_name>{source, some}.run();
    CHECK(result.finished());
    CHECK(result.progress.strategy ==
          "plain blocks: updates leave their page: an old snapshot, or an index on the new column");
    REQUIRE(result.progress.hot_share.has_value());
    CHECK(*result.progress.hot_share < 0.4);
  }
  CHECK(ask(wrong_people) == "0");
}

TEST_CASE_FIXTURE(striping,
                  "under an old snapshot a trial of stripes ends with the third, and every row is counted once") {
  more_people(20'000);
  expand<lower_name>(tools);
  connection holder = somebody();
  script(holder, "BEGIN ISOLATION LEVEL REPEATABLE READ; SELECT count(*) FROM pg_class");
  backfill_options some;
  some.walk = walk_by::keys;
  some.chunk = fixed_chunk(100);
  std::int64_t rows = 0;
  int trials = 0;
  int longest = 0;
  int stripes = 0;
  some.progress_interval = 0ms;
  some.on_progress = [&](const backfill_progress& now) {
    stripes = now.strategy.find("being measured") != std::string::npos && now.strategy.starts_with("striped")
                  ? stripes + 1
                  : 0;
    trials += stripes == 1;
    longest = std::max(longest, stripes);
    rows = std::max(rows, now.rows_done);
  };
  CHECK(backfill_runner<lower_name>{source, some}.run().finished());
  CHECK(trials > 0);
  CHECK(longest <= 3);
  CHECK(rows == 20'000);
  CHECK(ask("SELECT rows_done || '/' || rows_changed FROM online_migration_backfill_state") == "20000/20000");
  CHECK(ask(wrong_people) == "0");
}

TEST_CASE_FIXTURE(striping, "a span is given up for smaller chunks when somebody begins to wait for its rows") {
  expand<lower_name>(tools);
  for (walk_by walk : {walk_by::keys, walk_by::blocks}) {
    CAPTURE(static_cast<int>(walk));
    begin_anew();
    backfill_options some = options(walk);
    some.chunk = {.target = 10s, .initial = 40, .smallest = 1, .largest = 40, .target_while_awaited = 1s};
    const std::string span = "SELECT stripe || ' of ' || coalesce(span_rows, 0) FROM online_migration_backfill_state";
    auto rows_of = [](const std::string& one) { return std::stoi(one.substr(one.rfind(' '))); };
    std::vector<std::string> spans;
    std::vector<std::jthread> waiting;
    around.after = [&](const statement& what) {
      const std::string_view name{what.name};
      if (name == "commit") {
        spans.push_back(ask(span));
        std::this_thread::sleep_for(30ms);  // so that those who wait are counted in every second chunk
      }
      // In the middle of a large span, while rows of it are locked.
      if (name != "advance" || spans.empty() || rows_of(spans.back()) <= 200) return;
      std::string id = ask("SELECT min(id) FROM people WHERE id NOT IN (SELECT id FROM people FOR UPDATE SKIP LOCKED)");
      if (id.empty()) return;  // all of them were right
      waiting.emplace_back([id] {
        connection other{"application_name=waiting"};
        script(other, "UPDATE people SET about = about WHERE id = " + id);
      });
      eventually([&] {
        return ask("SELECT count(*) FROM pg_stat_activity WHERE application_name = 'waiting' AND wait_event_type = 'Lock'") ==
               "1";
      });
    };
    CHECK(fill(some).finished());
    waiting.clear();
    around.after = [](const statement&) {};
    auto is_large = [&](const std::string& one) { return rows_of(one) > 200; };
    auto large = std::find_if(spans.begin(), spans.end(), is_large);
    auto small = std::find_if_not(large, spans.end(), is_large);
    REQUIRE(small != spans.end());
    CHECK(std::stoi(*(small - 1)) < 6);
    CHECK(rows_of(*small) > 0);
    check_done(walk);
    // What has left the blocks of a span that was given up is not taken back: nobody will meet it again.
    CHECK(count("SELECT rows_done FROM online_migration_backfill_state") >= 990);
  }
}

TEST_CASE_FIXTURE(striping, "what the bits of a key do not spread goes by its hash") {
  // The lowest bits are all alike, as in numbers that machines give out.
  run("TRUNCATE people");
  run("INSERT INTO people SELECT g * 1024, '  Ada ' || g, repeat('x', 450) FROM generate_series(1, 12000) AS g");
  run("ANALYZE people");
  expand<lower_name>(tools);
  backfill_result result = fill(options(walk_by::blocks, 8, 200));
  CHECK(result.finished());
  CHECK(result.progress.strategy == "striped blocks, 8 stripes by hash: the options ask for it");
  CHECK(*result.progress.hot_share > 0.4);
  CHECK(ask(wrong_people) == "0");
}

TEST_CASE_FIXTURE(striping, "a number of stripes that is no power of two is refused") {
  for (int stripes : {-1, 3, 65, 128}) {
    CHECK_THROWS_AS(backfill_runner<lower_name>(source, options(walk_by::keys, stripes)), refused);
  }
}
