// SPDX-License-Identifier: BSL-1.0
// A real standby that stops replaying, and goes on.
#include <cstdlib>
#include <string>
#include <thread>

#include "support/lab.hpp"

using namespace test;

namespace {

std::string environment(const char* name) { return std::getenv(name); }

void shell(const std::string& command) {
  INFO(command);
  REQUIRE(std::system(command.c_str()) == 0);
}

/// A copy of the test's server beside it, which follows it.
class standby {
 public:
  standby() {
    std::string data = directory_ + "/data";
    shell("mkdir " + directory_ + " && chown --reference=" + environment("ONLINE_MIGRATION_TEST_PGDATA") + " " +
          directory_);
    shell(environment("ONLINE_MIGRATION_TEST_PGBIN") + "/pg_basebackup --no-sync -R -c fast -X stream -D " + data);
    shell("chown -R --reference=" + directory_ + " " + data + " && : > " + directory_ + "/log");
    // Any port that nobody listens on: the server takes one and gives it back.
    shell("python3 -c \"import socket; s = socket.socket(); s.bind(('127.0.0.1', 0)); print(s.getsockname()[1])\" > " +
          directory_ + "/port");
    shell(environment("ONLINE_MIGRATION_TEST_SERVER_CONTROL") + " start " + directory_);
  }
  ~standby() {
    std::string remove = environment("ONLINE_MIGRATION_TEST_SERVER_CONTROL") + " remove " + directory_;
    if (std::system(remove.c_str()) != 0) MESSAGE("the standby is still there");
  }
  standby(const standby&) = delete;
  standby& operator=(const standby&) = delete;

  void run(const std::string& sql) const {
    shell("psql -X -q -o /dev/null -p $(cat " + directory_ + "/port) -c '" + sql + "'");
  }

 private:
  std::string directory_ = environment("ONLINE_MIGRATION_TEST_SERVER") + "/standby";
};

}  // namespace

TEST_CASE_FIXTURE(lab, "a backfill waits for a standby that replays nothing, and goes on when it does") {
  tools.ensure_state_tables();
  run(make_people);
  run("INSERT INTO people SELECT g, ' Ada ' || g FROM generate_series(1, 2000) AS g");
  expand<lower_name>(tools);
  standby follower;
  eventually([&] { return count("SELECT count(*) FROM pg_stat_replication WHERE state = 'streaming'") == 1; });
  follower.run("SELECT pg_wal_replay_pause()");

  backfill_options options;
  options.chunk = fixed_chunk(100);
  options.throttle.signals = throttle_signals::none();
  SUBCASE("by bytes") { options.throttle.signals.replica_bytes = {0, 1, 1, 0ms}; }
  SUBCASE("by time") { options.throttle.signals.replica_lag = {0, 1e-3, 1, 0ms}; }
  std::jthread work{[&] { backfill_runner<lower_name>{source, options}.run(); }};
  eventually([&] {
    return ask("SELECT coalesce(max(throttle_reason), '') FROM online_migration_backfill_state")
        .starts_with("replica_");
  });
  // It has noticed after the chunk that the standby lacks, or at the latest when that is old enough; then it stands.
  std::string done = "SELECT rows_done FROM online_migration_backfill_state";
  CHECK(ask("SELECT NOT finished FROM online_migration_backfill_state") == "t");
  std::string before = ask(done);
  eventually([&] { return std::exchange(before, ask(done)) == before; });
  CHECK(before != "2000");
  CHECK(tools.progress<lower_name>()->braked_by.find(" behind") != std::string::npos);

  follower.run("SELECT pg_wal_replay_resume()");
  work.join();
  CHECK(ask(done) == "2000");
  CHECK(ask(wrong_people) == "0");
}
