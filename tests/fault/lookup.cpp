// SPDX-License-Identifier: BSL-1.0
// A column that is looked up in a table that changes all the time, beside processes that write in transactions, and
// runners that come and are killed at random moments. At the end each row has what the row that it refers to has, and
// none of the writers has seen an error. A trial prints its seed when it fails; ONLINE_MIGRATION_TEST_SEED=n runs that
// one alone.
#include <cstdlib>
#include <memory>
#include <random>
#include <string>
#include <vector>

#include "support/child.hpp"
#include "support/lab.hpp"

using namespace test;

namespace {

using chance = std::mt19937_64;

std::int64_t pick(chance& random, std::int64_t limit) {
  return std::uniform_int_distribution<std::int64_t>{0, limit - 1}(random);
}

struct countries : table<"countries", column<"code", integer, primary_key>, column<"name", text, not_null>> {};

struct orders : table<"orders", column<"id", bigint, primary_key>, column<"country", integer>> {};

struct country_name
    : om::migration<
          "country-name", orders,
          add_column<"country_name", text, om::lookup<countries, "name">(col<"country">), kept_by_application>> {};

const char* wrong =
    "SELECT count(*) FROM orders AS o LEFT JOIN countries AS c ON c.code = o.country WHERE o.country_name IS DISTINCT FROM "
    "c.name";

std::string country(chance& random) {
  std::int64_t code = pick(random, 7);
  return code == 6 ? "NULL" : std::to_string(code);
}

/// One of two that write rows of their own, so that they do not run into one another.
void write_orders(std::uint64_t seed, int side) {
  chance random{seed};
  connection on = somebody("orders");
  std::int64_t next = 10'000 + side;
  auto some = [&] { return std::to_string(2 * pick(random, 150) + side); };
  for (int transactions = 40; transactions > 0; --transactions) {
    script(on, "BEGIN");
    for (std::int64_t steps = 1 + pick(random, 3); steps > 0; --steps) {
      switch (pick(random, 7)) {
        case 0:
          script(on, "INSERT INTO orders VALUES (" + std::to_string(next += 2) + ", " + country(random) + ")");
          break;
        case 1:
          script(on, "UPDATE orders SET country = " + country(random) + " WHERE id = " + some());
          break;
        case 2:
          script(on, "UPDATE orders SET note = note || 'x' WHERE id = " + some());
          break;
        case 3:
          script(on, "DELETE FROM orders WHERE id = " + some());
          break;
        case 4:
          script(on, "UPDATE orders SET id = " + std::to_string(next += 2) + " WHERE id = " + some());
          break;
        case 5:
          script(on, "UPDATE orders SET country_name = 'nowhere' WHERE id = " + some());
          break;
        default:
          dual_writer<country_name>{on}.upsert(key(std::stoll(some())),
                                               set<"country">(static_cast<std::int32_t>(pick(random, 6))));
      }
      std::this_thread::sleep_for(std::chrono::milliseconds{pick(random, 10)});
    }
    script(on, pick(random, 5) == 0 ? "ROLLBACK" : "COMMIT");
  }
}

void change_countries(std::uint64_t seed) {
  chance random{seed};
  connection on = somebody("countries");
  for (int changes = 8; changes > 0; --changes) {
    script(on, "UPDATE countries SET name = name || '+' WHERE code = " + std::to_string(pick(random, 6)));
    std::this_thread::sleep_for(std::chrono::milliseconds{pick(random, 60)});
  }
}

void work(std::uint64_t seed, walk_by walk) {
  chance random{seed};
  database own{""};
  backfill_options some;
  some.chunk = fixed_chunk(static_cast<int>(1 + pick(random, 20)));
  some.retry = hasty;
  some.walk = walk;
  some.lease = std::chrono::milliseconds{pick(random, 3) == 0 ? 40 : 5'000};
  // Again and again, so that there is a drain at any time.
  for (int runs = 12; runs > 0; --runs) {
    try {
      backfill_runner<country_name>{own, some}.run();
    } catch (const lost_lease&) {
    }
  }
}

void trial(std::uint64_t seed) {
  INFO("ONLINE_MIGRATION_TEST_SEED=", seed);
  chance random{seed};
  lab in;
  in.tools.ensure_state_tables();
  in.run(
      "CREATE TABLE countries (code integer PRIMARY KEY, name text NOT NULL);"
      "INSERT INTO countries SELECT g, 'Land ' || g FROM generate_series(0, 5) AS g;"
      "CREATE TABLE orders (id bigint PRIMARY KEY, country integer REFERENCES countries, note text NOT NULL DEFAULT '');"
      "CREATE INDEX ON orders (country, id);"
      "INSERT INTO orders SELECT g, nullif(g % 7, 6) FROM generate_series(0, 299) AS g; ANALYZE orders");
  walk_by walk = pick(random, 2) == 0 ? walk_by::keys : walk_by::blocks;
  expand<country_name>(in.tools);
  in.tools.mark_phase<country_name>(phase::backfill);
  std::vector<std::unique_ptr<child>> writers;
  for (int side : {0, 1}) {
    writers.push_back(std::make_unique<child>([seed = random(), side] { write_orders(seed, side); }));
  }
  writers.push_back(std::make_unique<child>([seed = random()] { change_countries(seed); }));
  std::unique_ptr<child> runner;
  for (std::int64_t step = 8 + pick(random, 8); step > 0; --step) {
    runner = std::make_unique<child>([seed = random(), walk] { work(seed, walk); });
    std::this_thread::sleep_for(std::chrono::milliseconds{pick(random, 60)});
    if (pick(random, 3) == 0) runner->send(SIGKILL);
    int status = runner->end();
    CHECK((status == 0 || status == -SIGKILL));
  }
  for (auto& each : writers) CHECK(each->end() == 0);
  CHECK(backfill_runner<country_name>{in.source}.run().finished());
  CHECK(in.ask(wrong) == "0");
  CHECK(in.ask("SELECT count(*) FROM online_migration_dirty_keys") == "0");
  CHECK(parity_checker<country_name>{in.source}.check_all().mismatches == 0);
}

}  // namespace

TEST_CASE("lookup: both tables change, and runners come and are killed") {
  if (const char* single = std::getenv("ONLINE_MIGRATION_TEST_SEED")) return trial(std::strtoull(single, nullptr, 10));
  const char* wanted = std::getenv("ONLINE_MIGRATION_TRIALS");
  int count = wanted == nullptr ? 2 : std::atoi(wanted);
  std::uint64_t first = std::random_device{}();
  MESSAGE("seeds from ", first, ", ", count, " trials");
  for (int i = 0; i < count; ++i) trial(first + static_cast<std::uint64_t>(i));
}
