// SPDX-License-Identifier: BSL-1.0
#include "walk.hpp"

#include <chrono>
#include <filesystem>
#include <numeric>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include <fmt/format.h>

#include "application.hpp"
#include "bank.hpp"
#include "migration.hpp"

namespace {

using clock = std::chrono::steady_clock;
using namespace std::chrono_literals;

void say(std::string_view step, const std::string& text) {
  fmt::print("  {:<11} {}\n", step, text);
  std::fflush(stdout);
}

std::filesystem::path beside_program(const char* file) {
  return std::filesystem::read_symlink("/proc/self/exe").replace_filename(file);
}

/// Runs a step of the migration, and says how long it took.
template <class Step>
void take(std::string_view name, Step step) {
  clock::time_point begin = clock::now();
  std::string text = step();
  say(name, fmt::format("{} ({:.2f} s)", text, std::chrono::duration<double>(clock::now() - begin).count()));
}

/// The application that lives at the moment. It is replaced by its next version without a gap in the migration.
class deployment {
 public:
  explicit deployment(const settings& chosen) : chosen_{chosen} {}

  void deploy(std::string version, const std::filesystem::path& script) {
    end();
    say("deploy", version);
    begun_ = clock::now();
    running_.emplace(chosen_, std::move(version), script);
    std::this_thread::sleep_for(chosen_.watch / 2);
  }

  void end() {
    if (!running_.has_value()) return;
    std::this_thread::sleep_until(begun_ + chosen_.watch);
    reports_.push_back(running_->stop());
    running_.reset();
  }

  [[nodiscard]] const std::vector<application_report>& reports() const { return reports_; }

 private:
  const settings& chosen_;
  std::optional<application> running_;
  clock::time_point begun_;
  std::vector<application_report> reports_;
};

void print_table(const std::vector<application_report>& reports) {
  fmt::print("\n  {:<34} {:>12} {:>10} {:>9} {:>7}\n", "version of the application", "transactions", "per second",
             "p99", "failed");
  for (const application_report& each : reports) {
    std::string p99 = each.p99.has_value() ? fmt::format("{:.1f} ms", *each.p99) : "-";
    fmt::print("  {:<34} {:>12} {:>10.0f} {:>9} {:>7}\n", each.version, each.transactions, each.per_second, p99,
               each.failed);
  }
}

}  // namespace

bool walk(const settings& chosen) {
  om::database app{chosen.dsn};
  om::connection connection = app.connect();
  om::toolkit toolkit{app};
  clean(connection);
  make_schema(connection);
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

  const std::vector<application_report>& reports = versions.reports();
  print_table(reports);
  std::int64_t transactions = 0;
  bool undisturbed = true;
  for (const application_report& each : reports) {
    transactions += each.transactions;
    undisturbed = undisturbed && each.ended_well && each.failed == 0;
  }
  check_result found = check(connection);
  bool right = found.is_right(transactions);
  fmt::print("\n  accounts {}, tellers {}, branches {}, history {} in {} transactions of {}\n", found.accounts,
             found.tellers, found.branches, found.history, found.booked, transactions);
  fmt::print("  pgbench_accounts: {}\n\n", found.columns);
  if (right && undisturbed) {
    fmt::print("  every balance is right, and not one transaction failed\n");
  } else {
    fmt::print("  THE CHECK FAILED\n");
  }
  return right && undisturbed;
}
