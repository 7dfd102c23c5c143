// SPDX-License-Identifier: BSL-1.0
#include "walk.hpp"

#include <chrono>
#include <string>

#include <fmt/format.h>

#include "bank.hpp"
#include "migration.hpp"
#include "pgbench/application.hpp"
#include "pgbench/deployment.hpp"
#include "pgbench/say.hpp"
#include "pgbench/schema.hpp"

bool walk(const pgbench_settings& chosen) {
  using namespace std::chrono_literals;
  om::database app{chosen.dsn};
  om::connection connection = app.connect();
  om::toolkit toolkit{app};
  clean(connection, chosen.schema, strict_accounts::name.view());
  make_schema(connection, chosen.schema);
  take("load", [&] {
    application::load(chosen);
    soil(connection);
    return fmt::format("{} accounts, some of them without a branch", chosen.scale * 100'000);
  });
  toolkit.ensure_state_tables();

  deployment versions{chosen};
  versions.deploy("legacy: knows no constraints", {});
  take("expand", [&] {
    om::expand<strict_accounts>(toolkit);
    return std::string{"the index is built; nothing is refused yet"};
  });
  om::violation_report report;
  take("verify", [&] {
    report = om::verify<strict_accounts>(toolkit);
    return fmt::format("{} changes have rows in the way", report.found.size());
  });
  fmt::print("{}", report.text());
  take("mend", [&] {
    mend(connection);
    return std::string{"every account has a branch again"};
  });
  take("verify", [&] {
    return std::string{om::verify<strict_accounts>(toolkit).clean() ? "nothing is in the way" : "still some"};
  });

  versions.deploy("next: does without filler", {});
  take("contract", [&] {
    om::contract<strict_accounts>(toolkit,
                                  om::prove<strict_accounts>(toolkit, {.acknowledged = {om::risk::legacy_instances}}));
    return std::string{"all constraints are in force, validated for every row"};
  });
  take("retire", [&] {
    om::retire<strict_accounts>(toolkit, {.acknowledged = {om::risk::dual_writers}});
    return std::string{"filler is renamed away; om::revive would bring everything back"};
  });
  take("drop", [&] {
    // Outside an example it waits for a day, so that somebody may still miss it.
    om::drop_retired<strict_accounts>(toolkit, {.acknowledged = {om::risk::dropped_column}, .least_age = 0s});
    return std::string{"and gone"};
  });
  versions.end();
  if (chosen.sabotage) sabotage(connection);

  versions.print();
  check_result found = check(connection);
  fmt::print("\n  pgbench_accounts: {}\n  constraints: {}\n  indexes: {}\n", found.columns, found.constraints,
             found.indexes);
  fmt::print("  {} bookings of {}; what the constraints forbid ends in {}\n\n", found.booked, versions.transactions(),
             found.refused);
  bool right = found.is_right(versions.transactions()) && versions.was_undisturbed();
  if (right) {
    fmt::print("  every constraint holds, and not one transaction failed\n");
  } else {
    fmt::print("  THE CHECK FAILED\n");
  }
  return right;
}
