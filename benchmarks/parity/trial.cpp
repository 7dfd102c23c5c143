// SPDX-License-Identifier: BSL-1.0
// One trial: makes and fills the table, then compares all of its rows in each way, in turns, and prints the seconds
// that each took as a line of JSON.
//   trial server|client ROWS ROUNDS
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <functional>
#include <string>
#include <string_view>
#include <sys/resource.h>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "users.hpp"

namespace {

double seconds_of(const std::function<void()>& work) {
  auto begin = std::chrono::steady_clock::now();
  work();
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
}

/// The most memory that this process has had, in KiB.
long peak_memory() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  return usage.ru_maxrss;
}

struct way {
  std::string_view name;
  std::function<void()> check;
  std::vector<double> seconds{};
};

struct trial {
  std::int64_t rows;
  om::database source{""};
  om::connection on{source.connect()};

  void run(const std::string& sql) { on.run_script(om::statement{"script", sql.c_str()}); }

  void settle() {
    run("VACUUM (ANALYZE, FREEZE) users");
    run("CHECKPOINT");
  }

  void scan() {
    auto row = on.execute(om::statement{"scan",
                                        "SELECT count(*), count(*) FILTER (WHERE canonical_name IS DISTINCT FROM "
                                        "pg_catalog.lower(pg_catalog.btrim(display_name) COLLATE \"C\")) FROM users"});
    if (row.integer(0, 0) != rows || row.integer(0, 1) != 0) fail("the scan");
  }

  template <class Migration>
  void check(om::walk_by walk, int workers) {
    om::parity_options options;
    options.walk = walk;
    options.workers = workers;
    om::parity_report report = om::parity_checker<Migration>{source, options}.check_all();
    if (!report.complete || report.rows_checked != rows || report.mismatches != 0) fail("a pass");
  }

  [[noreturn]] static void fail(const char* what) {
    std::fprintf(stderr, "%s has not found all rows right\n", what);
    std::exit(1);
  }

  template <class Migration>
  void measure(std::vector<way> ways, int rounds) {
    make_users(on, rows);
    settle();
    om::toolkit tools{source};
    tools.ensure_state_tables();
    om::expand<Migration>(tools);
    double filled = seconds_of([&] {
      if (!om::backfill_runner<Migration>{source}.run().finished()) fail("the backfill");
    });
    settle();
    for (way& each : ways) each.check();  // everything is in memory from here on
    for (int round = 0; round < rounds; ++round) {
      for (way& each : ways) each.seconds.push_back(seconds_of(each.check));
    }
    fmt::print("{{\"rows\": {}, \"backfill\": {:.4f}, \"peak_kib\": {}, \"ways\": {{", rows, filled, peak_memory());
    std::string_view comma;
    for (const way& each : ways) {
      fmt::print("{}\"{}\": [{:.5f}]", std::exchange(comma, ", "), each.name, fmt::join(each.seconds, ", "));
    }
    fmt::print("}}}}\n");
  }
};

}  // namespace

int main(int count, char** words) {
  if (count != 4) return 2;
  try {
    trial own{std::stoll(words[2])};
    int rounds = std::atoi(words[3]);
    way scan{"scan", [&] { own.scan(); }};
    if (std::string_view{words[1]} == "server") {
      own.measure<by_server>({scan,
                              {"blocks", [&] { own.check<by_server>(om::walk_by::blocks, 1); }},
                              {"keys", [&] { own.check<by_server>(om::walk_by::keys, 1); }},
                              {"keys-2", [&] { own.check<by_server>(om::walk_by::keys, 2); }},
                              {"blocks-2", [&] { own.check<by_server>(om::walk_by::blocks, 2); }}},
                             rounds);
    } else {
      own.measure<by_client>({scan, {"client", [&] { own.check<by_client>(om::walk_by::keys, 1); }}}, rounds);
    }
  } catch (const std::exception& problem) {
    std::fprintf(stderr, "%s: %s\n", words[1], problem.what());
    return 1;
  }
}
