// SPDX-License-Identifier: BSL-1.0
// What an observer hears of a whole migration, against what the state tables say.
#include <stdexcept>
#include <string>
#include <vector>

#include "support/hooked_database.hpp"
#include "support/lab.hpp"

using namespace test;

namespace {

/// Writes down what it hears.
struct recorder {
  void on(const chunk_event& event) {
    chunks.push_back(event);
    migration(event.migration);
    CHECK(event.time > 0us);
  }
  void on(const retry_event& event) { retries.push_back(event.why); }
  void on(const failure_event& event) { failures.push_back(event.why); }
  void on(const throttled_event& event) {
    slept.emplace_back(event.reason);
    CHECK(event.time >= 1ms);
  }
  void on(const running_event& event) { running += event.running ? "on " : "off "; }
  void on(const progress_event& event) { ratios.push_back(event.progress.ratio()); }
  void on(const parity_range_event& event) {
    ranges.push_back(event);
    migration(event.migration);
  }
  void on(const parity_pass_event& event) {
    passes.push_back(event);
    migration(event.migration);
  }
  void on(const phase_event& event) {
    migration(event.migration);
    if (event.entered) entered.emplace_back(to_string(event.phase));
    newest = to_string(event.phase);
  }

  static void migration(std::string_view name) { CHECK(name == "required-name"); }

  std::int64_t rows() const {
    return sum([](const chunk_event& chunk) { return chunk.rows; });
  }
  std::int64_t changed() const {
    return sum([](const chunk_event& chunk) { return chunk.rows_changed; });
  }

  template <class Field>
  std::int64_t sum(Field field) const {
    std::int64_t total = 0;
    for (const chunk_event& chunk : chunks) total += field(chunk);
    return total;
  }

  std::vector<chunk_event> chunks;
  std::vector<retry_class> retries;
  std::vector<retry_class> failures;
  std::vector<std::string> slept;
  std::string running;
  std::vector<double> ratios;
  std::vector<parity_range_event> ranges;
  std::vector<parity_pass_event> passes;
  std::vector<std::string> entered;
  std::string newest;
};

struct thrower {
  template <class Event>
  void on(const Event&) {
    ++heard;
    throw std::runtime_error{"of the observer"};
  }
  int heard = 0;
};

struct observed : lab {
  recorder heard;
  hooks around;
  hooked_database hooked{around};

  observed() {
    run(make_people);
    run("INSERT INTO people SELECT g, '  Ada ' || g FROM generate_series(1, 95) AS g");
  }

  expand_contract_options options() {
    expand_contract_options some;
    some.backfill.chunk = fixed_chunk(10);
    some.backfill.retry = hasty;
    some.backfill.progress_interval = 0ms;
    some.parity.range_rows = 30;
    some.toolkit.retry = hasty;
    some.observer = heard;
    return some;
  }

  backfill_options filling() {
    backfill_options some = options().backfill;
    some.observer = heard;
    return some;
  }

  void begin() {
    tools.ensure_state_tables();
    expand<required_name>(tools);
  }
};

using words = std::vector<std::string>;

}  // namespace

TEST_CASE_FIXTURE(observed, "a whole run, whose numbers are those of the tables") {
  run("ALTER TABLE people ADD name_lower text; UPDATE people SET name_lower = lower(btrim(name)) WHERE id <= 20");
  expand_contract_options some = options();
  some.expand.acknowledged = {risk::existing_column};
  expand_contract<required_name>{source, some}.run();
  CHECK(heard.rows() == count("SELECT rows_done FROM online_migration_backfill_state"));
  CHECK(heard.rows() == count("SELECT count(*) FROM people"));
  CHECK(heard.changed() == 75);
  CHECK(heard.chunks.size() == 10);
  CHECK(heard.retries.empty());
  CHECK(heard.failures.empty());
  CHECK(heard.slept.empty());
  CHECK(heard.running == "on off ");
  REQUIRE(heard.ratios.size() >= 2);
  CHECK(heard.ratios.front() < 1);
  CHECK(heard.ratios.back() == 1);
  REQUIRE(heard.ranges.size() == 4);
  CHECK(heard.ranges.back().rows == 5);
  CHECK(heard.ranges.back().kind == "full");
  REQUIRE(heard.passes.size() == 1);
  CHECK(heard.passes[0].rows_checked == 95);
  CHECK(heard.passes[0].mismatches == 0);
  CHECK(heard.passes[0].complete);
  CHECK(heard.passes[0].kind == "full");
  CHECK(heard.entered == words{"expand", "backfill", "validate", "contract-ready"});
}

TEST_CASE_FIXTURE(observed,
                  "a program that comes later hears in which phase the run is, and that it did not take it there") {
  begin();
  toolkit later{source, {.observer = heard}};
  CHECK(later.phase<required_name>() == phase::expand);
  CHECK(heard.newest == "expand");
  tools.mark_phase<required_name>(phase::backfill);
  later.mark_phase<required_name>(phase::backfill);
  CHECK(heard.newest == "backfill");
  expand<required_name>(later);
  CHECK(heard.newest == "backfill");
  CHECK(heard.entered.empty());
}

TEST_CASE_FIXTURE(observed, "contract and rollback are phases too") {
  toolkit watching{source, {.observer = heard}};
  expand_contract<required_name>{source, options()}.run();
  heard.entered.clear();
  SUBCASE("contract") {
    watching.set_read_flag<required_name>(read_flag::new_column);
    auto proof = prove<required_name>(watching, {{risk::legacy_instances}, 0ms});
    contract(watching, proof);
    CHECK(heard.entered == words{"contracted"});
    CHECK(heard.newest == "contracted");
    contract(watching, proof);
  }
  SUBCASE("rollback") {
    rollback<required_name>(watching, {{}, 0ms});
    CHECK(heard.entered == words{"rolled-back"});
    CHECK(heard.newest == "rolled-back");
    rollback<required_name>(watching, {{}, 0ms});
  }
  CHECK(heard.entered.size() == 1);
}

TEST_CASE_FIXTURE(observed, "a chunk that is tried again is a retry, with its class, and not two chunks") {
  begin();
  connection holder = somebody();
  script(holder, "BEGIN; SELECT FROM people WHERE id = 1 FOR UPDATE");
  int tries = 0;
  around.before = [&](const statement& what) {
    if (what.name == "backfill_chunk_first" && ++tries == 3) script(holder, "ROLLBACK");
  };
  backfill_runner<required_name, hooked_database>{hooked, filling()}.run();
  CHECK(heard.retries == std::vector<retry_class>{retry_class::retry, retry_class::retry});
  CHECK(heard.rows() == 95);
}

TEST_CASE_FIXTURE(observed, "a run that fails is a failure, with its class, and not running any more") {
  begin();
  run("ALTER TABLE people ADD CHECK (name_lower <> 'ada 45') NOT VALID");
  CHECK_THROWS_AS((backfill_runner<required_name>{source, filling()}.run()), data_error);
  CHECK(heard.failures == std::vector<retry_class>{retry_class::data});
  CHECK(heard.running == "on off ");
  CHECK(heard.rows() == count("SELECT rows_done FROM online_migration_backfill_state"));
}

TEST_CASE_FIXTURE(observed, "an exception of the caller's own code is a failure too, and a stop is none") {
  begin();
  std::stop_source stop;
  backfill_options some = filling();
  some.on_progress = [&](const backfill_progress& progress) {
    if (progress.rows_done == 20) throw 1;
    if (progress.rows_done == 50) stop.request_stop();
  };
  CHECK_THROWS_AS((backfill_runner<required_name>{source, some}.run()), int);
  CHECK(heard.failures == std::vector<retry_class>{retry_class::stop});
  CHECK_FALSE(backfill_runner<required_name>{source, some}.run(stop.get_token()).finished());
  CHECK(heard.failures.size() == 1);
  CHECK(heard.running == "on off on off ");
  CHECK(heard.rows() == 50);
}

TEST_CASE_FIXTURE(observed, "what is slept on purpose has its reason") {
  begin();
  backfill_options some = filling();
  SUBCASE("a fixed sleep") {
    some.throttle.sleep = 2ms;
    backfill_runner<required_name>{source, some}.run();
    CHECK(heard.slept == words(9, "sleep"));
  }
  SUBCASE("a share of the time") {
    some.throttle.duty_cycle = 0.1;
    backfill_runner<required_name>{source, some}.run();
    CHECK(heard.slept == words(9, "duty_cycle"));
  }
}

TEST_CASE_FIXTURE(observed, "mismatches, and a pass that was stopped") {
  begin();
  backfill_runner<required_name>{source, filling()}.run();
  run("ALTER TABLE people DISABLE TRIGGER USER; UPDATE people SET name_lower = 'x' WHERE id IN (1, 2, 40)");
  std::stop_source stop;
  parity_options some{.range_rows = 30, .observer = heard};
  parity_checker<required_name>{source, some}.check_all();
  REQUIRE(heard.passes.size() == 1);
  CHECK(heard.passes[0].mismatches == 3);
  CHECK(heard.passes[0].complete);
  CHECK(heard.ranges[0].mismatches == 2);
  CHECK(heard.ranges[1].mismatches == 1);
  some.on_progress = [&](const parity_report&) { stop.request_stop(); };
  parity_checker<required_name>{source, some}.check_all(stop.get_token());
  REQUIRE(heard.passes.size() == 2);
  CHECK_FALSE(heard.passes[1].complete);
  CHECK(heard.passes[1].rows_checked == 30);
}

TEST_CASE_FIXTURE(observed, "an observer that throws harms no migration") {
  thrower bad;
  expand_contract_options some = options();
  some.observer = bad;
  CHECK(expand_contract<required_name>{source, some}.run().reached == phase::contract_ready);
  CHECK(bad.heard > 0);
  CHECK(ask(wrong_people) == "0");
}
