// SPDX-License-Identifier: BSL-1.0
// What a real scrape returns: numbers that are those of the tables, in a form that promtool has nothing to say about,
// and exactly the series that docs/reference/metrics.md lists.
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <map>
#include <regex>
#include <set>
#include <sstream>
#include <string>
#include <sys/wait.h>

#include <prometheus/exposer.h>

#include <online_migration/prometheus.hpp>

#include "support/http_get.hpp"
#include "support/lab.hpp"

using namespace test;

namespace {

/// One for all tests, because it takes seconds to stop.
prometheus::Exposer& exposer() {
  static prometheus::Exposer exposer{"127.0.0.1:0"};
  return exposer;
}

/// An application with its metrics behind HTTP.
struct exposed : lab {
  std::shared_ptr<prometheus::Registry> registry = std::make_shared<prometheus::Registry>();
  prometheus_observer metrics{registry};
  std::map<std::string, double> series;  ///< of the newest scrape, without the common prefix
  std::string text;

  exposed() {
    exposer().RegisterCollectable(registry);
    run(make_people);
    run("INSERT INTO people SELECT g, '  Ada ' || g FROM generate_series(1, 95) AS g");
  }

  ~exposed() { exposer().RemoveCollectable(registry); }

  /// Behind the back of the trigger.
  void corrupt(const std::string& which) {
    run("ALTER TABLE people DISABLE TRIGGER USER; UPDATE people SET name_lower = 'x' WHERE " + which +
        "; DO $$ DECLARE name name; BEGIN FOR name IN SELECT tgname FROM pg_trigger WHERE tgrelid = 'people'::regclass "
        "LOOP EXECUTE format('ALTER TABLE people ENABLE ALWAYS TRIGGER %I', name); END LOOP; END $$");
  }

  void scrape() {
    std::string answer = http_get(exposer().GetListeningPorts().at(0), "/metrics");
    std::size_t body = answer.find("\r\n\r\n");
    REQUIRE(body != std::string::npos);
    REQUIRE(answer.starts_with("HTTP/1.1 200 OK"));
    CHECK(answer.find("Content-Type: text/plain") < body);
    text = answer.substr(body + 4);
    series.clear();
    std::istringstream lines{text};
    for (std::string line; std::getline(lines, line);) {
      if (!line.starts_with("online_migration_")) continue;
      std::size_t space = line.rfind(' ');
      series[line.substr(17, space - 17)] = std::stod(line.substr(space + 1));
    }
  }

  /// The value of a series; fails where there is none.
  double value(const std::string& name) {
    INFO(name);
    auto found = series.find(name);
    REQUIRE(found != series.end());
    return found->second;
  }
  double of_backfill(const std::string& name) { return value("backfill_" + name + "{migration=\"lower-name\"}"); }
  double of_parity(const std::string& name) {
    return value("parity_" + name + "{kind=\"full\",migration=\"lower-name\"}");
  }
  double writes(const std::string& operation, const std::string& outcome) {
    return value("dual_write_duration_seconds_count{migration=\"lower-name\",operation=\"" + operation +
                 "\",outcome=\"" + outcome + "\"}");
  }
  std::string phases() {
    std::string found;
    for (const auto& [name, is] : series) {
      if (name.starts_with("phase{migration=\"lower-name\"") && is == 1) found += name.substr(name.find("phase=") + 6);
    }
    return found;
  }

  expand_contract_options options() {
    expand_contract_options some;
    some.backfill.chunk = fixed_chunk(10);
    some.backfill.throttle.sleep = 2ms;
    some.backfill.retry = hasty;
    some.backfill.progress_interval = 0ms;
    some.parity.range_rows = 30;
    some.toolkit.retry = hasty;
    some.observer = metrics;
    return some;
  }
};

struct verdict {
  int status;
  std::string says;
};

/// What `promtool check metrics` says about a scrape.
verdict promtool(const std::string& scrape) {
  std::string promtool = environment("ONLINE_MIGRATION_PROMTOOL");
  REQUIRE_MESSAGE(promtool.starts_with('/'), "promtool is not here; tests/run fetches it");
  char folder[] = "/tmp/online_migration_metrics.XXXXXX";
  REQUIRE(mkdtemp(folder) != nullptr);
  std::string in = std::string{folder} + "/in";
  std::string out = std::string{folder} + "/out";
  std::ofstream{in} << scrape;
  int status = std::system(("'" + promtool + "' check metrics <" + in + " >" + out + " 2>&1").c_str());
  std::ifstream said{out};
  std::string says{std::istreambuf_iterator<char>{said}, {}};
  unlink(in.c_str());
  unlink(out.c_str());
  rmdir(folder);
  return {WEXITSTATUS(status), says};
}

/// What the two groups of a pattern match, sorted, a line for each.
std::string all_matches(const std::string& text, const char* pattern) {
  std::regex expression{pattern};
  std::set<std::string> found;
  for (std::sregex_iterator match{text.begin(), text.end(), expression}, end; match != end; ++match) {
    found.insert((*match)[1].str() + " " + (*match)[2].str());
  }
  std::string lines;
  for (const std::string& each : found) lines += each + "\n";
  return lines;
}

}  // namespace

TEST_CASE("promtool finds what is wrong with a metric") {
  CHECK(promtool("# HELP a_total A.\n# TYPE a_total counter\na_total 1\n").status == 0);
  verdict bad = promtool("# HELP camelCase A.\n# TYPE camelCase counter\ncamelCase 1\n");
  CHECK(bad.status != 0);
  CHECK(bad.says.find("_total") != std::string::npos);
}

TEST_CASE_FIXTURE(exposed, "a whole run: what is scraped is what the tables say") {
  expand_contract<lower_name>{source, options()}.run();
  scrape();
  CHECK(of_backfill("rows_total") == count("SELECT count(*) FROM people"));
  CHECK(of_backfill("rows_total") == count("SELECT rows_done FROM online_migration_backfill_state"));
  CHECK(of_backfill("rows_changed_total") == count("SELECT rows_changed FROM online_migration_backfill_state"));
  CHECK(of_backfill("rows_changed_total") == 95);
  CHECK(of_backfill("chunks_total") == count("SELECT chunks FROM online_migration_backfill_state"));
  CHECK(of_backfill("chunks_total") == 10);
  CHECK(of_backfill("chunk_seconds_count") == 10);
  CHECK(of_backfill("chunk_seconds_sum") > 0);
  CHECK(of_backfill("errors_total") == 0);
  CHECK(value("backfill_retries_total{class=\"retry\",migration=\"lower-name\"}") == 0);
  CHECK(value("backfill_throttled_seconds_total{migration=\"lower-name\",reason=\"sleep\"}") >= 0.018);  // 9 of 2 ms
  CHECK(of_backfill("progress_ratio") == 1);
  CHECK(of_backfill("running") == 0);
  CHECK(of_backfill("rows_per_second") == 0);
  CHECK(of_parity("rows_checked_total") == count("SELECT rows_checked FROM online_migration_parity_passes"));
  CHECK(of_parity("mismatches_total") == 0);
  CHECK(of_parity("last_pass_mismatches") == 0);
  double clean = value("parity_last_clean_pass_timestamp_seconds{migration=\"lower-name\"}");
  CHECK(std::abs(clean - std::stod(ask("SELECT extract(epoch FROM clock_timestamp())"))) < 600);
  CHECK(phases() == "\"contract-ready\"}");
}

TEST_CASE_FIXTURE(exposed, "while it runs") {
  expand_contract_options some = options();
  bool seen = false;
  some.backfill.on_progress = [&](const backfill_progress& progress) {
    if (progress.rows_done != 50 || progress.finished) return;
    seen = true;
    scrape();
    CHECK(of_backfill("running") == 1);
    CHECK(of_backfill("rows_total") == 50);
    CHECK(of_backfill("progress_ratio") ==
          doctest::Approx(50.0 / static_cast<double>(count("SELECT rows_estimated FROM "
                                                           "online_migration_backfill_state"))));
    CHECK(of_backfill("rows_per_second") > 0);
    CHECK(phases() == "\"backfill\"}");
  };
  run("ANALYZE people");
  expand_contract<lower_name>{source, some}.run();
  CHECK(seen);
}

TEST_CASE_FIXTURE(exposed, "dual writes are counted by operation and outcome") {
  tools.ensure_state_tables();
  expand<lower_name>(tools);
  dual_writer<lower_name> write{on, metrics};
  for (int key = 1; key <= 7; ++key) write.update(om::key(key), om::set<"name">("Grace"));
  write.insert(om::key(1001), om::set<"name">("Edsger"));
  CHECK_THROWS_AS(write.insert(om::key(1001), om::set<"name">("Edsger")), statement_error);
  write.upsert(om::key(1001), om::set<"name">("Barbara"));
  write.erase(om::key(1001));
  scrape();
  CHECK(writes("update", "ok") == count("SELECT count(*) FROM people WHERE name_lower = 'grace'"));
  CHECK(writes("update", "ok") == 7);
  CHECK(writes("update", "error") == 0);
  CHECK(writes("insert", "ok") == 1);
  CHECK(writes("insert", "error") == 1);
  CHECK(writes("upsert", "ok") == 1);
  CHECK(writes("erase", "ok") == 1);
}

TEST_CASE_FIXTURE(exposed, "mismatches of parity") {
  expand_contract<lower_name>{source, options()}.run();
  corrupt("id IN (1, 2, 40)");
  scrape();
  double clean = value("parity_last_clean_pass_timestamp_seconds{migration=\"lower-name\"}");
  parity_checker<lower_name>{source, {.range_rows = 30, .observer = metrics}}.check_all();
  scrape();
  CHECK(of_parity("mismatches_total") == count(wrong_people));
  CHECK(of_parity("mismatches_total") == 3);
  CHECK(of_parity("last_pass_mismatches") == 3);
  CHECK(of_parity("rows_checked_total") == 2 * 95);
  CHECK(value("parity_last_clean_pass_timestamp_seconds{migration=\"lower-name\"}") == clean);
}

TEST_CASE_FIXTURE(exposed, "a sample and a repair are kinds of their own, and shadow reads are counted by outcome") {
  expand_contract<lower_name>{source, options()}.run();
  corrupt("id <= 20");
  tools.set_read_flag<lower_name>(read_flag::shadow);
  read_flag_cache<lower_name> flags{source};
  reader<lower_name> read{on, flags, {.shadow_share = 1, .observer = metrics}};
  for (int key = 1; key <= 50; ++key) static_cast<void>(read.get(om::key(key)));
  scrape();
  auto reads = [&](const std::string& outcome) {
    return value("parity_shadow_reads_total{migration=\"lower-name\",outcome=\"" + outcome + "\"}");
  };
  CHECK(reads("different") == 20);
  CHECK(reads("same") == 30);
  CHECK(reads("failed") == 0);
  CHECK(value("parity_shadow_differences_total{migration=\"lower-name\"}") == 20);

  parity_checker<lower_name> parity{source, {.observer = metrics}};
  std::string kind = "sample";
  parity_report done;
  SUBCASE("sample") {
    run("INSERT INTO people SELECT g, 'x' FROM generate_series(1000, 20000) AS g");
    sample_report drawn = parity.check_sample(50);
    REQUIRE_FALSE(drawn.all_rows);  // that would count what was drawn before as well
    done = drawn;
  }
  SUBCASE("repair") {
    done = parity.repair();
    kind = "repair";
    CHECK(done.mismatches == 20);
  }
  scrape();
  std::string labels = "{kind=\"" + kind + "\",migration=\"lower-name\"}";
  CHECK(done.rows_checked > 0);
  CHECK(value("parity_rows_checked_total" + labels) == done.rows_checked);
  CHECK(value("parity_mismatches_total" + labels) == done.mismatches);
  CHECK(value("parity_last_pass_mismatches" + labels) == done.mismatches);
  CHECK(of_parity("rows_checked_total") == 95);
  CHECK(of_parity("mismatches_total") == 0);
}

TEST_CASE_FIXTURE(exposed, "no label holds a key or a value of a row") {
  run("UPDATE people SET id = id + 740000, name = 'Lovelace'");
  expand_contract<lower_name>{source, options()}.run();
  dual_writer<lower_name> write{on, metrics};
  write.insert(om::key(740999), om::set<"name">("Lovelace"));
  CHECK_THROWS_AS(write.insert(om::key(740999), om::set<"name">("Lovelace")), statement_error);
  corrupt("id < 740010");
  parity_checker<lower_name>{source, {.observer = metrics}}.check_all();
  scrape();
  CHECK(text.find("ovelace") == std::string::npos);
  std::set<std::string> labels;
  std::regex label{R"re((\w+)="([^"]*)")re"};
  for (const auto& [name, is] : series) {
    CHECK(name.find("740") == std::string::npos);
    for (std::sregex_iterator match{name.begin(), name.end(), label}, end; match != end; ++match) {
      // The strategy and its reason are sentences of the library's.
      bool other = (*match)[1] == "le" || name.find("backfill_strategy") != std::string::npos;
      if (!other) labels.insert((*match)[1].str() + " " + (*match)[2].str());
    }
  }
  CHECK(labels == std::set<std::string>{"class reconnect", "class retry", "kind full", "migration lower-name",
                                        "operation insert", "outcome error", "outcome ok", "phase backfill",
                                        "phase contract-ready", "phase contracted", "phase expand", "phase rolled-back",
                                        "phase validate", "reason duty_cycle", "reason sleep"});
}

TEST_CASE_FIXTURE(exposed, "promtool has nothing to say about a scrape, and the documentation lists its series") {
  expand_contract<lower_name>{source, options()}.run();
  dual_writer<lower_name> write{on, metrics};
  write.update(om::key(1), om::set<"name">("Grace"));
  metrics.on(shadow_read_event{"lower-name", shadow_outcome::different});
  metrics.on(parity_range_event{"lower-name", "watch"});
  scrape();
  verdict found = promtool(text);
  CHECK(found.status == 0);
  CHECK(found.says == "");

  std::ifstream page{environment("ONLINE_MIGRATION_SOURCE_DIR") + "/docs/reference/metrics.md"};
  std::string documented{std::istreambuf_iterator<char>{page}, {}};
  CHECK(all_matches(documented, R"(\| `(online_migration_\w+)` \| (\w+) \|)") ==
        all_matches(text, R"(# TYPE (online_migration_\w+) (\w+))"));
}
