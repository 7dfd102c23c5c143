// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include <online_migration/postgres/concepts.hpp>
#include <online_migration/postgres/error.hpp>
#include <online_migration/runtime/throttle.hpp>
#include <online_migration/runtime/throttle/plan.hpp>
#include <online_migration/runtime/throttle/server_watch.hpp>

namespace online_migration::detail {

/// Everything that a throttle looks at, and the pauses that follow.
/// Thread safety: one thread at a time.
class brakes {
 public:
  /// `table` is its quoted name. Throws: `refused` for settings that mean nothing.
  brakes(throttle settings, std::string table)
      : settings_{std::move(settings)},
        server_{settings_.signals, std::move(table)},
        answers_(settings_.questions.size()) {
    if (!(settings_.duty_cycle > 0.0 && settings_.duty_cycle <= 1.0)) {
      throw refused{"throttle.duty_cycle is the share of the time to work: it must be above 0 and at most 1."};
    }
    for (std::size_t i = 0; i < throttle_signal_count; ++i) {
      auto which = static_cast<throttle_signal>(i);
      const throttle_limits& limits = settings_.signals.of(which);
      if (!(limits.most >= 0.0 && limits.most <= 1.0) || (limits.is_on() && !(limits.from <= limits.full))) {
        throw refused{fmt::format("throttle.signals.{}: `from` is not above `full`, and `most` is a share from 0 to 1.",
                                  to_string(which))};
      }
    }
    for (const throttle_question& each : settings_.questions) {
      if (!each.ask || each.name.empty()) throw refused{"A question of a throttle has a name and a function."};
    }
  }

  /// Whether something has to be asked now.
  [[nodiscard]] bool due(reading_time now) const {
    if (server_.due(now)) return true;
    for (std::size_t i = 0; i < answers_.size(); ++i) {
      if (is_due(i, now)) return true;
    }
    return false;
  }

  /// Asks what is due. Outside of a transaction. Throws: `connection_error`.
  template <connection_like Connection>
  void look(Connection& on, reading_time now) {
    server_.look(on, now);
    for (std::size_t i = 0; i < answers_.size(); ++i) {
      if (is_due(i, now)) ask(i, now);
    }
  }

  [[nodiscard]] bool wants_blocked(reading_time now) const { return server_.wants_blocked(now); }
  void note_blocked(std::int64_t sessions, reading_time now) { server_.note_blocked(sessions, now); }

  /// The pause that begins now.
  rest_plan next(std::chrono::microseconds chunk, reading_time now) {
    now_ = server_.hardest();
    for (std::size_t i = 0; i < answers_.size(); ++i) {
      now_ = now_.harder({answers_[i].share, settings_.questions[i].name});
    }
    return plan_.next(settings_, now_, chunk, now);
  }

  /// How hard it brakes, from 0 to 1, and why; empty where nothing does.
  [[nodiscard]] double share() const { return now_.share; }
  [[nodiscard]] std::string reason() const {
    if (now_.share <= 0) return {};
    for (std::size_t i = 0; i < answers_.size(); ++i) {
      if (answers_[i].failed && settings_.questions[i].name == now_.word) {
        return fmt::format("{}: the question failed", now_.word);
      }
    }
    return server_.reason(now_.word);
  }

  /// What is not as it should be, without being a reason to brake.
  [[nodiscard]] std::vector<std::string> notes() const {
    std::vector<std::string> all;
    server_.add_notes(all);
    if (std::optional<double> share = server_.hot_share(); share.has_value() && *share < few_hot) {
      all.push_back(
          fmt::format("{:.0f} % of the updates stay on their page (HOT), so old versions pile up: VACUUM the "
                      "table now and then, or set throttle.vacuum_every",
                      *share * 100));
    }
    return all;
  }

  /// Whether old versions of rows pile up, as far as one knows.
  [[nodiscard]] bool piles_up() const { return server_.hot_share().value_or(0) < few_hot; }

 private:
  /// Below this share of HOT updates the indexes and the table grow.
  static constexpr double few_hot = 0.4;
  static constexpr double gently = 0.25;

  struct answer {
    double share = 0;
    bool failed = false;
    std::optional<reading_time> asked;
  };

  [[nodiscard]] bool is_due(std::size_t question, reading_time now) const {
    const std::optional<reading_time>& asked = answers_[question].asked;
    return !asked.has_value() || now - *asked >= settings_.questions[question].every;
  }

  void ask(std::size_t question, reading_time now) {
    answer& of = answers_[question];
    of.asked = now;
    try {
      double share = settings_.questions[question].ask();
      of.failed = !(share >= 0.0);  // also what is no number
      of.share = of.failed ? gently : std::min(share, 1.0);
    } catch (...) {
      of.failed = true;
      of.share = gently;
    }
  }

  throttle settings_;
  server_watch server_;
  std::vector<answer> answers_;
  brake_plan plan_;
  braking now_;
};

}  // namespace online_migration::detail
