// SPDX-License-Identifier: BSL-1.0
#include "pgbench/deployment.hpp"

#include <algorithm>
#include <numeric>
#include <thread>
#include <utility>

#include <fmt/format.h>

#include "pgbench/say.hpp"

void deployment::deploy(std::string version, const std::filesystem::path& script) {
  end();
  say("deploy", version);
  begun_ = std::chrono::steady_clock::now();
  running_.emplace(chosen_, std::move(version), script);
  std::this_thread::sleep_for(chosen_.watch / 2);
}

void deployment::end() {
  if (!running_.has_value()) return;
  std::this_thread::sleep_until(begun_ + chosen_.watch);
  reports_.push_back(running_->stop());
  running_.reset();
}

void deployment::print() const {
  fmt::print("\n  {:<34} {:>12} {:>10} {:>9} {:>7}\n", "version of the application", "transactions", "per second",
             "p99", "failed");
  for (const application_report& each : reports_) {
    std::string p99 = each.p99.has_value() ? fmt::format("{:.1f} ms", *each.p99) : "-";
    fmt::print("  {:<34} {:>12} {:>10.0f} {:>9} {:>7}\n", each.version, each.transactions, each.per_second, p99,
               each.failed);
  }
}

std::int64_t deployment::transactions() const {
  return std::accumulate(reports_.begin(), reports_.end(), std::int64_t{0},
                         [](std::int64_t sum, const application_report& each) { return sum + each.transactions; });
}

bool deployment::was_undisturbed() const {
  return std::all_of(reports_.begin(), reports_.end(),
                     [](const application_report& each) { return each.ended_well && each.failed == 0; });
}
