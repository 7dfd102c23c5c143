// SPDX-License-Identifier: BSL-1.0
#include "walk.hpp"

#include <chrono>
#include <optional>
#include <stdexcept>
#include <thread>
#include <utility>

#include <fmt/format.h>

#include "backfill_process.hpp"
#include "check.hpp"
#include "display.hpp"
#include "migration.hpp"
#include "names.hpp"
#include "summary.hpp"
#include "users_table.hpp"
#include "writers.hpp"

namespace {

using clock = std::chrono::steady_clock;

constexpr om::statement server{"server", R"(
  SELECT current_setting('server_version'), current_database(), current_setting('fsync'))"};

constexpr om::statement disable_trigger{"disable_trigger", R"(
  ALTER TABLE public.users DISABLE TRIGGER "~om_sync_users-display-name-canonical")"};

void rest(std::chrono::milliseconds time) { std::this_thread::sleep_for(time); }

/// Shows how far the backfill is, from what every process can read in the state tables.
void show(display& screen, const om::backfill_progress& now, clock::time_point begin) {
  seconds time = clock::now() - begin;
  auto rate = static_cast<std::int64_t>(static_cast<double>(now.rows_done) / time.count());
  screen.progress("backfill", now.ratio(),
                  fmt::format("{} of about {} rows, {} rows/s", grouped(now.rows_done),
                              grouped(now.rows_estimated.value_or(0)), grouped(rate)));
}

/// Runs the backfill in a process of its own, kills it on the way, and runs it again.
void fill(const settings& chosen, om::toolkit& toolkit, om::connection& on, display& screen) {
  constexpr double far_enough = 0.33;
  clock::time_point begin = clock::now();
  bool killed = false;
  std::optional<backfill_process> backfill{chosen};
  while (backfill->running()) {
    std::optional<om::backfill_progress> now = toolkit.progress<canonical_display_name>();
    if (now.has_value()) show(screen, *now, begin);
    bool far = now.has_value() && now->ratio() >= far_enough;
    if (far && !killed && backfill->kill_in_the_middle_of_a_chunk(on)) {
      killed = true;
      wait_for_its_session(on);
      now = toolkit.progress<canonical_display_name>();
      screen.line("kill -9",
                  fmt::format("in the middle of chunk {}, after {} rows", now->chunks + 1, grouped(now->rows_done)));
      backfill.emplace(chosen);
      screen.line("resume", "a new process goes on where the last committed chunk ended");
    }
    rest(std::chrono::milliseconds{far && !killed ? 3 : 50});
  }
  if (backfill->status() != 0) throw std::runtime_error{"The backfill failed; what it said is above."};
  if (!killed) throw std::runtime_error{"The backfill was done before it could be killed: take more rows."};
}

}  // namespace

bool walk(const settings& chosen) {
  display screen;
  om::database app{chosen.dsn};
  om::connection connection = app.connect();
  om::toolkit toolkit{app};
  om::result about = connection.execute(server);
  screen.line("server", fmt::format("PostgreSQL {}, database {}, fsync {}", about.text(0, 0), about.text(0, 1),
                                    about.text(0, 2)));
  claim_database(connection);
  clean(connection);

  measured times;
  clock::time_point begin = clock::now();
  auto lap = [&begin] {
    clock::time_point now = clock::now();
    return seconds{now - std::exchange(begin, now)};
  };

  display_names names{chosen.names};
  load(connection, chosen, names);
  times.load = lap();
  screen.line("load", fmt::format("{} users in {:.2f} s", grouped(chosen.rows), times.load.count()));

  writers crowd{chosen, names};
  screen.line("writers", fmt::format("{} connections write all the time from here on", writers::count));
  make_state_tables(connection, toolkit);
  rest(std::chrono::seconds{1});
  crowd.begin_baseline();
  screen.line("baseline", fmt::format("{} s without a migration", chosen.baseline.count()));
  rest(chosen.baseline);

  // The migration begins: column, sync trigger and the record of the run, in one short transaction.
  crowd.begin_migration();
  clock::time_point migration_begin = clock::now();
  lap();
  om::expand<canonical_display_name>(toolkit);
  times.expand = lap();
  screen.line("expand", fmt::format("new column and sync trigger in {:.0f} ms", times.expand.count() * 1000));

  crowd.deploy_new_version();
  screen.line("deploy", fmt::format("{} writers and a deleter dual-write from now on, the others stay as they are",
                                    writers::dual));

  fill(chosen, toolkit, connection, screen);
  times.backfill = lap();
  screen.line("backfill", fmt::format("done in {:.2f} s", times.backfill.count()));

  // The template drives what is left from wherever the run is. It could have done everything since expand.
  om::expand_contract_result result = om::expand_contract<canonical_display_name>{app}.run();
  times.validate = lap();
  times.migration = clock::now() - migration_begin;
  times.parity = result.parity.value();
  times.phase = result.reached;
  screen.line("validate", fmt::format("{} rows compared in {:.2f} s, {} mismatches", grouped(times.parity.rows_checked),
                                      times.validate.count(), grouped(times.parity.mismatches)));
  screen.line("phase", om::to_string(result.reached));

  if (chosen.sabotage) {
    connection.execute(disable_trigger);
    screen.line("sabotage", "the sync trigger is switched off behind the migration's back");
  }
  rest(std::chrono::seconds{1});  // the writers go on for a while
  crowd.stop();
  check_result found = check(connection, chosen, names, crowd.all());
  print_summary(chosen, times, crowd, found);
  return found.is_right() && result.reached == om::phase::contract_ready;
}
