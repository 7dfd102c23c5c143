// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <array>
#include <charconv>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>

#include <fmt/format.h>

#include <online_migration/cli/arguments.hpp>
#include <online_migration/runtime/throttle.hpp>

namespace online_migration::detail {

/// A number above 0 with an optional unit of bytes: `30`, `0.5`, `64MiB`.
inline std::optional<double> read_limit(std::string_view text) {
  double number = 0;
  auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (problem != std::errc{} || !(number >= 0.0)) return std::nullopt;
  std::string_view unit{end, static_cast<std::size_t>(text.data() + text.size() - end)};
  if (unit == "KiB") return number * 1024.0;
  if (unit == "MiB") return number * mebibyte;
  if (unit == "GiB") return number * gibibyte;
  return unit.empty() ? std::optional{number} : std::nullopt;
}

/// What stands behind `--brake`: `NAME=FROM,FULL` or `NAME=off`, where the name is that of a signal, or `all` to switch
/// off.
inline void set_brake(std::string_view words, throttle_signals& signals) {
  auto complain = [&](std::string_view why) {
    std::string names;
    for (std::size_t i = 0; i < throttle_signal_count; ++i) {
      names += fmt::format("{}{}", i == 0 ? "" : ", ", to_string(static_cast<throttle_signal>(i)));
    }
    throw wrong_usage{
        fmt::format("--brake needs NAME=FROM,FULL, NAME=off or all=off, and {}; the names are {}", why, names)};
  };
  std::size_t equals = words.find('=');
  if (equals == std::string_view::npos) complain("there is no \"=\"");
  std::string_view name = words.substr(0, equals);
  std::string_view limits = words.substr(equals + 1);
  if (name == "all") {
    if (limits != "off") complain("all can only be off");
    signals = throttle_signals::none();
    return;
  }
  const std::array<throttle_limits*, throttle_signal_count> all{
      &signals.replica_lag,      &signals.replica_bytes,   &signals.slot_bytes, &signals.wal_rate,
      &signals.blocked_sessions, &signals.active_sessions, &signals.vacuum,     &signals.archive_failing,
      &signals.archive_queue,    &signals.checkpoints};
  for (std::size_t i = 0; i < throttle_signal_count; ++i) {
    if (name != to_string(static_cast<throttle_signal>(i))) continue;
    if (limits == "off") {
      all[i]->full = 0;
      return;
    }
    std::size_t comma = limits.find(',');
    std::optional<double> from = read_limit(limits.substr(0, comma));
    std::optional<double> full = comma == std::string_view::npos ? std::nullopt : read_limit(limits.substr(comma + 1));
    if (!from.has_value() || !full.has_value() || !(*full > 0.0) || *from > *full) {
      complain("FROM and FULL are numbers, the second not below the first");
    }
    all[i]->from = *from;
    all[i]->full = *full;
    return;
  }
  complain("this is none of them");
}

/// Takes every `--brake` from a command line, in its order.
inline void set_brakes(arguments& words, throttle& settings) {
  for (const std::string& each : words.values("--brake")) set_brake(each, settings.signals);
}

}  // namespace online_migration::detail
