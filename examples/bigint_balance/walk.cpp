// SPDX-License-Identifier: BSL-1.0
#include "walk.hpp"

#include <chrono>
#include <filesystem>
#include <string>
#include <thread>

#include <fmt/format.h>

#include "bank.hpp"
#include "migration.hpp"
#include "pgbench/application.hpp"
#include "pgbench/deployment.hpp"
#include "pgbench/say.hpp"
#include "pgbench/schema.hpp"

namespace {

using namespace std::chrono_literals;

std::filesystem::path beside_program(const char* file) {
  return std::filesystem::read_symlink("/proc/self/exe").replace_filename(file);
}

}  // namespace

bool walk(const pgbench_settings& chosen) {
  om::database app{chosen.dsn};
  om::connection connection = app.connect();
  om::toolkit toolkit{app};
  clean(connection, chosen.schema, bigint_balance::name.view());
  make_schema(connection, chosen.schema);
  take("load", [&] {
    application::load(chosen);
    return fmt::format("{} accounts", chosen.scale * 100'000);
  });
  toolkit.ensure_state_tables();

  deployment versions{chosen};
  versions.deploy("legacy: knows abalance", {});
  take("expand", [&] {
    om::expand<bigint_balance>(toolkit);
    return std::string{"column abalance_v2 and the sync trigger"};
  });
  take("backfill", [&] {
    om::backfill_result done = om::backfill_runner<bigint_balance>{app}.run();
    return fmt::format("{} rows in {} chunks", done.progress.rows_done, done.progress.chunks);
  });

  versions.deploy("dual_write: writes both by the flag", beside_program("dual_write.sql"));
  // The pass that contract relies on begins when nobody writes the old way any more.
  take("validate", [&] {
    om::expand_contract_result result = om::expand_contract<bigint_balance>{app}.run();
    return fmt::format("{} rows compared, {} mismatches, phase {}", result.parity.value().rows_checked,
                       result.parity.value().mismatches, om::to_string(result.reached));
  });
  toolkit.set_read_flag<bigint_balance>(om::read_flag::new_column);
  // This application asks for the flag in each transaction. One that caches it needs its time, a minute by default.
  om::contract_options sure{.acknowledged = {om::risk::legacy_instances}, .flag_settle = 1s};
  std::this_thread::sleep_for(sure.flag_settle);
  take("contract", [&] {
    om::contract(toolkit, om::prove<bigint_balance>(toolkit, sure));
    return std::string{"the new column counts, the guard trigger stands before the old one"};
  });

  versions.deploy("new_only: knows abalance_v2", beside_program("new_only.sql"));
  take("retire", [&] {
    om::retire<bigint_balance>(toolkit, {.acknowledged = {om::risk::dual_writers}});
    return std::string{"abalance is renamed away; om::revive would bring it back"};
  });
  take("drop", [&] {
    // Outside an example it waits for a day, so that somebody may still miss it.
    om::drop_retired<bigint_balance>(toolkit, {.acknowledged = {om::risk::dropped_column}, .least_age = 0s});
    return std::string{"and gone"};
  });
  versions.end();
  if (chosen.sabotage) sabotage(connection);

  versions.print();
  std::int64_t transactions = versions.transactions();
  check_result found = check(connection);
  bool right = found.is_right(transactions) && versions.was_undisturbed();
  fmt::print("\n  accounts {}, tellers {}, branches {}, history {} in {} transactions of {}\n", found.accounts,
             found.tellers, found.branches, found.history, found.booked, transactions);
  fmt::print("  pgbench_accounts: {}\n\n", found.columns);
  if (right) {
    fmt::print("  every balance is right, and not one transaction failed\n");
  } else {
    fmt::print("  THE CHECK FAILED\n");
  }
  return right;
}
