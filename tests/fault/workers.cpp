// SPDX-License-Identifier: BSL-1.0
// Several processes with several threads each, of random sizes, that come, pause and are killed at random moments,
// while somebody writes. At the end each row is right, and each was counted once. A trial prints its seed when it
// fails; ONLINE_MIGRATION_TEST_SEED=n runs that one alone.
#include <cstdlib>
#include <memory>
#include <random>
#include <string>
#include <string_view>
#include <vector>

#include "support/child.hpp"
#include "support/lab.hpp"

using namespace test;

namespace {

using chance = std::mt19937_64;

std::int64_t pick(chance& random, std::int64_t limit) {
  return std::uniform_int_distribution<std::int64_t>{0, limit - 1}(random);
}

text_value reversed(std::string_view name) { return text_value{std::string(name.rbegin(), name.rend())}; }
struct reversed_name
    : om::migration<"reversed-name", people, add_column<"back", text, computed<&reversed, "reversed/1">(col<"name">)>> {
};

/// Slices between whose ends there are more or fewer rows than they have counted.
const char* gaps =
    "SELECT count(*) FROM (SELECT upper_bound[1]::bigint AS last, lag(upper_bound[1]::bigint, 1, '-9000'::bigint) OVER "
    "(ORDER BY upper_bound[1]::bigint) AS before, rows_done FROM online_migration_backfill_state) AS s WHERE s.rows_done "
    "<> (SELECT count(*) FROM people WHERE id > s.before AND id <= s.last)";

template <class Migration>
void work(std::uint64_t seed, walk_by walk) {
  chance random{seed};
  database own{""};
  backfill_options some;
  some.chunk = fixed_chunk(static_cast<int>(1 + pick(random, 40)));
  some.workers = static_cast<int>(1 + pick(random, 3));
  some.throttle.sleep = std::chrono::milliseconds{pick(random, 3)};
  some.retry = hasty;
  some.walk = walk;
  // Now and then one that says nothing for longer than this loses its slice without being dead.
  some.lease = std::chrono::milliseconds{pick(random, 3) == 0 ? 40 : 5'000};
  try {
    backfill_runner<Migration>{own, some}.run();
  } catch (const lost_lease&) {
  }
}

template <class Migration>
void trial(std::uint64_t seed, walk_by walk, const char* wrong) {
  INFO("ONLINE_MIGRATION_TEST_SEED=", seed);
  chance random{seed};
  lab in;
  in.tools.ensure_state_tables();
  in.run(make_people);
  std::int64_t rows = 200 + pick(random, 1500);
  in.run("INSERT INTO people SELECT g * 2 - 700, '  Ada ' || g FROM generate_series(1, " + std::to_string(rows) +
         ") AS g; ANALYZE people");
  expand<Migration>(in.tools);
  in.tools.template mark_phase<Migration>(phase::backfill);
  std::vector<std::unique_ptr<child>> crew;
  for (std::int64_t step = 12 + pick(random, 12); step > 0; --step) {
    switch (pick(random, 6)) {
      case 0:
      case 1:
        crew.push_back(std::make_unique<child>([seed = random(), walk] { work<Migration>(seed, walk); }));
        break;
      case 2:
        if (!crew.empty()) {
          crew.back()->send(SIGKILL);
          crew.back()->end();
          crew.pop_back();
        }
        break;
      case 3:
        if (!crew.empty()) {
          crew.front()->send(SIGSTOP);
          std::this_thread::sleep_for(std::chrono::milliseconds{pick(random, 80)});
          crew.front()->send(SIGCONT);
        }
        break;
      case 4:
        in.tools.template request_pause<Migration>();
        CHECK(in.ask("SELECT bool_and(pause_requested OR finished) FROM online_migration_backfill_state") == "t");
        in.tools.template resume<Migration>();
        break;
      default:
        in.run("UPDATE people SET name = name || 'X' WHERE id % 7 = " + std::to_string(pick(random, 7)));
    }
    std::this_thread::sleep_for(std::chrono::milliseconds{pick(random, 25)});
  }
  for (auto& each : crew) CHECK(each->end() == 0);
  backfill_options some;
  some.workers = 2;
  some.chunk = fixed_chunk(20);
  CHECK(backfill_runner<Migration>{in.source, some}.run().finished());
  CHECK(in.ask(wrong) == "0");
  CHECK(
      in.ask(
          "SELECT bool_and(finished) AND bool_and(holder IS NULL OR lease_until < clock_timestamp() + interval '6 s') "
          "FROM online_migration_backfill_state") == "t");
  if (walk == walk_by::blocks) return;
  CHECK(in.count("SELECT sum(rows_done) FROM online_migration_backfill_state") == rows);
  CHECK(in.ask(gaps) == "0");
}

template <class Migration>
void trials(int count, const char* wrong, walk_by walk = walk_by::keys) {
  if (const char* single = std::getenv("ONLINE_MIGRATION_TEST_SEED")) {
    trial<Migration>(std::strtoull(single, nullptr, 10), walk, wrong);
    return;
  }
  std::uint64_t first = std::random_device{}();
  MESSAGE("seeds from ", first, ", ", count, " trials");
  for (int i = 0; i < count; ++i) trial<Migration>(first + static_cast<std::uint64_t>(i), walk, wrong);
}

const int count =
    std::getenv("ONLINE_MIGRATION_TRIALS") == nullptr ? 2 : std::atoi(std::getenv("ONLINE_MIGRATION_TRIALS"));

}  // namespace

TEST_CASE("workers: the server computes, by keys") { trials<lower_name>(count, wrong_people); }
TEST_CASE("workers: the server computes, by blocks") { trials<lower_name>(count, wrong_people, walk_by::blocks); }
TEST_CASE("workers: the client computes, and drains the queue") {
  trials<reversed_name>(count, "SELECT count(*) FROM people WHERE back IS DISTINCT FROM reverse(name)");
}
