// SPDX-License-Identifier: BSL-1.0
// Reads go over to the new column while an application reads and writes, under a role that has the rights of the
// documentation and no others.
#include <array>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <string>
#include <thread>
#include <vector>

#include "support/lab.hpp"

using namespace test;

namespace {

constexpr int rows = 200;

/// Joined where the new column and the old one are the same person's: what a read may give for a row is known whatever
/// is written meanwhile.
struct counted : om::migration<"counted", people, add_column<"name_lower", text, ascii_lower(trim(col<"name">))>> {};

struct going_over : lab {
  going_over() {
    run("DO $$BEGIN CREATE ROLE application LOGIN; EXCEPTION WHEN duplicate_object THEN NULL; END$$");
    tools.ensure_state_tables();
    run(make_people);
    run("INSERT INTO people SELECT g, ' Ada ' || g FROM generate_series(1, " + std::to_string(rows) + ") AS g");
    run("GRANT USAGE ON SCHEMA public TO application; GRANT SELECT, INSERT, UPDATE ON people TO application; "
        "GRANT SELECT (migration, attempt, phase, read_flag, read_percent) ON online_migration_runs TO application");
  }
  ~going_over() { run("DROP OWNED BY application; DROP ROLE application"); }

  void to_contract_ready() { CHECK(om::expand_contract<counted>{source}.run().reached == phase::contract_ready); }
};

}  // namespace

TEST_CASE_FIXTURE(going_over, "the rights of the documentation are enough to read, and open nothing else") {
  to_contract_ready();
  database app{"user=application"};
  read_flag_cache<counted> flags{app};
  connection as_application = app.connect();
  om::reader<counted> read{as_application, flags, {.shadow_share = 1}};
  CHECK(read.get(om::key(7)).value() == "ada 7");
  CHECK(read.get(om::key(7)).from() == representation::legacy);

  for (const char* closed :
       {"SELECT metadata FROM online_migration_runs", "SELECT * FROM online_migration_runs",
        "SELECT read_flag_since FROM online_migration_runs", "UPDATE online_migration_runs SET read_flag = 'new'",
        "SELECT migration FROM online_migration_runs FOR SHARE", "SELECT 1 FROM online_migration_parity_samples",
        "SELECT 1 FROM online_migration_backfill_state", "DELETE FROM online_migration_runs"}) {
    CAPTURE(closed);
    CHECK(caught<statement_error>([&] { as_application.execute(statement{"try", closed}); }).sqlstate() == "42501");
  }
  toolkit other{app, {hasty, 200ms}};
  CHECK(other.read_flag<counted>() == read_flag::legacy);
  CHECK(caught<statement_error>([&] { other.set_read_flag<counted>(read_flag::new_column); }).sqlstate() == "42501");
}

TEST_CASE_FIXTURE(going_over, "readers follow the flag while rows are written, and never give what is not so") {
  to_contract_ready();
  database app{"user=application"};
  read_flag_cache<counted> flags{app, {.refresh_every = 2ms, .longest_age = 30s}};
  std::atomic<std::int64_t> wrong = 0;
  std::atomic<std::int64_t> different = 0;
  std::atomic<std::int64_t> failed = 0;
  std::array<std::atomic<std::int64_t>, 2> from{};
  std::vector<std::jthread> application;
  for (int worker = 0; worker < 2; ++worker) {
    application.emplace_back([&, worker](const std::stop_token& stop) {
      connection mine = app.connect();
      om::reader<counted> read{mine, flags, {.shadow_share = 1}};
      om::dual_writer<counted> write{mine};
      std::vector<std::int64_t> last(rows + 1);
      for (std::int64_t n = 1; !stop.stop_requested(); ++n) {
        // Rows of its own, so it knows what each of them holds.
        std::int64_t id = 1 + 2 * (n * 7 % (rows / 2)) + worker;
        if (n % 3 == 0) {
          last[static_cast<std::size_t>(id)] = n;
          std::string name = "  Eve " + std::to_string(n);
          if (n % 2 == 0) {
            write.update(om::key(id), om::set<"name">(name));
          } else {  // by the old ways, which the trigger covers
            script(mine, "UPDATE people SET name = '" + name + "' WHERE id = " + std::to_string(id));
          }
        }
        auto found = read.get(om::key(id));
        std::int64_t written = last[static_cast<std::size_t>(id)];
        std::string expected = written == 0 ? "ada " + std::to_string(id) : "eve " + std::to_string(written);
        if (!found.has_row() || found.value() != expected) ++wrong;
        ++from[static_cast<std::size_t>(found.from())];
      }
      different += read.shadow().different;
      failed += read.shadow().failed;
    });
  }
  auto seen = [&](representation where) { return from[static_cast<std::size_t>(where)].load(); };
  auto reads_more = [&](representation where) {
    std::int64_t before = seen(where);
    eventually([&] { return seen(where) > before + 20; });
  };
  for (int round = 0; round < 3; ++round) {
    for (read_flag next : {read_flag::shadow, read_flag::percent(10), read_flag::percent(60), read_flag::new_column,
                           read_flag::legacy}) {
      tools.set_read_flag<counted>(next);
      bool some_new = next.what() == read_flag::kind::percent || next == read_flag::new_column;
      if (next != read_flag::new_column) reads_more(representation::legacy);
      if (some_new) reads_more(representation::new_column);
    }
  }
  tools.set_read_flag<counted>(read_flag::new_column);
  eventually([&] {  // every reader has gone over
    std::int64_t before = seen(representation::legacy);
    reads_more(representation::new_column);
    return seen(representation::legacy) == before;
  });
  application.clear();
  CHECK(wrong == 0);
  CHECK(different == 0);
  CHECK(failed == 0);
  CHECK(count(wrong_people) == 0);
}

TEST_CASE_FIXTURE(going_over,
                  "a reader that is deployed before the migration begins reads legacy from the first moment on") {
  database app{"user=application"};
  read_flag_cache<counted> flags{app, {.refresh_every = 2ms}};
  connection mine = app.connect();
  om::reader<counted> read{mine, flags, {.shadow_share = 1}};
  CHECK(read.get(om::key(7)).value() == "ada 7");
  to_contract_ready();
  CHECK(read.get(om::key(7)).from() == representation::legacy);
  tools.set_read_flag<counted>(read_flag::new_column);
  eventually([&] { return read.get(om::key(7)).from() == representation::new_column; });
  CHECK(read.get(om::key(7)).value() == "ada 7");
}
