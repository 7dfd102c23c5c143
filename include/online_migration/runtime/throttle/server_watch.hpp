// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include <online_migration/postgres/concepts.hpp>
#include <online_migration/postgres/error.hpp>
#include <online_migration/postgres/parameter.hpp>
#include <online_migration/runtime/throttle/plan.hpp>
#include <online_migration/runtime/throttle/readings.hpp>
#include <online_migration/runtime/throttle/words.hpp>
#include <online_migration/sql/throttle.hpp>

namespace online_migration::detail {

/// Asks the server for the signals that are on, each at its own interval: those of one interval in one statement and
/// one round trip, until one of them fails and each is asked for itself. A signal that the server or the role does not
/// have switches itself off; one that fails otherwise brakes gently until it answers again. Thread safety: one thread
/// at a time.
class server_watch {
 public:
  /// Beside the signals: how many updates of the table stay on their page.
  static constexpr std::size_t updates = throttle_signal_count;

  server_watch(const throttle_signals& limits, std::string table) : limits_{limits}, table_{std::move(table)} {}

  /// Asks what is due. Throws: `connection_error`.
  template <connection_like Connection>
  void look(Connection& on, reading_time now) {
    if (!begun_) begin(on.facts().version);
    // It is counted in chunks only, and a chunk of long ago blocks nobody.
    if (counted_.has_value() && now - *counted_ > 2 * limits_.blocked_sessions.every) {
      state_of(throttle_signal::blocked_sessions).value.reset();
    }
    for (std::size_t i = 0; i < groups_.size(); ++i) {  // grows where a group falls apart
      if (groups_[i].is_due(now)) ask(on, i, now);
    }
  }

  [[nodiscard]] bool due(reading_time now) const {
    return !begun_ ||
           std::any_of(groups_.begin(), groups_.end(), [now](const group& each) { return each.is_due(now); });
  }

  /// Whether the chunk that comes is to count the sessions that wait for it.
  [[nodiscard]] bool wants_blocked(reading_time now) const {
    const throttle_limits& limits = limits_.blocked_sessions;
    return limits.is_on() && (!counted_.has_value() || now - *counted_ >= limits.every);
  }
  void note_blocked(std::int64_t sessions, reading_time now) {
    counted_ = now;
    state_of(throttle_signal::blocked_sessions).value = static_cast<double>(sessions);
  }

  /// What brakes hardest.
  [[nodiscard]] braking hardest() const {
    braking found;
    for (std::size_t i = 0; i < throttle_signal_count; ++i) {
      auto which = static_cast<throttle_signal>(i);
      double share = limits_.of(which).brake(states_[i].value.value_or(0));
      if (states_[i].failing) share = std::max(share, gently);
      found = found.harder({share, to_string(which)});
    }
    return found;
  }

  /// The reason behind such a word, in a sentence's words.
  [[nodiscard]] std::string reason(std::string_view word) const {
    for (std::size_t i = 0; i < throttle_signal_count; ++i) {
      auto which = static_cast<throttle_signal>(i);
      if (to_string(which) != word) continue;
      if (states_[i].failing) return fmt::format("{}: {}", word, states_[i].note);
      return fmt::format("{}: {}", word, signal_text(which, states_[i].value.value_or(0)));
    }
    return std::string{word};
  }

  /// What is not watched although it is on, and why.
  void add_notes(std::vector<std::string>& to) const {
    for (std::size_t i = 0; i < throttle_signal_count; ++i) {
      if (states_[i].note.empty()) continue;
      to.push_back(fmt::format("{} {}", to_string(static_cast<throttle_signal>(i)), states_[i].note));
    }
  }

  /// The share of the table's updates since the first look that stayed on their page; nothing while there were few.
  [[nodiscard]] std::optional<double> hot_share() const {
    if (updates_ - first_updates_ < enough_updates) return std::nullopt;
    return (hot_ - first_hot_) / (updates_ - first_updates_);
  }

 private:
  static constexpr double gently = 0.25;
  static constexpr double enough_updates = 10'000;

  struct signal_state {
    std::optional<double> value;
    bool failing = false;
    std::string note;
  };

  /// What is asked together.
  struct group {
    std::chrono::milliseconds every;
    std::vector<std::size_t> signals;
    std::string text{};
    std::optional<reading_time> asked{};

    [[nodiscard]] bool is_due(reading_time now) const { return !asked.has_value() || now - *asked >= every; }
  };

  signal_state& state_of(throttle_signal which) { return states_[static_cast<std::size_t>(which)]; }

  void begin(int version) {
    begun_ = true;
    version_ = version;
    for (std::size_t i = 0; i <= updates; ++i) {
      auto which = static_cast<throttle_signal>(i);
      if (i == updates || (which != throttle_signal::blocked_sessions && limits_.of(which).is_on())) {
        join(i, i == updates ? std::chrono::milliseconds{10'000} : limits_.of(which).every);
      }
    }
    for (group& each : groups_) write(each);
  }

  void join(std::size_t signal, std::chrono::milliseconds every) {
    auto same = std::find_if(groups_.begin(), groups_.end(), [every](const group& g) { return g.every == every; });
    if (same != groups_.end()) {
      same->signals.push_back(signal);
    } else {
      groups_.push_back({every, {signal}});
    }
  }

  [[nodiscard]] std::vector<std::string_view> expressions(std::size_t signal) const {
    if (signal == updates) return {throttle_updates, throttle_hot_updates};
    switch (static_cast<throttle_signal>(signal)) {
      case throttle_signal::replica_lag:
        return {throttle_replica_lag, throttle_replica_bytes, throttle_wal_end};
      case throttle_signal::replica_bytes:
        return {throttle_replica_bytes};
      case throttle_signal::slot_bytes:
        return {throttle_slot_bytes};
      case throttle_signal::wal_rate:
        return {throttle_wal_end};
      case throttle_signal::active_sessions:
        return {throttle_active_sessions};
      case throttle_signal::vacuum:
        return {throttle_vacuum};
      case throttle_signal::archive_failing:
        return {throttle_archive_failing};
      case throttle_signal::archive_queue:
        return {throttle_archive_queue};
      case throttle_signal::checkpoints:
        return {version_ >= 170000 ? throttle_checkpoints_17 : throttle_checkpoints};
      case throttle_signal::blocked_sessions:
        break;
    }
    return {};
  }

  void write(group& of) const {
    of.text = "SELECT ";
    for (std::size_t signal : of.signals) {
      for (std::string_view each : expressions(signal)) {
        if (of.text.size() > 7) of.text += ",\n ";
        of.text += each;
      }
    }
  }

  template <connection_like Connection>
  void ask(Connection& on, std::size_t at, reading_time now) {
    groups_[at].asked = now;
    statement what{std::string_view{"throttle_look"}, std::string_view{groups_[at].text}};
    std::array<parameter, 1> table{text_parameter(table_, 25)};
    try {
      auto row = on.execute_prepared(what, std::span<const parameter>{table}, result_format::text);
      int column = 0;
      for (std::size_t signal : groups_[at].signals) {
        std::array<std::optional<double>, 3> values{};
        std::size_t count = expressions(signal).size();
        for (std::size_t i = 0; i < count; ++i, ++column) {
          if (!row.is_null(0, column)) values[i] = std::strtod(std::string{row.text(0, column)}.c_str(), nullptr);
        }
        take(signal, values, now);
      }
    } catch (const statement_error& problem) {
      fall_apart(at, problem);
    }
  }

  void take(std::size_t signal, const std::array<std::optional<double>, 3>& values, reading_time now) {
    if (signal == updates) {
      updates_ = values[0].value_or(updates_);
      hot_ = values[1].value_or(hot_);
      if (!std::exchange(counts_updates_, true)) std::tie(first_updates_, first_hot_) = std::pair{updates_, hot_};
      return;
    }
    auto which = static_cast<throttle_signal>(signal);
    signal_state& state = state_of(which);
    state.failing = false;
    state.note.clear();
    std::optional<double> value = values[0];
    if (!value.has_value()) {
      state.note = "is not known: this role may not see it (GRANT pg_monitor)";
    } else if (which == throttle_signal::wal_rate) {
      value = wal_.note(*value, now);
    } else if (which == throttle_signal::checkpoints) {
      value = checkpoints_.note(*value, now);
      if (value.has_value()) *value *= 60;
    } else if (which == throttle_signal::replica_lag && values[1].has_value() && values[2].has_value()) {
      clock_.note(*values[2], now);
      value = *values[1] > 0 ? std::max(*value, clock_.age(*values[2] - *values[1], now)) : 0.0;
    }
    state.value = value;
  }

  /// A statement failed: what it asks is asked one by one from now on, and one alone is off or failing.
  void fall_apart(std::size_t at, const statement_error& problem) {
    if (groups_[at].signals.size() > 1) {
      std::vector<std::size_t> signals = std::move(groups_[at].signals);
      std::chrono::milliseconds every = groups_[at].every;
      groups_.erase(groups_.begin() + static_cast<std::ptrdiff_t>(at));
      for (std::size_t each : signals) {
        groups_.push_back({every, {each}});
        write(groups_.back());
      }
      return;
    }
    std::size_t signal = groups_[at].signals.front();
    std::string_view sqlstate = problem.sqlstate();
    bool for_ever = sqlstate.starts_with("42") || sqlstate.starts_with("0A") || sqlstate.starts_with("55000");
    if (signal != updates) {
      signal_state& state = states_[signal];
      state.value.reset();
      state.failing = !for_ever;
      state.note = for_ever ? fmt::format("is not watched: {} (SQLSTATE {})",
                                          sqlstate == "42501" ? "this role may not see it (GRANT pg_monitor)"
                                                              : "this server does not have it",
                                          sqlstate)
                            : fmt::format("could not be asked for (SQLSTATE {})", sqlstate);
    }
    if (for_ever) groups_.erase(groups_.begin() + static_cast<std::ptrdiff_t>(at));
  }

  throttle_signals limits_;
  std::string table_;
  bool begun_ = false;
  int version_ = 0;
  std::vector<group> groups_;
  std::array<signal_state, throttle_signal_count> states_{};
  std::optional<reading_time> counted_;
  growth wal_;
  growth checkpoints_;
  wal_clock clock_;
  bool counts_updates_ = false;
  double updates_ = 0;
  double hot_ = 0;
  double first_updates_ = 0;
  double first_hot_ = 0;
};

}  // namespace online_migration::detail
