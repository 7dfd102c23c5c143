// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <chrono>
#include <stop_token>

#include <online_migration/runtime/declared.hpp>
#include <online_migration/runtime/environment.hpp>
#include <online_migration/runtime/throttle/brakes.hpp>
#include <online_migration/schema/table.hpp>

namespace online_migration::detail {

/// The pauses of one session that compares rows, as its throttle wants them.
/// Thread safety: one thread at a time.
template <class Session, environment_like Environment>
class parity_rest {
 public:
  parity_rest(const throttle& settings, const table_description& table) : brakes_{settings, table_name(table)} {}

  /// The pause after work that took this long.
  void after(Session& session, std::chrono::microseconds work, const std::stop_token& stop) {
    while (!stop.stop_requested()) {
      if (brakes_.due(Environment::now())) {
        session.retrying([this](auto& on) { brakes_.look(on, Environment::now()); }, stop);
      }
      rest_plan plan = brakes_.next(work, Environment::now());
      if (plan.pause > plan.pause.zero()) Environment::sleep(plan.pause, stop);
      if (!plan.look_again) return;
    }
  }

 private:
  brakes brakes_;
};

}  // namespace online_migration::detail
